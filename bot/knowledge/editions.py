"""Editions as folders: reading, checking and writing them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from bot.domain import Clause, Manifest, OfficialAnswer, Reference
from bot.errors import RoomError, UsageError
from bot.knowledge.edition_files import (
    AskGroup,
    BeyondFile,
    ClausesFile,
    CorrectionsFile,
    ManifestFile,
    QuestionsFile,
)
from bot.knowledge.family import Family, read_family
from bot.knowledge.guideline import parse
from bot.knowledge.official import official_answers
from bot.knowledge.parsed import Correction, Parsed
from bot.knowledge.writing import write_yaml
from bot.rooms import read_text, read_yaml, rooms_root

DEFAULT_EDITION = "113-09-09"
_ID = re.compile(r"[a-z0-9:-]{1,64}")
OPEN_FILES = ("corrections.yaml", "pending.yaml")
"""Files of an edition that an administrator works on; the manifest does not fix them."""


@dataclass(frozen=True, repr=False)
class FolderEdition:
    """An edition read from its folder; fits the port ``Edition``."""

    folder: Path
    manifest: Manifest
    clauses: Mapping[str, Clause]
    official: Mapping[str, OfficialAnswer]
    family: Family

    @cached_property
    def questions(self) -> QuestionsFile:
        """What people ask, per clause; checked against the clauses."""
        questions = read_yaml(self.folder / "questions.yaml", QuestionsFile)
        for group in questions.groups:
            for location in group.locations:
                if location not in self.clauses:
                    raise RoomError(f"{self.folder / 'questions.yaml'}：沒有「{location}」這一條")
        return questions

    @cached_property
    def not_covered(self) -> BeyondFile:
        """Texts near the edition that it does not answer."""
        return read_yaml(self.folder / "not_covered.yaml", BeyondFile)

    def file(self, name: str) -> Path:
        """Where one of the edition's data files lies."""
        return self.folder / name

    def __repr__(self) -> str:
        return f"FolderEdition({self.manifest.id!r})"

    def children(self, location: str) -> Iterator[Clause]:
        """Direct children in order."""
        return (clause for clause in self.clauses.values() if clause.parent == location)


def sha256_of(data: bytes) -> str:
    """Hexadecimal sha256."""
    return hashlib.sha256(data).hexdigest()


def shipped_folder(edition: str = DEFAULT_EDITION) -> Path:
    """Folder of an edition that travels with the package."""
    return rooms_root() / "knowledge" / "editions" / edition


def imported_folder(state: Path, edition_id: str) -> Path:
    """Folder of an imported edition in the state folder; a collection's colon becomes an underscore."""
    return state / "editions" / edition_id.replace(":", "_")


def edition_folder(state: Path, edition_id: str) -> Path:
    """Where the edition lies, imported or shipped; ``UsageError`` names the editions at hand where there is none."""
    for folder in (imported_folder(state, edition_id), shipped_folder(edition_id)):
        if _ID.fullmatch(edition_id) and (folder / "manifest.yaml").is_file():
            return folder
    known = "、".join(read_manifest(folder).id for folder in edition_folders(state))
    raise UsageError(f"沒有「{edition_id[:40]}」這個版本；現有 {known}")


def edition_folders(state: Path) -> tuple[Path, ...]:
    """Folders of every whole edition at hand: shipped ones first, then imported ones in the order of their names."""
    places = (rooms_root() / "knowledge" / "editions", state / "editions")
    return tuple(
        folder
        for place in places
        for folder in (sorted(place.iterdir()) if place.is_dir() else ())
        if not folder.name.startswith(".") and (folder / "manifest.yaml").is_file()
    )


def read_manifest(folder: Path) -> ManifestFile:
    """What an edition says of itself, without reading the rest."""
    return read_yaml(folder / "manifest.yaml", ManifestFile)


def read_corrections(folder: Path) -> dict[int, Correction]:
    """The administrator's corrections by line of ``source.txt``; none where there is no file."""
    path = folder / "corrections.yaml"
    if not path.exists():
        return {}
    found = {}
    for line, what in (read_yaml(path, CorrectionsFile).lines or {}).items():
        action: Literal["skip", "join", "location"] = (
            "skip" if what == "skip" else "join" if what == "join" else "location"
        )
        found[line] = Correction(line, action, what if action == "location" else "")
    return found


