"""What the core asks of the world: small Protocols, owned by their callers. Adapters fit them without inheriting."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain import (
    Clause,
    Complaint,
    Entity,
    Finding,
    GuardMark,
    Manifest,
    Message,
    ModelStamp,
    OfficialAnswer,
    Refusal,
    Reply,
    Tier,
    Verdict,
)


class Edition(Protocol):
    """One edition of the guideline, whole and unchanging."""

    @property
    def manifest(self) -> Manifest: ...

    @property
    def clauses(self) -> Mapping[str, Clause]:
        """Location -> clause, in the order of the text."""
        ...

    @property
    def official(self) -> Mapping[str, OfficialAnswer]:
        """Location -> official question and answer."""
        ...


class Retriever(Protocol):
    """Finds where the edition answers."""

    def find(self, question: str) -> Finding:
        """Places for ``question`` (normalised text), best first; ten or fewer."""
        ...

    def support(self, sentences: Sequence[str], quotes: Sequence[str]) -> Sequence[float]:
        """For each sentence the highest similarity (0..1) to any quote."""
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a chat model is asked. ``shared`` is constant and comes first; ``own`` differs by question."""

    shared: str
    own: str = field(repr=False)
    stop: tuple[str, ...] = ()
    max_tokens: int = 160
    messages: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """The same for models with a chat template: (role, content)."""
    sources: tuple[str, ...] = field(default=(), repr=False)
    """If given, the model may write only with pieces of these texts, joined by the characters of ``joining``."""
    joining: str = ""
    temperature: float = 0.0
    seed: int = 1

    @property
    def sha256(self) -> str:
        """Tells records which prompt was used, without its words."""
        return hashlib.sha256((self.shared + self.own).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """How a model is asked to explain: read from ``models/prompts/``."""

    id: str
    heading: str
    examples: tuple[tuple[str, str, str], ...]
    """(clause, question, answer)."""
    clause_mark: str
    question_mark: str
    answer_mark: str
    stop: tuple[str, ...]
    joining: str
    max_tokens: int
    sentences: int
    attempts: int
    quoted_only: bool
    chat: bool
    sha256: str


class ChatModel(Protocol):
    """A local (or allowed) chat model with one lane."""

    @property
    def stamp(self) -> ModelStamp: ...

    @property
    def capabilities(self) -> frozenset[str]: ...

    def write(self, prompt: Prompt, *, deadline: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        """Pieces of text as they are generated, until done, ``deadline`` (``time.monotonic``) or ``cancelled()``.

        Raises ``GenerationFault``.
        """
        ...


@dataclass(frozen=True, slots=True)
class InputJudgement:
    """What the input guards say of a message."""

    marks: tuple[GuardMark, ...]
    refusal: Refusal | None = None
    entities: tuple[Entity, ...] = ()
    masked: str = field(default="", repr=False)
    """The message with what was found masked; empty where nothing can be offered."""
    kinds: tuple[str, ...] = ()
    """What the kinds found are called in a reply."""
    text: str = field(default="", repr=False)
    """The text to go on with: normalised."""
    conversation: tuple[str, ...] = field(default=(), repr=False)
    """The earlier turns that may be used."""


class InputGuards(Protocol):
    """Everything that looks at a message before anything else sees it; fails closed."""

    def judge(self, message: Message) -> InputJudgement: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply before it leaves: the official part and the model's part apart."""

    official: str = field(repr=False)
    explanation: str = field(default="", repr=False)
    details: str = field(default="", repr=False)
    footer: str = ""
    verdict: Verdict | None = None
    tier: Tier | None = None
    quotes: tuple[tuple[str, str], ...] = ()
    """(location, verbatim quote) of every citation."""
    prompt: Prompt | None = None
    asked: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class OutputJudgement:
    """The draft as it may leave."""

    marks: tuple[GuardMark, ...]
    explanation: str = field(repr=False)
    blocked: bool = False
    """Nothing of the draft may leave."""


class OutputGuards(Protocol):
    """Everything that looks at a draft before a person sees it; fails closed."""

    def judge(self, draft: Draft, edition: Edition, stamp: ModelStamp | None) -> OutputJudgement: ...


@dataclass(frozen=True, slots=True)
class FactReading:
    """Facts read out of a description: name -> true, false or unknown, with the words each rests on."""

    values: Mapping[str, bool | None]
    evidence: Mapping[str, str] = field(repr=False)
    described: bool = True
    """Whether the text describes a use of AI at all."""


class FactReader(Protocol):
    """Reads facts out of a description; never names a tier."""

    def read(self, text: str) -> FactReading: ...


class Recorder(Protocol):
    """Keeps one row per reply; never a word of it."""

    def keep(self, reply: Reply, *, channel: str, who: str, prompt_sha256: str | None) -> None: ...


class Feedback(Protocol):
    """Ratings of replies."""

    def rate(self, reply_id: str, *, good: bool, reason: Complaint | None = None, who: str = "") -> bool:
        """Adds a rating to the reply's record; False where there is no such record (any more). A later rating of the
        same person counts instead of the earlier one."""
        ...


class AuditLog(Protocol):
    """What administrators did, in the same chain as the replies."""

    def note(self, *, act: str, who: str, object: str = "", reason: str = "") -> None:
        """``act`` is a short name such as ``activate``; ``who`` is kept as a pseudonym, the rest as it is."""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One edition with everything built for it; a reply uses one from beginning to end."""

    edition: Edition
    retriever: Retriever


class KnowledgeSource(Protocol):
    """Hands out the edition in force."""

    def current(self) -> Knowledge: ...
