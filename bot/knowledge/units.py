"""A source's runs of text between breaks: lines, table cells, paragraphs of a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TAG = r"</?(?:p|u|b|i|em|strong|span|div|br|hr|table|thead|tbody|tr|td|th|input|sup|sub)\b[^<>\n]*>"
_TOKEN = re.compile(_TAG + r"|\n|\t|[^<\n\t]+|<")
_PARAGRAPH = re.compile(r"</?(?:p|br|div|td|tr)\b[^<>]*>")
CHECKBOX = re.compile(r"<input\b[^>]*checkbox[^>]*/?>")


@dataclass(slots=True)
class Unit:
    """A run of text between breaks: a line, a table cell or a paragraph of a cell."""

    start: int
    end: int
    line: int
    pieces: list[tuple[int, int]]
    first_in_line: bool
    blank_before: bool
    in_cell: bool
    new_paragraph: bool = False
    before_tab: bool = False


def units_of(source: str) -> Iterator[Unit]:
    """The source's runs of text, with what stood before them."""
    line, first, cell, paragraph = 1, True, False, False
    newlines = 2
    unit: Unit | None = None
    for token in _TOKEN.finditer(source):
        text, start, end = token.group(), token.start(), token.end()
        if text in {"\n", "\t"} or _PARAGRAPH.fullmatch(text):
            if unit is not None:
                unit.before_tab = text == "\t"
                yield unit
                unit = None
            if text == "\n":
                line, first, cell, paragraph, newlines = line + 1, True, False, False, newlines + 1
            else:
                cell, paragraph = True, paragraph or text != "\t"
            continue
        if re.fullmatch(_TAG, text) and not CHECKBOX.fullmatch(text):
            continue
        if not text.strip(" \u3000\r\f\u200b"):
            if unit is not None:
                unit.pieces.append((start, end))
            continue
        if unit is None:
            unit = Unit(start, end, line, [], first, newlines > 1, cell, paragraph)
            first, paragraph, newlines = False, False, 0
        unit.pieces.append((start, end))
        unit.end = end
    if unit is not None:
        yield unit
