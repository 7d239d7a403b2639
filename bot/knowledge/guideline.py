"""From a guideline's extracted text to its tree of clauses.

The promise, tested: every character of the source lies in exactly one clause, in the front matter or in a layout span;
a clause's text is its characters joined, with only the breaks that wrapped a sentence taken out and the form's
check boxes shown as ☐. A line break inside a sentence never changes the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain import Clause
from bot.knowledge.family import Family, Level
from bot.knowledge.references import find_references

_TAG = r"</?(?:p|u|b|i|em|strong|span|div|br|hr|table|thead|tbody|tr|td|th|input|sup|sub)\b[^<>\n]*>"
_TOKEN = re.compile(_TAG + r"|\n|\t|[^<\n\t]+|<")
_PARAGRAPH = re.compile(r"</?(?:p|br|div|td|tr)\b[^<>]*>")
_CHECKBOX = re.compile(r"<input\b[^>]*checkbox[^>]*/?>")
_LEAD = re.compile(r"[ \u3000]*(?:[-•‧*][ \u3000]+)?[ \u3000]*")
_ENDS = "。：:？?！!"
_HEADING_STOPS = re.compile(r"[，。；：？、]")
_ASCII = re.compile(r"[!-~]")
_LONGEST_TITLE = 45


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A line that looks like a numbered clause but does not fit the numbering; it stays in the clause before it."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed source. ``front`` and ``layout`` are spans (start, end) in code points of the source."""

    clauses: tuple[Clause, ...]
    front: tuple[tuple[int, int], ...]
    layout: tuple[tuple[int, int], ...]
    unplaced: tuple[Unplaced, ...]


@dataclass(slots=True)
class _Unit:
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


@dataclass(slots=True)
class _Open:
    """A clause while it is being read."""

    location: str
    parent: str | None
    style: str
    number: int
    text: str = ""
    heading: str | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)


def parse(source: str, family: Family) -> Parsed:
    """The tree of ``source``; clauses in the order of the text. A text without any section gives no clause."""
    return _Reader(source, family).read()


def _units(source: str) -> Iterator[_Unit]:
    """The source's runs of text, with what stood before them."""
    line, first, cell, paragraph = 1, True, False, False
    newlines = 2
    unit: _Unit | None = None
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
        if re.fullmatch(_TAG, text) and not _CHECKBOX.fullmatch(text):
            continue
        if not text.strip(" \u3000\r\f\u200b"):
            if unit is not None:
                unit.pieces.append((start, end))
            continue
        if unit is None:
            unit = _Unit(start, end, line, [], first, newlines > 1, cell, paragraph)
            first, paragraph, newlines = False, False, 0
        unit.pieces.append((start, end))
        unit.end = end
    if unit is not None:
        yield unit


