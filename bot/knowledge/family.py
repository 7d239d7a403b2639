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


class _FamilyFile(RoomModel):
    schema_version: int = Field(alias="schema")
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


def read_family(path: Path | None = None) -> Family:
    """The family's rules; ``RoomError`` where the file is wrong."""
    path = path or rooms_root() / "knowledge" / "family.yaml"
    raw = read_yaml(path, _FamilyFile)
    longest_first = sorted(raw.sections.numerals, key=len, reverse=True)
    try:
        return Family(
            numerals=tuple(raw.sections.numerals),
            section=re.compile(rf"({'|'.join(longest_first)})[{''.join(raw.sections.separators)}]"),
            appendix=re.compile(
                rf"{raw.appendices.prefix}([一二三四五六七八九十]{{1,3}})[{''.join(raw.appendices.separators)}]"
            ),
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
        )
    except re.error as exc:
        raise RoomError(f"{path}：樣式不是正確的正規表示式") from exc
