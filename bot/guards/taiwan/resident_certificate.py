"""外來人口統一證號: two letters and eight digits until 2020, since then a letter, 8 or 9, and eight digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.national_id import LETTER_CODES, checksum_holds
from bot.guards.taiwan.numerals import GAP, digits_only, spoken_digits

_OLD = re.compile(rf"(?<![0-9A-Za-z])[A-Za-z]{GAP}[A-Da-d]{GAP}[0-9](?:{GAP}[0-9]){{7}}(?![0-9A-Za-z])")
_NEW = re.compile(rf"(?<![0-9A-Za-z])[A-Za-z]{GAP}[89](?:{GAP}[0-9]){{8}}(?![0-9A-Za-z])")
_LABEL = re.compile(r"(?:居留證|統一證號|外僑|ARC|UI ?No)[^，,。；;\n]{0,8}$", re.IGNORECASE)


def old_checksum_holds(value: str) -> bool:
    """As the national number, the second letter standing for the last digit of its code (內政部移民署)."""
    return checksum_holds(value[0] + str(LETTER_CODES[value[1]] % 10) + value[2:])


class ResidentCertificate(TaiwanRecognizer):
    """Finds both forms of 統一證號; a wrong check digit counts only right behind the label."""

    ENTITY: ClassVar[str] = "TW_RESIDENT_CERTIFICATE"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for pattern, holds in ((_OLD, old_checksum_holds), (_NEW, checksum_holds)):
            for match in pattern.finditer(text):
                value = digits_only(match.group())
                if holds(value):
                    yield Hit(*match.span(), 0.0 if self.is_known(value) else self.rule.raised)
                elif _LABEL.search(text[max(0, match.start() - 16) : match.start()]):
                    yield self.scored(text, *match.span())
