"""Learned readers of facts: kernel ridge over the three views, fitted in seconds on described uses.

One solve serves every column. From the same solve comes the score that each description would have got had its whole
story been left out (``Y_B - inv(M_BB) A_B`` for a block B, with ``M = (K + rI)^-1`` and ``A = M Y``); everything that
is chosen from scores is chosen from those. Kept are a few arrays and a card with their sha256, not the descriptions.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import IndexFault, StateError
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


@dataclass(frozen=True)
class KeptArrays:
    """Arrays and the card that tells what they are, in one folder under one name."""

    arrays: Mapping[str, NDArray[Any]]
    card: Mapping[str, Any]

    def save(self, path: Path) -> None:
        """Writes arrays and card beside each other, each whole or not at all; ``StateError`` where that fails."""
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **self.arrays)
        data = buffer.getvalue()
        card = {**self.card, "file": path.name, "sha256": hashlib.sha256(data).hexdigest()}
        told = json.dumps(card, ensure_ascii=False, indent=1).encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for target, content in ((path, data), (path.with_suffix(".json"), told)):
                partial = target.with_name(target.name + ".partial")
                partial.write_bytes(content)
                partial.replace(target)
        except OSError as exc:
            raise StateError(f"無法寫入 {path}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc

    @classmethod
    def load(cls, path: Path, fingerprint: str) -> KeptArrays:
        """``IndexFault`` where the files are missing, changed, or made from something else than ``fingerprint``."""
        mend = "請執行 zhiyin kb build --index"
        try:
            data = path.read_bytes()
            card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as exc:
            raise IndexFault(f"缺少或無法讀取 {path.name}；{mend}") from exc
        if hashlib.sha256(data).hexdigest() != card.get("sha256"):
            raise IndexFault(f"{path.name} 與其說明卡的 sha256 不符；{mend}")
        if card.get("fingerprint") != fingerprint:
            raise IndexFault(f"{path.name} 由別的描述、詞庫或嵌入模型做成；{mend}")
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                return cls({name: arrays[name] for name in arrays.files}, card)
        except (ValueError, zipfile.BadZipFile, KeyError) as exc:
            raise IndexFault(f"{path.name} 已損壞；{mend}") from exc


def scores(views: Views, base: Views, coefficients: Floats, offsets: Floats) -> Floats:
    """Shape (rows of ``views``, columns): about 0 where a column does not hold, 1 where it does."""
    return np.asarray(views.kernel(base) @ coefficients + offsets, dtype=np.float32)
