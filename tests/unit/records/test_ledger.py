"""The ledger on real SQLite: what is kept, by whom it can be read, what rotation and retention do."""

from __future__ import annotations

import json
import re
import sqlite3
import statistics
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain import Complaint, Kind
from bot.errors import RecordsFault
from bot.records.chain import Mark
from bot.records.keys import KeyRing
from bot.records.ledger import Ledger
from bot.records.schema import entries
from tests.conftest import ROOT
from tests.unit.records.conftest import filled, ledger_in, reply_of


def sql(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "records.sqlite3")) as connection, connection:
        assert connection.execute(statement).rowcount != 0


def test_a_row_says_what_happened_and_not_a_word(ledger: Ledger, tmp_path: Path) -> None:
    ledger.keep(reply_of("王小明的問題", Kind.REFUSED), channel="telegram", who="張三", prompt_sha256="b" * 64)
    (row,) = ledger.rows()
    assert (row["kind"], row["tier"], row["channel"], row["refusal"]) == (
        "refused",
        "high",
        "telegram",
        "personal_data",
    )
    assert json.loads(row["locations"]) == ["附件五/一", "壹"]
    assert json.loads(row["entities"]) == ["PERSON", "TW_PHONE"]
    assert json.loads(row["guards"]) == ["secrets:pass", "personal_data:block"]
    assert (row["total_ms"], row["guard_ms"], row["prompt_sha256"]) == (120, 2, "b" * 64)
    assert re.fullmatch("[0-9a-f]{32}", row["who"])
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not [word for word in ("王小明", "張三", "文字", "細節", "引文") if word.encode() in held]


def test_the_same_person_is_the_same_pseudonym_until_rotation(ledger: Ledger) -> None:
    filled(ledger, 3)
    ledger.rotate(who="admin")
    filled(ledger, 1)
    first, second, third, _, fourth = (row["who"] for row in ledger.rows())
    assert first == third
    assert len({first, second, fourth}) == 3
    assert ledger.verify().ok


def test_files_are_the_owners_alone(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger, 1)
    assert (tmp_path / "installation.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "records.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", ["wide", "gone", "text", "short"])
def test_a_key_that_cannot_be_used_is_one_clear_line(ledger: Ledger, tmp_path: Path, damage: str) -> None:
    filled(ledger, 1)
    key = tmp_path / "installation.key"
    held = json.loads(key.read_text(encoding="ascii"))["keys"][0]["secret"]
    if damage == "wide":
        key.chmod(0o644)
    elif damage == "gone":
        key.unlink()
    else:
        key.write_text("{" if damage == "text" else key.read_text(encoding="ascii").replace(held, held[:10]))
        key.chmod(0o600)
    with pytest.raises(RecordsFault) as caught:
        filled(ledger_in(tmp_path), 1)
    assert "金鑰檔" in str(caught.value)
    assert held[:10] not in repr(caught.value)
    assert len(list(tmp_path.glob("*.partial"))) == 0


def test_many_first_starts_make_one_key(tmp_path: Path) -> None:
    rings = [KeyRing(tmp_path / "installation.key") for _ in range(8)]
    threads = [threading.Thread(target=ring.make) for ring in rings]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.current.id for ring in rings}) == 1


def test_another_process_sees_a_rotation(tmp_path: Path) -> None:
    one, two = ledger_in(tmp_path), ledger_in(tmp_path)
    filled(one, 1)
    filled(two, 1)
    key = one.rotate(who="admin")
    filled(two, 1)
    assert [row["key_id"] for row in two.rows()][-1] == key


def test_a_rating_attaches_to_its_reply_before_and_after_rotation(ledger: Ledger) -> None:
    filled(ledger, 2)
    assert ledger.rate("r0", good=False, reason=Complaint.UNCLEAR, who="p0")
    ledger.rotate(who="admin")
    assert ledger.rate("r0", good=True, who="p0")
    assert ledger.rate("r1", good=False, reason=Complaint.WRONG_CLAUSE, who="p1")
    assert not ledger.rate("unknown", good=True)
    replies = [row["reply"] for row in ledger.rows() if row["type"] == "reply"]
    assert ledger.ratings() == {replies[0]: ("good", None), replies[1]: ("bad", "wrong_clause")}
    assert ledger.verify().ok


