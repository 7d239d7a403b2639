"""Builds what retrieval needs of an edition: vectors in Chroma, the trained head beside them; whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.errors import StateError
from bot.knowledge.edition_files import BeyondFile
from bot.knowledge.editions import FolderEdition
from bot.knowledge.embedding import SentenceEmbedder, Vectors
from bot.knowledge.head import Head
from bot.knowledge.sentences import Sentence, sentences_of
from bot.knowledge.store import PassageStore
from bot.knowledge.training import Corpus, corpus, train
from bot.knowledge.words import WordIndex
from bot.rooms import read_yaml, rooms_root

VERSION = 4
"""Raise it when the way of building changes; older indexes are then built anew."""
Progress = Callable[[str, int, int], None]
"""Told the step, what is done and what there is in all."""


def read_beyond() -> tuple[BeyondFile, BeyondFile]:
    """The room's off-topic and small-talk texts."""
    room = rooms_root() / "knowledge"
    return read_yaml(room / "off_topic.yaml", BeyondFile), read_yaml(room / "small_talk.yaml", BeyondFile)


def edition_corpus(edition: FolderEdition) -> Corpus:
    """Every phrasing that the edition's head is made from."""
    return corpus(edition, *read_beyond())


def passages(edition: FolderEdition) -> list[Sentence]:
    """The sentences that are searched, in the order of the edition."""
    return [sentence for clause in edition.clauses.values() for sentence in sentences_of(clause)]


def content_hash(edition: FolderEdition, data: Corpus, sentences: list[Sentence]) -> str:
    """Changes whenever the index would."""
    groups = [[group.locations, group.words, group.item] for group in data.groups]
    rows = [data.texts, data.group, data.kind, data.blocks, groups, [(s.location, s.text) for s in sentences], VERSION]
    return hashlib.sha256(json.dumps([edition.manifest.id, rows], ensure_ascii=False).encode()).hexdigest()[:16]


def head_path(folder: Path, edition: str) -> Path:
    """Where the edition's head lies."""
    return folder / f"{edition.replace(':', '_')}.head.npz"


def collection_names(edition: str) -> tuple[str, str]:
    """Chroma collections of the phrasings and of the sentences."""
    safe = edition.replace(":", "_")
    return f"asks_{safe}", f"sentences_{safe}"


@contextmanager
def _one_builder(folder: Path) -> Iterator[None]:
    """Only one process builds at a time; a second one waits until the first is done."""
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "building.lock").open("w")
    except OSError as exc:
        raise StateError(f"無法寫入 {folder}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(str(os.getpid()))
        yield
    finally:
        lock.close()


def is_built(edition: FolderEdition, embedder: SentenceEmbedder, folder: Path) -> bool:
    """Whether a whole index of exactly this content and embedding model is there."""
    if not head_path(folder, edition.manifest.id).exists():
        return False
    data, sentences = edition_corpus(edition), passages(edition)
    wanted = (embedder.fingerprint, content_hash(edition, data, sentences))
    store = PassageStore(folder / "chroma")
    if any(store.fingerprint(name) != wanted for name in collection_names(edition.manifest.id)):
        return False
    return bool(Head.load(head_path(folder, edition.manifest.id)).card.get("content") == wanted[1])


def build(edition: FolderEdition, embedder: SentenceEmbedder, folder: Path, progress: Progress | None = None) -> Head:
    """Embeds, stores and trains; a build that was cut off leaves nothing that counts as whole."""
    with _one_builder(folder):
        data, sentences = edition_corpus(edition), passages(edition)
        content = content_hash(edition, data, sentences)
        asks, places = collection_names(edition.manifest.id)
        store = PassageStore(folder / "chroma")
        vectors = embedder.queries(data.texts, _step(progress, "嵌入問法", len(data.texts)))
        told = [
            f"{edition.clauses[s.location].title}：{s.text}" if edition.clauses[s.location].title else s.text
            for s in sentences
        ]
        sentence_vectors = embedder.passages(told, _step(progress, "嵌入條文", len(told)))
        store.write(
            asks,
            embedding=embedder.fingerprint,
            content=content,
            texts=data.texts,
            vectors=vectors,
            metadatas=[{"group": g, "kind": k} for g, k in zip(data.group, data.kind, strict=True)],
            progress=_step(progress, "寫入索引", len(data.texts)),
        )
        store.write(
            places,
            embedding=embedder.fingerprint,
            content=content,
            texts=[s.text for s in sentences],
            vectors=sentence_vectors,
            metadatas=[{"location": s.location, "start": s.start, "end": s.end} for s in sentences],
        )
        if progress:
            progress("訓練排序", 0, 1)
        words, similar = text_views(edition, data, vectors, sentence_vectors, sentences)
        head = train(data, vectors, words, similar)
        kept = Head(
            head.arrays,
            {**head.card, "edition": edition.manifest.id, "content": content, "embedding": embedder.fingerprint},
        )
        kept.save(head_path(folder, edition.manifest.id))
        if progress:
            progress("訓練排序", 1, 1)
        return kept


def _step(progress: Progress | None, name: str, total: int) -> Callable[[int], None] | None:
    if progress is None:
        return None
    done = 0

    def tell(count: int) -> None:
        nonlocal done
        done += count
        progress(name, done, total)

    return tell


def text_views(
    edition: FolderEdition, data: Corpus, vectors: Vectors, sentence_vectors: Vectors, sentences: list[Sentence]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Per row and location: BM25 against the clause's words, and the best cosine to one of its sentences."""
    index = word_index(edition, data)
    words = np.stack([index.scores(text) for text in data.texts])
    return words, sentence_view(data, vectors, sentence_vectors, sentences)


def word_index(edition: FolderEdition, data: Corpus) -> WordIndex:
    """BM25 over the clauses that phrasings name."""
    return WordIndex([edition.clauses[location].text for location in data.locations])


def sentence_view(
    data: Corpus, vectors: Vectors, sentence_vectors: Vectors, sentences: list[Sentence]
) -> NDArray[np.float32]:
    """Best cosine to a sentence of each location, shape (rows, locations)."""
    similarity = vectors @ sentence_vectors.T
    view = np.zeros((len(vectors), len(data.locations)), dtype=np.float32)
    members: dict[str, list[int]] = {}
    for at, sentence in enumerate(sentences):
        members.setdefault(sentence.location, []).append(at)
    for at, location in enumerate(data.locations):
        if location in members:
            view[:, at] = similarity[:, members[location]].max(axis=1)
    return view
