"""The editions at hand and the one in force, ready to answer from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from bot.knowledge.editions import FolderEdition, read_edition, shipped_folder
from bot.knowledge.embedding import SentenceEmbedder
from bot.knowledge.index import Progress, build, is_built
from bot.knowledge.retrieval import EditionRetriever
from bot.ports import Edition, Knowledge, Retriever


class Library:
    """Fits the port ``KnowledgeSource``; loads at first use, then hands out the same whole edition."""

    def __init__(
        self,
        state: Path,
        embedder: SentenceEmbedder,
        triage_for: Callable[[Edition, Retriever], object] | None = None,
    ) -> None:
        self.state, self.embedder = state, embedder
        self._triage_for = triage_for
        self._lock = threading.Lock()
        self._current: Knowledge | None = None

    @property
    def index_folder(self) -> Path:
        """Where indexes lie."""
        return self.state / "index"

    def edition_in_force(self) -> FolderEdition:
        """The edition in force, its files checked."""
        return read_edition(shipped_folder())

    def current(self) -> Knowledge:
        """See ``KnowledgeSource``; builds the index first where it is missing."""
        with self._lock:
            if self._current is None:
                self._current = self._load(self.edition_in_force(), None)
            return self._current

    def prepare(self, progress: Progress | None) -> bool:
        """Builds the index of the edition in force if it is not there; whether it had to."""
        edition = self.edition_in_force()
        if is_built(edition, self.embedder, self.index_folder):
            return False
        build(edition, self.embedder, self.index_folder, progress)
        return True

    def _load(self, edition: FolderEdition, progress: Progress | None) -> Knowledge:
        if not is_built(edition, self.embedder, self.index_folder):
            build(edition, self.embedder, self.index_folder, progress)
        retriever = EditionRetriever(edition, self.embedder, self.index_folder)
        triage = self._triage_for(edition, retriever) if self._triage_for else None
        return Knowledge(edition, retriever, triage)
