"""An import and a comparison as the terminal shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
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
        for kind, run in marks(change.text_before, change.text_after):
            # Without colours the marks still tell what went and what came.
            shown = {"same": run, "out": f"[-{run}-]", "in": f"{{+{run}+}}"}[kind]
            text.append(shown.replace("\n", "\n  "), style=_STYLES[kind])
    return text


def _print_items(console: Console, diff: Diff, state: DependentState) -> None:
    items = by_state(diff.dependents, state)
    if not items:
        return
    table = Table(title=f"{STATES[state]}（{len(items)}）", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for name in ("類別", "項目", "條號", "原因"):
        table.add_column(name, overflow="fold")
    for item in items:
        table.add_row(*(Text(cell) for cell in (DEPENDENTS[item.kind], item.id, item.location, item.reason)))
    console.print()
    console.print(table)
