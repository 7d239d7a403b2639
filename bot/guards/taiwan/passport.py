"""護照號碼: nine digits for ours (外交部領事事務局), a letter or two and six to eight digits for many others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.numerals import GAP, spoken_digits

_VALUE = re.compile(rf"(?<![0-9A-Za-z.,])[0-9](?:{GAP}[0-9]){{8}}(?![0-9A-Za-z])(?![.,][0-9])")
_FOREIGN = re.compile(
    r"(?<![0-9A-Za-z])(?!no)[A-Za-z]{1,2}[ \-]?[0-9](?:[ \-]?[0-9]){5,7}[A-Za-z]?(?![0-9A-Za-z])", re.IGNORECASE
)
_NATION = re.compile(r"(?:TWN|R\.?O\.?C\.?|TAIWAN)[\s/,|;]{1,4}$", re.IGNORECASE)


class Passport(TaiwanRecognizer):
    """Finds passport numbers beside the word passport, or beside the nation in a traveller's record."""

    ENTITY: ClassVar[str] = "TW_PASSPORT"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for pattern in (_VALUE, _FOREIGN):
            for match in pattern.finditer(text):
                hit = self.scored(text, *match.span(), before=24, after=8)
                if hit.score and _NATION.search(text[max(0, hit.start - 12) : hit.start]):
                    hit = Hit(hit.start, hit.end, self.rule.raised)
                yield hit
