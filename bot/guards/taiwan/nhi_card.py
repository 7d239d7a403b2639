"""健保卡卡號: twelve digits, 0000 in front on nearly all cards (衛生福利部中央健康保險署)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.numerals import GAP, digits_only, spoken_digits

_VALUE = re.compile(rf"(?<![0-9A-Za-z])[0-9](?:{GAP}[0-9]){{11}}(?![0-9A-Za-z]|-[0-9])")


class NhiCard(TaiwanRecognizer):
    """Finds card numbers by their 0000, any twelve digits beside the card's name."""

    ENTITY: ClassVar[str] = "TW_NHI_CARD"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for match in _VALUE.finditer(text):
            hit = self.scored(text, *match.span())
            if digits_only(match.group()).startswith("0000") or hit.score == self.rule.raised:
                yield hit