def read_edition(folder: Path, *, verify: bool = True) -> FolderEdition:
    """The edition in ``folder``; ``RoomError`` where a file is missing, wrong or not the one the manifest names."""
    raw = read_yaml(folder / "manifest.yaml", ManifestFile)
    if verify:
        for name, digest in raw.files.items():
            try:
                actual = sha256_of((folder / name).read_bytes())
            except OSError as exc:
                raise RoomError(f"缺少檔案 {folder / name}；請重新安裝或還原") from exc
            if actual != digest:
                raise RoomError(f"{folder / name} 與 manifest.yaml 記載的 sha256 不同；請還原，或執行 zhiyin kb build")
    stored = read_yaml(folder / "clauses.yaml", ClausesFile)
    notes = {annotation.location: annotation.note for annotation in raw.annotations}
    family = read_family(raw.family)
    clauses = {
        entry.location: Clause(
            location=entry.location,
            title=entry.title,
            text=entry.text,
            parent=entry.parent,
            order=order,
            references=tuple(Reference(r.text, r.location, r.law) for r in entry.references),
            spans=tuple(entry.spans),
            note=notes.get(entry.location),
        )
        for order, entry in enumerate(stored.clauses)
    }
    if unknown := notes.keys() - clauses.keys():
        raise RoomError(f"{folder / 'manifest.yaml'}：註記的條號不存在：{'、'.join(sorted(unknown))}")
    return FolderEdition(
        folder=folder,
        manifest=Manifest(raw.id, raw.title, raw.number, raw.date, raw.issuer),
        clauses=MappingProxyType(clauses),
        official=MappingProxyType(official_answers(clauses.values(), family)),
        family=family,
    )


def rebuild(folder: Path) -> Parsed:
    """Parses ``source.txt`` again and writes ``clauses.yaml`` and the manifest's checksums; other files stay."""
    source = read_text(folder / "source.txt")
    raw = read_manifest(folder)
    parsed = parse(source, read_family(raw.family), read_corrections(folder))
    document = {
        "schema": 1,
        "edition": raw.id,
        "source_sha256": sha256_of(source.encode()),
        "front": [list(span) for span in parsed.front],
        "layout": [list(span) for span in parsed.layout],
        "clauses": [_clause_entry(clause) for clause in parsed.clauses],
    }
    write_yaml(folder / "clauses.yaml", document, "Made from source.txt by `zhiyin kb build`; not edited by hand.")
    seal(folder, raw)
    return parsed


def seal(folder: Path, manifest: ManifestFile) -> None:
    """Writes the manifest with the sha256 of each file; those that are worked on after the import stay open."""
    names = ["source.txt", "clauses.yaml", *sorted(path.name for path in folder.glob("*.yaml"))]
    unique = [name for name in dict.fromkeys(names) if name not in {"manifest.yaml", *OPEN_FILES}]
    files = {name: sha256_of((folder / name).read_bytes()) for name in unique if (folder / name).exists()}
    document = {"schema": 1, **manifest.model_dump(by_alias=True, exclude_defaults=True), "files": files}
    write_yaml(folder / "manifest.yaml", document, "What the edition says of itself, and the sha256 of each file.")


def _clause_entry(clause: Clause) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "location": clause.location,
        "title": clause.title,
        "parent": clause.parent,
        "text": clause.text,
        "spans": [list(span) for span in clause.spans],
    }
    if clause.references:
        entry["references"] = [
            {key: value for key, value in (("text", r.text), ("location", r.location), ("law", r.law)) if value}
            for r in clause.references
        ]
    return entry


def phrasings(groups: Iterable[AskGroup]) -> Iterator[tuple[int, int, str]]:
    """(group index, template index, phrasing) of every phrasing; a template is one hand-written line with its kin."""
    template = 0
    for index, group in enumerate(groups):
        for kin in group.asks:
            for phrasing in kin:
                yield index, template, phrasing
            template += 1
