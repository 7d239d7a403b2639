"""Editions and clauses as tables and JSON for the command line."""

from __future__ import annotations

import json
from pathlib import Path

from bot.errors import UsageError
from bot.knowledge.editions import FolderEdition, edition_folder, edition_folders, read_edition
from bot.knowledge.pointer import PointerFile


def editions_table(state: Path, *, as_json: bool) -> int:
    """Prints the editions at hand, the one in force marked."""
    in_force = PointerFile(state).read().id
    editions = [read_edition(folder) for folder in edition_folders(state)]
    rows = [
        {
            "id": edition.manifest.id,
            "title": edition.manifest.title,
            "number": edition.manifest.number,
            "date": edition.manifest.date,
            "clauses": len(edition.clauses),
            "in_force": edition.manifest.id == in_force,
        }
        for edition in editions
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        mark = "●" if row["in_force"] else " "
        print(f"{mark} {row['id']}　{row['title']}　{row['number']}　{row['clauses']} 條")
    return 0


def show_clause(state: Path, location: str, *, edition_id: str | None = None, as_json: bool) -> int:
    """Prints one clause with what hangs below it; ``UsageError`` lists near locations where there is none."""
    edition = read_edition(edition_folder(state, edition_id or PointerFile(state).read().id))
    wanted = location.strip().replace("／", "/").replace("（", "(").replace("）", ")")
    clause = edition.clauses.get(wanted)
    if clause is None:
        near = [known for known in edition.clauses if known.split("/")[0] == wanted.split("/")[0]][:8]
        hint = f"；相近的有 {'、'.join(near)}" if near else ""
        raise UsageError(f"{edition.manifest.id} 沒有「{location[:40]}」這一條{hint}")
    if as_json:
        print(
            json.dumps(
                {
                    "edition": edition.manifest.id,
                    "location": clause.location,
                    "title": clause.title,
                    "text": clause.text,
                    "parent": clause.parent,
                    "children": [child.location for child in edition.children(clause.location)],
                    "references": [r.location or r.law for r in clause.references],
                    "note": clause.note,
                },
                ensure_ascii=False,
            )
        )
        return 0
    _print_tree(edition, clause.location, 0)
    return 0


def _print_tree(edition: FolderEdition, location: str, depth: int) -> None:
    clause = edition.clauses[location]
    indent = "  " * depth
    print(f"{indent}{location}　" + clause.text.replace("\n", "\n" + indent))
    if clause.note:
        print(f"{indent}（註：{clause.note}）")
    for child in edition.children(location):
        _print_tree(edition, child.location, depth + 1)
