"""The files of an edition as they lie in its folder."""

from __future__ import annotations

from pydantic import Field

from bot.rooms import RoomModel


class Annotation(RoomModel):
    """What an edition's owner says of a clause."""

    location: str
    note: str


class ManifestFile(RoomModel):
    """``manifest.yaml``."""

    schema_version: int = Field(alias="schema")
    id: str
    title: str
    number: str
    date: str
    issuer: str
    annotations: list[Annotation] = []
    family: str | None = None
    base: str = ""
    """The edition whose questions, rules and other items were carried over."""
    original_sha256: str = ""
    """Of the document that was imported."""
    corrections_sha256: str = ""
    """Of the corrections that the clauses were made with."""
    files: dict[str, str]


class ReferenceEntry(RoomModel):
    text: str
    location: str | None = None
    law: str | None = None


class ClauseEntry(RoomModel):
    location: str
    title: str
    parent: str | None
    text: str
    spans: list[tuple[int, int]]
    references: list[ReferenceEntry] = []


class ClausesFile(RoomModel):
    schema_version: int = Field(alias="schema")
    edition: str
    source_sha256: str
    front: list[tuple[int, int]]
    layout: list[tuple[int, int]]
    clauses: list[ClauseEntry]


class CorrectionsFile(RoomModel):
    """``corrections.yaml``: line of ``source.txt`` -> ``skip``, ``join`` or the location that begins there."""

    schema_version: int = Field(alias="schema")
    lines: dict[int, str] | None = None


class AskGroup(RoomModel):
    """Phrasings that one point of one clause answers. ``words`` is verbatim from the first location.

    ``item`` marks those that ask exactly what an official question asks: same object, same polarity.
    """

    locations: list[str]
    words: str
    item: bool = False
    asks: list[list[str]]
    """Each entry: one phrasing written by hand, then its variations."""


class QuestionsFile(RoomModel):
    """``questions.yaml``."""

    schema_version: int = Field(alias="schema")
    edition: str
    groups: list[AskGroup]
    manifest: list[AskGroup] = []
    """What is asked about the edition itself: its date, number, title."""


class BeyondGroup(RoomModel):
    """Texts that no clause answers; ``near`` is the clause they sound like."""

    near: str | None = None
    asks: list[list[str]]


class BeyondFile(RoomModel):
    """``not_covered.yaml`` of an edition, and ``off_topic.yaml`` and ``small_talk.yaml`` of the room."""

    schema_version: int = Field(alias="schema")
    groups: list[BeyondGroup]
