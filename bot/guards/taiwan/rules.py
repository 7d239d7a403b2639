"""What ``guardrails/personal_data.yaml`` says of each kind of personal data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from bot.rooms import RoomModel

Share = float


class Mask(RoomModel):
    """How a value is made unreadable: what stays readable at both ends, the rest is ``*`` (``○`` in names)."""

    style: Literal["name", "ends", "email", "address", "label"]
    head: int = Field(default=0, ge=0)
    tail: int = Field(default=0, ge=0)


class EntityRule(RoomModel):
    """One kind of personal data.

    ``score`` is what a value earns by its form (and checksum) alone, ``raised`` what it earns with a context word
    near; ``accompanied`` what a value earns that only counts beside an identified person.
    """

    name: str
    score: Share = Field(ge=0, le=1)
    raised: Share = Field(ge=0, le=1)
    accompanied: Share = Field(default=0.0, ge=0, le=1)
    reach: Literal["line", "message"] = "message"
    """Where the identified person must stand."""
    priority: int = Field(ge=0)
    """Where two kinds claim the same characters with equal scores, the higher one keeps them."""
    context: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    """Words right before (or after) a value that make it something else."""
    known: tuple[str, ...] = ()
    """Public values, without separators."""
    words: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Further word lists this recognizer reads by name."""
    mask: Mask


class PersonalDataRules(RoomModel):
    """The whole file."""

    # pydantic's BaseModel has a method of the name ``schema``
    schema_version: int = Field(alias="schema")
    threshold: Share = Field(ge=0, le=1)
    identifying: tuple[str, ...]
    """Kinds that tell who a person is; what is only personal beside a person needs one of them."""
    entities: Mapping[str, EntityRule]
