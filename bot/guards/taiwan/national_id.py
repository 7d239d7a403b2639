"""國民身分證統一編號: a letter, the sex digit 1 or 2, seven digits and a check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.numerals import GAP, digits_only, spoken_digits

LETTER_CODES = {letter: 10 + at for at, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
"""Two-digit code of the first letter (place of first registration): A is 10, I is 34, O is 35 (內政部戶政司)."""

_VALUE = re.compile(rf"(?<![0-9A-Za-z])[A-Za-z]{GAP}[0-9](?:{GAP}[0-9]){{8}}(?![0-9A-Za-z])")
_TYPED_WRONG = re.compile(rf"(?<![0-9A-Za-z])[A-Za-z]{GAP}[12](?:{GAP}[0-9OoIl]){{8}}(?![0-9A-Za-z])")
_LABEL = re.compile(r"(?:身分證|身份證|國民證)[^，,。；;\n]{0,8}$")


def checksum_holds(value: str) -> bool:
    """Weights 1, 9 for the letter's two digits, then 8 7 6 5 4 3 2 1 and 1 for the check digit; the sum ends in 0."""
    code = LETTER_CODES[value[0]]
    total = code // 10 + code % 10 * 9
    total += sum(int(digit) * weight for digit, weight in zip(value[1:9], range(8, 0, -1), strict=True))
    return (total + int(value[9])) % 10 == 0


class NationalId(TaiwanRecognizer):
    """Finds 國民身分證統一編號 in any disguise; a wrong check digit counts only right behind the label."""

    ENTITY: ClassVar[str] = "TW_NATIONAL_ID"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for match in _VALUE.finditer(text):
            value = digits_only(match.group())
            if value[1] in "12" and checksum_holds(value):
                hit = self.scored(text, *match.span())
                # a valid number stays one whatever stands beside it, unless it is the public specimen
                yield hit if hit.score or self.is_known(value) else Hit(hit.start, hit.end, self.rule.score)
        for match in _TYPED_WRONG.finditer(text):
            if _LABEL.search(text[max(0, match.start() - 16) : match.start()]):
                yield self.scored(text, *match.span())
