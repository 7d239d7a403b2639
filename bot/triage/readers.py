"""Hands out the reader of facts and the router of an edition, training them where they are missing."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from bot.errors import IndexFault
from bot.kept import KeptArrays
from bot.ports import Edition
from bot.rooms import rooms_root
from bot.triage.descriptions import read_descriptions
from bot.triage.lexicon import Lexicon, read_lexicon
from bot.triage.reading import Reader
from bot.triage.routing import Router
from bot.triage.rulebook import read_rulebook
from bot.triage.rules import Rules
from bot.triage.training import fingerprint, train
from bot.triage.views import Floats

LEXICON = "facts_lexicon.yaml"
STEP = "訓練事實判讀"
Progress = Callable[[str, int, int], None]


class FingerprintedEmbedder(Protocol):
    """Unit vectors of texts, and which model makes them."""

    @property
    def fingerprint(self) -> str: ...

    def queries(self, texts: Sequence[str]) -> Floats: ...


class FactReaders:
    """One reader and router an edition; trained files lie in ``folder``, ``questions`` are what people ask."""

    def __init__(
        self, folder: Path, embedder: FingerprintedEmbedder, questions: Callable[[Edition], Sequence[str]]
    ) -> None:
        self._folder, self._embedder, self._questions = folder, embedder, questions
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Rules, Reader, Router]] = {}

    def prepare(self, edition: Edition, progress: Progress | None = None) -> None:
        """Trains what is missing; ``RoomError`` for wrong files of the edition, ``StateError`` if it can't be kept."""
        self._of(edition, progress)

    def rules(self, edition: Edition) -> Rules:
        """The edition's rules."""
        return self._of(edition)[0]

    def reader(self, edition: Edition) -> Reader:
        """The edition's reader of facts."""
        return self._of(edition)[1]

    def router(self, edition: Edition) -> Router:
        """Tells descriptions from questions."""
        return self._of(edition)[2]

    def _of(self, edition: Edition, progress: Progress | None = None) -> tuple[Rules, Reader, Router]:
        key = str(edition.file(""))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = self._loaded(edition, progress)
            return self._kept[key]

    def _loaded(self, edition: Edition, progress: Progress | None) -> tuple[Rules, Reader, Router]:
        rules = Rules(read_rulebook(edition))
        path = rooms_root() / "knowledge" / LEXICON
        lexicon = read_lexicon(path)
        descriptions, questions = read_descriptions(edition), self._questions(edition)
        mark = fingerprint(
            descriptions, questions, hashlib.sha256(path.read_bytes()).hexdigest(), self._embedder.fingerprint
        )
        file = self._folder / f"{edition.manifest.id.replace(':', '_')}.facts.npz"
        try:
            kept = KeptArrays.load(file, mark)
        except IndexFault:
            if progress:
                progress(STEP, 0, 1)
            kept = train(descriptions, questions, rules, lexicon, self._embedder, mark).kept
            kept.save(file)
            if progress:
                progress(STEP, 1, 1)
        return rules, self._reader(lexicon, kept), Router.of(kept.arrays)

    def _reader(self, lexicon: Lexicon, kept: KeptArrays) -> Reader:
        return Reader(lexicon, kept, self._embedder)
