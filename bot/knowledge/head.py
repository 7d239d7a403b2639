"""The trained head of an edition: which point of which clause a question asks for, and whether any does.

A kernel ridge over two views of the text, embeddings and words, fitted on the edition's own phrasings. One solve
gives every class at once, and from the same solve the predictions each phrasing would have got had its whole
template been left out, in closed form: with ``M = (K + rD)^-1`` and ``A = M Y`` the held-out prediction of a block B is
``Y_B - inv(M_BB) A_B``. Thresholds and fusion weights are fitted on those held-out predictions only.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.errors import IndexFault, StateError
from bot.knowledge.embedding import Vectors
from bot.knowledge.words import TermSpace

Matrix = NDArray[np.float64]
RIDGE = 0.2
SHARE_OF_WORDS = 0.4
WIDTH = 0.1
"""Of the Gaussian over embeddings: cosines of e5 lie between about 0.75 and 1, so this spreads them over 0.08 to 1."""


@dataclass(frozen=True)
class Kernel:
    """Similarity of texts, 0..1: a mixture of embedding and word similarity, positive definite as each of them is."""

    vectors: Vectors
    space: TermSpace
    rows: sparse.csr_matrix
    share: float = SHARE_OF_WORDS

    @classmethod
    def over(cls, texts: Sequence[str], vectors: Vectors, share: float = SHARE_OF_WORDS) -> Kernel:
        """The kernel whose columns are these texts."""
        space = TermSpace.fit(texts)
        return cls(vectors, space, rows_of(space, texts), share)

    def against(self, texts: Sequence[str], vectors: Vectors) -> NDArray[np.float32]:
        """Shape (len(texts), columns)."""
        words = (rows_of(self.space, texts) @ self.rows.T).toarray().astype(np.float32)
        meaning = np.exp((vectors @ self.vectors.T - 1) / WIDTH)
        return np.asarray(self.share * words + (1 - self.share) * meaning, dtype=np.float32)


def rows_of(space: TermSpace, texts: Sequence[str]) -> sparse.csr_matrix:
    pointers, columns, values = space.rows(texts)
    return sparse.csr_matrix((values, columns, pointers), shape=(len(texts), max(1, len(space.ids))))


@dataclass(frozen=True)
class Ridge:
    """Coefficients and the predictions with each block left out."""

    coefficients: NDArray[np.float32]
    held_out: Matrix


def fit(
    gram: NDArray[np.float32], targets: Matrix, blocks: Sequence[int], doubt: NDArray[np.float64], ridge: float = RIDGE
) -> Ridge:
    """Solves the ridge for all targets; ``blocks[i]`` names the template of row i, ``doubt[i]`` scales its ridge."""
    from scipy.linalg import cho_factor, cho_solve

    regular = gram.astype(np.float64)
    regular[np.diag_indices_from(regular)] += ridge * doubt
    factor = cho_factor(regular, lower=True, overwrite_a=True)
    inverse = cho_solve(factor, np.eye(len(gram)), overwrite_b=True)
    coefficients = inverse @ targets
    held_out = np.empty_like(coefficients)
    members: dict[int, list[int]] = {}
    for row, block in enumerate(blocks):
        members.setdefault(block, []).append(row)
    for rows in members.values():
        at = np.array(rows)
        held_out[at] = targets[at] - np.linalg.solve(inverse[np.ix_(at, at)], coefficients[at])
    return Ridge(coefficients.astype(np.float32), held_out)


@dataclass(frozen=True)
class Head:
    """What is kept of the training: small arrays and a card."""

    arrays: dict[str, NDArray[Any]]
    card: dict[str, Any]

    def save(self, path: Path) -> None:
        """Writes the arrays and, beside them, the card with the file's sha256; whole or not at all."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **self.arrays)
        data = buffer.getvalue()
        card = {**self.card, "file": path.name, "sha256": hashlib.sha256(data).hexdigest()}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for target, content in (
                (path, data),
                (path.with_suffix(".json"), json.dumps(card, ensure_ascii=False, indent=1).encode()),
            ):
                partial = target.with_name(target.name + ".partial")
                partial.write_bytes(content)
                partial.replace(target)
        except OSError as exc:
            raise StateError(f"無法寫入 {path}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc

    @classmethod
    def load(cls, path: Path) -> Head:
        """Raises ``IndexFault`` where the file is missing or not the one its card names."""
        try:
            data = path.read_bytes()
            card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise IndexFault(f"缺少或無法讀取 {path.name}；請執行 zhiyin kb build --index") from exc
        if hashlib.sha256(data).hexdigest() != card.get("sha256"):
            raise IndexFault(f"{path.name} 與其說明卡的 sha256 不符；請執行 zhiyin kb build --index")
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return cls({name: arrays[name] for name in arrays.files}, card)
        except (ValueError, zipfile.BadZipFile, KeyError) as exc:
            raise IndexFault(f"{path.name} 已損壞；請執行 zhiyin kb build --index") from exc
