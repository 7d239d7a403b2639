"""Sentences of a clause, verbatim, with their place in it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Clause
from bot.text import sentence_spans


@dataclass(frozen=True, slots=True)
class Sentence:
    """``clause.text[start:end]``."""

    location: str
    text: str
    start: int
    end: int


def sentences_of(clause: Clause) -> list[Sentence]:
    """The clause's sentences; its title is left out where other words follow it."""
    spans = sentence_spans(clause.text)
    kept = [Sentence(clause.location, clause.text[start:end], start, end) for start, end in spans]
    body = [sentence for sentence in kept if sentence.text.rstrip("：:。") != clause.title]
    return body or kept
