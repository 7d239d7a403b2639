"""What a reader hands on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.text import squeeze

_ROW = re.compile(r"(?:[一二三四五六七八九十]{1,3}|備註|)\t")
_CONTENTS = re.compile(r"\t\s*[0-9]+\s*$")
_BREAKS = re.compile(r"[\v\f\u2028\u2029\u0085]")


@dataclass(frozen=True, slots=True)
class Extracted:
    """``text`` in the form of ``source.txt``: paragraphs apart by a blank line, a table's row in one line with tabs."""

    text: str
    kind: str
    characters_in: int
    """Characters of the document, white space not counted."""
    left_out: int = 0
    """Of these, running heads, feet and page numbers."""
    notes: tuple[str, ...] = ()
    """What the administrator should know of the reading."""

    @property
    def is_whole(self) -> bool:
        """Whether every character came in, none twice."""
        bare = re.sub(r"</?p>", "", self.text)
        return len(squeeze(bare)) + self.left_out == self.characters_in


def paragraph(text: str) -> str:
    """One paragraph; tabs stay only where they part cells or a contents line."""
    text = _BREAKS.sub("\n", text)
    if _ROW.match(text) or _CONTENTS.search(text):
        return text.rstrip(" ")
    return text.replace("\t", " ").strip(" ")


def row(cells: Sequence[Iterable[str]]) -> str:
    """One row of a table: cells apart by tabs, several paragraphs of a cell marked as such."""
    told = []
    for cell in cells:
        parts = [part for text in cell for part in text.replace("\t", " ").split("\n") if part.strip()]
        told.append("".join(f"<p>{part.strip()}</p>" for part in parts) if len(parts) > 1 else "".join(parts).strip())
    return "\t".join(told) if len(told) > 1 else "".join(told)


def joined(blocks: Iterable[tuple[str, bool]]) -> str:
    """Blocks (text, is a table's row) as a source: rows follow each other, paragraphs stand apart."""
    text, last_was_row = "", False
    for block, is_row in blocks:
        if not block.strip():
            continue
        text += ("\n" if is_row and last_was_row else "\n\n") if text else ""
        text += block
        last_was_row = is_row
    return text + "\n" if text else ""
