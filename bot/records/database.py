"""SQLite or PostgreSQL behind one door: writers one after another, readers on a snapshot, tables brought up to date."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.errors import RecordsFault
from bot.records.schema import HEAD

_LOCK = 7_207_113_909
"""Of PostgreSQL's advisory locks: the one who holds it writes."""
_PATIENCE_SECONDS = 10
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Opens at first use; every error of driver or file comes out as ``RecordsFault``. Safe across threads."""

    def __init__(self, url: str) -> None:
        try:
            self.url = _with_driver(make_url(url))
        except (ArgumentError, ValueError) as exc:
            raise RecordsFault("ZHIYIN_DATABASE_URL 不是正確的資料庫位址（值不顯示）") from exc
        if self.url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise RecordsFault("ZHIYIN_DATABASE_URL 只支援 sqlite 與 postgresql")

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file here."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer of this database, in any process, overlaps."""
        with (
            _translated(self.url),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            if not self.is_sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one moment of the database."""
        with _translated(self.url), self._engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def scrub(self) -> None:
        """Takes purged contents out of SQLite's side file (the database itself overwrites what it deletes)."""
        if self.is_sqlite:
            with _translated(self.url):
                raw = self._engine.raw_connection()
                try:
                    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
                finally:
                    raw.close()

    @cached_property
    def _engine(self) -> Engine:
        waiting: dict[str, Any] = {"timeout": _PATIENCE_SECONDS} if self.is_sqlite else {"connect_timeout": 5}
        with _translated(self.url):
            if self.is_sqlite:
                _make_private(self.url.database)
            engine = create_engine(
                self.url, connect_args=waiting, pool_pre_ping=not self.is_sqlite, hide_parameters=True
            )
            if self.is_sqlite:
                event.listen(engine, "connect", _prepare_sqlite)
                event.listen(engine, "begin", _begin_sqlite)
            _bring_up_to_date(engine, self.is_sqlite)
        return engine


def _with_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in {"postgres", "postgresql"} else url


@contextmanager
def _translated(url: URL) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, OSError) as exc:
        where = url.database if url.get_backend_name() == "sqlite" else f"{url.host or '本機'} 的 {url.database}"
        kind = type(getattr(exc, "orig", None) or exc).__name__
        raise RecordsFault(f"使用紀錄的資料庫（{where}）無法使用：{kind}；請檢查連線、權限與磁碟空間") from exc


def _make_private(name: str | None) -> None:
    """The file with mode 600 from its beginning; SQLite gives its side files the same."""
    if name and name != ":memory:":
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(name, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _: object) -> None:
    """A killed process loses nothing, what is deleted is overwritten, and transactions begin where we say."""
    connection.isolation_level = None
    cursor = connection.cursor()
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except connection.OperationalError:  # SQLite does not wait here by itself
            if time.monotonic() > give_up:
                raise
            time.sleep(0.02)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(engine: Engine, is_sqlite: bool) -> None:
    """Runs the missing migrations in one transaction, one process at a time."""
    with engine.connect() as connection, connection.begin():
        if _version(connection) == HEAD:
            return
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if not is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        version = _version(connection)
        if version != HEAD:
            if version is not None and version > HEAD:
                raise RecordsFault("使用紀錄的資料庫比這個程式新；請更新 zhiyin")
            upgrade(connection, HEAD)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(connection: Connection, revision: str) -> None:
    """Brings the tables to ``revision`` inside the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
