"""The ledger on SQLite and on PostgreSQL: migrations, several writers, tampering."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from bot.domain import Complaint
from bot.records import database
from bot.records.database import Database, upgrade
from bot.records.ledger import Ledger
from bot.records.schema import HEAD, metadata
from tests.conftest import ROOT
from tests.unit.records.conftest import filled

WRITER = """
import sys, threading
from pathlib import Path
from bot.records.ledger import Ledger
from tests.unit.records.conftest import filled
ledger = Ledger(sys.argv[1], Path(sys.argv[2]), 365)
threads = [threading.Thread(target=filled, args=(ledger, 10)) for _ in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def open_ledger(url: str, folder: Path) -> Ledger:
    return Ledger(url, folder / "installation.key", 365)


def run(url: str, statement: str) -> None:
    engine = create_engine(Database(url).url)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount != 0
    engine.dispose()


def test_a_whole_life(database_url: str, tmp_path: Path) -> None:
    ledger = open_ledger(database_url, tmp_path)
    filled(ledger, 4)
    assert ledger.rate("r2", good=False, reason=Complaint.UNANSWERED, who="p")
    ledger.note(act="activate", who="admin", object="115-03-01", reason="新版")
    ledger.rotate(who="admin")
    filled(ledger, 1)
    assert len(list(ledger.rows())) == 8
    assert len(list(ledger.rows(start=datetime.now(UTC) + timedelta(days=1)))) == 0
    assert ledger.purge(before=datetime.now(UTC) + timedelta(seconds=1), who="admin") == 6
    found = open_ledger(database_url, tmp_path).verify()
    assert (found.ok, found.rows, found.tombstones) == (True, 9, 6)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM entries WHERE seq = 2", "missing"),
        ("UPDATE entries SET kind = 'answered' WHERE seq = 2", "changed"),
        ("DELETE FROM entries WHERE seq > 2", "tail"),
    ],
)
def test_tampering_is_found(database_url: str, tmp_path: Path, statement: str, what: str) -> None:
    ledger = open_ledger(database_url, tmp_path)
    filled(ledger, 4)
    run(database_url, statement)
    assert what in {fault.what for fault in ledger.verify().faults}


def test_processes_and_threads_write_one_chain(database_url: str, tmp_path: Path) -> None:
    """From the very first start: who makes key and tables is decided among them."""
    command = [sys.executable, "-c", WRITER, database_url, str(tmp_path / "installation.key")]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    writers = [subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE) for _ in range(4)]
    told = [writer.communicate(timeout=200)[1].decode() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 4, told
    assert not any(told), told
    found = open_ledger(database_url, tmp_path).verify()
    assert (found.ok, found.rows) == (True, 120)


def test_a_killed_writer_leaves_a_sound_chain(database_url: str, tmp_path: Path) -> None:
    ledger = open_ledger(database_url, tmp_path)
    filled(ledger, 1)
    endless = WRITER.replace("(ledger, 10)", "(ledger, 100000)")
    command = [sys.executable, "-c", endless, database_url, str(tmp_path / "installation.key")]
    writer = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    while ledger.verify().rows < 20:
        assert writer.poll() is None
    writer.kill()
    writer.wait(30)
    filled(ledger, 1)
    assert ledger.verify().ok


def test_an_older_database_is_brought_up_to_date_with_its_rows(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Database(database_url)
    with monkeypatch.context() as patched:
        patched.setattr(database, "HEAD", "0001")
        with old.reading() as connection:
            assert "act" not in {column["name"] for column in inspect(connection).get_columns("entries")}
    filled(open_ledger(database_url, tmp_path), 2)
    assert open_ledger(database_url, tmp_path).verify().ok


def test_the_scripts_make_what_the_schema_says(database_url: str) -> None:
    with Database(database_url).reading() as connection:
        found = inspect(connection)
        for name, table in metadata.tables.items():
            assert {column["name"] for column in found.get_columns(name)} == {column.name for column in table.c}
            indexes = {str(index["name"]) for index in found.get_indexes(name)}
            assert {str(index.name) for index in table.indexes} <= indexes


def test_the_newest_script_is_the_one_named() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_rows_of_the_first_tables_stay_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain begun before the columns of acts were there."""
    url = f"sqlite:///{tmp_path / 'records.sqlite3'}"
    ledger = open_ledger(url, tmp_path)
    filled(ledger, 2)
    with Database(url).writing() as connection:
        for statement in (
            "DROP INDEX entries_reply",
            "ALTER TABLE entries DROP COLUMN act",
            "ALTER TABLE entries DROP COLUMN object",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            connection.execute(text(statement))
    again = open_ledger(url, tmp_path)
    again.note(act="activate", who="admin")
    found = again.verify()
    assert (found.ok, found.rows) == (True, 3)


def test_upgrading_twice_changes_nothing(database_url: str) -> None:
    with Database(database_url).writing() as connection:
        upgrade(connection, HEAD)
