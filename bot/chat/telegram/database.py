"""The chat's database: tables, opening, and one thread for its work, so that the event loop never waits for a disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import SettingsError, StateError

Found = TypeVar("Found")

METADATA = sa.MetaData()
UPDATES = sa.Table(
    "telegram_updates",
    METADATA,
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("waiting", sa.Boolean, nullable=False, index=True),
    sa.Column("body", sa.LargeBinary),
    sa.Column("sealed_key", sa.LargeBinary),
    sa.Column("received", sa.Float, nullable=False),
    sa.Column("runs", sa.Integer, nullable=False, default=0),
)
SENDS = sa.Table(
    "telegram_sends",
    METADATA,
    sa.Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("answers", sa.BigInteger, nullable=False),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("at", sa.Float, nullable=False),
)
MEMBERS = sa.Table(
    "telegram_members",
    METADATA,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("unit", sa.String(64), nullable=False, default=""),
    sa.Column("at", sa.Float, nullable=False),
)
INVITATIONS = sa.Table(
    "telegram_invitations",
    METADATA,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("unit", sa.String(64), nullable=False, default=""),
    sa.Column("expires", sa.Float, nullable=False),
)
SWITCHES = sa.Table(
    "telegram_switches",
    METADATA,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)


class Database:
    """One connection pool and one thread; ``run`` is the only way in from the event loop."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="telegram-database")

    async def run(self, work: Callable[[sa.Connection], Found]) -> Found:
        """``work`` in a transaction; ``StateError`` where the database cannot do it (full disk, gone, damaged)."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.run_now, work)

    def run_now(self, work: Callable[[sa.Connection], Found]) -> Found:
        """The same, waiting for it."""
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except DBAPIError as exc:
            raise StateError(
                f"資料庫暫時無法寫入（{type(exc.orig).__name__}：{_reason(exc)}）；恢復後會自動接續"
            ) from exc

    def close(self) -> None:
        """Ends the thread and the connections."""
        self._thread.shutdown(wait=True)
        self.engine.dispose()


def _reason(exc: DBAPIError) -> str:
    """The driver's own line; it names files and conditions, never values."""
    return str(exc.orig).splitlines()[0][:120]


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite address, None for another database."""
    parsed = sa.make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def set_aside_if_damaged(path: Path) -> Path | None:
    """Where a damaged file was moved to; None where it is sound or not there."""
    if not path.exists():
        return None
    engine = sa.create_engine(f"sqlite:///{path}")
    try:
        with engine.connect() as connection:
            sound = connection.execute(sa.text("PRAGMA quick_check(1)")).scalar() == "ok"
    except DBAPIError as exc:
        if "disk is full" in str(exc.orig) or "locked" in str(exc.orig):
            return None
        sound = False
    finally:
        engine.dispose()
    if sound:
        return None
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    path.rename(aside)
    for tail in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + tail).unlink(missing_ok=True)
    return aside


def open_database(url: str) -> Database:
    """The database with its tables; ``StateError`` or ``SettingsError`` where there is none to be had."""
    try:
        engine = sa.create_engine(url, pool_pre_ping=True)
    except (SQLAlchemyError, ImportError) as exc:
        raise SettingsError("ZHIYIN_DATABASE_URL 的格式不對；例如 postgresql+psycopg://名稱@主機/資料庫") from exc
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _pragmas)
    try:
        METADATA.create_all(engine)
    except DBAPIError as exc:
        raise StateError(f"無法開啟資料庫（{_reason(exc)}）；請檢查 ZHIYIN_DATABASE_URL 與磁碟空間") from exc
    return Database(engine)


def _pragmas(connection: Any, _: object) -> None:
    # secure_delete: what is deleted is overwritten with zeros, so a destroyed key does not stay in a free page.
    # A rollback journal, not a write-ahead log, which would keep old pages. FULL: on disk before Telegram is told.
    for line in ("secure_delete=ON", "journal_mode=TRUNCATE", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {line}")
