"""What one edition changes against another, matched by content and not by number alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.domain import Clause
from bot.knowledge.changes import Change, ChangeKind, Diff
from bot.knowledge.dependents import dependents_of, same_letters
from bot.knowledge.editions import FolderEdition
from bot.knowledge.matching import key, match

FLIPPED = "問答結論改變"
LAW = "法條"
QUESTION = "問答"
ONLY_TYPE = "僅全半形"
_REPEALED = re.compile(r"[（(〔\[]?(?:刪除|已刪除|删除)[)）〕\]]?。?")


def compare(before: FolderEdition, after: FolderEdition) -> Diff:
    """Every clause that differs, and every item of ``before`` that rests on any clause of it."""
    places = match(_standing(before), _standing(after))
    changes = tuple(_changes(before, after, places))
    return Diff(
        before.manifest.id,
        after.manifest.id,
        changes,
        tuple(dependents_of(before, after, places)),
        MappingProxyType(places),
    )


def _standing(edition: FolderEdition) -> tuple[Clause, ...]:
    """The clauses that say something: one that only says 「（刪除）」 keeps a number and nothing else."""
    return tuple(clause for clause in edition.clauses.values() if not _REPEALED.fullmatch(key(clause)))


def _changes(before: FolderEdition, after: FolderEdition, places: Mapping[str, str]) -> Iterator[Change]:
    """In the order of the later edition, each removed clause where it stood."""
    origin = {later: earlier for earlier, later in places.items()}
    removed = [clause for clause in _standing(before) if clause.location not in places]
    for clause in _standing(after):
        earlier = before.clauses[origin[clause.location]] if clause.location in origin else None
        while earlier and removed and removed[0].order < earlier.order:
            yield _change(ChangeKind.REMOVED, removed.pop(0), None, before, after)
        if earlier is None:
            yield _change(ChangeKind.ADDED, None, clause, before, after)
            continue
        kind = kind_of(earlier, clause)
        if kind:
            yield _change(kind, earlier, clause, before, after)
    for clause in removed:
        yield _change(ChangeKind.REMOVED, clause, None, before, after)


def kind_of(earlier: Clause, later: Clause) -> ChangeKind | None:
    """How one clause differs between two editions; None where place and words are the same."""
    moved, reworded = earlier.location != later.location, key(earlier) != key(later)
    if moved:
        return ChangeKind.MOVED_REWORDED if reworded else ChangeKind.MOVED
    return ChangeKind.REWORDED if reworded else None


def _change(
    kind: ChangeKind, earlier: Clause | None, later: Clause | None, before: FolderEdition, after: FolderEdition
) -> Change:
    old = before.official.get(earlier.location) if earlier else None
    new = after.official.get(later.location) if later else None
    change = Change(
        kind=kind,
        before=earlier.location if earlier else None,
        after=later.location if later else None,
        verdict_before=old.verdict if old else None,
        verdict_after=new.verdict if new else None,
        title=(later or earlier or _NOTHING).title,
        text_before=earlier.text if earlier else "",
        text_after=later.text if later else "",
    )
    labels = dict.fromkeys(_labels(change, earlier, later, before, after))
    return replace(change, labels=tuple(labels))


_NOTHING = Clause("", "", "", None, 0)


def _labels(
    change: Change, earlier: Clause | None, later: Clause | None, before: FolderEdition, after: FolderEdition
) -> Iterator[str]:
    if change.flips:
        yield FLIPPED
    for clause, edition in ((earlier, before), (later, after)):
        if clause is None:
            continue
        if clause.location in edition.official:
            yield QUESTION
        titles = [edition.clauses[location].title for location in _way_down(clause, edition)]
        for label, pattern in edition.family.labels:
            if any(pattern.search(title) for title in titles):
                yield label
    laws = [{r.law for r in clause.references if r.law} if clause else set() for clause in (earlier, later)]
    if laws[0] != laws[1]:
        yield LAW
    if earlier and later and change.kind is not ChangeKind.MOVED and same_letters(earlier.text, later.text):
        yield ONLY_TYPE


def _way_down(clause: Clause, edition: FolderEdition) -> Iterator[str]:
    at: Clause | None = clause
    while at is not None:
        yield at.location
        at = edition.clauses.get(at.parent) if at.parent else None
