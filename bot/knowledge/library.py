"""The editions at hand and the one in force, ready to answer from."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from bot.errors import AskerError, OperatorError, UsageError
from bot.knowledge.editions import FolderEdition, edition_folder, read_edition
from bot.knowledge.embedding import SentenceEmbedder
from bot.knowledge.index import Progress, build, is_built
from bot.knowledge.pointer import Pointer, PointerFile
from bot.knowledge.retrieval import EditionRetriever
from bot.ports import Knowledge

log = logging.getLogger(__name__)
Also = Callable[[FolderEdition, Progress | None], None]
"""Prepares what else an edition needs (its readers of facts)."""


class Library:
    """Fits the port ``KnowledgeSource``: hands out one whole edition, and follows the pointer whoever moves it."""

    def __init__(self, state: Path, embedder: SentenceEmbedder, also: Also | None = None) -> None:
        self.state, self.embedder, self._also = state, embedder, also
        self.pointer = PointerFile(state)
        self._lock = threading.Lock()
        self._editions: dict[str, FolderEdition] = {}
        self._built: set[str] = set()
        self._loaded: dict[str, Knowledge] = {}
        self._last: Knowledge | None = None

    @property
    def index_folder(self) -> Path:
        """Where indexes lie."""
        return self.state / "index"

    def edition(self, edition_id: str) -> FolderEdition:
        """The edition of that id, read once, its files checked."""
        if edition_id not in self._editions:
            self._editions[edition_id] = read_edition(edition_folder(self.state, edition_id))
        return self._editions[edition_id]

    def edition_in_force(self) -> FolderEdition:
        """The edition in force."""
        return self.edition(self._due().id)

    def current(self) -> Knowledge:
        """See ``KnowledgeSource``; builds the index first where it is missing.

        Whatever goes wrong with the pointer or a new edition, a bot that has a whole edition goes on with it.
        """
        try:
            edition_id = self._due().id
            with self._lock:
                if edition_id not in self._loaded:
                    self._load(edition_id)
                self._last = self._loaded[edition_id]
        except (OperatorError, AskerError) as exc:
            if self._last is None:
                raise
            log.error("edition in force not readable, going on with the last one error=%s", type(exc).__name__)
        return self._last

    def _load(self, edition_id: str) -> None:
        edition = self.edition(edition_id)
        self._build_missing(edition, None)
        self._loaded[edition_id] = Knowledge(edition, EditionRetriever(edition, self.embedder, self.index_folder))
        previous = self.pointer.read().previous
        for old in [one for one in self._loaded if one not in {edition_id, previous}]:
            del self._loaded[old]

    def prepare(self, progress: Progress | None, edition_id: str | None = None) -> None:
        """Builds what the edition (default: the one in force) needs, if it is not there."""
        edition = self.edition(edition_id) if edition_id else self.edition_in_force()
        with self._lock:
            self._build_missing(edition, progress)

    def _build_missing(self, edition: FolderEdition, progress: Progress | None) -> None:
        key = edition.manifest.id
        if key in self._built:
            return
        if not is_built(edition, self.embedder, self.index_folder):
            build(edition, self.embedder, self.index_folder, progress)
        if self._also:
            self._also(edition, progress)
        self._built.add(key)

    def _due(self) -> Pointer:
        """The pointer, after what was scheduled has taken force; whoever comes first applies it, once."""
        pointer = self.pointer.read()
        if not pointer.scheduled_id or not _is_past(pointer.scheduled_at):
            return pointer
        to = replace(pointer.settled, id=pointer.scheduled_id, previous=pointer.id, since=pointer.scheduled_at)
        try:
            return self.pointer.moved(pointer, to, act="scheduled", who="")
        except UsageError:
            return self.pointer.read()


def _is_past(moment: str) -> bool:
    """A moment that cannot be read never comes."""
    try:
        return datetime.fromisoformat(moment).astimezone() <= datetime.now().astimezone()
    except ValueError:
        return False
