"""The product's values: frozen, slotted, named as the guideline names them.

``repr=False`` stands on every field that can hold a person's words, so that no log or traceback shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

RECORD_SCHEMA = 1
MAX_MESSAGE = 4_000
"""Longest message in characters; a longer one is refused as ``too_long``."""
MAX_TEXT = 900
"""Longest ``Reply.text`` in characters, disclosure included."""
MAX_CITATIONS = 5


class Kind(StrEnum):
    """What a reply is."""

    ANSWER = "answer"
    TRIAGE = "triage"
    CLARIFY = "clarify"
    NOT_COVERED = "not_covered"
    REFUSED = "refused"
    SMALL_TALK = "small_talk"
    ERROR = "error"


class Verdict(StrEnum):
    """The guideline's own answer to one of the questions of 附件五."""

    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"


class Tier(StrEnum):
    """Risk tiers of 肆/二, strictest first."""

    PROHIBITED = "prohibited"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def severity(self) -> int:
        """3 for 絕對禁止 down to 0 for 低度."""
        return {"prohibited": 3, "high": 2, "medium": 1, "low": 0}[self.value]


class Mode(StrEnum):
    """How a message is to be taken."""

    AUTO = "auto"
    ASK = "ask"
    TRIAGE = "triage"


class Refusal(StrEnum):
    """Why a message was refused."""

    PERSONAL_DATA = "personal_data"
    SECRET = "secret"
    ATTACK = "attack"
    TOO_LONG = "too_long"
    NOT_ALLOWED = "not_allowed"


class Outcome(StrEnum):
    """What a guard did."""

    PASS = "pass"
    FIX = "fix"
    BLOCK = "block"


class Complaint(StrEnum):
    """What a person found wrong with a reply."""

    WRONG = "wrong"
    WRONG_CLAUSE = "wrong_clause"
    UNCLEAR = "unclear"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Message:
    """What a person sent, with the earlier texts of the same conversation (oldest first)."""

    text: str = field(repr=False)
    id: str = ""
    conversation: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer found in a clause: ``location`` inside the edition, or ``law`` for a statute's article."""

    text: str
    location: str | None = None
    law: str | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of an edition.

    ``text`` is the clause's own words without its number and without its children; line breaks that only wrapped the
    source are gone. ``spans`` are the pieces of the source (start, end in code points) it was read from.
    """

    location: str
    title: str
    text: str
    parent: str | None
    order: int
    references: tuple[Reference, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class OfficialAnswer:
    """One question of 附件五 as the edition answers it.

    ``verdict_words`` is the first sentence of the answer, ``words`` the rest; both verbatim.
    """

    location: str
    question: str
    verdict: Verdict | None
    verdict_words: str
    words: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an edition says of itself."""

    id: str
    title: str
    number: str
    date: str
    """ISO date."""
    issuer: str

    @property
    def spoken_date(self) -> str:
        """The date as the document writes it, e.g. ``113年9月9日``."""
        year, month, day = (int(part) for part in self.date.split("-"))
        return f"{year - 1911}年{month}月{day}日"


@dataclass(frozen=True, slots=True)
class Passage:
    """A place of the edition that retrieval proposes, best first; ``score`` is a probability-like number in 0..1."""

    location: str
    score: float
    words: str = ""
    """Verbatim piece of the clause that answers, where known."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What retrieval knows about one question."""

    passages: tuple[Passage, ...]
    answerable: float
    """Probability that the edition answers the question."""
    off_topic: float
    """Probability that it is no question about the use of AI at all."""
    small_talk: float
    item: str | None = None
    """Location of the official question that this question asks (same object, same polarity), else None."""
    is_manifest: bool = False
    """The edition's own date, number or title is asked for."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A clause cited, with a verbatim quote."""

    location: str
    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Breach:
    """What a description breaks whatever its tier."""

    location: str
    duty: str
    mend: str


@dataclass(frozen=True, slots=True)
class Entity:
    """Personal data found: its kind and place (code points of the original text), never its value."""

    type: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GuardMark:
    """That a guard ran, and what it did."""

    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """The model that wrote part of a reply, as the disclosure names it."""

    vendor: str
    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds."""

    total: float = 0.0
    retrieve: float = 0.0
    first_token: float = 0.0
    generate: float = 0.0
    guard: float = 0.0


def _empty() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. Field names and meanings are those of the public reply record (``docs/reply-record.md``)."""

    id: str
    kind: Kind
    text: str = field(repr=False)
    edition: str
    details: str = field(default="", repr=False)
    verdict: Verdict | None = None
    tier: Tier | None = None
    possible_tiers: tuple[Tier, ...] = ()
    missing_facts: tuple[str, ...] = ()
    facts: Mapping[str, bool | None] = field(default_factory=_empty)
    facts_evidence: Mapping[str, str] = field(default_factory=_empty, repr=False)
    breaches: tuple[Breach, ...] = ()
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[str, ...] = ()
    refusal: Refusal | None = None
    entities: tuple[Entity, ...] = ()
    guards: tuple[GuardMark, ...] = ()
    model: ModelStamp | None = None
    timings_ms: Timings = Timings()

    def to_record(self) -> dict[str, Any]:
        """The reply as one JSON object; the public form of it."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "schema": RECORD_SCHEMA,
            "text": self.text,
            "details": self.details,
            "verdict": self.verdict.value if self.verdict else None,
            "tier": self.tier.value if self.tier else None,
            "possible_tiers": [tier.value for tier in self.possible_tiers],
            "missing_facts": list(self.missing_facts),
            "facts": dict(self.facts),
            "facts_evidence": dict(self.facts_evidence),
            "breaches": [{"location": b.location, "duty": b.duty, "mend": b.mend} for b in self.breaches],
            "citations": [{"location": c.location, "title": c.title, "quote": c.quote} for c in self.citations],
            "retrieved": list(self.retrieved),
            "refusal": self.refusal.value if self.refusal else None,
            "entities": [{"type": e.type, "start": e.start, "end": e.end} for e in self.entities],
            "guards": [{"name": g.name, "outcome": g.outcome.value} for g in self.guards],
            "model": {"vendor": self.model.vendor, "name": self.model.name, "version": self.model.version}
            if self.model
            else None,
            "edition": self.edition,
            "timings_ms": {
                "total": round(self.timings_ms.total, 2),
                "retrieve": round(self.timings_ms.retrieve, 2),
                "first_token": round(self.timings_ms.first_token, 2),
                "generate": round(self.timings_ms.generate, 2),
                "guard": round(self.timings_ms.guard, 2),
            },
        }


def covers(gold: str, location: str) -> bool:
    """Whether ``location`` is ``gold`` or lies under it."""
    return location == gold or location.startswith(gold + "/")
