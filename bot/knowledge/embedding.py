"""Texts -> vectors, through sentence-transformers over the embedded 4-bit multilingual-e5-small."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from bot.errors import ModelFileError
from bot.rooms import RoomModel, read_yaml, rooms_root

Vectors = NDArray[np.float32]
_LONGEST = 1_500
"""Characters beyond the model's 512 tokens would be ignored anyway."""


class EmbeddingManifest(RoomModel):
    """``models/embedding/<id>.yaml``."""

    schema_version: int = Field(alias="schema")
    id: str
    vendor: str
    name: str
    version: str
    origin: str
    licence: str
    package: str
    file: str
    sha256: str
    dimensions: int
    prompts: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Tells whether two indexes were made by the same model in the same way."""
        prompts = ",".join(f"{key}={value}" for key, value in sorted(self.prompts.items()))
        return hashlib.sha256(f"{self.id}|{self.version}|{self.sha256}|{prompts}".encode()).hexdigest()[:16]


def read_embedding_manifest(name: str) -> EmbeddingManifest:
    """The embedding manifest of that name; ``RoomError`` where there is none."""
    return read_yaml(rooms_root() / "models" / "embedding" / f"{name}.yaml", EmbeddingManifest)


class SentenceEmbedder:
    """Unit vectors of queries and passages. Loads at first use; safe to call from several threads."""

    def __init__(self, manifest: EmbeddingManifest, threads: int = 0) -> None:
        self.manifest = manifest
        self._threads = threads
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """See ``EmbeddingManifest.fingerprint``."""
        return self.manifest.fingerprint

    def model_file(self) -> Path:
        """Where the package keeps the weights; ``ModelFileError`` where it is missing."""
        spec = importlib.util.find_spec(self.manifest.package)
        folder = Path(spec.origin).parent if spec and spec.origin else None
        if folder is None or not (folder / self.manifest.file).is_file():
            raise ModelFileError(f"缺少嵌入模型 {self.manifest.id}：請執行 make setup 重新安裝 {self.manifest.package}")
        return folder / self.manifest.file

    @cached_property
    def _model(self) -> Any:
        self.model_file()
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
        from bot.knowledge.e5_module import sentence_transformer

        try:
            return sentence_transformer(self.model_file(), self.manifest.dimensions, self._threads)
        except (RuntimeError, OSError, ImportError) as exc:
            raise ModelFileError(f"無法載入嵌入模型 {self.manifest.id}（{type(exc).__name__}）；請重新安裝") from exc

    def queries(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Shape (len(texts), dimensions), unit length; ``progress`` is told how many are done."""
        return self._encode(texts, "query", progress)

    def passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Shape (len(texts), dimensions), unit length; ``progress`` as for queries."""
        return self._encode(texts, "passage", progress)

    def _encode(self, texts: Sequence[str], prompt: str, progress: Callable[[int], None] | None) -> Vectors:
        if not texts:
            return np.zeros((0, self.manifest.dimensions), dtype=np.float32)
        parts: list[Vectors] = []
        with self._lock:
            for start in range(0, len(texts), 32):
                batch = [text[:_LONGEST] or " " for text in texts[start : start + 32]]
                vectors = self._model.encode(batch, prompt_name=prompt, batch_size=32, show_progress_bar=False)
                parts.append(np.asarray(vectors, dtype=np.float32))
                if progress:
                    progress(len(batch))
        return np.concatenate(parts)
