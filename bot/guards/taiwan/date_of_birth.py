"""出生日期 in 民國 or western years; any other date is told apart by its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.cells import labelled_cells
from bot.guards.taiwan.numerals import NUMERAL, number
from bot.guards.taiwan.rules import EntityRule

_N = rf"\s?{NUMERAL}\s?"
_WRITTEN = re.compile(rf"(?:(?:中華)?民國|西元)?(?P<y>(?<![0-9]){_N})年(?P<m>{_N})月(?P<d>{_N})日?")
_NUMERIC = re.compile(
    r"(?<![0-9A-Za-z.\-/])(?:民國\s?)?(?P<y>(?:19|20)[0-9]{2}|[01]?[0-9]{2})\s?(?P<s>[.\-/])\s?(?P<m>0?[1-9]|1[0-2])\s?(?P=s)\s?"
    r"(?P<d>0?[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z])(?![.\-/][0-9])"
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ENGLISH = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    rf"[0-9]{{1,2}}(?:st|nd|rd|th)?[ \-](?:{_MONTHS})[a-z]{{0,6}}\.?,?[ \-](?P<y>(?:19|20)[0-9]{{2}})"
    rf"|(?:{_MONTHS})[a-z]{{0,6}}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? (?P<y2>(?:19|20)[0-9]{{2}})"
    rf"|[0-9]{{1,2}}/[0-9]{{1,2}}/(?P<y3>(?:19|20)[0-9]{{2}}))(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?<![0-9A-Za-z.\-/])(?:(?P<y>(?:19|20)[0-9]{2})|[01]?[0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z.\-])"
)
_NO_YEAR = re.compile(rf"{_N}月{_N}日|[01]?[0-9]/[0-3]?[0-9](?![0-9/])")
_BORN = re.compile(r"\s?[)）」』\"']?\s?(?:出?生(?![效物產活育態涯命])|誕生)")
_LIMIT = re.compile(r"\s?[()（）含]{0,3}\s?(?:以?[前後]|之[前後]|起|止|至|到|~|間|當日)")
_DELIMITER = re.compile(r"[,;|/\t'\" 、]\s{0,2}$")
_DELIMITER_AFTER = re.compile(r"\s{0,2}(?:[,;|/\t'\" 、)]|$|\n)")
_OLDEST, _YOUNGEST, _LATEST_UNLABELLED = 1900, 2030, 2012


class DateOfBirth(TaiwanRecognizer):
    """Finds dates that a word makes a birthday; a bare date in a record's cell scores low: it needs company."""

    ENTITY: ClassVar[str] = "DATE_OF_BIRTH"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        super().__init__(rule, language)
        self._column = self.words("columns")

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        columns = [(cell.start, cell.end) for cell in labelled_cells(text, self._column)]
        for pattern in (_WRITTEN, _NUMERIC, _ENGLISH):
            for match in pattern.finditer(text):
                year = _year(match)
                if year is not None and _OLDEST <= year <= _YOUNGEST:
                    start = match.start() + len(match.group()) - len(match.group().lstrip())
                    end = match.start() + len(match.group().rstrip())
                    yield Hit(start, end, self._score(text, start, end, year, columns))
        for pattern in (_COMPACT, _NO_YEAR):
            for match in pattern.finditer(text):
                labelled = self._labelled(text, *match.span(), gap=3 if pattern is _COMPACT else 1)
                if labelled or any(s <= match.start() < e for s, e in columns):
                    start = match.start() + len(match.group()) - len(match.group().lstrip())
                    yield Hit(start, match.start() + len(match.group().rstrip()), self.rule.raised)

    def _score(self, text: str, start: int, end: int, year: int, columns: list[tuple[int, int]]) -> float:
        if _LIMIT.match(text[end : end + 6]) or self.excluded(text, start, end):
            return 0.0
        in_column = any(first <= start < last for first, last in columns)
        if in_column or _BORN.match(text[end : end + 6]) or self._labelled(text, start, end):
            return self.rule.raised
        in_cell = _DELIMITER.search(text[max(0, start - 3) : start]) and _DELIMITER_AFTER.match(text[end : end + 3])
        return self.rule.score if in_cell and year <= _LATEST_UNLABELLED else 0.0

    def _labelled(self, text: str, start: int, end: int, gap: int = 3) -> bool:
        """A birth word within a few characters before the date, with no other words between."""
        before = text[max(0, start - 18) : start]
        labels = list(self._context.finditer(before))
        if not labels or _LIMIT.match(text[end : end + 6]):
            return False
        between = before[labels[-1].end() :]
        return len(re.findall(r"[\u4e00-\u9fff]", between)) <= gap and "\n" not in between.strip("\n")


def _year(match: re.Match[str]) -> int | None:
    """The western year; years below 150 are counted from 1911 (民國)."""
    groups = match.groupdict()
    words = groups.get("y") or groups.get("y2") or groups.get("y3") or ""
    year = number(words.strip())
    if year is None:
        return None
    return year + 1911 if year < 150 else year
