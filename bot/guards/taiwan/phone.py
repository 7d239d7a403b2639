"""Telephone numbers of region TW, as libphonenumber knows them; public hotlines and switchboards are not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

import phonenumbers

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.numerals import GAP, digits_only, spoken_digits
from bot.guards.taiwan.rules import EntityRule

_PREFIX = rf"(?:\(?(?:\+|00){GAP}8{GAP}8?{GAP}6\)?|(?<![0-9A-Za-z])\(?886\)?){GAP}(?:\(0\))?"
_EXTENSION = r"(?:\s{0,2}(?:分機|轉|#|ext\.?|x)\s{0,2}[0-9]{1,6})?"
_MOBILE = re.compile(rf"(?<![0-9A-Za-z.])\(?0{GAP}9(?:{GAP}[()、]?{GAP}[0-9]){{8}}(?![0-9A-Za-z])")
_LANDLINE = re.compile(
    rf"(?<![0-9A-Za-z.])\(?0{GAP}[2-8]{GAP}[0-9]{{0,3}}{GAP}\)?{GAP}[0-9](?:{GAP}[0-9]){{4,8}}{_EXTENSION}(?![0-9A-Za-z])"
)
_ABROAD = re.compile(rf"{_PREFIX}\(?0?{GAP}[2-9](?:{GAP}[()]?[0-9]){{6,8}}{_EXTENSION}(?![0-9A-Za-z])")
_LOCAL = re.compile(r"(?<![0-9A-Za-z.\-])[2-8][0-9]{2,3}[ \-][0-9]{4}(?![0-9A-Za-z\-])")
_EXTENSION_TAIL = re.compile(r"\s{0,2}(?:分機|轉|#|ext\.?|x)\s{0,2}[0-9]{1,6}$", re.IGNORECASE)


class Phone(TaiwanRecognizer):
    """Finds mobile and landline numbers in any grouping; landlines of agencies and hotlines are left alone."""

    ENTITY: ClassVar[str] = "TW_PHONE"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        super().__init__(rule, language)
        self._agency = self.words("agency")
        self._private = self.words("private")

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for match in _MOBILE.finditer(text):
            yield self._judged(text, *match.span(), landline=False)
        for pattern in (_ABROAD, _LANDLINE):
            for match in pattern.finditer(text):
                if valid_in_taiwan(match.group()):
                    yield self._judged(text, *match.span(), landline=True)
        for match in _LOCAL.finditer(text):
            if self.near(text, *match.span(), before=8, after=0):
                yield self._judged(text, *match.span(), landline=True)

    def _judged(self, text: str, start: int, end: int, *, landline: bool) -> Hit:
        if text[start] == "(" and ")" not in text[start:end]:
            start += 1
        before = text[max(0, start - 12) : start]
        public = landline and self._agency.search(before) and not self._private.search(before)
        value = _EXTENSION_TAIL.sub("", text[start:end])
        if public or self.is_known(national(value)):
            return Hit(start, end, 0.0)
        return self.scored(text, start, end)


def national(value: str) -> str:
    """The number's digits as dialled at home: 0 in front, no country code."""
    digits = digits_only(value)
    digits = digits.removeprefix("00") if digits.startswith("00886") else digits
    return "0" + digits.removeprefix("886").removeprefix("0") if digits.startswith("886") else digits


def valid_in_taiwan(value: str) -> bool:
    """Whether libphonenumber takes the number for a line of region TW that a person may have (not toll-free)."""
    digits = national(_EXTENSION_TAIL.sub("", value))
    try:
        parsed = phonenumbers.parse(digits, "TW")
    except phonenumbers.NumberParseException:
        return False
    kinds = phonenumbers.PhoneNumberType
    return bool(
        phonenumbers.is_valid_number_for_region(parsed, "TW")
        and phonenumbers.number_type(parsed) in (kinds.MOBILE, kinds.FIXED_LINE, kinds.VOIP, kinds.PERSONAL_NUMBER)
    )
