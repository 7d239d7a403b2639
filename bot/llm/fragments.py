"""A small model writes only with pieces of the clause: which character may follow which.

A 270M model invents words when it may choose characters freely. Here a sentence is made of stretches of the source,
cut only where the source itself has a joining word or a mark, and joined by such words. What it says may still be
wrong, and is checked like any other sentence; but it is made of the clause's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Transitions:
    """``allowed[i, j]``: character j may follow character i. Index 0 is the beginning."""

    index: dict[str, int]
    allowed: Bools

    @classmethod
    def over(cls, sources: Sequence[str], joining: str, ends: str = "。\n") -> Transitions:
        """Transitions of the sources, with ``joining`` characters (marks and short words) as joints."""
        joints = set(joining) | set(ends)
        characters = sorted({char for source in sources for char in source if not char.isspace()} | joints)
        index = {char: at for at, char in enumerate(characters, 1)}
        allowed = np.zeros((len(index) + 1, len(index) + 1), dtype=bool)
        starts, stops = set(), set()
        for source in sources:
            run = [char for char in source if not char.isspace()]
            for before, after in zip(["", *run], [*run, ""], strict=True):
                if before and after:
                    allowed[index[before], index[after]] = True
                if after and (not before or before in joints or not _is_word(before)):
                    starts.add(after)
                if before and (not after or after in joints or not _is_word(after)):
                    stops.add(before)
        joint_rows = [index[char] for char in joints]
        start_columns = [index[char] for char in starts]
        for row in [0, *joint_rows]:
            allowed[row, start_columns] = True
        for stop in stops:
            allowed[index[stop], joint_rows] = True
        words = [index[char] for char in joints if _is_word(char)]
        marks = [index[char] for char in joints if not _is_word(char)]
        allowed[np.ix_([0, *marks], words)] = True
        return cls(index, allowed)

    def follows(self, last: str, text: str) -> bool:
        """Whether ``text`` may be written behind ``last`` (empty: at the beginning)."""
        at = self.index.get(last, 0)
        for char in text:
            here = self.index.get(char)
            if here is None or not self.allowed[at, here]:
                return False
            at = here
        return True


def _is_word(char: str) -> bool:
    return char.isalnum()


class TokenTable:
    """The vocabulary as characters, so that the tokens that may follow are found at once."""

    def __init__(self, texts: Sequence[str], longest: int = 6) -> None:
        self._codes = np.ones((len(texts), longest), dtype=np.uint32)
        for token, text in enumerate(texts):
            if 0 < len(text) <= longest and not text.startswith("<"):
                self._codes[token] = 0
                self._codes[token, : len(text)] = [ord(char) for char in text]

    def usable(self, transitions: Transitions) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Tokens whose characters may stand in this order: (token, index of its first, of its last character)."""
        largest = max(ord(char) for char in transitions.index)
        place = np.full(largest + 1, -1, dtype=np.intp)
        place[0] = 0
        for char, at in transitions.index.items():
            place[ord(char)] = at
        known = (self._codes <= largest).all(axis=1)
        tokens = np.flatnonzero(known)
        rows = place[self._codes[tokens]]
        fits = (rows >= 0).all(axis=1) & (rows[:, 0] > 0)
        tokens, rows = tokens[fits], rows[fits]
        for at in range(rows.shape[1] - 1):
            before, after = rows[:, at], rows[:, at + 1]
            holds = (after == 0) | transitions.allowed[before, after]
            tokens, rows = tokens[holds], rows[holds]
        lengths = (rows > 0).sum(axis=1)
        return tokens, rows[:, 0], rows[np.arange(len(rows)), lengths - 1]
