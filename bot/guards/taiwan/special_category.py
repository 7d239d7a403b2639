"""特種個資 of 個人資料保護法第6條: 病歷、醫療、基因、性生活、健康檢查、犯罪前科 of somebody.

The words alone are talk about the category: a hit has the low score of one that needs an identified person in the same
message, which ``bot.guards.personal_data`` looks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer, any_of
from bot.guards.taiwan.rules import EntityRule

_BOUNDARY = re.compile(r"[，,。；;：:\n！!？?（）()「」『』【】|\t]")
_LONGEST = 24
_NUMBERS = r"第?[0-9一二三四五六七八九十兩多]{1,3}(?:[次期型級度件年]|個月?)"
_AMOUNT = r"[0-9]+(?:\.[0-9]+)?(?:/[0-9]+)?(?: ?(?:分貝|mg/dL|mmHg|%|度|次|週|個?月|年))?"
_KINDS = ("illness", "event", "gene", "intimate", "finding", "crime")
_NAMED = r"(?:(?![的了是有罹患得與和及被因說在於])[\u4e00-\u9fff]){2,6}?(?:症候群|症|癌)"


class SpecialCategory(TaiwanRecognizer):
    """Finds diagnoses, findings, intimate life and criminal records as phrases."""

    ENTITY: ClassVar[str] = "SPECIAL_CATEGORY"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        super().__init__(rule, language)
        core = [word for kind in _KINDS for word in rule.words[kind]]
        self._core = re.compile(f"{any_of(core).pattern}|(?<=[的了是有患得為出:]){_NAMED}", re.IGNORECASE)
        self._modifier = re.compile(rf"(?:{any_of(rule.words['modifiers']).pattern}|{_NUMBERS}){{1,4}}$", re.IGNORECASE)
        self._result = re.compile(
            rf"\s?(?:{any_of(rule.words['results']).pattern}|{_AMOUNT}|{_NUMBERS}|{_NAMED})", re.IGNORECASE
        )
        self._talk = self.words("talk")
        self._weak = any_of(rule.words["weak"])

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        spans: list[tuple[int, int]] = []
        for match in self._core.finditer(text):
            start, end = self._grown(text, *match.span())
            if (
                spans
                and start <= spans[-1][1] + 3
                and self._joined(text, spans[-1][1], start)
                and end - spans[-1][0] <= _LONGEST
            ):
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        for start, end in spans:
            if self._weak.fullmatch(text, start, end):
                continue
            if not self._talk.search(text[end : end + 6]):
                yield Hit(start, end, self.rule.score)

    def _grown(self, text: str, start: int, end: int) -> tuple[int, int]:
        before = self._modifier.search(text[max(0, start - 10) : start])
        if before:
            start -= len(before.group())
        for _ in range(5):
            after = self._result.match(text, end)
            if not after or after.end() == end:
                break
            end = after.end()
        return start, end

    @staticmethod
    def _joined(text: str, end: int, start: int) -> bool:
        return start <= end or not _BOUNDARY.search(text[end:start])
