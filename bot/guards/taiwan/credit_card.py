"""Payment card numbers: 13 to 19 digits whose last one is the Luhn check digit (ISO/IEC 7812-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.numerals import SEPARATOR, digits_only, spoken_digits

_RUN = re.compile(rf"(?<![0-9A-Za-z])[2-6](?:{SEPARATOR}{{0,3}}[0-9]){{12,22}}")
_LENGTHS = (16, 15, 14, 19, 18, 17, 13)
_MASTERCARD_2 = re.compile(r"2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)")
_LABEL = re.compile(r"(?:信用卡|金融卡|VISA|Master ?card|JCB|AMEX|刷卡|持卡)[^，,。；;\n]{0,10}$", re.IGNORECASE)


def luhn_holds(digits: str) -> bool:
    """Every second digit from the right doubled, digits of the products added; the sum ends in 0."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + at % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


class CreditCard(TaiwanRecognizer):
    """Finds card numbers; a wrong check digit counts only right behind the card's name."""

    ENTITY: ClassVar[str] = "CREDIT_CARD"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for match in _RUN.finditer(text):
            yield from self._in_run(text, match.start(), match.end())

    def _in_run(self, text: str, start: int, end: int) -> Iterator[Hit]:
        places = [at for at in range(start, end) if text[at].isdigit()]
        digits = digits_only(text[start:end])
        if digits[0] == "2" and not _MASTERCARD_2.match(digits):
            return
        for length in _LENGTHS:
            if length > len(places):
                continue
            stop = places[length - 1] + 1
            whole = stop == len(text) or not (text[stop].isascii() and text[stop].isalnum())
            if whole and len(set(digits[:length])) > 2 and luhn_holds(digits[:length]):
                yield self.scored(text, start, stop)
                return
        if len(places) in (15, 16) and _LABEL.search(text[max(0, start - 16) : start]):
            yield self.scored(text, start, end)
