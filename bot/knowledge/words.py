"""Matching by words: character n-grams and the field's own vocabulary, and BM25 over them (bm25s)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from functools import cache

import bm25s
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from bot.errors import RoomError
from bot.rooms import RoomModel, read_yaml, rooms_root
from bot.text import plain

logging.getLogger("bm25s").setLevel(logging.ERROR)  # it sets itself to DEBUG when imported

_RUN = re.compile(r"[0-9a-z]+|[\u4e00-\u9fff\u3105-\u312f]+")


class _DictionaryFile(RoomModel):
    schema_version: int = Field(alias="schema")
    same: list[list[str]]


@cache
def _dictionary() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    raw = read_yaml(rooms_root() / "knowledge" / "dictionary.yaml", _DictionaryFile)
    meanings: dict[str, tuple[str, ...]] = {}
    for group in raw.same:
        for word in group:
            meanings[word.lower()] = (*meanings.get(word.lower(), ()), f"={group[0]}")
    longest_first = sorted(meanings, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first)), meanings


class _Focus(RoomModel):
    name: str
    patterns: list[str]


class _FocusFile(RoomModel):
    schema_version: int = Field(alias="schema")
    focus: list[_Focus]


@cache
def _focuses() -> tuple[re.Pattern[str], ...]:
    path = rooms_root() / "knowledge" / "focus.yaml"
    try:
        return tuple(re.compile("|".join(entry.patterns)) for entry in read_yaml(path, _FocusFile).focus)
    except re.error as exc:
        raise RoomError(f"{path}：樣式不是正確的正規表示式（{exc.pattern!r}）") from exc


def focus_view(texts: Sequence[str]) -> NDArray[np.float32]:
    """Shape (texts, kinds): 1 where a text asks for that kind of thing (``knowledge/focus.yaml``)."""
    lowered = [plain(text).lower() for text in texts]
    return np.array([[bool(focus.search(text)) for focus in _focuses()] for text in lowered], dtype=np.float32)


def terms(text: str) -> list[str]:
    """Character uni-, bi- and trigrams, Latin words, and ``=meaning`` for words of the dictionary."""
    lowered = plain(text).lower()
    found: list[str] = []
    for run in _RUN.findall(lowered):
        if run[0] < "\u0100":
            found.append(run)
            continue
        found.extend(run)
        found.extend(run[at : at + 2] for at in range(len(run) - 1))
        found.extend(run[at : at + 3] for at in range(len(run) - 2))
    pattern, meanings = _dictionary()
    for match in pattern.finditer(lowered):
        found.extend(meanings[match.group()])
    return found


class WordIndex:
    """BM25 scores of a query against fixed documents."""

    def __init__(self, documents: Sequence[str]) -> None:
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6)
        self._bm25.index([terms(document) for document in documents], show_progress=False)
        self._vocabulary = self._bm25.vocab_dict

    def scores(self, query: str) -> NDArray[np.float32]:
        """One score a document, 0 where no word is shared."""
        known = [term for term in terms(query) if term in self._vocabulary]
        if not known:
            return np.zeros(self._bm25.scores["num_docs"], dtype=np.float32)
        return np.asarray(self._bm25.get_scores(known), dtype=np.float32)


class TermSpace:
    """Unit vectors of tf-idf over the terms seen at construction."""

    def __init__(self, ids: dict[str, int], idf: NDArray[np.float32]) -> None:
        self.ids, self.idf = ids, idf

    @classmethod
    def fit(cls, documents: Sequence[str], least: int = 2) -> TermSpace:
        """Terms that stand in at least ``least`` documents."""
        counts: dict[str, int] = {}
        for document in documents:
            for term in set(terms(document)):
                counts[term] = counts.get(term, 0) + 1
        kept = sorted(term for term, count in counts.items() if count >= least)
        idf = np.array([np.log((1 + len(documents)) / (1 + counts[term])) + 1 for term in kept], dtype=np.float32)
        return cls({term: at for at, term in enumerate(kept)}, idf)

    def rows(self, documents: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
        """CSR parts (pointers, columns, values) of the unit vectors."""
        pointers, columns, values = [0], [], []
        for document in documents:
            counts: dict[int, int] = {}
            for term in terms(document):
                at = self.ids.get(term)
                if at is not None:
                    counts[at] = counts.get(at, 0) + 1
            weights = {at: (1 + np.log(count)) * self.idf[at] for at, count in counts.items()}
            norm = float(np.sqrt(sum(w * w for w in weights.values()))) or 1.0
            for at in sorted(weights):
                columns.append(at)
                values.append(weights[at] / norm)
            pointers.append(len(columns))
        return (
            np.array(pointers, dtype=np.int32),
            np.array(columns, dtype=np.int32),
            np.array(values, dtype=np.float32),
        )