class _Reader:
    """One pass over the units; the open clauses form a path from a section down to the clause being read."""

    def __init__(self, source: str, family: Family) -> None:
        self.source, self.family = source, family
        self.path: list[_Open] = []
        self.done: list[_Open] = []
        self.front: list[tuple[int, int]] = []
        self.unplaced: list[Unplaced] = []
        self.lines = source.split("\n")
        self.in_contents = False

    def read(self) -> Parsed:
        for unit in _units(self.source):
            self._place(unit)
        clauses = tuple(self._clause(clause, order) for order, clause in enumerate(self.done))
        placed = sorted([*self.front, *(span for clause in clauses for span in clause.spans)])
        return Parsed(clauses, tuple(_merged(self.front)), tuple(_gaps(placed, len(self.source))), tuple(self.unplaced))

    def _place(self, unit: _Unit) -> None:
        start = unit.pieces[0][0]
        shown = self.source[start : unit.end]
        lead = _LEAD.match(shown)
        begin = start + (lead.end() if lead and unit.first_in_line else len(shown) - len(shown.lstrip(" \u3000")))
        line = self.lines[unit.line - 1]
        if unit.first_in_line and not unit.in_cell and self.family.page_number.fullmatch(line.strip()):
            return
        if self._is_contents(line, begin):
            self.front.append((begin, unit.end))
            return
        if self._open_section(unit, begin) or self._open_row(unit, begin) or self._open_numbered(unit, begin):
            return
        if not self.path:
            self.front.append((begin, unit.end))
            return
        if (
            len(self.path) > 1
            and unit.blank_before
            and self.family.closing.match("".join(self.source[begin : begin + 16].split()))
        ):
            self.path.pop()
        self._append(unit, begin)

    def _is_contents(self, line: str, begin: int) -> bool:
        if self.path:
            return False
        return bool(self.family.contents.search(line)) or self.source.startswith(self.family.contents_heading, begin)

    def _open_section(self, unit: _Unit, begin: int) -> bool:
        if not unit.first_in_line or unit.in_cell or unit.before_tab or not self._may_begin(unit, begin):
            return False
        match = self.family.section.match(self.source, begin, unit.end)
        if match and self._next_section() == match.group(1):
            self._open(_Open(match.group(1), None, "section", 0), 0, unit, match.end(), begin)
            return True
        match = self.family.appendix.match(self.source, begin, unit.end)
        if match and self.path:
            name = self.family.appendix_prefix + match.group(1)
            if all(clause.location != name for clause in self.done):
                self._open(_Open(name, None, "section", 0), 0, unit, match.end(), begin)
                return True
        match = self.family.named.match(self.source, begin, unit.end)
        if match and self.path and self._ends_sentence(unit):
            self._open(_Open(match.group(1), None, "section", 0), 0, unit, begin, begin)
            return True
        return False

    def _next_section(self) -> str:
        opened = sum(clause.location in self.family.numerals for clause in self.done)
        return self.family.numerals[opened] if opened < len(self.family.numerals) else ""

    def _open_row(self, unit: _Unit, begin: int) -> bool:
        """A table row: a number, or a name such as 備註, alone in the first column."""
        if not (self.path and unit.first_in_line and unit.before_tab):
            return False
        match = self.family.rows.match(self.source, begin)
        if match and match.end() == unit.end:
            self._open(
                _Open(f"{self.path[0].location}/{match.group(1)}", self.path[0].location, "row", 0),
                1,
                unit,
                begin,
                begin,
            )
            return True
        level = self.family.levels[0]
        match = level.cell.match(self.source, begin) if level.cell else None
        if match and match.end() == unit.end:
            return self._open_level(unit, level, level.number(match.group(1)), match.end(), begin)
        return False

    def _open_numbered(self, unit: _Unit, begin: int) -> bool:
        if not self.path or not (unit.first_in_line or unit.in_cell):
            return False
        for level in self.family.levels:
            match = level.pattern.match(self.source, begin, unit.end)
            if match:
                if not self._may_begin(unit, begin):
                    return False
                number = level.number(match.group(1))
                if self._open_level(unit, level, number, match.end(), begin):
                    return True
                self.unplaced.append(Unplaced(unit.line, self.lines[unit.line - 1].strip()))
                return False
        return False

    def _open_level(self, unit: _Unit, level: Level, number: int, text_from: int, begin: int) -> bool:
        """Opens the clause if its number is the next one at an open level, or the first of a level below."""
        open_styles = [clause.style for clause in self.path]
        depth = open_styles.index(level.name) if level.name in open_styles else len(self.path)
        expected = self.path[depth].number + 1 if depth < len(self.path) else 1
        if number != expected:
            return False
        parent = self.path[depth - 1].location
        self._open(_Open(f"{parent}/{level.step(number)}", parent, level.name, number), depth, unit, text_from, begin)
        return True

    def _open(self, clause: _Open, depth: int, unit: _Unit, text_from: int, begin: int) -> None:
        del self.path[depth:]
        self.path.append(clause)
        self.done.append(clause)
        clause.spans.append((begin, min(max(text_from, begin), unit.end)))
        self._append(unit, max(text_from, begin), opening=True)

    def _may_begin(self, unit: _Unit, begin: int) -> bool:
        """Whether a new clause may begin here: after a sentence, a heading, a blank line or at a cell's start."""
        if unit.in_cell or not self.path:
            return True
        return self._ends_sentence(unit) or (unit.blank_before and not self._comma_before())

    def _ends_sentence(self, unit: _Unit) -> bool:
        text = self.path[-1].text if self.path else ""
        return (
            not text or text.rstrip(' ）)」”"')[-1:] in _ENDS + "." or (unit.blank_before and not self._comma_before())
        )

    def _comma_before(self) -> bool:
        return bool(self.path) and self.path[-1].text.rstrip()[-1:] in "，、；,;"

    def _append(self, unit: _Unit, begin: int, opening: bool = False) -> None:
        clause = self.path[-1]
        text = ""
        for start, end in unit.pieces:
            piece = self.source[max(start, begin) : end] if end > begin else ""
            text += "☐" if _CHECKBOX.fullmatch(piece) else piece
        text = text.replace("\r", "").replace("\u200b", "").strip(" \u3000\f")
        if not opening and clause.heading is None and unit.blank_before and self._is_heading(clause.text):
            clause.heading = clause.text
        if text:
            clause.text += self._joint(clause, text, unit) + text
        if unit.before_tab and clause.text and clause.heading is None and clause.style in {"ordinal", "row"}:
            clause.heading = clause.text
        clause.spans.extend((max(start, begin), end) for start, end in unit.pieces if end > begin)

    def _is_heading(self, text: str) -> bool:
        return bool(text) and len(text) <= _LONGEST_TITLE and not _HEADING_STOPS.search(text.rstrip("：:"))

    def _joint(self, clause: _Open, text: str, unit: _Unit) -> str:
        """What stands between the text so far and the next run: nothing where a sentence was merely wrapped."""
        before = clause.text[-1:]
        if not before:
            return ""
        if clause.heading is not None and clause.text == clause.heading:
            return "\n"
        if unit.in_cell and not (unit.first_in_line or unit.new_paragraph):
            return " "
        if before in _ENDS or unit.in_cell:
            return "\n"
        return " " if _ASCII.match(before) and _ASCII.match(text) and before not in "-/" else ""

    def _clause(self, clause: _Open, order: int) -> Clause:
        return Clause(
            location=clause.location,
            title=_title(clause, self.family),
            text=clause.text,
            parent=clause.parent,
            order=order,
            references=find_references(clause.text, clause.location, self.family),
            spans=tuple(_merged(clause.spans)),
        )


def _title(clause: _Open, family: Family) -> str:
    """The clause's own heading, verbatim; empty where it has none."""
    question, answer, _ = clause.text.partition("\n" + family.answer)
    if answer:
        return question
    head = re.match(r"[^，。；？\n]{1,45}?(?=[：:])", clause.text)
    if clause.heading or head:
        return family.aside.sub("", (clause.heading or (head.group() if head else "")).rstrip("：:")).strip()
    first = clause.text.split("\n", 1)[0]
    if clause.style in {"section", "row"} or (clause.text and clause.text == first and clause.style == "ordinal"):
        return first if len(first) <= _LONGEST_TITLE and not _HEADING_STOPS.search(first) else ""
    return ""


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
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


def _gaps(spans: list[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """What the spans leave uncovered in ``[0, length)``."""
    at = 0
    for start, end in spans:
        if start > at:
            yield at, start
        at = max(at, end)
    if at < length:
        yield at, length
