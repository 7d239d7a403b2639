"""地址 down to the house number (縣市 to 樓之室), in digits or Chinese numerals (內政部 門牌編釘)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.numerals import NUMERAL
from bot.guards.taiwan.rules import EntityRule

_N = rf"\s?{NUMERAL}(?:[\-之~][0-9一二三四五六七八九十]{{1,4}})?\s?"
_HAN = r"[\u4e00-\u9fff]"
_LANE = rf"(?:{_N}巷|(?<=[段路街里村道鄰]){_HAN}{{2,3}}巷)"
_FLOOR = (
    rf"(?:[,、]?(?:\s?地下)?{_N}(?:樓|[fF](?![A-Za-z])))(?:\s?(?:之|-){_N})?"
    r"(?:[,、]?\s?[0-9A-Za-z]{1,5}室)?"
)
_HOUSE = rf"{_N}號(?:\s?之{_N})?(?:{_FLOOR})?"
_BEHIND_ROAD = (
    rf"(?:\s?[0-9一二三四五六七八九十]{{1,2}}\s?段)?(?:{_LANE})?(?:{_N}弄)?(?:{_N}衖)?(?:{_HOUSE}|(?<=[巷弄]){_FLOOR})"
)
_CITIES = "[臺台][北中南東]|新北|桃園|高雄|基隆|新竹|嘉義|苗栗|彰化|南投|雲林|屏東|宜蘭|花蓮|澎湖|金門|連江"
_AREA = (
    rf"(?:[0-9]{{3,6}}\s?)?(?:(?:{_CITIES})[市縣]?\s?)?(?:{_HAN}{{1,3}}[區鄉鎮市]\s?)?(?:{_HAN}{{1,4}}[里村]\s?)?"
    rf"(?:{_N}鄰\s?)?"
)
_ROAD = re.compile(rf"(?<={_HAN})(?:路|街|大道){_BEHIND_ROAD}")
_BEFORE_ROAD = re.compile(rf"{_AREA}{_HAN}{{1,6}}$")
_REACH = 32
_LANE_ONLY = re.compile(rf"(?<![段路街道0-9]){_N}巷(?:{_N}弄)?{_HOUSE}")
_VILLAGE = re.compile(
    rf"(?:(?:{_CITIES})[市縣]?\s?)?(?:{_HAN}{{1,3}}[區鄉鎮市]\s?)?{_HAN}{{1,4}}[里村](?:{_N}鄰)?(?:{_HAN}{{2,4}})?{_HOUSE}"
)
_ENGLISH = re.compile(
    r"(?<![A-Za-z])(?:[0-9]{1,2}F\.?,? ?)?No\.? ?[0-9]{1,4}(?:-[0-9]{1,3})?,[A-Za-z0-9 .,\-]{3,80}?"
    r"(?:Rd|St|Road|Street|Ave|Blvd)(?![A-Za-z])\.?"
    r"(?:,? [A-Z][A-Za-z]{2,12} Dist(?:rict|\.)?)?(?:,? [A-Z][A-Za-z ]{2,14} City)?",
    re.IGNORECASE | re.ASCII,
)
_LEAD = re.compile(
    r"^[\u4e00-\u9fff]{0,8}[在住到於從是由我他她你您們的了去往寄送給址為位家](?=[0-9\u4e00-\u9fff]{2,6}[路街區里市縣鄉鎮村大])"
)


class Address(TaiwanRecognizer):
    """Finds addresses with a house number; those of public buildings and event sites are left alone."""

    ENTITY: ClassVar[str] = "TW_ADDRESS"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        super().__init__(rule, language)
        self._public = self.words("public_places")
        self._after_public = re.compile(rf"[(的,:]?\s?{_HAN}{{0,3}}?(?:{self.words('public_after').pattern})")
        self._known = self.words("known_addresses")

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        if any(mark in text for mark in "號樓弄"):
            for match in _ROAD.finditer(text):
                before = text[max(0, match.start() - _REACH) : match.start()]
                head = _BEFORE_ROAD.search(before)
                yield self._trimmed(text, match.start() - (len(before) - head.start() if head else 0), match.end())
            for pattern in (_VILLAGE, _LANE_ONLY):
                for match in pattern.finditer(text):
                    yield self._trimmed(text, *match.span())
        for match in _ENGLISH.finditer(text):
            yield self.scored(text, *match.span())

    def _trimmed(self, text: str, start: int, end: int) -> Hit:
        """Without the words that lead to the address and the blanks around it."""
        value = text[start:end]
        lead = _LEAD.match(value)
        return self._judged(
            text, start + (lead.end() if lead else len(value) - len(value.lstrip())), start + len(value.rstrip())
        )

    def _judged(self, text: str, start: int, end: int) -> Hit:
        value = text[start:end]
        if self._known.search(value):
            return Hit(start, end, 0.0)
        before = text[max(0, start - 14) : start]
        if self._context.search(before):
            return Hit(start, end, self.rule.raised)
        if self._public.search(before) or self._after_public.match(text[end : end + 8]):
            return Hit(start, end, 0.0)
        return Hit(start, end, self.rule.score)
