"""Title, number, date and issuer as a document's first lines give them."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass

from bot.errors import DocumentError, UsageError
from bot.text import chinese_number, squeeze

_NUMBER = re.compile(r"([\u4e00-\u9fff]{1,10}字第[0-9A-Za-z]{4,16}號)")
_ARABIC_DATE = re.compile(
    r"(?:中華民國|民國)?(1[0-9]{2}|[5-9][0-9])(?:年|[./-])([01]?[0-9])(?:月|[./-])([0-3]?[0-9])日?"
)
_WESTERN_DATE = re.compile(r"(20[0-9]{2})(?:年|[./-])([01]?[0-9])(?:月|[./-])([0-3]?[0-9])日?")
_CHINESE = "[一二三四五六七八九十百零〇○]"
_CHINESE_DATE = re.compile(rf"(?:中華民國|民國)?({_CHINESE}{{2,6}})年({_CHINESE}{{1,3}})月({_CHINESE}{{1,3}})日")
_TITLE = re.compile(r"(?:指引|要點|規範|須知|原則|手冊|規定|辦法|食譜)(?:[(（][^()（）]{1,20}[)）])*$")
_ISSUER = re.compile(
    r".{1,16}?(?:市政府|縣政府|行政院|政府|委員會|總處|[局處部署院會])(?=及|使用|人工|生成|推動|運用|AI)"
)
_QUOTES = '「」『』《》〈〉"“” \u3000'
_FIRST_LINES = 60


@dataclass(frozen=True, slots=True)
class Heading:
    """``date`` is ISO; ``number`` is empty where the document has none."""

    title: str
    number: str
    date: str
    issuer: str

    @property
    def roc_date(self) -> str:
        """``115-03-01``: the 民國 date that makes the edition's id."""
        day = datetime.date.fromisoformat(self.date)
        return f"{day.year - 1911}-{day.month:02d}-{day.day:02d}"


def read_heading(front: str, body: str, *, title: str = "", number: str = "", date: str = "") -> Heading:
    """What is given wins over what is read. ``DocumentError`` where no date or title can be found.

    Of several dates in the front the latest counts: a revised guideline lists the dates of all its revisions.
    """
    lines = [line for line in front.split("\n") if line.strip()][:_FIRST_LINES]
    dated = [(day, line) for line in lines for day in _dates(line)]
    found = _given_date(date) if date else max((day for day, _ in dated), default=None)
    if found is None:
        raise DocumentError("文件開頭找不到日期（例如 115年3月1日）；請以 --date 115-03-01 指定")
    told = title.strip() or _title(lines)
    if not told:
        raise DocumentError("文件開頭找不到名稱（例如「…作業指引」）；請以 --title 指定")
    beside = [line for day, line in dated if day == found]
    numbers = [match for line in [*beside, *lines] for match in _NUMBER.findall(_bare(line))]
    if not numbers:
        numbers = _NUMBER.findall(_bare(body[:2_000]))
    return Heading(
        title=told,
        number=squeeze(number) or (_without_lead(numbers[0]) if numbers else ""),
        date=found.isoformat(),
        issuer=_issuer(told, lines),
    )


def _bare(line: str) -> str:
    return squeeze(unicodedata.normalize("NFKC", line))


def _without_lead(number: str) -> str:
    """``日府資創字第…號`` -> ``府資創字第…號``: what stands before the number in the same line is no part of it."""
    return re.sub(r"^.*(?:日|令|函|以|依|由|按)(?=[\u4e00-\u9fff]{1,6}字第)", "", number)


def _dates(line: str) -> list[datetime.date]:
    bare = _bare(line)
    found = [_date(int(y) + 1911, int(m), int(d)) for y, m, d in _ARABIC_DATE.findall(_WESTERN_DATE.sub("", bare))]
    found += [_date(int(y), int(m), int(d)) for y, m, d in _WESTERN_DATE.findall(bare)]
    for year, month, day in _CHINESE_DATE.findall(bare):
        found.append(_date(_hundreds(year) + 1911, chinese_number(month), chinese_number(day)))
    return [day for day in found if day]


def _hundreds(text: str) -> int:
    """``一百十五`` and ``一一五`` -> 115."""
    plain = re.sub("[零〇○]", "", text)
    head, hundred, rest = plain.partition("百")
    if hundred:
        return chinese_number(head) * 100 + chinese_number(rest)
    if "十" in plain:
        return chinese_number(plain)
    digits = "".join(str("〇一二三四五六七八九".find(char)) for char in re.sub("[零○]", "〇", text))
    return int(digits) if digits.isdigit() else 0


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        found = datetime.date(year, month, day)
    except ValueError:
        return None
    return found if 1990 <= year <= 2200 else None


def _given_date(text: str) -> datetime.date:
    found = _dates(text)
    if not found:
        raise UsageError("--date 請寫成 115-03-01、115年3月1日 或 2026-03-01")
    return found[0]


def _title(lines: list[str]) -> str:
    for line in lines:
        bare = line.strip().strip(_QUOTES)
        if 4 <= len(bare) <= 60 and _TITLE.search(squeeze(bare)) and "。" not in bare:
            return bare
    return ""


def _issuer(title: str, lines: list[str]) -> str:
    bare = squeeze(title)
    for line in lines:
        alone = squeeze(line)
        if 3 <= len(alone) <= 16 and bare.startswith(alone) and alone != bare:
            return alone
    match = _ISSUER.match(bare)
    return match.group() if match else ""