def test_acts_are_in_the_same_chain(ledger: Ledger) -> None:
    ledger.note(act="activate", who="admin", object="115-03-01", reason="新版生效")
    (row,) = ledger.rows()
    assert (row["type"], row["act"], row["object"], row["reason"]) == ("audit", "activate", "115-03-01", "新版生效")
    assert row["who"] != "admin"


def test_purging_empties_and_says_so(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger, 4)
    ledger.note(act="activate", who="admin")
    who = [row["who"] for row in ledger.rows()]
    assert ledger.purge(before=datetime.now(UTC) + timedelta(seconds=1), who="admin") == 4
    assert [row["type"] for row in ledger.rows()] == ["audit", "purge"]
    found = ledger.verify()
    assert (found.ok, found.rows, found.tombstones) == (True, 6, 4)
    held = b"".join(path.read_bytes() for path in tmp_path.glob("records.sqlite3*"))
    assert who[0].encode() not in held
    assert not ledger.rate("r0", good=True)
    assert ledger.purge(before=datetime.now(UTC) + timedelta(seconds=1)) == 0


def test_retention_works_by_itself(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = (datetime.now(UTC) - timedelta(days=31)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    with monkeypatch.context() as patched:
        patched.setattr("bot.records.ledger._stamped", lambda _: old)
        filled(ledger, 2)
    later = ledger_in(tmp_path, days=30)
    filled(later, 1)
    assert [row["type"] for row in later.rows()] == ["reply", "purge"]
    assert later.verify().ok


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM entries WHERE seq = 3", "missing"),
        ("UPDATE entries SET tier = 'low' WHERE seq = 3", "changed"),
        ("UPDATE entries SET time = '2020-01-01T00:00:00.000Z' WHERE seq = 3", "changed"),
        ("UPDATE entries SET seq = 99 WHERE seq = 6", "missing"),
        ("DELETE FROM entries WHERE seq > 4", "tail"),
        ("DELETE FROM head", "head"),
        ("UPDATE entries SET salt = NULL, purged = 6 WHERE seq = 3", "changed"),
        ("UPDATE entries SET key_id = 'ffffffff' WHERE seq = 2", "unknown_key"),
    ],
)
def test_what_was_done_to_the_database_is_found(ledger: Ledger, tmp_path: Path, statement: str, what: str) -> None:
    filled(ledger, 6)
    sql(tmp_path, statement)
    found = ledger.verify()
    assert what in {fault.what for fault in found.faults}


def test_a_restored_older_database_is_found_and_going_on_hides_nothing(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger, 3)
    with (
        closing(sqlite3.connect(tmp_path / "records.sqlite3")) as live,
        closing(sqlite3.connect(tmp_path / "b")) as old,
    ):
        live.backup(old)
    filled(ledger, 3)
    noted = ledger.verify()
    with (
        closing(sqlite3.connect(tmp_path / "b")) as old,
        closing(sqlite3.connect(tmp_path / "records.sqlite3")) as live,
    ):
        old.backup(live)
    again = ledger_in(tmp_path)
    assert {fault.what for fault in again.verify().faults} == {"tail"}
    filled(again, 9)
    assert "tail" in {fault.what for fault in again.verify().faults}
    assert again.verify(Mark(noted.seq, noted.hash)).count > again.verify().count


def test_a_chain_without_its_head_is_not_continued(ledger: Ledger, tmp_path: Path) -> None:
    filled(ledger, 2)
    sql(tmp_path, "DELETE FROM head")
    (path,) = tmp_path.glob("*.head")
    path.unlink()
    with pytest.raises(RecordsFault):
        filled(ledger_in(tmp_path), 1)


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://u:secret@h/d", "sqlite:////proc/none/r.sqlite3", "postgresql://u:secret@127.0.0.1:1/d"],
    ids=["no address", "other", "no folder", "no server"],
)
def test_a_database_that_cannot_be_used_is_one_clear_line(tmp_path: Path, url: str) -> None:
    with pytest.raises(RecordsFault) as caught:
        Ledger(url, tmp_path / "installation.key", 30).prepare()
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "records.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(RecordsFault):
        filled(ledger_in(tmp_path), 1)


def test_writing_is_quick(ledger: Ledger) -> None:
    filled(ledger, 3)
    spent = []
    for _ in range(60):
        started = time.perf_counter()
        filled(ledger, 1)
        spent.append((time.perf_counter() - started) * 1000)
    assert statistics.median(spent) < 5


def test_every_column_is_documented_and_no_other() -> None:
    document = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z_0-9]+)` \|", document, re.MULTILINE)
    assert named == [column.name for column in entries.c]
