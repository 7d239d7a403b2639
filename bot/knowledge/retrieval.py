"""Where an edition answers a question: one embedding, one kernel row, the head's classes, fused to a ranking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bot.domain import Finding, Passage
from bot.errors import IndexFault
from bot.knowledge.editions import FolderEdition
from bot.knowledge.embedding import SentenceEmbedder
from bot.knowledge.head import Head, Kernel, rows_of
from bot.knowledge.index import (
    collection_names,
    content_hash,
    edition_corpus,
    head_path,
    passages,
    sentence_view,
    word_index,
)
from bot.knowledge.items import read_items
from bot.knowledge.store import PassageStore
from bot.knowledge.training import CLASSES, Layout, features, fused, gate_features, make_views, split_columns
from bot.knowledge.words import TermSpace
from bot.text import plain

KEPT = 10


class EditionRetriever:
    """Fits the port ``Retriever`` for one edition; loads its index once, then only reads memory."""

    def __init__(self, edition: FolderEdition, embedder: SentenceEmbedder, folder: Path) -> None:
        self.edition, self.embedder = edition, embedder
        self.data = edition_corpus(edition)
        self.sentences = passages(edition)
        head = Head.load(head_path(folder, edition.manifest.id))
        content = content_hash(edition, self.data, self.sentences)
        if head.card.get("content") != content or head.card.get("embedding") != embedder.fingerprint:
            raise IndexFault("索引與目前的知識不一致；請執行 zhiyin kb build --index")
        store = PassageStore(folder / "chroma")
        asks, places = collection_names(edition.manifest.id)
        texts, vectors, _ = store.all(asks, embedder.fingerprint)
        _, self.sentence_vectors, _ = store.all(places, embedder.fingerprint)
        if tuple(texts) != self.data.texts or len(self.sentence_vectors) != len(self.sentences):
            raise IndexFault("索引的內容不完整；請執行 zhiyin kb build --index 重建")
        arrays = head.arrays
        space = TermSpace({str(term): at for at, term in enumerate(arrays["terms"])}, arrays["idf"])
        self.kernel = Kernel(vectors, space, rows_of(space, self.data.texts))
        self.coefficients = arrays["coefficients"]
        self.rank, self.gate, self.item_cut = arrays["rank"], arrays["gate"], arrays["item_cut"]
        self.layout = Layout(self.data)
        self.words = word_index(edition, self.data)
        self.items = read_items(edition)
        self.card = head.card

    def find(self, question: str) -> Finding:
        """See ``Retriever.find``."""
        text = plain(question)
        vector = self.embedder.queries([text])
        row = self.kernel.against([text], vector)
        predictions = (row @ self.coefficients).astype(np.float64)
        words = self.words.scores(text)[None, :]
        similar = sentence_view(self.data, vector, self.sentence_vectors, self.sentences)
        views = make_views(self.data, self.layout, predictions, row, words, similar, [text])
        scores = fused(features(views, self.layout), self.rank)
        gate = gate_features(views, scores)[0]
        weights, cut = self.gate[:-1], float(self.gate[-1])
        raw = 1 / (1 + np.exp(-(gate @ weights[:-1] + weights[-1])))
        groups, _, items, classes = split_columns(self.data, predictions)
        kinds = dict(zip(CLASSES, classes[0], strict=True))
        best_group = int(np.argmax(groups[0]))
        return Finding(
            passages=self._ranked(scores[0], groups[0]),
            answerable=_centred(float(raw), cut),
            off_topic=float(kinds["off_topic"]),
            small_talk=float(kinds["small_talk"]),
            item=self._item(text, items[0], scores[0]),
            is_manifest=kinds["manifest"] > 0.5 and best_group >= len(self.edition.questions.groups),
        )

    def _ranked(self, scores: np.ndarray, groups: np.ndarray) -> tuple[Passage, ...]:
        order = list(np.argsort(-scores)[:KEPT])
        found = []
        for at in order:
            location = self.data.locations[at]
            members = [
                g
                for g in np.flatnonzero(self.layout.group_location[:, at])
                if self.data.groups[g].locations[0] == location
            ]
            words = self.data.groups[max(members, key=lambda g: groups[g])].words if members else ""
            found.append(Passage(location, float(scores[at]), words))
        return tuple(found)

    def _item(self, text: str, items: np.ndarray, scores: np.ndarray) -> str | None:
        """The official question that is asked, if its score clears the held-out cut and no rule of the data objects."""
        if not len(items):
            return None
        at = int(np.argmax(items))
        location = self.data.items[at]
        if items[at] < self.item_cut[at] or location not in self.edition.official:
            return None
        rule = self.items.get(location)
        return location if rule is None or rule.asks(text) else None

    def support(self, sentences: Sequence[str], quotes: Sequence[str]) -> Sequence[float]:
        """See ``Retriever.support``."""
        if not sentences or not quotes:
            return [0.0] * len(sentences)
        similarity = self.embedder.passages(list(sentences)) @ self.embedder.passages(list(quotes)).T
        return [float(value) for value in similarity.max(axis=1)]


def _centred(probability: float, cut: float) -> float:
    """The gate's probability moved so that its cut lies at one half."""
    low, high = 1e-6, 1 - 1e-6
    odds = min(max(probability, low), high) / (1 - min(max(probability, low), high))
    cut_odds = min(max(cut, low), high) / (1 - min(max(cut, low), high))
    return odds / (odds + cut_odds)
