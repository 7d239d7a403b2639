"""The editions at hand and the one in force, ready to answer from."""

from __future__ import annotations

import threading
from pathlib import Path

from bot.knowledge.editions import FolderEdition, read_edition, shipped_folder
from bot.knowledge.embedding import SentenceEmbedder
from bot.knowledge.index import Progress, build, is_built
from bot.knowledge.retrieval import EditionRetriever
from bot.ports import Knowledge


class Library:
    """Fits the port ``KnowledgeSource``; loads at first use, then hands out the same whole edition."""

    def __init__(self, state: Path, embedder: SentenceEmbedder) -> None:
        self.state, self.embedder = state, embedder
        self._lock = threading.Lock()
        self._edition: FolderEdition | None = None
        self._is_built = False
        self._current: Knowledge | None = None

    @property
    def index_folder(self) -> Path:
        """Where indexes lie."""
        return self.state / "index"

    def edition_in_force(self) -> FolderEdition:
        """The edition in force, read once, its files checked."""
        if self._edition is None:
            self._edition = read_edition(shipped_folder())
        return self._edition

    def current(self) -> Knowledge:
        """See ``KnowledgeSource``; builds the index first where it is missing."""
        with self._lock:
            if self._current is None:
                self._build_missing(None)
                edition = self.edition_in_force()
                self._current = Knowledge(edition, EditionRetriever(edition, self.embedder, self.index_folder))
            return self._current

    def prepare(self, progress: Progress | None) -> None:
        """Builds the index of the edition in force if it is not there."""
        with self._lock:
            self._build_missing(progress)

    def _build_missing(self, progress: Progress | None) -> None:
        edition = self.edition_in_force()
        if not self._is_built and not is_built(edition, self.embedder, self.index_folder):
            build(edition, self.embedder, self.index_folder, progress)
        self._is_built = True
