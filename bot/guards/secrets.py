"""Passwords, keys, tokens, connection strings, and documents that bear a secrecy grade; talk about them is none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain import Entity
from bot.text import normalise

ENTITY = "SECRET"

_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----")
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9_\-])(?:"
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"  # AWS access key id
    r"|gh[pousr]_[A-Za-z0-9]{30,80}|github_pat_[A-Za-z0-9_]{40,100}"  # GitHub
    r"|glpat-[A-Za-z0-9_\-]{18,60}"  # GitLab
    r"|sk-(?:ant-|proj-|svcacct-)?[A-Za-z0-9_\-]{20,200}"  # OpenAI, Anthropic
    r"|xox[abprs]-[A-Za-z0-9\-]{10,100}"  # Slack
    r"|AIza[0-9A-Za-z_\-]{35}"  # Google
    r"|hf_[A-Za-z0-9]{30,60}|npm_[A-Za-z0-9]{30,60}|pypi-[A-Za-z0-9_\-]{40,250}"
    r"|eyJ[A-Za-z0-9_\-]{8,500}\.eyJ[A-Za-z0-9_\-]{8,1000}\.[A-Za-z0-9_\-]{8,500}"  # JSON Web Token
    r"|[0-9]{8,10}:[A-Za-z0-9_\-]{33,40}"  # Telegram bot
    r")(?![A-Za-z0-9])"
)
_BEARER = re.compile(r"(?<![A-Za-z])Bearer\s{1,3}(?P<value>[A-Za-z0-9._~+/\-]{20,500}=?=?)")
_CONNECTION = re.compile(
    r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s:/@'\"<>{}$]{1,60}:(?P<value>[^\s/@'\"<>{}$*]{3,80})@[A-Za-z0-9.\-]{1,80}"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:[A-Za-z0-9]{1,20}[_\-.]){0,3}(?:password|passwd|passphrase|passcode|pwd|secret|token|pass|"
    r"(?:api|access|secret|private)[_\- ]?key|apikey|auth[_\- ]?token|client[_\- ]?secret)"
    r"[\"']?(?: ?(?:=>|:=|=|:)| is| was) ?"
    r"(?P<quote>[\"']?)(?P<value>[^\s\"',;，。；、（）()「」]{4,120})",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?:密碼|通行碼|口令|金鑰|私鑰|通關密語|帳密|PIN ?碼|驗證碼|OTP)"
    r"(?P<link>[^\S\n]{0,2}(?:是|為|設為|設成|改成|改為|就是|設定為|[:=]|→|->)?[^\S\n]{0,2})[「『\"'`(]?(?P<value>[!-~]{4,64})"
)
_PAIR = re.compile(
    r"(?:帳密|帳號密碼|帳號/密碼|login|credentials?)[^\S\n]{0,2}[:是為]?[^\S\n]{0,2}[A-Za-z0-9_.@\-]{2,40}[^\S\n]{0,2}[/|,、:]?[^\S\n]{0,2}(?P<value>[!-~]{6,40})",
    re.IGNORECASE,
)
_VARIABLE = re.compile(
    r"^(?:os\.|process\.|env\.|getenv|config|settings|self\.|args\.|params|request|input|getpass|get_|load_|read_|vault|secrets\.|"
    r"None|null|undefined|true|false|str\b|string|bool|int\b|\$|\{|<|\[|%|@|\*|•|x{3,}|your|my_?pass|change|example|placeholder|dummy|"
    r"required|optional|field|forgot|reset|protected|policy|length|hash|invalid|incorrect|expired|usage|limit|count|and|or|the|not|must)",
    re.IGNORECASE,
)
_FIELD = r"密\s{0,4}等(?:及解密條件(?:或保密期限)?|及保密期限)?\s{0,4}:\s{0,4}"
_GRADE = re.compile(
    r"(?m)^[^\S\n]{0,12}(?:【|\[|\(|文件等級:|機密等級:|保密等級:)?(?P<value>絕對機密|極機密|機密|密)[^\S\n]{0,4}(?:】|\]|\)|[,;]|$)"
)
_HEADED = re.compile(rf"{_FIELD}(?P<value>絕對機密|極機密|機密|密)(?![等件碼集切度])")
_DOCUMENT = re.compile(
    r"(?:發文日期|發文字號|受文者|速\s{0,4}別|主\s{0,4}旨|說\s{0,4}明|正\s{0,4}本|副\s{0,4}本|附\s{0,4}件|保密期限|解密條件|檔\s{0,4}號)\s{0,4}:"
)


class Secrets:
    """Finds secrets; offsets in code points of the text as given."""

    def find(self, text: str) -> tuple[Entity, ...]:
        """Secrets in ``text``, in order, without overlaps."""
        normalised = normalise(text)
        kept: list[tuple[int, int]] = []
        for start, end in sorted(_spans(normalised.text)):
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        return tuple(Entity(ENTITY, *normalised.span(start, end)) for start, end in kept)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_PRIVATE_KEY, _TOKENS):
        yield from (match.span() for match in pattern.finditer(text))
    for pattern in (_BEARER, _CONNECTION):
        yield from (match.span("value") for match in pattern.finditer(text) if not _VARIABLE.match(match["value"]))
    for match in _ENGLISH.finditer(text):
        if not _VARIABLE.match(match["value"]) and _is_value(match["value"], quoted=bool(match["quote"])):
            yield match.span("value")
    for match in _CHINESE.finditer(text):
        linked = bool(match["link"].strip())
        if not _VARIABLE.match(match["value"]) and _is_password(match["value"], linked=linked):
            yield match.start("value"), match.start("value") + len(_bare(match["value"]))
    for match in _PAIR.finditer(text):
        if _is_password(match["value"], linked=False):
            yield match.start("value"), match.start("value") + len(_bare(match["value"]))
    yield from _graded(text)


def _is_value(value: str, *, quoted: bool) -> bool:
    """A literal, not a name or a call: quoted, or with a digit or sign that names do not have."""
    value = value.rstrip(".!?")
    if "(" in value or len(value) < 4 or not value.isascii():
        return False
    if quoted:
        return True
    mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
    return mixed or any(char in "!@#$%^&*" for char in value) or (value.isdigit() and len(value) >= 6)


def _is_password(value: str, *, linked: bool) -> bool:
    """Letters with digits or signs; plain digits or letters only behind 是 or a colon."""
    value = _bare(value)
    if len(value) < 4 or value.startswith(("http", "//", "[", "(", "{", "<")):
        return False
    if linked and value.isalnum():
        return True
    kinds = sum((any(c.isdigit() for c in value), any(c.isalpha() for c in value), any(not c.isalnum() for c in value)))
    return kinds >= 2 and (linked or len(value) >= 6)


def _graded(text: str) -> Iterator[tuple[int, int]]:
    """A secrecy grade in the head of a document whose other fields stand there too."""
    fields = len({match.group()[0] for match in _DOCUMENT.finditer(text)})
    if fields >= 1:
        yield from (match.span("value") for match in _HEADED.finditer(text))
    if fields >= 2:
        yield from (match.span("value") for match in _GRADE.finditer(text))


def _bare(value: str) -> str:
    """Without the closing marks of the sentence around it."""
    return value.rstrip(".,?)'\"`;:")
