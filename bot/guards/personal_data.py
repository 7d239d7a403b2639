"""Finds personal data in what a person typed, and masks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain import Entity
from bot.guards.masking import mask
from bot.guards.taiwan.base import TaiwanRecognizer
from bot.guards.taiwan.recognizers import build_recognizers
from bot.guards.taiwan.rules import PersonalDataRules
from bot.rooms import read_yaml, rooms_root
from bot.text import normalise


@dataclass(frozen=True, slots=True)
class _Candidate:
    type: str
    start: int
    end: int
    score: float


class PersonalData:
    """All recognizers together; built once (the first building imports Presidio, some seconds), shared by threads."""

    def __init__(self, rules: PersonalDataRules) -> None:
        self._rules = rules
        self._recognizers = build_recognizers(rules.entities)

    @classmethod
    def from_room(cls, path: Path | None = None) -> PersonalData:
        """As ``guardrails/personal_data.yaml`` says; ``RoomError`` where it is wrong."""
        return cls(read_yaml(path or rooms_root() / "guardrails" / "personal_data.yaml", PersonalDataRules))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that can be found."""
        return tuple(self._rules.entities)

    @property
    def recognizers(self) -> tuple[TaiwanRecognizer, ...]:
        """The recognizers in the order they run."""
        return self._recognizers

    def find(self, text: str) -> tuple[Entity, ...]:
        """Personal data in ``text``, in order and without overlaps; offsets in code points of ``text`` as given."""
        normalised = normalise(text)
        found = [
            _Candidate(recognizer.ENTITY, result.start, result.end, result.score)
            for recognizer in self._recognizers
            for result in recognizer.analyze(normalised.text, [recognizer.ENTITY])
        ]
        sure = [candidate for candidate in found if candidate.score >= self._rules.threshold]
        sure += self._accompanied(normalised.text, found, sure)
        entities = [Entity(kept.type, *normalised.span(kept.start, kept.end)) for kept in self._resolved(sure)]
        return tuple(sorted(entities, key=lambda entity: entity.start))

    def masked(self, text: str, entities: Iterable[Entity]) -> str:
        """``text`` with every entity masked and everything else as typed."""
        pieces, at = [], 0
        for entity in sorted(entities, key=lambda entity: entity.start):
            pieces += [
                text[at : entity.start],
                mask(text[entity.start : entity.end], self._rules.entities[entity.type]),
            ]
            at = entity.end
        return "".join([*pieces, text[at:]])

    def name_of(self, entity_type: str) -> str:
        """What a kind is called in replies."""
        return self._rules.entities[entity_type].name

    def _accompanied(self, text: str, found: Sequence[_Candidate], sure: Sequence[_Candidate]) -> Iterable[_Candidate]:
        """Candidates that count because a person is identified beside them."""
        persons = [candidate for candidate in sure if candidate.type in self._rules.identifying]
        for candidate in found:
            rule = self._rules.entities[candidate.type]
            if not 0 < candidate.score < self._rules.threshold <= rule.accompanied:
                continue
            if any(rule.reach == "message" or _same_line(text, candidate, person) for person in persons):
                yield _Candidate(candidate.type, candidate.start, candidate.end, rule.accompanied)

    def _resolved(self, candidates: Iterable[_Candidate]) -> Iterable[_Candidate]:
        """The best claim on each stretch of text: higher score, then priority, then length."""

        def rank(candidate: _Candidate) -> tuple[float, int, int, int]:
            priority = self._rules.entities[candidate.type].priority
            return -candidate.score, -priority, candidate.start - candidate.end, candidate.start

        kept: list[_Candidate] = []
        for candidate in sorted(candidates, key=rank):
            if not any(candidate.start < other.end and other.start < candidate.end for other in kept):
                kept.append(candidate)
        return kept


def _same_line(text: str, one: _Candidate, other: _Candidate) -> bool:
    return "\n" not in text[min(one.end, other.end) : max(one.start, other.start)]
