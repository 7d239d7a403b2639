"""What a document is: written as Taiwan writes, of which family, about what, and a revision of which edition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bot.errors import DocumentError, UsageError
from bot.knowledge.collections import MAIN, NAME, UNNAMED, collection_of, read_collections
from bot.knowledge.editions import FolderEdition, edition_folders, imported_folder, read_edition, read_manifest
from bot.knowledge.family import Family, read_families, read_family
from bot.knowledge.guideline import parse
from bot.knowledge.heading import Heading
from bot.knowledge.matching import match
from bot.knowledge.parsed import Parsed
from bot.text import is_simplified

_LEAST_SECTIONS = 3
_LEAST_CLAUSES = 6
_SAME_DOCUMENT = 0.4
"""Share of the clauses in force that a revision keeps at least; below it the document is another one."""
_SIMPLIFIED = 0.01
"""Share of simplified characters from which the text is not Taiwan's; below it they are slips of the pen."""
_MOST_TOLD = 20
_FRONT_A_CLAUSE = 20
"""So many characters that a family leaves outside its clauses weigh as much as a clause."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the administrator says beside the file; empty where the text shall tell."""

    title: str = ""
    number: str = ""
    date: str = ""
    collection: str = ""
    family: str = ""
    corrections: bytes | None = None


def simplified_lines(text: str) -> list[str]:
    """Notes of single simplified characters. ``DocumentError`` where the whole text is written so: every quote of an
    edition is verbatim, so a text that had to be converted first cannot be one."""
    simple = {char for char in set(text) if is_simplified(char)}
    count = sum(char in simple for char in text)
    chinese = sum("\u4e00" <= char <= "\u9fff" for char in text)
    if count > _SIMPLIFIED * max(chinese, 1):
        raise DocumentError("這份文件是簡體字；引文須與原文一字不差，不能代為轉換，請改用正體中文的原件")
    lines = [number for number, line in enumerate(text.split("\n"), 1) if any(char in simple for char in line)]
    return [f"第 {'、'.join(map(str, lines[:_MOST_TOLD]))} 行有簡體字，照原文保留，請核對"] if lines else []


def fitting_family(text: str, name: str) -> tuple[Family, Parsed]:
    """The family that places most of the text."""
    families = [read_family(name)] if name else list(read_families())
    tried = [(family, parse(text, family)) for family in families]

    def fitness(pair: tuple[Family, Parsed]) -> float:
        front = sum(end - start for start, end in pair[1].front)
        return len(pair[1].clauses) - 3 * len(pair[1].unplaced) - front / _FRONT_A_CLAUSE

    return max(tried, key=fitness)


def check_subject(text: str, family: Family, parsed: Parsed) -> None:
    """``DocumentError`` for a document that is no guideline on the use of AI."""
    sections = sum(clause.parent is None for clause in parsed.clauses)
    if sections < _LEAST_SECTIONS or len(parsed.clauses) < _LEAST_CLAUSES:
        raise DocumentError("文件裡找不到指引的條文編號（例如 壹、一、（一）），不像一份作業指引；請確認檔案")
    told = family.speaks_of_it(text)
    if told < family.subject_at_least:
        raise DocumentError(f"這份文件不像使用人工智慧的指引（全文提到人工智慧只有 {told} 次）；請確認檔案")


def revised_edition(
    state: Path, base: FolderEdition, parsed: Parsed, heading: Heading, given: Given
) -> FolderEdition | None:
    """The edition that this one revises: the one in force, or the latest of the collection it belongs to."""
    wanted = given.collection or read_collections().of_title(heading.title)
    others = [read_manifest(folder).id for folder in edition_folders(state)]
    latest = {collection_of(at): at for at in sorted(others, key=_age) if collection_of(at) != MAIN}
    candidates = {**latest, collection_of(base.manifest.id): base.manifest.id}
    if wanted and wanted != MAIN:
        return read_edition(imported_folder(state, latest[wanted])) if wanted in latest else None
    for edition_id in dict.fromkeys([base.manifest.id, *candidates.values()]):
        edition = base if edition_id == base.manifest.id else read_edition(imported_folder(state, edition_id))
        kept = match(tuple(edition.clauses.values()), parsed.clauses)
        if len(kept) >= _SAME_DOCUMENT * len(edition.clauses):
            return edition
    return None


def _age(edition_id: str) -> tuple[int, ...]:
    """Editions of one document in the order of their dates."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", edition_id.rpartition(":")[2]))


def collection_for(before: FolderEdition | None, heading: Heading, given: Given) -> str:
    """The collection that the document belongs to; ``main`` for the city's own guideline."""
    if given.collection:
        if not NAME.fullmatch(given.collection):
            raise UsageError("--collection 請用小寫英文、數字與連字號，例如 executive-yuan")
        return given.collection
    if before:
        return collection_of(before.manifest.id)
    named = read_collections().of_title(heading.title)
    return UNNAMED if named in {None, MAIN} else str(named)
