"""Tables, forms and records inside a message: which label a value stands under."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_DELIMITERS = ("\t", "|", ",", ";", "、")
_INSERT = re.compile(r"\(([^()\n]{3,300})\)\s{0,3}VALUES\s{0,3}\(", re.IGNORECASE)
_LONGEST_LABEL = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """A value's place in the text, quotes and blanks left out."""

    start: int
    end: int


def labelled_cells(text: str, label: re.Pattern[str]) -> Iterator[Cell]:
    """Cells of the columns whose head matches ``label``: CSV, tab-separated and pipe tables, and SQL's INSERT."""
    if "\n" in text:
        yield from _in_table(text, label)
    for match in _INSERT.finditer(text):
        columns = [head for head, _, _ in _split(text, match.start(1), match.end(1), ",")]
        wanted = {at for at, head in enumerate(columns) if label.search(head)}
        row_end = text.find(")", match.end())
        cells = _split(text, match.end(), row_end if row_end > 0 else len(text), ",")
        yield from (Cell(start, end) for at, (_, start, end) in enumerate(cells) if at in wanted)


def _in_table(text: str, label: re.Pattern[str]) -> Iterator[Cell]:
    wanted: set[int] = set()
    delimiter = ""
    width = at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if wanted and delimiter in line:
            cells = _split(text, start, start + len(line), delimiter)
            if abs(len(cells) - width) <= 1:
                yield from (Cell(first, end) for column, (_, first, end) in enumerate(cells) if column in wanted)
                continue
        wanted, delimiter, width = _heads(line, label)


def _heads(line: str, label: re.Pattern[str]) -> tuple[set[int], str, int]:
    for delimiter in _DELIMITERS:
        if delimiter not in line:
            continue
        heads = [head for head, _, _ in _split(line, 0, len(line), delimiter)]
        if all(len(head) <= _LONGEST_LABEL for head in heads):
            return {at for at, head in enumerate(heads) if label.search(head)}, delimiter, len(heads)
    return set(), "", 0


def _split(text: str, start: int, end: int, delimiter: str) -> list[tuple[str, int, int]]:
    """(value, start, end) of each cell between ``start`` and ``end``, without blanks and quotes around it."""
    cells = []
    for piece in text[start:end].split(delimiter):
        value = piece.strip(" \t'\"[]()")
        first = start + (piece.index(value) if value else 0)
        cells.append((value, first, first + len(value)))
        start += len(piece) + len(delimiter)
    return cells
