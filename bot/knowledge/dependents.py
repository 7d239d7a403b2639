"""What rests on the clauses of an edition (rules, duties, questions, the form, prompts), and what becomes of it.

Data files are read generically: any entry of a list that names its clause in ``location``, ``locations`` or ``also``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.domain import Clause
from bot.errors import RoomError
from bot.knowledge.changes import Dependent, DependentKind, DependentState
from bot.knowledge.editions import FolderEdition
from bot.knowledge.matching import key
from bot.rooms import read_text, rooms_root
from bot.text import squeeze

NOT_RESTING = {"manifest.yaml", "clauses.yaml", "corrections.yaml", "pending.yaml"}
"""Files of an edition that hold nothing of which a clause is the ground."""
_KINDS = {
    "risk_rules.duties": DependentKind.DUTY,
    "risk_rules.also_bound": DependentKind.DUTY,
    "risk_rules.checklist": DependentKind.CHECKLIST,
    "questions": DependentKind.QUESTION,
    "items": DependentKind.QUESTION,
    "not_covered": DependentKind.QUESTION,
    "golden": DependentKind.GOLDEN,
    "checklist": DependentKind.CHECKLIST,
}
"""File, or file and list in it -> kind; anything else that names a clause is a rule."""
_FORM = "檢核表"


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a data file: its main clause first, then the others it names."""

    kind: DependentKind
    id: str
    locations: tuple[str, ...]
    any_will_do: bool = False
    """It stands as long as one of its clauses does."""


def load(path: Path) -> Any:
    """A data file as it lies; ``RoomError`` where it cannot be read."""
    try:
        return yaml.load(read_text(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as exc:
        raise RoomError(f"{path} 不是正確的 YAML") from exc


def entries_of(edition: FolderEdition) -> Iterator[Entry]:
    """Every item that rests on a clause of the edition: its files, the rows of its form, the room's prompts."""
    for path in sorted(edition.folder.glob("*.yaml")):
        if path.name not in NOT_RESTING:
            yield from file_entries(path.stem, load(path))
    for clause in edition.clauses.values():
        top = edition.clauses[clause.location.split("/")[0]]
        if "☐" in clause.text and top.title == _FORM:
            yield Entry(DependentKind.CHECKLIST, f"form:{clause.location}", (clause.location,))
    yield from _wordings(edition)


def file_entries(stem: str, document: Any) -> Iterator[Entry]:
    """The entries of one file; ids are the entry's own, else made of the file, the list and the place in it."""
    if not isinstance(document, dict):
        return
    for section, values in document.items():
        if not isinstance(values, list):
            continue
        kind = _KINDS.get(f"{stem}.{section}") or _KINDS.get(stem) or DependentKind.RULE
        counts: dict[str, int] = {}
        for value in values:
            entry = _entry(kind, stem, str(section), value, counts)
            if entry:
                yield entry


def _entry(kind: DependentKind, stem: str, section: str, value: Any, counts: dict[str, int]) -> Entry | None:
    if not isinstance(value, dict):
        return None
    several = _strings(value.get("locations"))
    locations = [*_strings(value.get("location")), *several, *_strings(value.get("also"))]
    if not locations:
        return None
    own = value.get("id") or value.get("name")
    counts[locations[0]] = counts.get(locations[0], 0) + 1
    made = f"{stem}.{section}:{locations[0]}#{counts[locations[0]]}"
    return Entry(kind, str(own) if own else made, tuple(dict.fromkeys(locations)), any_will_do=bool(several))


def _strings(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [v for v in value if isinstance(v, str)] if value else []


def _wordings(edition: FolderEdition) -> Iterator[Entry]:
    """Prompts and guards' texts that name a clause."""
    pattern = naming(edition.clauses)
    for folder in ("models/prompts", "guardrails"):
        for path in sorted((rooms_root() / folder).glob("*.yaml")):
            named = tuple(dict.fromkeys(pattern.findall(read_text(path))))
            if named:
                yield Entry(DependentKind.PROMPT, f"{folder}/{path.name}", named)


def naming(locations: Mapping[str, Any]) -> re.Pattern[str]:
    """Finds locations with a slash in running text, longest first."""
    known = sorted((re.escape(at) for at in locations if "/" in at), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(known) or '(?!)'})(?![/0-9(])")


def dependents_of(before: FolderEdition, after: FolderEdition, places: Mapping[str, str]) -> Iterator[Dependent]:
    """Each item of ``before`` and what becomes of it in ``after``."""
    for entry in entries_of(before):
        yield judge(entry, before, after, places)


def judge(entry: Entry, before: FolderEdition, after: FolderEdition, places: Mapping[str, str]) -> Dependent:
    """``void`` where its clause is gone, ``review`` where any clause of it says something else or hangs elsewhere."""
    told = [
        (location, *_fate(location, before, after, places))
        for location in entry.locations
        if location in before.clauses
    ]
    if not told:
        reason = f"{before.manifest.id} 沒有「{entry.locations[0]}」這一條"
        return Dependent(entry.kind, entry.id, entry.locations[0], DependentState.VOID, reason)
    main, state, reason = told[0]
    worst = next((row for row in told if row[1] is not DependentState.CARRIED), told[0])
    gone = [location for location, fate, _ in told if fate is DependentState.VOID]
    if state is DependentState.VOID and entry.any_will_do and len(gone) < len(told):
        main = next(location for location in entry.locations if location in places)
        state = DependentState.REVIEW
        reason = f"{reason}；仍有「{places[main]}」"
    elif state is not DependentState.VOID and worst[1] is not DependentState.CARRIED:
        state, reason = DependentState.REVIEW, worst[2]
    return Dependent(entry.kind, entry.id, places.get(main, main), state, reason)


def _fate(
    location: str, before: FolderEdition, after: FolderEdition, places: Mapping[str, str]
) -> tuple[DependentState, str]:
    if location not in places:
        return DependentState.VOID, f"「{location}」已刪除"
    earlier, later = before.clauses[location], after.clauses[places[location]]
    where = "" if earlier.location == later.location else f"改列為「{later.location}」"
    if key(earlier) != key(later):
        if same_letters(earlier.text, later.text):
            return DependentState.CARRIED, f"「{location}」{where + '，' if where else ''}僅全半形不同"
        return DependentState.REVIEW, f"「{location}」{where + '，' if where else ''}文字已修改"
    if not where:
        return DependentState.CARRIED, f"「{location}」未變"
    if not _below_the_same(earlier, later, places):
        return DependentState.REVIEW, f"「{location}」文字未變，但{where}，上一層不同"
    return DependentState.CARRIED, f"「{location}」文字未變，{where}"


def _below_the_same(earlier: Clause, later: Clause, places: Mapping[str, str]) -> bool:
    return later.parent == (places.get(earlier.parent) if earlier.parent else None)


def same_letters(one: str, other: str) -> bool:
    """Whether two texts differ in the width of their characters alone."""
    return squeeze(unicodedata.normalize("NFKC", one)) == squeeze(unicodedata.normalize("NFKC", other))
