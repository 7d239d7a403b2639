"""Inventories: csv, xlsx and ods in and out, bad rows and files told, formulas made harmless, going on after a cut."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.domain import Tier
from bot.errors import UsageError
from bot.knowledge.editions import FolderEdition
from bot.ports import FactReading
from bot.triage.inventory import ADDED, Classifier, run
from bot.triage.rules import Rules
from bot.triage.sheets import plain_cell, read_table, write_tables
from tests.unit.triage.test_rules import BASE

HEADER = ["編號", "單位", "情境"]
ROWS = [
    ["1", "資訊局", "公開報告請 AI 摘要"],
    ["2", "社會局", "民眾名單貼到 AI"],
    ["3", "社會局", ""],
    ["4", "", "秘密"],
]


class ByWord:
    """Reads personal data where 名單 stands; counts what it reads; breaks once where told."""

    def __init__(self, breaks_at: int = -1) -> None:
        self.read, self.breaks_at = 0, breaks_at

    def read_many(self, texts: Sequence[str]) -> list[FactReading]:
        self.read += len(texts)
        if 0 <= self.breaks_at <= self.read:
            raise KeyboardInterrupt
        return [
            FactReading({**BASE, "internal_only": True, "personal_data": "名單" in text}, {"personal_data": "名單"})
            for text in texts
        ]


def classifier(edition: FolderEdition, rules: Rules, reader: ByWord) -> Classifier:
    return Classifier(edition, rules, reader, lambda text: "秘密" in text)


def nothing(*_: object) -> None:
    return None


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".ods"])
def test_there_and_back(tmp_path: Path, edition: FolderEdition, rules: Rules, suffix: str) -> None:
    source, target = tmp_path / f"in{suffix}", tmp_path / f"out{suffix}"
    write_tables(source, {"表": [HEADER, *ROWS]})
    counts = run(source, target, classifier(edition, rules, ByWord()), nothing)
    table = read_table(target)
    assert table[0] == [*HEADER, *ADDED]
    tiers = [row[len(HEADER)] for row in table[1:]]
    assert tiers[:2] == ["🟢 低度風險", "🟠 高度風險"]
    assert counts["社會局"] == {Tier.HIGH.value: 1, "open": 1}
    assert "去識別化" in table[2][-2]
    assert [row[-1] for row in table[3:]] == ["情境是空的", "含個資或機密，未判級也未留存內容；請去識別化後再試"]
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "-2", "@SUM(A1)", "\tx"])
def test_formulas_become_text(tmp_path: Path, cell: str) -> None:
    assert plain_cell(cell).startswith("'")
    write_tables(tmp_path / "t.csv", {"表": [[cell]]})
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)) == [f"'{cell}"]


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, edition: FolderEdition, rules: Rules) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    write_tables(source, {"表": [HEADER, *([str(at), "局", f"第 {at} 個用途"] for at in range(200))]})
    with pytest.raises(KeyboardInterrupt):
        run(source, target, classifier(edition, rules, ByWord(breaks_at=130)), nothing)
    assert not target.exists()
    second = ByWord()
    run(source, target, classifier(edition, rules, second), nothing)
    assert second.read == 200 - 128
    assert len(read_table(target)) == 201


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("in.txt", b"x", "不是 csv"),
        ("in.csv", b"\xff\xfe\x00bad\x9f\x00", "編碼"),
        ("in.csv", "編號,內文\n1,x\n".encode(), "找不到情境欄"),
        ("in.csv", "情境\n".encode(), "沒有資料列"),
        ("in.xlsx", b"not a zip", "已損壞"),
        ("in.ods", b"PK\x03\x04broken", "已損壞"),
    ],
    ids=["kind", "encoding", "column", "rows", "xlsx", "ods"],
)
def test_bad_files_are_told(
    tmp_path: Path, edition: FolderEdition, rules: Rules, name: str, content: bytes, complaint: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=complaint):
        run(tmp_path / name, tmp_path / "out.csv", classifier(edition, rules, ByWord()), nothing)


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "in.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 600_000_000)
    with pytest.raises(UsageError, match="過大"):
        read_table(tmp_path / "in.xlsx")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="找不到檔案"):
        read_table(tmp_path / "none.csv")
