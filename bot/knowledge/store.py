"""Vectors in an embedded Chroma, one collection per edition and embedding model.

Chroma opens a collection made with another embedding model without complaint, so the model's fingerprint is kept in
the collection's metadata and compared. The server of Chroma is never used: embedded only, telemetry off.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bot.errors import IndexFault, StateError
from bot.knowledge.embedding import Vectors

_BATCH = 512


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    """Chroma's and SQLite's own errors, as ours; they come in many types, told apart only by what we can do."""
    try:
        yield
    except (IndexFault, StateError):
        raise
    except (KeyboardInterrupt, SystemExit):
        raise
    except OSError as exc:
        raise StateError(
            f"無法使用索引資料夾 {folder}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限"
        ) from exc
    except Exception as exc:  # Chroma raises from its Rust core without a common base class
        raise IndexFault(
            f"索引 {folder} 無法使用（{type(exc).__name__}）；請執行 zhiyin kb build --index 重建"
        ) from exc


class PassageStore:
    """One folder of Chroma."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._client: Any = None

    def _open(self) -> Any:
        if self._client is None:
            os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
            with _translated(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                if not os.access(self.folder, os.W_OK):
                    raise StateError(f"沒有寫入權限：{self.folder}")
                import chromadb
                from chromadb.config import Settings

                self._client = chromadb.PersistentClient(
                    path=str(self.folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
                )
        return self._client

    def fingerprint(self, name: str) -> tuple[str, str] | None:
        """(embedding fingerprint, content hash) of the collection, or None where there is none that is whole."""
        with _translated(self.folder):
            client = self._open()
            if name not in {collection.name for collection in client.list_collections()}:
                return None
            metadata = client.get_collection(name, embedding_function=None).metadata or {}
            if not metadata.get("whole"):
                return None
            return str(metadata.get("embedding", "")), str(metadata.get("content", ""))

    def write(
        self,
        name: str,
        *,
        embedding: str,
        content: str,
        texts: Sequence[str],
        vectors: Vectors,
        metadatas: Sequence[dict[str, str | int | bool]],
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """Replaces the collection by these rows; it counts as whole only when the last one is in."""
        with _translated(self.folder):
            client = self._open()
            if name in {collection.name for collection in client.list_collections()}:
                client.delete_collection(name)
            base = {"embedding": embedding, "content": content, "hnsw:space": "cosine"}
            collection = client.create_collection(name, embedding_function=None, metadata={**base, "whole": False})
            for start in range(0, len(texts), _BATCH):
                stop = min(start + _BATCH, len(texts))
                collection.add(
                    ids=[str(number) for number in range(start, stop)],
                    embeddings=[vector.tolist() for vector in vectors[start:stop]],
                    documents=list(texts[start:stop]),
                    metadatas=list(metadatas[start:stop]),
                )
                if progress:
                    progress(stop - start)
            del base["hnsw:space"]
            collection.modify(metadata={**base, "whole": True})

    def all(self, name: str, embedding: str) -> tuple[list[str], Vectors, list[dict[str, Any]]]:
        """Texts, vectors and metadata of every row in the order written.

        Raises ``IndexFault`` where the collection is missing, not whole or of another embedding model.
        """
        with _translated(self.folder):
            found = self.fingerprint(name)
            if found is None:
                raise IndexFault(f"缺少索引 {name}；請執行 zhiyin kb build --index")
            if found[0] != embedding:
                raise IndexFault(f"索引 {name} 是用另一個嵌入模型做的；請執行 zhiyin kb build --index 重建")
            collection = self._open().get_collection(name, embedding_function=None)
            rows = collection.get(include=["embeddings", "documents", "metadatas"])
            order = sorted(range(len(rows["ids"])), key=lambda at: int(rows["ids"][at]))
            vectors = np.asarray(rows["embeddings"], dtype=np.float32)[order]
            return [rows["documents"][at] for at in order], vectors, [dict(rows["metadatas"][at]) for at in order]
