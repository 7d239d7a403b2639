"""Small trained things on disk: arrays and the card that tells what they are."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.errors import IndexFault, StateError


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
