"""Learned readers of facts: kernel ridge over the three views, fitted in seconds on described uses.

One solve serves every column. From the same solve comes the score that each description would have got had its whole
story been left out (``Y_B - inv(M_BB) A_B`` for a block B, with ``M = (K + rI)^-1`` and ``A = M Y``); everything that
is chosen from scores is chosen from those. Kept are a few arrays and a card with their sha256, not the descriptions.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.triage.views import Floats, Views

RIDGE = 0.3


def solved(gram: NDArray[np.float64], targets: Floats, groups: Sequence[str]) -> tuple[Floats, Floats]:
    """(coefficients, held-out scores), both shape (descriptions, columns); ``targets`` centred by the caller."""
    inverse = np.linalg.inv(gram + RIDGE * np.eye(len(gram)))
    coefficients = inverse @ targets
    held_out = np.empty_like(coefficients)
    members: dict[str, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    for block in members.values():
        at = np.array(block)
        held_out[at] = targets[at] - np.linalg.solve(inverse[np.ix_(at, at)], coefficients[at])
    return coefficients.astype(np.float32), held_out.astype(np.float32)


def scores(views: Views, base: Views, coefficients: Floats, offsets: Floats) -> Floats:
    """Shape (rows of ``views``, columns): about 0 where a column does not hold, 1 where it does."""
    return np.asarray(views.kernel(base) @ coefficients + offsets, dtype=np.float32)
