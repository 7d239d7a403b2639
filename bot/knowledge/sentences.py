"""Sentences of a clause, verbatim, with their place in it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain import Clause

_SENTENCE = re.compile(r"[^。；？\n]+[。；？]?[」）)]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``clause.text[start:end]``."""

    location: str
    text: str
    start: int
    end: int


def split(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences; a run of a list (；) is one of its own."""
    spans = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        start += len(match.group()) - len(match.group().lstrip())
        if text[start:end].strip():
            spans.append((start, end))
    return spans


def sentences_of(clause: Clause) -> list[Sentence]:
    """The clause's sentences; its title is left out where other words follow it."""
    spans = split(clause.text)
    kept = [Sentence(clause.location, clause.text[start:end], start, end) for start, end in spans]
    body = [sentence for sentence in kept if sentence.text.rstrip("：:。") != clause.title]
    return body or kept
