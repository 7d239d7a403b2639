"""Three ways two descriptions can be alike: the same words, the same meaning, the same cues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.ngrams import BUCKETS, word_rows

WIDTH = 0.1
"""Of the Gaussian over embeddings, whose cosines lie between about 0.75 and 1."""
SHARES = (0.35, 0.25, 0.4)
"""Of words, meaning and cues in the kernel; held out by story (``docs/triage.md``)."""
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Views:
    """Descriptions seen three ways; rows in the same order."""

    words: sparse.csr_matrix = field(repr=False)
    """Unit rows of weighted character n-grams, shape (n, BUCKETS)."""
    meaning: Floats = field(repr=False)
    """Unit embeddings, shape (n, dimensions)."""
    cues: Floats = field(repr=False)
    """Unit rows of weighted cues, shape (n, cues)."""

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Views:
        """As kept by ``arrays``."""
        shape = (len(arrays["meaning"]), BUCKETS)
        words = sparse.csr_matrix((arrays["values"], arrays["columns"], arrays["pointers"]), shape=shape)
        return cls(words, arrays["meaning"], arrays["cues"])

    def arrays(self) -> dict[str, NDArray[Any]]:
        """For keeping."""
        return {
            "values": self.words.data.astype(np.float32),
            "columns": self.words.indices.astype(np.int32),
            "pointers": self.words.indptr.astype(np.int32),
            "meaning": self.meaning,
            "cues": self.cues,
        }

    def kernel(self, base: Views) -> Floats:
        """How alike each row is to each row of ``base``, shape (n, len(base)), about 0..1."""
        words = np.asarray((self.words @ base.words.T).todense(), dtype=np.float32)
        meaning = np.exp((self.meaning @ base.meaning.T - 1) / WIDTH)
        cues = self.cues @ base.cues.T
        a, b, c = SHARES
        return np.asarray(a * words + b * meaning + c * cues, dtype=np.float32)


def words_only(texts: Sequence[str], weights: Floats, base: Views) -> Floats:
    """The kernel's part of words, shape (len(texts), len(base))."""
    return np.asarray((word_rows(texts, weights) @ base.words.T).todense(), dtype=np.float32)


def cue_weights(marks: Floats) -> Floats:
    """Weight of each cue by rarity; ``marks`` has 1 where a description has the cue, shape (n, cues)."""
    count = marks.sum(axis=0)
    return np.asarray(np.log((1 + len(marks)) / (1 + count)), dtype=np.float32)


def cue_rows(marks: Floats, weights: Floats) -> Floats:
    """Unit rows of weighted cues."""
    rows = marks * weights
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(norms > 0, norms, 1.0), dtype=np.float32)
