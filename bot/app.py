"""The only place that builds objects, and the order of starting and stopping."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from bot.domain import Message
from bot.errors import StateError
from bot.settings import DEFAULT_MODEL, Settings

if TYPE_CHECKING:
    from bot.answering.answer import Explainer
    from bot.assistant import Assistant
    from bot.knowledge.desk import EditionDesk
    from bot.knowledge.embedding import SentenceEmbedder
    from bot.knowledge.library import Library
    from bot.llm.manifest import ChatManifest
    from bot.ports import ChatModel, Edition, InputGuards, OutputGuards
    from bot.records.ledger import Ledger
    from bot.triage.readers import FactReaders
    from bot.triage.triage import Triage

Progress = Callable[[str, int, int], None]


class App:
    """Everything of one installation, built at first use. ``use_model`` False answers without a chat model.

    ``recording`` False is for measurements only, where nobody asks.
    """

    def __init__(self, settings: Settings, *, use_model: bool = True, recording: bool = True) -> None:
        self.settings = settings
        self.use_model = use_model
        self.recording = recording

    def prepare(self, progress: Progress | None = None) -> None:
        """Makes what is missing: state folder, model file, index. Each step can be cut off and repeated."""
        self.ensure_state()
        if self.use_model:
            self.ensure_model(progress)
        self.library.prepare(progress)
        if self.recording:
            self.ledger.prepare()

    def ensure_state(self) -> None:
        """The state folder, writable; ``StateError`` otherwise."""
        folder = self.settings.state
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StateError(f"無法建立 {folder}（{exc.strerror or type(exc).__name__}）；請檢查 ZHIYIN_STATE") from exc
        if not os.access(folder, os.W_OK):
            raise StateError(f"沒有寫入權限：{folder}；請改 ZHIYIN_STATE 或調整權限")

    def ensure_model(self, progress: Progress | None = None) -> None:
        """The chat model's file, assembled and verified."""
        from bot.llm.files import ensure

        manifest = self.chat_manifest
        if manifest.source == "endpoint":
            return
        ensure(
            manifest,
            self.settings.state,
            (lambda done, total: progress("準備模型", done, total)) if progress else None,
        )

    @cached_property
    def chat_manifest(self) -> ChatManifest:
        """The manifest of the model in use: the settings' where set, else the chosen one."""
        from bot.llm.files import chosen
        from bot.llm.manifest import read_manifest

        name = self.settings.model
        if name == DEFAULT_MODEL:
            name = chosen(self.settings.state) or name
        return read_manifest(name, self.settings.state)

    @cached_property
    def embedder(self) -> SentenceEmbedder:
        """The embedding model."""
        from bot.knowledge.embedding import SentenceEmbedder, read_embedding_manifest

        return SentenceEmbedder(read_embedding_manifest(self.settings.embedding), self.settings.threads)

    @cached_property
    def library(self) -> Library:
        """The editions."""
        from bot.knowledge.library import Library

        return Library(self.settings.state, self.embedder, also=self.fact_readers.prepare)

    @cached_property
    def desk(self) -> EditionDesk:
        """What administrators do with editions."""
        from bot.knowledge.desk import EditionDesk
        from bot.triage.rulebook import stale_words

        return EditionDesk(self.library, stale_words, two_person=self.settings.needs_two_persons, audit=self.ledger)

    @cached_property
    def chat_model(self) -> ChatModel:
        """The chat model; a file here, or an allowed server."""
        manifest = self.chat_manifest
        if manifest.source == "endpoint":
            from bot.errors import SettingsError
            from bot.llm.remote import RemoteModel

            if not self.settings.remote_models:
                raise SettingsError("模型 endpoint 需要在 ZHIYIN_REMOTE_MODELS 填伺服器位址")
            return RemoteModel(manifest, self.settings.remote_models[0], self.settings.remote_models)
        from bot.llm.files import ensure
        from bot.llm.llama import LlamaModel

        return LlamaModel(manifest, ensure(manifest, self.settings.state), self.settings.threads)

    @cached_property
    def explainer(self) -> Explainer | None:
        """The model's part of an answer, or None where no model is used."""
        if not self.use_model:
            return None
        from bot.answering.answer import Explainer
        from bot.llm.prompts import read_template

        return Explainer(self.chat_model, read_template(self.chat_manifest))

    @cached_property
    def guards(self) -> tuple[InputGuards, OutputGuards]:
        """Input and output guards."""
        from bot.guards.attacks import Attacks, ensure_head
        from bot.guards.chain import InputChain, OutputChain
        from bot.guards.personal_data import PersonalData
        from bot.guards.secrets import Secrets

        personal_data = PersonalData.from_room()
        head = ensure_head(self.settings.state / "index" / "attacks.npz", self._honest())
        return InputChain(personal_data, Secrets(), Attacks(head)), OutputChain(personal_data)

    def _honest(self) -> list[str]:
        """What people ask and describe: what no attack sounds like."""
        from bot.knowledge.index import edition_corpus
        from bot.triage.descriptions import read_descriptions

        edition = self.library.edition_in_force()
        return [*edition_corpus(edition).texts, *(one.text for one in read_descriptions(edition))]

    @cached_property
    def triage(self) -> Triage:
        """The rules of any edition, with its reader of facts."""
        from bot.triage.triage import Triage

        return Triage(self.fact_readers)

    @cached_property
    def fact_readers(self) -> FactReaders:
        """Readers of facts, trained where they are missing."""
        from bot.knowledge.editions import FolderEdition
        from bot.knowledge.index import edition_corpus
        from bot.triage.readers import FactReaders

        def questions(edition: Edition) -> list[str]:
            return list(edition_corpus(edition).texts) if isinstance(edition, FolderEdition) else []

        return FactReaders(self.settings.state / "index", self.embedder, questions)

    @cached_property
    def ledger(self) -> Ledger:
        """The usage records: replies, ratings, acts of administrators."""
        from bot.records.ledger import Ledger

        settings = self.settings
        return Ledger(settings.records_url, settings.key_path, settings.retention_days)

    @cached_property
    def assistant(self) -> Assistant:
        """The assistant."""
        from bot.assistant import Assistant

        guards_in, guards_out = self.guards
        return Assistant(
            self.library,
            guards_in,
            guards_out,
            self.explainer,
            self.ledger if self.recording else None,
            deadline_seconds=self.settings.deadline_seconds,
            triage=self.triage,
        )

    def warm(self) -> None:
        """Loads what the first reply would otherwise wait for."""

        self.library.current().retriever.find("暖機")
        self.guards[0].judge(Message("暖機"))
        self.triage.decide(self.library.current().edition, "暖機")
        if self.use_model:
            load = getattr(self.chat_model, "load", None)
            if load:
                load()


def configure_logging(level: str) -> None:
    """Logs go to standard error and carry references, never anybody's words; libraries speak up only in trouble."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "httpcore", "chromadb", "sentence_transformers", "telegram", "presidio-analyzer", "bm25s"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
