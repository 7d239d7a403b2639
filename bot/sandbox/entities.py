"""Text and entities: the HTML of the Bot API read strictly, lengths in UTF-16 units as Telegram counts them.

Source: Bot API, "Formatting options" and "MessageEntity". Stricter than Telegram: a bare ``&`` or ``>``, an unknown
attribute, an entity that is empty or split, nested quotes and anything inside ``code`` and ``pre`` are errors.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from bot.sandbox.faults import JSON, ApiError, bad_request

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_ENTITY_FIELDS = {"type", "offset", "length", "url", "user", "language", "custom_emoji_id"}
_ENTITY_TYPES = {
    *_TAGS.values(), "expandable_blockquote", "mention", "hashtag", "cashtag", "bot_command", "url", "email",
    "phone_number", "text_mention", "custom_emoji",
}  # fmt: skip
_TOKEN = re.compile(
    r"<(?P<close>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)(?P<rest>[^<>]*)>|&(?P<name>[A-Za-z0-9#]+);|(?P<bad>[<&>])"
)
_ATTRIBUTE = re.compile(r"""\s*([a-z-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'))?""")
_COMMAND = re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?")
_MENTION = re.compile(r"(?<![\w/@])@[A-Za-z0-9_]{4,32}")


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


@dataclass(slots=True)
class _Open:
    tag: str
    kind: str
    start: int
    extra: JSON


def _cannot(reason: str, source: str, position: int) -> ApiError:
    return bad_request(f"can't parse entities: {reason} at byte offset {len(source[:position].encode())}")


def parse_html(source: str) -> tuple[str, list[JSON]]:
    """Plain text and its entities; raises ``ApiError`` 400 where a character is not as it must be."""
    text: list[str] = []
    length = position = 0
    stack: list[_Open] = []
    found: list[JSON] = []
    for token in _TOKEN.finditer(source):
        text.append(source[position : token.start()])
        length += units(text[-1])
        position = token.end()
        if token["bad"]:
            raise _cannot(f'Character "{token["bad"]}" must be escaped', source, token.start())
        if token["name"]:
            text.append(_character(token["name"], source, token.start()))
            length += units(text[-1])
        elif token["close"]:
            _close(stack, token, length, found, source)
        else:
            stack.append(_opened(stack, token, length, source))
    if stack:
        raise _cannot(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"', source, len(source))
    text.append(source[position:])
    return "".join(text), sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def _character(name: str, source: str, position: int) -> str:
    if name in {"lt", "gt", "amp", "quot"} or re.fullmatch(r"#(\d{1,7}|x[0-9a-fA-F]{1,6})", name):
        return html.unescape(f"&{name};")
    raise _cannot(f'Unsupported entity "&{name};"', source, position)


def _opened(stack: list[_Open], token: re.Match[str], length: int, source: str) -> _Open:
    tag, start = token["tag"].lower(), token.start()
    if tag not in _TAGS:
        raise _cannot(f'Unsupported start tag "{tag}"', source, start)
    attributes = _attributes(token["rest"], source, start)
    inside = {entry.tag for entry in stack}
    nested_code = tag == "code" and len(stack) > 0 and stack[-1].tag == "pre"
    if (inside & {"code", "pre"} and not nested_code) or (tag == "blockquote" and tag in inside):
        raise _cannot(f'Tag "{tag}" can\'t be nested here', source, start)
    kind, extra, allowed = _TAGS[tag], {}, set[str]()
    if tag == "a":
        allowed, extra = {"href"}, {"url": attributes.get("href", "")}
        if not re.match(r"(https?|tg|mailto)://?\S", extra["url"]):
            raise _cannot('Tag "a" must have an address', source, start)
    elif tag == "blockquote":
        allowed, kind = {"expandable"}, "expandable_blockquote" if "expandable" in attributes else kind
    elif tag == "span":
        allowed = {"class"}
        if attributes.get("class") != "tg-spoiler":
            raise _cannot('Tag "span" must have class "tg-spoiler"', source, start)
    elif nested_code:
        allowed, kind = {"class"}, ""
    if set(attributes) - allowed:
        raise _cannot(f'Unexpected attribute of tag "{tag}"', source, start)
    return _Open(tag, kind, length, extra)


def _attributes(rest: str, source: str, position: int) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while rest[at:].strip():
        match = _ATTRIBUTE.match(rest, at)
        if match is None:
            raise _cannot("Attributes can't be read", source, position)
        found[match[1]] = html.unescape(match[2] or match[3] or "")
        at = match.end()
    return found


def _close(stack: list[_Open], token: re.Match[str], length: int, found: list[JSON], source: str) -> None:
    tag = token["tag"].lower()
    if not stack or stack[-1].tag != tag or token["rest"].strip():
        expected = stack[-1].tag if stack else "none"
        raise _cannot(f'Unmatched end tag, expected "{expected}", found "{tag}"', source, token.start())
    entry = stack.pop()
    if length == entry.start:
        raise _cannot(f'Tag "{tag}" is empty', source, token.start())
    if entry.kind:
        found.append({"type": entry.kind, "offset": entry.start, "length": length - entry.start, **entry.extra})


def check_entities(text: str, entities: list[JSON]) -> list[JSON]:
    """The entities as given, each inside the text and not splitting a character."""
    starts, at = {0}, 0
    for char in text:
        at += units(char)
        starts.add(at)
    for entity in entities:
        if not isinstance(entity, dict) or set(entity) - _ENTITY_FIELDS or entity.get("type") not in _ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: unknown type or field")
        offset, length = entity.get("offset"), entity.get("length")
        if type(offset) is not int or type(length) is not int or length < 1 or not {offset, offset + length} <= starts:
            raise bad_request("entity beyond the text, empty or splitting a character")
    return entities


def formatted(
    text: str, mode: str | None, entities: list[JSON] | None, limit: int, empty: bool = False
) -> tuple[str, list[JSON]]:
    """What is shown: text without markup, and entities. Raises ``ApiError`` as Telegram words it."""
    if mode is not None and entities is not None:
        raise bad_request("parse_mode and entities exclude each other")
    if mode not in {None, "HTML"}:
        raise bad_request(f"unsupported parse_mode (the sandbox reads HTML): {mode[:20] if mode else ''}")
    shown, found = parse_html(text) if mode else (text, check_entities(text, entities or []))
    if "\x00" in shown or any(0xD800 <= ord(char) < 0xE000 for char in shown):
        raise bad_request("strings must be encoded in UTF-8")
    if not shown.strip() and not empty:
        raise bad_request("message text is empty")
    if units(shown) > limit:
        raise bad_request("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return shown, found


def typed_entities(text: str) -> list[JSON]:
    """What Telegram marks in a message that a person typed: commands and mentions."""
    found = [("bot_command", match) for match in _COMMAND.finditer(text)]
    found += [("mention", match) for match in _MENTION.finditer(text)]
    return sorted(
        ({"type": kind, "offset": units(text[: m.start()]), "length": units(m[0])} for kind, m in found),
        key=lambda entity: entity["offset"],
    )
