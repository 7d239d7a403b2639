"""What all recognizers share: they are Presidio recognizers, read their rule from the room, and look around a value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from presidio_analyzer import EntityRecognizer, RecognizerResult

from bot.guards.taiwan.numerals import digits_only
from bot.guards.taiwan.rules import EntityRule

BEFORE = 16
AFTER = 10


@dataclass(frozen=True, slots=True)
class Hit:
    """A value found in normalised text; ``score`` in 0..1."""

    start: int
    end: int
    score: float


class TaiwanRecognizer(EntityRecognizer):  # type: ignore[misc]
    """A recognizer of one kind of personal data; subclasses say where, in ``hits``."""

    ENTITY: ClassVar[str]
    COUNTRY_CODE: ClassVar[str | None] = "tw"

    def __init__(self, rule: EntityRule, language: str = "zh") -> None:
        self.rule = rule
        self._context = any_of(rule.context)
        self._exclusions = any_of(rule.exclusions)
        super().__init__(
            supported_entities=[self.ENTITY],
            name=type(self).__name__,
            supported_language=language,
            context=list(rule.context),
        )

    def load(self) -> None:
        """Nothing to fetch: everything comes from the room."""

    def hits(self, text: str) -> Iterator[Hit]:
        """Values in normalised ``text``; may overlap."""
        raise NotImplementedError

    def analyze(self, text: str, entities: Sequence[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Presidio's entry; ``nlp_artifacts`` is not used."""
        if entities and self.ENTITY not in entities:
            return []
        return [RecognizerResult(self.ENTITY, hit.start, hit.end, hit.score) for hit in self.hits(text)]

    def scored(self, text: str, start: int, end: int, *, before: int = BEFORE, after: int = AFTER) -> Hit:
        """The span with the score its surroundings earn it: 0 where it is excluded or public."""
        if self.excluded(text, start, end) or self.is_known(text[start:end]):
            return Hit(start, end, 0.0)
        near = self.near(text, start, end, before=before, after=after)
        return Hit(start, end, self.rule.raised if near else self.rule.score)

    def near(self, text: str, start: int, end: int, *, before: int = BEFORE, after: int = AFTER) -> bool:
        """Whether a context word stands around the span."""
        return bool(
            self._context.search(text[max(0, start - before) : start]) or self._context.search(text[end : end + after])
        )

    def excluded(self, text: str, start: int, end: int, *, before: int = 8, after: int = 4) -> bool:
        """Whether a word right beside the span says that it is something else."""
        return bool(
            self._exclusions.search(text[max(0, start - before) : start])
            or self._exclusions.search(text[end : end + after])
        )

    def is_known(self, value: str) -> bool:
        """Whether the value is public (a switchboard, a specimen)."""
        return bool(self.rule.known) and digits_only(value) in self.rule.known

    def words(self, name: str) -> re.Pattern[str]:
        """A named word list of the rule as one pattern."""
        return any_of(self.rule.words.get(name, ()))


def any_of(words: Sequence[str]) -> re.Pattern[str]:
    """A pattern that finds any of the words, longest first, without case; with none it finds nothing.

    Words of ASCII letters stand alone: ``id`` is not found in ``idea``.
    """
    if not words:
        return re.compile(r"(?!)")
    parts = []
    for word in sorted(words, key=len, reverse=True):
        literal = re.escape(word)
        if word.isascii() and word[:1].isalnum():
            literal = rf"(?<![A-Za-z]){literal}"
        if word.isascii() and word[-1:].isalpha():
            literal = rf"{literal}(?![A-Za-z])"
        parts.append(literal)
    return re.compile("|".join(parts), re.IGNORECASE)
