"""What must hold before an edition takes force, and what a person must have looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import Field

from bot.errors import RoomError, ZhiyinError
from bot.knowledge.changes import DependentState, Diff
from bot.knowledge.editions import FolderEdition
from bot.ports import Retriever
from bot.rooms import RoomModel, read_yaml

GOLDEN_FIRST_FIVE = 0.9
"""Least share of golden questions whose clause is among the first five."""


class Level(StrEnum):
    """How grave an item is."""

    RED = "red"
    """Blocks."""
    EYE = "eye"
    """A person must look and acknowledge it by name."""
    GREEN = "green"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was checked; ``name`` is stable, to be acknowledged by."""

    name: str
    level: Level
    location: str
    message: str

    def to_record(self) -> dict[str, Any]:
        """The public JSON form."""
        return {"name": self.name, "level": self.level.value, "location": self.location, "message": self.message}


class _Golden(RoomModel):
    question: str
    location: str


class _GoldenFile(RoomModel):
    schema_version: int = Field(alias="schema")
    edition: str
    questions: list[_Golden]


def checked(
    edition: FolderEdition,
    in_force: FolderEdition,
    diff: Diff,
    retriever: Callable[[FolderEdition], Retriever] | None,
    rules: Callable[[FolderEdition], tuple[str, ...]],
) -> list[Item]:
    """Every item, red ones first.

    ``retriever`` is None where no index was built yet; ``rules`` gives the locations whose words a rule quotes wrongly.
    """
    found = [*_files(edition), *_changes(diff), *_dependents(diff), *_rules(edition, rules)]
    if retriever is not None:
        found += _golden(edition, retriever(edition), retriever(in_force), in_force, diff)
    else:
        found.append(Item("golden", Level.GREEN, "", "索引還沒有建立；生效前會先建立，並以基準題再檢查一次"))
    order = {Level.RED: 0, Level.EYE: 1, Level.GREEN: 2}
    return sorted(found, key=lambda item: order[item.level])


def _files(edition: FolderEdition) -> Iterator[Item]:
    try:
        groups = edition.questions.groups
        _ = edition.not_covered
    except RoomError as exc:
        yield Item("files", Level.RED, "", str(exc))
        return
    asked = {location for group in groups for location in group.locations}
    silent = [location for location in edition.official if location not in asked]
    for location in silent:
        yield Item(f"questions:{location}", Level.EYE, location, "新的問答還沒有問法，可能檢索不到")
    yield Item("files", Level.GREEN, "", f"{len(edition.clauses)} 條，檔案完整，與記載的 sha256 相同")


def _changes(diff: Diff) -> Iterator[Item]:
    for change in diff.changes:
        if change.flips:
            place = change.after or change.before or ""
            before = change.verdict_before.value if change.verdict_before else "無"
            after = change.verdict_after.value if change.verdict_after else "無"
            yield Item(f"verdict:{place}", Level.EYE, place, f"問答結論由 {before} 改為 {after}")
    yield Item("changes", Level.GREEN, "", f"與生效版本相比有 {len(diff.changes)} 處變更")


def _dependents(diff: Diff) -> Iterator[Item]:
    counted: dict[tuple[str, str, DependentState], list[str]] = {}
    for one in diff.dependents:
        if one.state is not DependentState.CARRIED:
            counted.setdefault((one.kind.value, one.location, one.state), []).append(one.reason)
    for (kind, location, state), reasons in counted.items():
        count = f"（{len(reasons)} 項）" if len(reasons) > 1 else ""
        yield Item(f"{kind}:{location}:{state.value}", Level.EYE, location, f"{reasons[0]}{count}")


def _rules(edition: FolderEdition, rules: Callable[[FolderEdition], tuple[str, ...]]) -> Iterator[Item]:
    try:
        unfounded = rules(edition)
    except ZhiyinError as exc:
        yield Item("rules", Level.RED, "", str(exc))
        return
    for location in unfounded:
        level = Level.EYE if location in edition.clauses else Level.RED
        yield Item(f"rule-words:{location}", level, location, "判級規則所引的文字已不在這一條，改引該條開頭")
    if not unfounded:
        yield Item("rules", Level.GREEN, "", "判級規則所引條文都在，文字相符")


def _golden(
    edition: FolderEdition, retriever: Retriever, old: Retriever, in_force: FolderEdition, diff: Diff
) -> Iterator[Item]:
    path = edition.file("golden.yaml")
    if not path.exists():
        yield Item("golden", Level.EYE, "", "沒有基準題，無法比較答案")
        return
    questions = read_yaml(path, _GoldenFile).questions
    hits = 0
    for number, one in enumerate(questions, 1):
        places = [passage.location for passage in retriever.find(one.question).passages]
        hits += one.location in places[:5]
        before = [passage.location for passage in old.find(one.question).passages]
        expected = diff.places.get(before[0], "") if before else ""
        if places and before and places[0] != expected:
            message = f"「{one.question}」原答 {before[0]}（{in_force.manifest.id}），新答 {places[0]}"
            yield Item(f"answer:{number}", Level.GREEN, places[0], message)
    share = hits / len(questions) if questions else 1.0
    level = Level.GREEN if share >= GOLDEN_FIRST_FIVE else Level.RED
    yield Item("golden", level, "", f"基準題 {len(questions)} 題，前五名命中 {hits} 題（{share:.0%}）")
