"""Replies, ratings and acts written into one chain. Fits ``Recorder``, ``Feedback`` and ``AuditLog``."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.domain import Complaint, Reply
from bot.errors import RecordsFault
from bot.records.chain import GAP, PURGE, START, Mark, Verification, digest, examine, is_sound, link, mark_of
from bot.records.database import Database
from bot.records.keys import Key, KeyRing
from bot.records.schema import entries, head
from bot.records.witness import Witness

log = logging.getLogger(__name__)
_CHECKED_EVERY_SECONDS = 3_600.0
_KEPT = (PURGE, GAP, "rotate", "audit")
"""Types of rows that retention leaves: acts of administrators, with pseudonyms only."""
_COLUMNS = tuple(column.name for column in entries.c)
RETENTION = "retention"
"""Who purges where nobody asked for it."""


class Ledger:
    """One chain in one database. Safe across threads and processes.

    Every method raises ``RecordsFault`` where database or key cannot be used: what is not recorded must not happen.
    """

    def __init__(self, url: str, key_path: Path, retention_days: int) -> None:
        self._database = Database(url)
        self._keys = KeyRing(key_path)
        self._witness = Witness(key_path, self._database.url.render_as_string(hide_password=True))
        self._days = retention_days
        self._next_check = 0.0
        self._checking = threading.Lock()

    def prepare(self) -> None:
        """Opens the database and brings its tables up to date, so that no reply waits for it."""
        with self._database.reading() as connection:
            if _head(connection) is not None:
                _ = self._keys.current

    def keep(self, reply: Reply, *, channel: str, who: str, prompt_sha256: str | None) -> None:
        """One row for one reply; see ``Recorder``. Also purges, about once an hour, what has become too old."""
        stamp, spent = reply.model, reply.timings_ms
        self._append(
            "reply",
            who=who,
            reply_id=reply.id,
            channel=channel,
            kind=reply.kind.value,
            verdict=reply.verdict.value if reply.verdict else None,
            tier=reply.tier.value if reply.tier else None,
            locations=_listed(citation.location for citation in reply.citations),
            guards=_listed(f"{mark.name}:{mark.outcome.value}" for mark in reply.guards),
            refusal=reply.refusal.value if reply.refusal else None,
            entities=_listed(sorted({entity.type for entity in reply.entities})),
            model_vendor=stamp.vendor if stamp else None,
            model_name=stamp.name if stamp else None,
            model_version=stamp.version if stamp else None,
            edition=reply.edition,
            prompt_sha256=prompt_sha256,
            total_ms=round(spent.total),
            retrieve_ms=round(spent.retrieve),
            first_token_ms=round(spent.first_token),
            generate_ms=round(spent.generate),
            guard_ms=round(spent.guard),
        )
        self._purge_in_time()

    def rate(self, reply_id: str, *, good: bool, reason: Complaint | None = None, who: str = "") -> bool:
        """See ``Feedback``."""
        known = self._pseudonyms(reply_id)
        with self._database.reading() as connection:
            found = connection.execute(
                select(entries.c.reply)
                .where(entries.c.type == "reply", entries.c.reply.in_(known))
                .order_by(entries.c.seq.desc())
                .limit(1)
            ).scalar()
        if found is None:
            return False
        code = Complaint(reason).value if reason is not None else None
        self._append("feedback", who=who, reply=found, rating="good" if good else "bad", reason=code)
        return True

    def note(self, *, act: str, who: str, object: str = "", reason: str = "") -> None:
        """See ``AuditLog``."""
        self._append("audit", who=who, act=act, object=object or None, reason=reason or None)

    def rotate(self, *, who: str) -> str:
        """A new key from now on, and a row that says so; gives the new key's id."""
        key = self._keys.rotate()
        self._append("rotate", who=who, act="rotate", object=key.id)
        return key.id

    def purge(self, *, before: datetime | None = None, who: str = RETENTION) -> int:
        """Empties replies and ratings older than ``before`` (default: by retention); gives how many.

        The rows' hashes stay, and one row says who deleted how many, up to when; nothing is
        written where nothing is old.
        """
        limit = _stamped(before or datetime.now(UTC) - timedelta(days=self._days))
        old = (entries.c.time < limit, entries.c.type.not_in(_KEPT))
        with self._database.writing() as connection:
            rows = connection.execute(select(entries).where(*old)).mappings()
            sound = [is_sound(row) for row in _plain(rows)]
            if not sound:
                return 0
            told = json.dumps({"before": limit, "rows": len(sound), "unsound": sound.count(False)})
            mark = self._add(connection, PURGE, who=who, act=PURGE, object=told)
            emptied = dict.fromkeys(_contents())
            connection.execute(update(entries).where(*old).values(**emptied, purged=mark.seq))
        self._witness.keep(mark)
        self._database.scrub()
        return len(sound)

    def verify(self, expected: Mark | None = None) -> Verification:
        """Examines the whole chain, with the mark beside the key and, where given, one noted elsewhere."""
        noted = [mark for mark in (self._witness.read(), expected) if mark is not None]
        with self._database.reading() as connection:
            rows = connection.execute(
                select(entries).order_by(entries.c.seq).execution_options(yield_per=1_000)
            ).mappings()
            return examine(_plain(rows), self._known_keys(connection), _head(connection), noted)

    def rows(self, start: datetime | None = None, end: datetime | None = None) -> Iterator[dict[str, Any]]:
        """Every row that is not purged, oldest first, from ``start`` to before ``end``."""
        query = select(entries).where(entries.c.purged.is_(None)).order_by(entries.c.seq)
        if start is not None:
            query = query.where(entries.c.time >= _stamped(start))
        if end is not None:
            query = query.where(entries.c.time < _stamped(end))
        with self._database.reading() as connection:
            yield from _plain(connection.execute(query.execution_options(yield_per=1_000)).mappings())

    def ratings(self) -> Mapping[str, tuple[str, str | None]]:
        """Pseudonym of a reply -> its latest rating and reason."""
        query = select(entries.c.reply, entries.c.rating, entries.c.reason).where(entries.c.type == "feedback")
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(entries.c.seq)).all()
        return {reply: (rating, reason) for reply, rating, reason in found}

    def _append(self, type_: str, *, who: str, **columns: Any) -> None:
        with self._database.writing() as connection:
            mark = self._add(connection, type_, who=who, **columns)
        self._witness.keep(mark)

    def _add(self, connection: Connection, type_: str, *, who: str, **columns: Any) -> Mark:
        """Hangs one row on the chain, inside a writer's transaction."""
        last = _head(connection)
        noted = self._witness.read()
        if noted and type_ != GAP and (last is None or noted.seq > last.seq or _differ(noted, last)):
            last = self._add(connection, GAP, who="", act=GAP, object=f"{noted.seq}:{noted.hash}")
        if last is None and connection.execute(select(func.count()).select_from(entries)).scalar():
            raise RecordsFault("使用紀錄的鏈頭不見了；請執行 zhiyin records verify 查看，並由備份還原")
        if last is None:
            self._keys.make()
        key = self._keys.current
        seq, previous = (last.seq + 1, last.hash) if last else (1, START)
        row: dict[str, Any] = dict.fromkeys(_COLUMNS) | columns_of(key, type_, who, columns)
        row |= {"seq": seq, "salt": secrets.token_hex(16), "previous": previous}
        row["digest"] = digest(row)
        row["hash"] = link(key, seq, previous, row["digest"])
        connection.execute(insert(entries).values(**row))
        mark = mark_of(key, seq, row["hash"])
        values = {"seq": seq, "hash": mark.hash, "key_id": mark.key_id, "mac": mark.mac}
        connection.execute(update(head).values(**values) if last else insert(head).values(id=1, **values))
        return mark

    def _pseudonyms(self, reply_id: str) -> list[str]:
        """What a reply is called under every key there has been."""
        if not self._keys.exists():
            return []
        return [key.pseudonym("reply", reply_id) for key in self._keys.by_id().values()]

    def _known_keys(self, connection: Connection) -> Mapping[str, Key]:
        if not self._keys.exists() and _head(connection) is None:
            return {}
        return self._keys.by_id()

    def _purge_in_time(self) -> None:
        """Retention must not wait for somebody to think of it, nor keep a reply from the person."""
        if time.monotonic() < self._next_check or not self._checking.acquire(blocking=False):
            return
        try:
            self._next_check = time.monotonic() + _CHECKED_EVERY_SECONDS
            self.purge()
        except RecordsFault as exc:
            log.error("retention not carried out error=%s", type(exc.__cause__ or exc).__name__)
        finally:
            self._checking.release()


def columns_of(key: Key, type_: str, who: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """A row's contents as they are kept: people and ids of replies as pseudonyms, empty things left out."""
    kept = {name: value for name, value in columns.items() if name != "reply_id"}
    if "reply_id" in columns:
        kept["reply"] = key.pseudonym("reply", columns["reply_id"])
    now = _stamped(datetime.now(UTC))
    return kept | {"time": now, "type": type_, "key_id": key.id, "who": key.pseudonym("person", who) or None}


def _contents() -> list[str]:
    frame = {"seq", "key_id", "digest", "previous", "hash", "purged"}
    return [name for name in _COLUMNS if name not in frame]


def _head(connection: Connection) -> Mark | None:
    found = connection.execute(select(head.c.seq, head.c.hash, head.c.key_id, head.c.mac)).first()
    return Mark(*found) if found else None


def _differ(noted: Mark, last: Mark) -> bool:
    return noted.seq == last.seq and noted.hash != last.hash


def _plain(rows: Any) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield dict(row)


def _stamped(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _listed(names: Any) -> str | None:
    found = list(names)
    return json.dumps(found, ensure_ascii=False) if found else None
