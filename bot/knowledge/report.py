"""An import and a comparison as the terminal shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.errors import StateError
from bot.knowledge.changes import Change, ChangeKind, DependentState, Diff
from bot.knowledge.editions import FolderEdition
from bot.knowledge.importing import Imported
from bot.knowledge.marks import marks
from bot.knowledge.page import diff_page
from bot.knowledge.summary import DEPENDENTS, KINDS, STATES, by_state, chapters, counted, place, verdicts

_STYLES = {"same": "", "out": "red strike", "in": "green underline"}
_MOST_UNPLACED = 20
_MOST_NAMED = 3
_CONTEXT = 18
"""Unchanged characters shown on either side of a change."""


def import_record(imported: Imported) -> dict[str, Any]:
    """The public JSON form of an import."""
    manifest, coverage = imported.edition.manifest, imported.coverage
    return {
        "id": manifest.id,
        "title": manifest.title,
        "number": manifest.number,
        "date": manifest.date,
        "clauses": len(imported.edition.clauses),
        "unplaced": [{"line": line.line, "text": line.text} for line in imported.unplaced],
        "characters": {
            "document": coverage.document,
            "clauses": coverage.clauses,
            "front": coverage.front,
            "layout": coverage.layout,
            "running_heads": coverage.running_heads,
            "whole": coverage.is_whole,
        },
        "missing": list(imported.parsed.missing),
        "notes": list(imported.notes),
        "new": imported.is_new,
        "folder": str(imported.edition.folder),
    }


def print_import(imported: Imported, *, as_json: bool) -> None:
    """What came of an import."""
    record = import_record(imported)
    if as_json:
        print(json.dumps(record, ensure_ascii=False))
        return
    coverage = imported.coverage
    print(f"{record['id']}　{record['title']}　{record['number'] or '（無字號）'}　{record['date']}")
    print(f"條文 {record['clauses']} 條，放在 {record['folder']}")
    print(
        f"文件 {coverage.document} 字：條文 {coverage.clauses}、前言與目錄 {coverage.front}、"
        f"版面符號 {coverage.layout}、頁首頁尾 {coverage.running_heads}"
        + ("；一字不漏、不重複" if coverage.is_whole else "；讀入字數與文件不同，請核對 source.txt")
    )
    for note in imported.notes:
        print(f"註：{note}")
    for line in imported.unplaced[:_MOST_UNPLACED]:
        print(f"第 {line.line} 行不合編號，暫併入前一條：{line.text[:40]}")
    if imported.unplaced:
        print(f"請編輯 {imported.edition.folder / 'corrections.yaml'}，再匯入同一檔案一次。")
    if imported.diff:
        print(f"相較於 {imported.diff.from_id}：{counted(imported.diff)}")
        print(f"逐條比較：zhiyin kb diff {imported.diff.from_id} {imported.diff.to_id}")


def print_diff(diff: Diff, before: FolderEdition, after: FolderEdition, *, as_json: bool, html: Path | None) -> None:
    """The comparison as JSON or as a reading; the page besides where a file is named. Raises ``StateError``."""
    if html is not None:
        try:
            html.write_text(diff_page(diff, before.manifest, after.manifest), encoding="utf-8")
        except OSError as exc:
            raise StateError(f"無法寫入 {html}（{exc.strerror or type(exc).__name__}）；請改寫到別處") from exc
    if as_json:
        print(json.dumps(diff.to_record(), ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{diff.from_id} → {diff.to_id}", style="bold", markup=False)
    console.print(counted(diff), markup=False)
    for chapter in chapters(diff):
        console.print(f"\n{chapter.heading}（{len(chapter.changes)}）", style="bold", markup=False)
        for change in chapter.changes:
            console.print(_told(change))
    for state in (DependentState.VOID, DependentState.REVIEW):
        _print_items(console, diff, state)
    if html is not None:
        console.print(f"\n網頁：{html}", markup=False)


def _told(change: Change) -> Text:
    text = Text(f"{KINDS[change.kind]} ", style="cyan").append(place(change), style="bold")
    if change.title:
        text.append(f"　{change.title}", style="")
    if change.flips:
        text.append(f"　{verdicts(change)}", style="bold yellow")
    if change.labels:
        text.append(f"　〔{'・'.join(change.labels)}〕", style="dim")
    if change.kind is not ChangeKind.MOVED:
        text.append("\n")
        runs = marks(change.text_before, change.text_after)
        for at, (kind, run) in enumerate(runs):
            # Without colours the marks still tell what went and what came.
            shown = {"same": _shortened(run, at, len(runs)), "out": f"[-{run}-]", "in": f"{{+{run}+}}"}[kind]
            text.append(shown.replace("\n", "\n  "), style=_STYLES[kind])
    return text


def _shortened(run: str, at: int, count: int) -> str:
    """An unchanged run without its middle; all of it where it is short."""
    first, last = at == 0, at == count - 1
    if len(run) <= 2 * _CONTEXT + 2 or (first and last):
        return run
    return ("" if first else run[:_CONTEXT]) + "…" + ("" if last else run[-_CONTEXT:])


def _print_items(console: Console, diff: Diff, state: DependentState) -> None:
    """Items of one state, those of one kind on one clause in one line."""
    items = by_state(diff.dependents, state)
    if not items:
        return
    console.print(f"\n{STATES[state]}（{len(items)}）", style="bold", markup=False)
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for item in items:
        grouped.setdefault((DEPENDENTS[item.kind], item.location, item.reason), []).append(item.id)
    for (kind, location, reason), ids in grouped.items():
        named = "、".join(ids[:_MOST_NAMED]) + ("…" if len(ids) > _MOST_NAMED else "")
        console.print(f"{kind} {len(ids)} 項　{location}　{reason}　{named}", markup=False)
