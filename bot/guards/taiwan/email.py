"""E-mail addresses, also touching Chinese characters or hiding their @; public mailboxes and placeholders are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer
from bot.guards.taiwan.rules import EntityRule

_AT = r"(?: ?@ ?| ?[\[(]at[\])] ?| ?小老鼠 ?)"
_DOT = r"(?:\.|[\[(]dot[\])]| dot )"
_VALUE = re.compile(
    rf"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]{{1,64}}{_AT}(?:[A-Za-z0-9\-]{{1,63}}{_DOT}){{1,6}}[A-Za-z]{{2,24}}(?![A-Za-z0-9@])",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(?:com|net|org|edu|gov|idv|info|me|io|tw|jp|vn|id|ph|th|hk|uk|us)$", re.IGNORECASE)
_SEPARATOR = re.compile(_AT, re.IGNORECASE)


class Email(TaiwanRecognizer):
    """Finds addresses of persons; local parts that name an office or nobody are in the room's list."""

    ENTITY: ClassVar[str] = "EMAIL_ADDRESS"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        super().__init__(rule, language)
        self._public = frozenset(rule.words.get("public_mailboxes", ()))

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        for match in _VALUE.finditer(text):
            local = _SEPARATOR.split(match.group(), maxsplit=1)[0].lower()
            if local.strip("._-") in self._public or set(local) <= {"x", "*", "."}:
                continue
            if " @" in match.group() and not _ENDING.search(match.group()):
                continue  # a matrix product in code
            yield self.scored(text, *match.span())
