"""An agency's inventory of AI uses: a row each in; tier, clauses, duties and changes out. Resumable."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot import replies
from bot.domain import MAX_MESSAGE, Tier
from bot.errors import UsageError
from bot.ports import Edition, FactReading
from bot.triage import wording
from bot.triage.decision import Decision, decide
from bot.triage.rules import Rules
from bot.triage.sheets import KINDS, plain_cell, read_table, write_tables
from bot.triage.telling import citations, duties_of

BATCH = 64
TEXT_COLUMNS = ("情境", "用途", "使用情境", "說明", "描述", "內容", "scenario", "text", "description")
UNIT_COLUMNS = ("單位", "機關", "科室", "處室", "unit", "department")
ADDED = ("等級", "條文", "成立的規定", "讀到的事實", "待確認", "可能等級", "不符規定", "應辦事項", "怎麼降低", "備註")
REFUSED = "含個資或機密，未判級也未留存內容；請去識別化後再試"
EMPTY = "情境是空的"
TOO_LONG = "超過 {limit:,} 個字，請只留下重點"
SUMMARY = "統計"
RESULT = "判級"
TIERS = (Tier.PROHIBITED, Tier.HIGH, Tier.MEDIUM, Tier.LOW)


class BatchReader(Protocol):
    """Reads facts out of several descriptions at once."""

    def read_many(self, texts: Sequence[str]) -> list[FactReading]: ...


@dataclass(frozen=True, slots=True)
class Inventory:
    """The rows read, and which columns hold the description and the unit."""

    header: list[str]
    rows: list[list[str]] = field(repr=False)
    text: int = 0
    unit: int | None = None


def read_inventory(path: Path) -> Inventory:
    """``UsageError`` where the file has no rows or no column that holds the description."""
    table = read_table(path)
    if len(table) < 2:
        raise UsageError(f"{path.name} 沒有資料列；第一列是欄名，其後一列一個情境")
    header = [cell.strip() for cell in table[0]]
    text = _column(header, TEXT_COLUMNS)
    if text is None:
        named = "、".join(cell for cell in header if cell) or "（空白）"
        raise UsageError(f"{path.name} 找不到情境欄；欄名請用「情境」（目前的欄名：{named}）")
    width = len(header)
    rows = [(row + [""] * width)[:width] for row in table[1:]]
    return Inventory(header, rows, text, _column(header, UNIT_COLUMNS))


def _column(header: Sequence[str], names: Sequence[str]) -> int | None:
    lowered = [cell.lower() for cell in header]
    return next((lowered.index(name) for name in names if name in lowered), None)


class Classifier:
    """Decides row after row; ``refuses`` says whether a text must not be taken (personal data, secrets)."""

    def __init__(self, edition: Edition, rules: Rules, reader: BatchReader, refuses: Callable[[str], bool]) -> None:
        self._edition, self._rules, self._reader, self._refuses = edition, rules, reader, refuses

    def classify(self, texts: Sequence[str]) -> list[tuple[Tier | None, list[str]]]:
        """(tier, the added cells) per text; a text that cannot be judged gets a note and no tier."""
        notes = [self._note(text) for text in texts]
        fit = [text for text, note in zip(texts, notes, strict=True) if not note]
        readings = iter(self._reader.read_many(fit) if fit else [])
        found: list[tuple[Tier | None, list[str]]] = []
        for note in notes:
            if note:
                found.append((None, [""] * (len(ADDED) - 1) + [note]))
            else:
                decision = decide(self._rules, next(readings))
                found.append((decision.tier, self._cells(decision)))
        return found

    def _note(self, text: str) -> str:
        if not text.strip():
            return EMPTY
        if len(text) > MAX_MESSAGE:
            return TOO_LONG.format(limit=MAX_MESSAGE)
        return REFUSED if self._refuses(text) else ""

    def _cells(self, decision: Decision) -> list[str]:
        book = self._rules.book
        facts = book.by_name
        read = (
            f"{facts[name].label}：{words}" for name, words in decision.evidence.items() if decision.facts.get(name)
        )
        changes = (
            f"{'，並'.join(lever.words for lever in change.levers)} → {wording.TIER_SHORT[change.tier.value]}"
            for change in decision.changes
        )
        return [
            replies.TIER_WORDS[decision.tier] if decision.tier else "待確認",
            "、".join(replies.shown(one.location) for one in citations(decision, book, self._edition)),
            "；".join(rule.because for rule in decision.rules),
            "；".join(read),
            decision.asked.question if decision.asked else "",
            "、".join(wording.TIER_SHORT[tier.value] for tier in decision.possible) if decision.asked else "",
            "；".join(breach.duty for breach in decision.breaches),
            "；".join(duty.words for duty in duties_of(decision, book)) if decision.tier else "",
            "；".join(changes),
            wording.AID,
        ]


def run(
    source: Path, target: Path, classifier: Classifier, progress: Callable[[str, int, int], None]
) -> dict[str, Counter[str]]:
    """Classifies every row and writes ``target``; returns unit -> tiers counted. Goes on where it was cut off."""
    if target.suffix.lower() not in KINDS:
        raise UsageError(f"--out 請用 csv、xlsx 或 ods 檔名，{target.name} 不是")
    inventory = read_inventory(source)
    kept = _Kept.of(target, inventory)
    for start in range(len(kept.done), len(inventory.rows), BATCH):
        rows = inventory.rows[start : start + BATCH]
        kept.add(classifier.classify([row[inventory.text] for row in rows]))
        progress(RESULT, len(kept.done), len(inventory.rows))
    table = [[*inventory.header, *ADDED]]
    table += [[*row, *cells] for row, (_, cells) in zip(inventory.rows, kept.done, strict=True)]
    counts = _counted(inventory, [tier for tier, _ in kept.done])
    write_tables(target, {RESULT: table, SUMMARY: _summary(counts)}, _picture(counts))
    kept.forget()
    return counts


class _Kept:
    """What was classified so far, beside the target; it belongs to exactly these rows."""

    def __init__(self, path: Path, done: list[tuple[Tier | None, list[str]]]) -> None:
        self._path, self.done = path, done

    @classmethod
    def of(cls, target: Path, inventory: Inventory) -> _Kept:
        """Goes on where an earlier run of the same rows was cut off."""
        from hashlib import sha256

        mark = sha256(json.dumps(inventory.rows, ensure_ascii=False).encode()).hexdigest()[:12]
        path = target.with_name(f".{target.name}.{mark}.partial")
        done: list[tuple[Tier | None, list[str]]] = []
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    tier, cells = json.loads(line)
                except ValueError:
                    break
                done.append((Tier(tier) if tier else None, cells))
        return cls(path, done)

    def add(self, rows: Sequence[tuple[Tier | None, list[str]]]) -> None:
        self.done.extend(rows)
        with self._path.open("a", encoding="utf-8") as file:
            file.writelines(
                json.dumps([tier.value if tier else None, cells], ensure_ascii=False) + "\n" for tier, cells in rows
            )

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _counted(inventory: Inventory, tiers: Sequence[Tier | None]) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for row, tier in zip(inventory.rows, tiers, strict=True):
        unit = row[inventory.unit].strip() if inventory.unit is not None else ""
        counts.setdefault(unit or "（未填單位）", Counter())[tier.value if tier else "open"] += 1
    return counts


def _summary(counts: dict[str, Counter[str]]) -> list[list[object]]:
    heading: list[object] = ["單位", *(replies.TIER_WORDS[tier] for tier in TIERS), "待確認", "合計"]
    rows = [heading]
    for unit, count in counts.items():
        rows.append([plain_cell(unit), *(count[tier.value] for tier in TIERS), count["open"], sum(count.values())])
    return rows


COLOURS = {"prohibited": "#c0392b", "high": "#e67e22", "medium": "#f1c40f", "low": "#27ae60", "open": "#95a5a6"}
UNITS_SHOWN = 20


def _picture(counts: dict[str, Counter[str]]) -> bytes:
    """A stacked bar per unit as PNG; units are numbered as in the table, so that no font is needed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    units = list(counts)[:UNITS_SHOWN]
    figure = Figure(figsize=(7, 0.4 * len(units) + 1.2), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    left = [0] * len(units)
    for name, colour in COLOURS.items():
        widths = [counts[unit][name] for unit in units]
        axes.barh(range(len(units)), widths, left=left, color=colour, label=name)
        left = [a + b for a, b in zip(left, widths, strict=True)]
    axes.set_yticks(range(len(units)), [str(at + 1) for at in range(len(units))])
    axes.invert_yaxis()
    axes.set_xlabel("uses")
    axes.set_ylabel("unit (row of the table)")
    axes.legend(ncols=5, fontsize=7, loc="upper center", bbox_to_anchor=(0.5, 1.12))
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()
