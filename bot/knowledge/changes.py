"""What a comparison of two editions says: changes clause by clause, and what hangs on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from bot.domain import Verdict


class ChangeKind(StrEnum):
    """How a clause differs between two editions."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    MOVED = "moved"
    """Renumbered or elsewhere, same words."""
    MOVED_REWORDED = "moved_reworded"


class DependentKind(StrEnum):
    """What may rest on a clause."""

    RULE = "rule"
    QUESTION = "question"
    GOLDEN = "golden"
    CHECKLIST = "checklist"
    DUTY = "duty"
    PROMPT = "prompt"


class DependentState(StrEnum):
    """What becomes of it under the later edition."""

    CARRIED = "carried"
    """Its clause still says the same, here or under another number."""
    REVIEW = "review"
    """Its clause says something else now: a person must look."""
    VOID = "void"
    """Its clause is gone."""


@dataclass(frozen=True, slots=True)
class Change:
    """One clause that differs. ``before`` and ``after`` are locations; verdicts stand for official questions only."""

    kind: ChangeKind
    before: str | None
    after: str | None
    verdict_before: Verdict | None = None
    verdict_after: Verdict | None = None
    title: str = ""
    text_before: str = ""
    text_after: str = ""
    labels: tuple[str, ...] = ()
    """What the change touches, as the views call it (問答結論改變, 風險態樣, 義務, 檢核表, 法條 ...)."""

    @property
    def flips(self) -> bool:
        """Whether an official question answers otherwise than before."""
        return (
            self.verdict_before != self.verdict_after
            and self.kind not in {ChangeKind.ADDED, ChangeKind.REMOVED}
            and (self.verdict_before is not None or self.verdict_after is not None)
        )

    def to_record(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "kind": self.kind.value,
            "before": self.before,
            "after": self.after,
            "verdict_before": self.verdict_before.value if self.verdict_before else None,
            "verdict_after": self.verdict_after.value if self.verdict_after else None,
        }


@dataclass(frozen=True, slots=True)
class Dependent:
    """One item that rests on a clause of the earlier edition; ``location`` is where it stands in the later one
    (its earlier place where it is void)."""

    kind: DependentKind
    id: str
    location: str
    state: DependentState
    reason: str

    def to_record(self) -> dict[str, Any]:
        """The public JSON form."""
        return {
            "kind": self.kind.value,
            "id": self.id,
            "location": self.location,
            "state": self.state.value,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Diff:
    """What ``to_id`` changes against ``from_id``; changes in the order of reading, flips first in the views."""

    from_id: str
    to_id: str
    changes: tuple[Change, ...]
    dependents: tuple[Dependent, ...] = ()
    places: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """Earlier location -> later location, for every clause that is in both."""

    def to_record(self) -> dict[str, Any]:
        """The public JSON form (``zhiyin kb diff --json``)."""
        return {
            "from": self.from_id,
            "to": self.to_id,
            "changes": [change.to_record() for change in self.changes],
            "dependents": [dependent.to_record() for dependent in self.dependents],
        }
