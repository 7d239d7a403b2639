"""What is handed over: three formats, no cell a formula; figures; the asker's copy."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.domain import Complaint, Kind
from bot.knowledge.editions import FolderEdition
from bot.personal_copy import personal_copy
from bot.records.export import COLUMNS, TAIWAN, cell, exported, write, write_file
from bot.records.ledger import Ledger
from bot.records.schema import entries
from bot.records.statistics import figures, spoken
from tests.unit.records.conftest import filled, reply_of

AT = datetime(2026, 11, 1, 9, 30, tzinfo=TAIWAN)


@pytest.fixture
def rated(ledger: Ledger) -> Ledger:
    filled(ledger, 3)
    ledger.rate("r1", good=False, reason=Complaint.WRONG_CLAUSE, who="p1")
    ledger.note(act="override", who="admin", object="=1+1", reason="+cmd|' /C calc'!A0")
    return ledger


def handed(ledger: Ledger, form: str) -> bytes:
    out = io.BytesIO()
    assert write(exported(ledger.rows(), ledger.ratings()), form, out) == 5
    return out.getvalue()


def test_csv(rated: Ledger) -> None:
    body = handed(rated, "csv")
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert [row["type"] for row in rows] == ["reply"] * 3 + ["feedback", "audit"]
    assert (rows[1]["rating"], rows[1]["reason"]) == ("bad", "條文不符")
    assert rows[0]["locations"] == "附件五/一、壹"
    assert rows[0]["time"].endswith("+08:00")
    assert (rows[4]["object"], rows[4]["reason"]) == ("'=1+1", "'+cmd|' /C calc'!A0")


def test_xlsx(rated: Ledger) -> None:
    sheet = load_workbook(io.BytesIO(handed(rated, "xlsx"))).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert tuple(cell.value for cell in rows[0]) == COLUMNS
    assert not [cell for row in rows for cell in row if cell.data_type == "f"]
    assert rows[5][COLUMNS.index("object")].value == "'=1+1"


def test_json_lines(rated: Ledger) -> None:
    rows = [json.loads(line) for line in handed(rated, "jsonl").splitlines()]
    assert rows[0]["locations"] == ["附件五/一", "壹"]
    assert (rows[1]["rating"], rows[1]["reason"], rows[0]["rating"]) == ("bad", "wrong_clause", None)
    assert rows[4]["object"] == "=1+1"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "\u200b=1", "\r=1", "\x00=1"], ids=repr
)
def test_a_cell_is_never_a_formula(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("value", [0, -3, 1.5, None, "附件五/一", "a=b"], ids=repr)
def test_other_cells_stay(value: object) -> None:
    assert cell(value) == value


def test_exported_columns_are_the_schemas() -> None:
    assert set(COLUMNS) == {column.name for column in entries.c} - {"salt", "digest", "previous", "purged"}


def test_a_file_is_private_and_whole(rated: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write_file(exported(rated.rows(), rated.ratings()), "csv", path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == handed(rated, "csv")
    assert not list(tmp_path.glob("*.partial"))


def test_from_and_to_bound_the_rows(rated: Ledger) -> None:
    assert not list(rated.rows(end=AT.replace(year=2020)))
    assert len(list(rated.rows(AT.replace(year=2020)))) == 5


def test_figures(rated: Ledger) -> None:
    told = figures(rated.rows(), rated.ratings())
    assert (told["replies"], told["people"], told["total_ms"]["median"]) == (3, 2, 120)
    assert told["kind"] == {"answer": 3}
    assert told["rating"] == {"bad": 1}
    assert told["reason"] == {"wrong_clause": 1}
    assert told["entities"] == {"PERSON": 3, "TW_PHONE": 3}
    assert told["blocked_by"] == {"personal_data": 3}
    assert "回覆 3 則，使用者 2 人" in spoken(told)


def test_figures_of_nothing(ledger: Ledger) -> None:
    assert figures(ledger.rows(), ledger.ratings())["replies"] == 0


def test_the_askers_copy_has_question_reply_and_references(edition: FolderEdition) -> None:
    copy = personal_copy(reply_of("r7"), "可以用私人信箱註冊嗎", edition.manifest, AT)
    wanted = ("可以用私人信箱註冊嗎", "文字", "附件五／一 標題\n「引文」", "細節", "r7", "試驗社 Scripted（1）")
    assert all(part in copy for part in (*wanted, "2026-11-01 09:30:00+08:00", edition.manifest.number))


def test_the_copy_of_a_refusal_repeats_nothing(edition: FolderEdition) -> None:
    copy = personal_copy(reply_of("r7", Kind.REFUSED), "王小明的電話", edition.manifest, AT)
    assert "王小明" not in copy
    assert "未受理" in copy
