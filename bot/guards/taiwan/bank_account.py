"""銀行及郵局帳號: 7 to 16 digits (郵局: 局號 and 帳號 of 7), told from other numbers by what stands before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.cells import labelled_cells
from bot.guards.taiwan.numerals import digits_only, spoken_digits
from bot.guards.taiwan.rules import EntityRule

_NUMBER = r"[0-9](?:[ \t\-.‐–—]{0,2}[0-9]){6,15}(?![0-9A-Za-z])"
_AFTER_LABEL = re.compile(
    rf"(?:[^0-9A-Za-z\n，。；;]|is|no\.?|number){{0,12}}(?:\(?[0-9]{{3,4}}\)?[^0-9A-Za-z\n，。；;\-]{{1,12}})?({_NUMBER})",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"09[0-9]{8}$")
_WHOLE = re.compile(rf"\s{{0,3}}({_NUMBER})\s{{0,3}}$")


class BankAccount(TaiwanRecognizer):
    """Finds account numbers behind 帳號, a bank's name or the like, and in a column of that name."""

    ENTITY: ClassVar[str] = "BANK_ACCOUNT"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        super().__init__(rule, language)
        self._banks = self.words("banks")
        self._column = self.words("columns")

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        text = spoken_digits(text)
        for label in self._context.finditer(text):
            yield from self._after(text, label.start(), label.end(), shortest=7)
        for bank in self._banks.finditer(text):
            yield from self._after(text, bank.start(), bank.end(), shortest=10)
        for cell in labelled_cells(text, self._column):
            value = _WHOLE.match(text, cell.start, cell.end)
            if value:
                yield Hit(*value.span(1), self.rule.raised)

    def _after(self, text: str, start: int, end: int, shortest: int) -> Iterator[Hit]:
        if self._exclusions.search(text[max(0, start - 8) : end + 2]):
            return
        match = _AFTER_LABEL.match(text, end)
        if match and _MOBILE.match(digits_only(match[1])) and "號" not in text[start:end]:
            return  # 轉帳備註 and a telephone number
        if match and shortest <= len(digits_only(match[1])) <= 16:
            yield Hit(*match.span(1), self.rule.raised)
