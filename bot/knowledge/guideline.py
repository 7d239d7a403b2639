"""From a guideline's extracted text to its tree of clauses.

The promise, tested: every character of the source lies in exactly one clause, in the front matter or in a layout span;
a clause's text is its characters joined, with only the breaks that wrapped a sentence taken out and the form's
check boxes shown as ☐. A line break inside a sentence never changes the tree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain import Clause
from bot.errors import RoomError
from bot.knowledge.family import Family, Level
from bot.knowledge.parsed import Correction, Parsed, Unplaced, gaps, merged
from bot.knowledge.references import find_references
from bot.knowledge.titles import is_heading, title_of
from bot.knowledge.units import CHECKBOX, Unit, units_of

_LEAD = re.compile(r"[ \u3000]*(?:[-•‧*][ \u3000]+)?[ \u3000]*")
_ENDS = "。：:？?！!"
_ASCII = re.compile(r"[!-~]")
_NUMBERED = re.compile(
    r"第?[一二三四五六七八九十壹貳參肆伍陸柒捌玖拾0-9]{1,4}(?:之[一二三四五六七八九十0-9]{1,2}[、．.]|[點條][、：: ])"
)
"""Ways of numbering that a family may not know: 五之一、第三點："""
_BOXES = str.maketrans("□▢", "☐☐")
_WIDEST_GAP = 2
"""So many numbers may be missing before the numbering counts as broken: clauses are repealed without renumbering."""


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


def parse(source: str, family: Family, corrections: Mapping[int, Correction] | None = None) -> Parsed:
    """The tree of ``source``; clauses in the order of the text. A text without any section gives no clause.

    ``corrections`` by line; ``RoomError`` where one names a place that cannot be.
    """
    return _Reader(source, family, corrections or {}).read()


class _Reader:
    """One pass over the units; the open clauses form a path from a section down to the clause being read."""

    def __init__(self, source: str, family: Family, corrections: Mapping[int, Correction]) -> None:
        self.source, self.family, self.corrections = source, family, corrections
        self.path: list[_Open] = []
        self.done: list[_Open] = []
        self.front: list[tuple[int, int]] = []
        self.unplaced: list[Unplaced] = []
        self.missing: list[str] = []
        self.lines = source.split("\n")
        self.body_from = 0

    def read(self) -> Parsed:
        for unit in units_of(self.source):
            self._place(unit)
        clauses = tuple(self._clause(clause, order) for order, clause in enumerate(self.done))
        placed = sorted([*self.front, *(span for clause in clauses for span in clause.spans)])
        layout = tuple(gaps(placed, len(self.source)))
        return Parsed(clauses, tuple(merged(self.front)), layout, tuple(self.unplaced), tuple(self.missing))

    def _place(self, unit: Unit) -> None:
        start = unit.pieces[0][0]
        shown = self.source[start : unit.end]
        lead = _LEAD.match(shown)
        begin = start + (lead.end() if lead and unit.first_in_line else len(shown) - len(shown.lstrip(" \u3000")))
        line = self.lines[unit.line - 1]
        if unit.first_in_line and not unit.in_cell and self.family.page_number.fullmatch(line.strip()):
            return
        if correction := self.corrections.get(unit.line):
            self._correct(correction, unit, begin)
            return
        if self._is_contents(unit, line, begin):
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

    def _correct(self, correction: Correction, unit: Unit, begin: int) -> None:
        if correction.action == "skip":
            return
        if correction.action == "location" and unit.first_in_line:
            self._open_at(correction, unit, begin)
        elif self.path:
            self._append(unit, begin)
        else:
            self.front.append((begin, unit.end))

    def _open_at(self, correction: Correction, unit: Unit, begin: int) -> None:
        """Opens the clause that a person names for the line, wherever its parent stands."""
        known = {clause.location: clause for clause in self.done}
        steps = correction.location.split("/")
        above = ["/".join(steps[:depth]) for depth in range(1, len(steps))]
        wrong = correction.location in known or any(location not in known for location in above)
        if wrong or not all(steps):
            raise RoomError(
                f"更正檔：第 {correction.line} 行的「{correction.location}」"
                + ("已有別的條文" if correction.location in known else "找不到上一層；請先更正上一層的那一行")
            )
        self.path = [known[location] for location in above]
        marks = [self.family.section, self.family.appendix, *(level.pattern for level in self.family.levels)]
        match = next((m for mark in marks if (m := mark.match(self.source, begin, unit.end))), None)
        style, number = self.family.style_of(steps[-1]) if above else ("section", 0)
        opened = _Open(correction.location, above[-1] if above else None, style, number)
        self._open(opened, len(above), unit, match.end() if match else begin, begin)

    def _is_contents(self, unit: Unit, line: str, begin: int) -> bool:
        if self.path:
            return False
        if self.source.startswith(self.family.contents_heading, begin):
            first = [
                number
                for number, text in enumerate(self.lines[unit.line :], unit.line + 1)
                if (match := self.family.section.match(text.strip())) and match.group(1) == self.family.numerals[0]
            ]
            self.body_from = first[1] if len(first) > 1 else 0
            return True
        return unit.line < self.body_from or bool(self.family.contents.search(line))

    def _open_section(self, unit: Unit, begin: int) -> bool:
        if not unit.first_in_line or unit.in_cell or unit.before_tab or not self._may_begin(unit, begin):
            return False
        match = self.family.section.match(self.source, begin, unit.end)
        if match and self._follows(match.group(1)):
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

    def _follows(self, numeral: str) -> bool:
        """Whether the section comes next; the document may have dropped one or two before it. None comes after
        an appendix, which may number its own items the same way."""
        numerals = self.family.numerals
        if any(clause.location.startswith(self.family.appendix_prefix) for clause in self.done):
            return False
        opened = [numerals.index(clause.location) for clause in self.done if clause.location in numerals]
        expected = opened[-1] + 1 if opened else 0
        at = numerals.index(numeral)
        if not expected <= at <= expected + (_WIDEST_GAP if opened else 0):
            return False
        self.missing += numerals[expected:at]
        return True

    def _open_row(self, unit: Unit, begin: int) -> bool:
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

    def _open_numbered(self, unit: Unit, begin: int) -> bool:
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
                self._tell(unit)
                return False
        looks_like_one = _NUMBERED.match(self.source, begin) or self.family.section.match(self.source, begin)
        if looks_like_one and unit.first_in_line and not unit.in_cell and self._may_begin(unit, begin):
            self._tell(unit)
        return False

    def _tell(self, unit: Unit) -> None:
        self.unplaced.append(Unplaced(unit.line, self.lines[unit.line - 1].strip()))

    def _open_level(self, unit: Unit, level: Level, number: int, text_from: int, begin: int) -> bool:
        """Opens the clause if its number is the next one at an open level, or the first of a level below."""
        open_styles = [clause.style for clause in self.path]
        depth = open_styles.index(level.name) if level.name in open_styles else len(self.path)
        parent = self.path[depth - 1].location if depth else ""
        expected = self.path[depth].number + 1 if depth < len(self.path) else 1
        widest = expected + (_WIDEST_GAP if depth < len(self.path) and not unit.in_cell else 0)
        if not (parent and expected <= number <= widest):
            return False
        self.missing += [f"{parent}/{level.step(jumped)}" for jumped in range(expected, number)]
        self._open(_Open(f"{parent}/{level.step(number)}", parent, level.name, number), depth, unit, text_from, begin)
        return True

    def _open(self, clause: _Open, depth: int, unit: Unit, text_from: int, begin: int) -> None:
        del self.path[depth:]
        self.path.append(clause)
        self.done.append(clause)
        clause.spans.append((begin, min(max(text_from, begin), unit.end)))
        self._append(unit, max(text_from, begin), opening=True)

    def _may_begin(self, unit: Unit, begin: int) -> bool:
        """Whether a new clause may begin here: after a sentence, a heading, a blank line or at a cell's start."""
        if unit.in_cell or not self.path:
            return True
        return self._ends_sentence(unit) or is_heading(self.path[-1].text)

    def _ends_sentence(self, unit: Unit) -> bool:
        text = self.path[-1].text if self.path else ""
        return (
            not text or text.rstrip(' ）)」”"')[-1:] in _ENDS + "." or (unit.blank_before and not self._comma_before())
        )

    def _comma_before(self) -> bool:
        return bool(self.path) and self.path[-1].text.rstrip()[-1:] in "，、；,;"

    def _append(self, unit: Unit, begin: int, opening: bool = False) -> None:
        clause = self.path[-1]
        text = ""
        for start, end in unit.pieces:
            piece = self.source[max(start, begin) : end] if end > begin else ""
            text += "☐" if CHECKBOX.fullmatch(piece) else piece
        text = text.replace("\r", "").replace("\u200b", "").translate(_BOXES).strip(" \u3000\f")
        if not opening and clause.heading is None and unit.blank_before and is_heading(clause.text):
            clause.heading = clause.text
        if text:
            clause.text += self._joint(clause, text, unit) + text
        if unit.before_tab and clause.text and clause.heading is None and clause.style in {"ordinal", "row"}:
            clause.heading = clause.text
        clause.spans.extend((max(start, begin), end) for start, end in unit.pieces if end > begin)

    def _joint(self, clause: _Open, text: str, unit: Unit) -> str:
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
            title=title_of(clause.text, clause.heading, clause.style, self.family),
            text=clause.text,
            parent=clause.parent,
            order=order,
            references=find_references(clause.text, clause.location, self.family),
            spans=tuple(merged(clause.spans)),
        )
