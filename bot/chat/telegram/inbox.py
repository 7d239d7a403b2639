"""Updates that wait: one row each, its text sealed; and what was sent for each."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bot.chat.telegram.database import SENDS, UPDATES, Database
from bot.chat.telegram.sealing import Sealed, Sealer

JSON = dict[str, Any]
KEPT_SECONDS = 3 * 24 * 3600
"""How long the number of an answered update is remembered; Telegram repeats an update for at most 24 hours."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update to be answered, in the Bot API's form."""

    update_id: int
    chat_id: int
    raw: JSON = field(repr=False)
    received: float = 0.0
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Send:
    """One message of a reply: begun, or begun and known to have arrived (``message_id``)."""

    part: int
    message_id: int | None


class Inbox:
    """What was received and not yet confirmed, and what is known of the sends. Knows no words but sealed ones."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database, self._sealer = database, sealer

    async def receive(self, updates: Sequence[Waiting]) -> list[int]:
        """Puts all on disk in one transaction; the ids of those that were not known."""

        def work(connection: sa.Connection) -> list[int]:
            ids = [update.update_id for update in updates]
            known = set(
                connection.execute(sa.select(UPDATES.c.update_id).where(UPDATES.c.update_id.in_(ids))).scalars()
            )
            fresh = {update.update_id: update for update in updates if update.update_id not in known}
            if fresh:
                connection.execute(sa.insert(UPDATES), [self._row(update) for update in fresh.values()])
            return list(fresh)

        return await self._database.run(work)

    def _row(self, update: Waiting) -> JSON:
        sealed = self._sealer.seal(json.dumps(update.raw).encode(), str(update.update_id))
        return {
            "update_id": update.update_id,
            "chat_id": update.chat_id,
            "waiting": True,
            "body": sealed.body,
            "sealed_key": sealed.key,
            "received": update.received,
            "runs": 0,
        }

    async def open(self, update_id: int) -> Waiting | None:
        """The update, None where it is confirmed or unknown. ``SealBroken`` where it cannot be opened."""

        def work(connection: sa.Connection) -> sa.Row[Any] | None:
            found = connection.execute(sa.select(UPDATES).where(UPDATES.c.update_id == update_id)).one_or_none()
            if found is None or not found.waiting:
                return None
            connection.execute(
                sa.update(UPDATES).where(UPDATES.c.update_id == update_id).values(runs=UPDATES.c.runs + 1)
            )
            return found

        row = await self._database.run(work)
        if row is None:
            return None
        plain = self._sealer.open(Sealed(row.body, row.sealed_key), str(update_id))
        return Waiting(update_id, row.chat_id, json.loads(plain), row.received, row.runs)

    async def waiting(self) -> list[tuple[int, int]]:
        """(update, chat) of all that is not confirmed, oldest first."""

        def work(connection: sa.Connection) -> list[tuple[int, int]]:
            query = sa.select(UPDATES.c.update_id, UPDATES.c.chat_id).where(UPDATES.c.waiting)
            return [(row[0], row[1]) for row in connection.execute(query.order_by(UPDATES.c.update_id))]

        return await self._database.run(work)

    async def confirm(self, update_id: int) -> None:
        """Done: the text and its key are destroyed; the number stays for ``KEPT_SECONDS``."""
        blank = {"waiting": False, "body": None, "sealed_key": None}
        await self._database.run(
            lambda connection: connection.execute(
                sa.update(UPDATES).where(UPDATES.c.update_id == update_id).values(**blank)
            )
        )

    async def send_of(self, update_id: int, part: int) -> Send | None:
        """What is known of one send."""
        query = sa.select(SENDS.c.message_id).where(SENDS.c.update_id == update_id, SENDS.c.part == part)
        row = await self._database.run(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else Send(part, row[0])

    async def begin(self, update_id: int, part: int, chat_id: int, answers: int) -> None:
        """From now on the send may have arrived."""
        row = {"update_id": update_id, "part": part, "chat_id": chat_id, "answers": answers, "at": time.time()}
        await self._database.run(lambda connection: connection.execute(sa.insert(SENDS).values(**row, message_id=None)))

    async def arrived(self, update_id: int, part: int, message_id: int) -> None:
        """The send arrived, as that message."""
        change = sa.update(SENDS).where(SENDS.c.update_id == update_id, SENDS.c.part == part)
        await self._database.run(lambda connection: connection.execute(change.values(message_id=message_id)))

    async def known_messages(self, chat_id: int) -> set[int]:
        """The messages of a chat that are known to be ours."""
        query = sa.select(SENDS.c.message_id).where(SENDS.c.chat_id == chat_id, SENDS.c.message_id.is_not(None))
        return set(await self._database.run(lambda connection: connection.execute(query).scalars().all()))

    async def answers_to(self, chat_id: int, message_id: int) -> list[int]:
        """Our messages that answered a person's message, in order."""
        query = (
            sa.select(SENDS.c.message_id)
            .where(SENDS.c.chat_id == chat_id, SENDS.c.answers == message_id, SENDS.c.message_id.is_not(None))
            .order_by(SENDS.c.message_id)
        )
        return list(await self._database.run(lambda connection: connection.execute(query).scalars().all()))

    async def forget_old(self) -> None:
        """Drops what was confirmed long ago."""
        before = time.time() - KEPT_SECONDS

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(UPDATES).where(~UPDATES.c.waiting, UPDATES.c.received < before))
            connection.execute(sa.delete(SENDS).where(SENDS.c.at < before))

        await self._database.run(work)
