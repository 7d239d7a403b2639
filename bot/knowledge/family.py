"""How a family of guidelines numbers its text, read from ``knowledge/family.yaml``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.errors import RoomError
from bot.rooms import RoomModel, read_yaml, rooms_root
from bot.text import chinese_number, chinese_numeral


class _Sections(RoomModel):
    before: str = ""
    numerals: list[str]
    separators: list[str]


class _Appendices(RoomModel):
    prefix: str
    separators: list[str]


class _Level(RoomModel):
    name: str
    pattern: str
    number: Literal["chinese", "arabic"]
    written: str
    cell: str | None = None


class _Subject(RoomModel):
    words: list[str]
    at_least: int


class _Label(RoomModel):
    label: str
    under: str


class _FamilyEntry(RoomModel):
    name: str
    title: str
    sections: _Sections
    appendices: _Appendices
    named: list[str]
    levels: list[_Level]
    rows: list[str]
    contents: str
    contents_heading: str
    page_number: str
    answer: str
    closing: str
    aside: str
    subject: _Subject
    labels: list[_Label] = []


class _FamilyFile(RoomModel):
    schema_version: int = Field(alias="schema")
    families: list[_FamilyEntry] = Field(min_length=1)


_INSERTED = re.compile(r"之[一二三四五六七八九十0-9]{1,2}(?=[)]?$)")


@dataclass(frozen=True, slots=True)
class Level:
    """One numbering style: ``pattern`` matches a marker at a line's start, ``cell`` in a table's first column."""

    name: str
    pattern: re.Pattern[str]
    cell: re.Pattern[str] | None
    chinese: bool
    written: str

    def number(self, written: str) -> int:
        """The marker's number; 0 where it is no number."""
        return chinese_number(written) if self.chinese else int(written)

    def step(self, number: int) -> str:
        """The number as a location shows it."""
        return self.written.format(chinese_numeral(number) if self.chinese else number)


@dataclass(frozen=True, slots=True)
class Family:
    """The numbering rules of one family of documents."""

    name: str
    numerals: tuple[str, ...]
    section: re.Pattern[str]
    appendix: re.Pattern[str]
    appendix_prefix: str
    named: re.Pattern[str]
    levels: tuple[Level, ...]
    rows: re.Pattern[str]
    contents: re.Pattern[str]
    contents_heading: str
    page_number: re.Pattern[str]
    answer: str
    closing: re.Pattern[str]
    aside: re.Pattern[str]
    subject: re.Pattern[str]
    subject_at_least: int
    """So often a document of the family names its subject."""
    labels: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """(what a change touches, pattern of a title on the way down to the clause)."""

    def style_of(self, step: str) -> tuple[str, int]:
        """The level and number that a location's last step shows, ``五之一`` that of ``五``; a named row has none."""
        step = _INSERTED.sub("", step)
        for level in self.levels:
            for number in range(1, 100):
                if level.step(number) == step:
                    return level.name, number
        return "row", 0

    def speaks_of_it(self, source: str) -> int:
        """How often ``source`` names the family's subject."""
        return len(self.subject.findall(source))


def read_family(name: str | None = None, path: Path | None = None) -> Family:
    """One family by name, by default the first; ``RoomError`` where the file is wrong or has no such name."""
    families = read_families(path)
    if name is None:
        return families[0]
    for family in families:
        if family.name == name:
            return family
    raise RoomError(f"knowledge/family.yaml 沒有「{name[:40]}」；可用的是 {'、'.join(f.name for f in families)}")


def read_families(path: Path | None = None) -> tuple[Family, ...]:
    """Every family, in the order of the file; ``RoomError`` where the file is wrong."""
    path = path or rooms_root() / "knowledge" / "family.yaml"
    try:
        return tuple(_family(entry) for entry in read_yaml(path, _FamilyFile).families)
    except re.error as exc:
        raise RoomError(f"{path}：樣式不是正確的正規表示式") from exc


def _family(raw: _FamilyEntry) -> Family:
    longest_first = sorted(raw.sections.numerals, key=len, reverse=True)
    separators = "".join(raw.appendices.separators)
    return Family(
        name=raw.name,
        numerals=tuple(raw.sections.numerals),
        section=re.compile(
            rf"{raw.sections.before}({'|'.join(longest_first)})[{''.join(raw.sections.separators)}]",
        ),
        appendix=re.compile(rf"{raw.appendices.prefix}([一二三四五六七八九十]{{1,3}})[{separators}]"),
        appendix_prefix=raw.appendices.prefix,
        named=re.compile(rf"({'|'.join(raw.named)})[ \t：:]*$", re.MULTILINE),
        levels=tuple(
            Level(
                name=level.name,
                pattern=re.compile(level.pattern),
                cell=re.compile(level.cell + r"(?=\t)") if level.cell else None,
                chinese=level.number == "chinese",
                written=level.written,
            )
            for level in raw.levels
        ),
        rows=re.compile(rf"({'|'.join(raw.rows)})(?=[\t：:])"),
        contents=re.compile(raw.contents),
        contents_heading=raw.contents_heading,
        page_number=re.compile(raw.page_number + r"$"),
        answer=raw.answer,
        closing=re.compile(raw.closing),
        aside=re.compile(raw.aside),
        subject=re.compile("|".join(re.escape(word) for word in raw.subject.words)),
        subject_at_least=raw.subject.at_least,
        labels=tuple((entry.label, re.compile(entry.under)) for entry in raw.labels),
    )
