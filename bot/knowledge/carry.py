"""What an edition takes over from the one before it: questions, rules and other items, under their clauses' new places.

An item whose clause is gone is left out; one whose clause says something else comes along and is listed for review.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.domain import Clause
from bot.knowledge.changes import Dependent, DependentState, Diff
from bot.knowledge.dependents import NOT_RESTING, file_entries, judge, load, naming
from bot.knowledge.edition_files import Annotation
from bot.knowledge.editions import FolderEdition, read_manifest
from bot.knowledge.matching import key
from bot.knowledge.writing import write_yaml
from bot.rooms import read_text
from bot.text import sentence_spans, squeeze

_PLACES = {"locations", "also", "gold"}
_EMPTY: Mapping[str, Mapping[str, Any]] = {
    "questions.yaml": {"groups": []},
    "not_covered.yaml": {"groups": []},
    "items.yaml": {"yes_no": [], "never": [], "items": []},
}
"""What an edition must have even where nothing came before it."""


def carry_over(before: FolderEdition, after: FolderEdition, diff: Diff) -> None:
    """Writes the items of ``before`` into the folder of ``after``, and ``pending.yaml`` with what needs a person."""
    for path in sorted(before.folder.glob("*.yaml")):
        if path.name not in NOT_RESTING:
            _carry_file(path, before, after, diff.places)
    write_pending(after.folder, diff.from_id, diff.to_id, diff.dependents)


def start_empty(folder: Path, edition_id: str) -> None:
    """The files that every edition has, with nothing in them yet, where they are missing."""
    for name, content in _EMPTY.items():
        if not (folder / name).exists():
            head = {"schema": 1} if name in {"not_covered.yaml", "items.yaml"} else _head(edition_id)
            write_yaml(folder / name, {**head, **content}, "Nothing was there to carry over.")


def _head(edition_id: str) -> dict[str, Any]:
    return {"schema": 1, "edition": edition_id}


def write_pending(folder: Path, from_id: str, to_id: str, dependents: Iterable[Dependent]) -> None:
    """``pending.yaml``: every item that a person must look at before the edition takes force, or that was left out."""
    items = [d.to_record() for d in dependents if d.state is not DependentState.CARRIED]
    write_yaml(
        folder / "pending.yaml",
        {"schema": 1, "edition": to_id, "from": from_id, "items": items},
        "Carried over but to be looked at (review), or left out because the clause is gone (void).",
    )


def carried_annotations(before: FolderEdition, after: FolderEdition, places: Mapping[str, str]) -> list[Annotation]:
    """Annotations of clauses whose words did not change."""
    return [
        Annotation(location=places[note.location], note=note.note)
        for note in read_manifest(before.folder).annotations
        if note.location in places and key(before.clauses[note.location]) == key(after.clauses[places[note.location]])
    ]


def _carry_file(path: Path, before: FolderEdition, after: FolderEdition, places: Mapping[str, str]) -> None:
    target = after.folder / path.name
    document = load(path)
    void = {
        entry.locations
        for entry in file_entries(path.stem, document)
        if judge(entry, before, after, places).state is DependentState.VOID
    }
    mapped = _Mapping(before, after, places, void).document(path.stem, document)
    if isinstance(mapped, dict) and "edition" in mapped:
        mapped["edition"] = after.manifest.id
    if mapped == {**document, **({"edition": after.manifest.id} if "edition" in document else {})}:
        text = re.sub(r"(?m)^edition: .*$", f"edition: {after.manifest.id}", read_text(path), count=1)
        target.write_text(text, encoding="utf-8")
        return
    write_yaml(target, mapped, f"Carried over from {before.manifest.id}; locations are those of this edition.")


class _Mapping:
    """Rewrites a data file's locations; anything else stays as it is."""

    def __init__(
        self,
        before: FolderEdition,
        after: FolderEdition,
        places: Mapping[str, str],
        void: set[tuple[str, ...]],
    ) -> None:
        self.before, self.after, self.places, self.void = before, after, places, void
        self.named = naming(before.clauses)

    def document(self, stem: str, document: Any) -> Any:
        """The whole file, entries whose clause is gone left out."""
        if not isinstance(document, dict):
            return document
        special: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
            "questions": self._question,
            "items": self._item,
        }
        told: dict[str, Any] = {}
        for section, values in document.items():
            if not isinstance(values, list):
                told[section] = self._value(values, section)
                continue
            kept = []
            for value in values:
                if not isinstance(value, dict):
                    kept.append(self._value(value, section))
                    continue
                if self._is_void(stem, section, value):
                    continue
                mapped = self._value(value, section)
                if special.get(stem) and ("location" in mapped or mapped.get("locations")):
                    mapped = special[stem](mapped)
                if mapped is not None:
                    kept.append(mapped)
            told[section] = kept
        return told

    def _is_void(self, stem: str, section: str, value: dict[str, Any]) -> bool:
        found = list(file_entries(stem, {section: [value]}))
        return bool(found) and found[0].locations in self.void

    def _value(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {part: self._value(inner, part) for part, inner in value.items()}
        if isinstance(value, list):
            if name in _PLACES:
                return [self.places[at] for at in value if at in self.places]
            return [self._value(inner, "") for inner in value]
        if not isinstance(value, str):
            return value
        if name in {"location", "near"}:
            return self.places.get(value, None if name == "near" else value)
        return self.named.sub(lambda match: self.places.get(match.group(), match.group()), value)

    def _item(self, item: dict[str, Any]) -> dict[str, Any] | None:
        return item if item["location"] in self.after.official else None

    def _question(self, group: dict[str, Any]) -> dict[str, Any]:
        """The group with ``words`` that stand in its first clause."""
        clause = self.after.clauses[group["locations"][0]]
        if squeeze(group["words"]) in squeeze(clause.text):
            return group
        origin = next((old for old, new in self.places.items() if new == clause.location), None)
        earlier = self.before.clauses[origin].text if origin else ""
        return {**group, "words": corresponding(group["words"], earlier, clause)}


def corresponding(words: str, earlier: str, clause: Clause) -> str:
    """The piece of the clause that stands where ``words`` stood in its earlier text; else its likest sentence."""
    start = earlier.find(words)
    if start >= 0:
        blocks = difflib.SequenceMatcher(None, earlier, clause.text, autojunk=False).get_matching_blocks()
        inside = [
            (max(a, start) - a + b, min(a + size, start + len(words)) - a + b)
            for a, b, size in blocks
            if a < start + len(words) and a + size > start
        ]
        if inside and inside[-1][1] - inside[0][0] >= 4:
            return clause.text[inside[0][0] : inside[-1][1]].strip()
    spans = sentence_spans(clause.text) or [(0, len(clause.text))]
    sentences = [clause.text[a:b] for a, b in spans]
    return max(sentences, key=lambda text: difflib.SequenceMatcher(None, words, text, autojunk=False).ratio())
