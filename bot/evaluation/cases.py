"""Labelled sets: JSON Lines files, one kind a file, read strictly enough to notice a wrong set."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.domain import Mode
from bot.errors import UsageError

KINDS: dict[str, tuple[str, Mode]] = {
    "questions": ("question", Mode.ASK),
    "unanswerable": ("question", Mode.ASK),
    "scenarios": ("scenario", Mode.TRIAGE),
    "ambiguous": ("scenario", Mode.TRIAGE),
    "pii_positive": ("text", Mode.AUTO),
    "pii_negative": ("text", Mode.AUTO),
    "injection": ("text", Mode.AUTO),
    "benign_hard": ("text", Mode.AUTO),
}
"""File stem -> name of the text's field and the mode it runs in."""


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled message."""

    id: str
    text: str = field(repr=False)
    label: dict[str, Any] = field(repr=False)


def read_sets(folder: Path) -> dict[str, list[Case]]:
    """Every known set in the folder; ``UsageError`` where there is none or a line is wrong."""
    if not folder.is_dir():
        raise UsageError(f"找不到資料夾 {folder}")
    sets = {
        kind: _read(folder / f"{kind}.jsonl", name)
        for kind, (name, _) in KINDS.items()
        if (folder / f"{kind}.jsonl").is_file()
    }
    if not sets:
        raise UsageError(f"{folder} 裡沒有題組（{'、'.join(f'{kind}.jsonl' for kind in KINDS)}）")
    return sets


def _read(path: Path, name: str) -> list[Case]:
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            cases.append(Case(str(raw["id"]), str(raw[name]), raw))
        except (ValueError, KeyError, TypeError) as exc:
            raise UsageError(f"{path} 第 {number} 行不是題目（需要 id 與 {name}）") from exc
    return cases
