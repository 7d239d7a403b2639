"""Texts as bags of character n-grams, hashed; what the small trained heads see of words."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

BUCKETS = 1 << 15
"""N-grams are hashed into so many columns."""
_RUN = re.compile(r"[0-9a-z]+|[\u4e00-\u9fff]+")
Floats = NDArray[np.float32]


def grams(text: str) -> list[int]:
    """Hashed runs of Latin letters or digits, and Chinese n-grams of one to three characters."""
    found = []
    for run in _RUN.findall(text.lower()):
        if run[0] < "\u0100":
            found.append(zlib.crc32(run.encode()) % BUCKETS)
            continue
        for size in (1, 2, 3):
            found += [zlib.crc32(run[at : at + size].encode()) % BUCKETS for at in range(len(run) - size + 1)]
    return found


def rarity(texts: Sequence[str]) -> Floats:
    """Weight of each n-gram: the fewer texts have it, the more it says."""
    count = np.zeros(BUCKETS)
    for text in texts:
        count[list(set(grams(text)))] += 1
    return np.asarray(np.log((1 + len(texts)) / (1 + count)), dtype=np.float32)


def word_rows(texts: Sequence[str], weights: Floats) -> sparse.csr_matrix:
    """Unit rows of n-grams, weighted by rarity and dampened count."""
    pointers, columns, values = [0], [], []
    for text in texts:
        counts: dict[int, int] = {}
        for gram in grams(text):
            counts[gram] = counts.get(gram, 0) + 1
        row = np.array([(1 + np.log(n)) * weights[gram] for gram, n in counts.items()])
        norm = float(np.linalg.norm(row)) or 1.0
        columns += list(counts)
        values += list(row / norm)
        pointers.append(len(columns))
    return sparse.csr_matrix((values, columns, pointers), shape=(len(texts), BUCKETS), dtype=np.float32)
