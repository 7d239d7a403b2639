"""What parsing a source gives, and what a person may correct in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.domain import Clause


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A line that looks like a numbered clause but does not fit the numbering; it stays in the clause before it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says of one line of the source: ``skip`` leaves it out, ``join`` makes it part of the clause
    before it, ``location`` makes it the beginning of that clause."""

    line: int
    action: Literal["skip", "join", "location"]
    location: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed source. ``front`` and ``layout`` are spans (start, end) in code points of the source."""

    clauses: tuple[Clause, ...]
    front: tuple[tuple[int, int], ...]
    layout: tuple[tuple[int, int], ...]
    unplaced: tuple[Unplaced, ...]
    missing: tuple[str, ...] = ()
    """Locations that the numbering jumps over."""


def merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order, touching ones joined, empty ones dropped."""
    last: tuple[int, int] | None = None
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if last and start <= last[1]:
            last = (last[0], max(last[1], end))
        else:
            if last:
                yield last
            last = (start, end)
    if last:
        yield last


def gaps(spans: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """What the spans leave uncovered in ``[0, length)``."""
    at = 0
    for start, end in spans:
        if start > at:
            yield at, start
        at = max(at, end)
    if at < length:
        yield at, length
