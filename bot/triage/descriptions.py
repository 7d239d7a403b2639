"""Described uses of AI with the facts that they settle: what the reader of facts is trained on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from bot.ports import Edition
from bot.rooms import RoomModel, read_yaml
from bot.triage.expressions import Expression, parse
from bot.triage.rules import Rules

FILE = "descriptions.yaml"
Floats = NDArray[np.float32]

MATTERS = {
    "on_premises_offline": "confidential_data or unpublished_government_data",
    "security_confirmed": "(confidential_data or unpublished_government_data) and on_premises_offline",
    "lawful_basis_or_consent": "special_personal_data or biometric_identification",
    "human_review": "affects_rights or scores_people",
    "ai_decides": "affects_rights or scores_people",
}
"""Facts that a description leaves unsaid unless this holds; elsewhere their value teaches nothing."""


class _Entry(RoomModel):
    id: str
    group: str
    kind: Literal["written", "varied"]
    tier: str | None
    text: str
    facts: dict[str, bool | None]


class _DescriptionsFile(RoomModel):
    schema_version: Literal[1] = Field(alias="schema")
    edition: str
    descriptions: list[_Entry]


@dataclass(frozen=True, slots=True)
class Description:
    """A described use with the facts that it settles; ``group`` names the story it is a variation of."""

    text: str = field(repr=False)
    group: str
    facts: Mapping[str, bool | None]
    tier: str | None = None
    id: str = ""


def read_descriptions(edition: Edition) -> tuple[Description, ...]:
    """``descriptions.yaml``; a fact that is left out is unknown."""
    raw = read_yaml(edition.file(FILE), _DescriptionsFile)
    return tuple(Description(e.text, e.group, e.facts, e.tier, e.id) for e in raw.descriptions)


@dataclass(frozen=True, slots=True)
class Targets:
    """What the heads learn: a column per fact and value (``fact=yes``, ``fact=no``, ``fact=open``)."""

    names: tuple[str, ...]
    values: Floats = field(repr=False)
    """Shape (descriptions, names): 1 where the column holds, else 0."""


def matters(one: Description, name: str) -> bool:
    """Whether the description would say anything of a fact of ``MATTERS``."""
    return name not in MATTERS or parse(MATTERS[name]).holds(one.facts) is True


def targets(descriptions: Sequence[Description], rules: Rules) -> Targets:
    """``yes`` for every fact; ``no`` for facts that must be said to be false; ``open`` where the tier hangs on it."""
    conditions = {name: parse(text) for name, text in MATTERS.items()}
    columns: dict[str, list[float]] = {}
    for fact in rules.book.facts:
        matters = conditions.get(fact.name)
        columns[f"{fact.name}=yes"] = [
            float(one.facts.get(fact.name) is True and _on(one, matters)) for one in descriptions
        ]
        if matters is not None:
            denied = [float(one.facts.get(fact.name) is False and _on(one, matters)) for one in descriptions]
            columns[f"{fact.name}=no"] = denied
        if fact.deciding:
            columns[f"{fact.name}=open"] = [float(_is_open(one, fact.name, rules)) for one in descriptions]
    kept = {name: column for name, column in columns.items() if sum(column) >= 3}
    return Targets(tuple(kept), np.array(list(kept.values()), dtype=np.float32).T)


def _on(one: Description, condition: Expression | None) -> bool:
    return condition is None or condition.holds(one.facts) is True


def _is_open(one: Description, name: str, rules: Rules) -> bool:
    """Unknown, and the tier hangs on it."""
    if one.tier is not None or one.facts.get(name) is not None:
        return False
    yes, no = (rules.outcomes({**one.facts, name: value}) for value in (True, False))
    return yes != no
