"""Words marked inside a clause: what went out and what came in."""

from __future__ import annotations

import difflib
import re
from typing import Literal

Mark = tuple[Literal["same", "out", "in"], str]
_TOKEN = re.compile(r"[A-Za-z0-9]+|\s+|.", re.DOTALL)
_SHORT = 2
"""A run of so few unchanged characters between two changes is read more easily as part of them."""


def marks(before: str, after: str) -> list[Mark]:
    """Runs of ``after`` with those of ``before`` that went out; joined without ``out`` they are ``after``, without
    ``in`` they are ``before``."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    told: list[Mark] = []
    out = coming = ""
    for at, (kind, a, b, c, d) in enumerate(steps):
        same = "".join(new[c:d])
        inside = 0 < at < len(steps) - 1
        if kind == "equal" and not (inside and len(same) < _SHORT):
            told += _pair(out, coming)
            out = coming = ""
            told.append(("same", same))
            continue
        out += "".join(old[a:b])
        coming += same
    return told + _pair(out, coming)


def _pair(out: str, coming: str) -> list[Mark]:
    pair: list[Mark] = [("out", out), ("in", coming)]
    return [mark for mark in pair if mark[1]]
