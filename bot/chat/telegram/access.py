"""Who may: settings, members kept here, groups, units, invitations, roles; and how often."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.chat.telegram.database import INVITATIONS, MEMBERS, SWITCHES, Database
from bot.chat.telegram.sessions import Expiring

LONGEST_INVITATION_HOURS = 720
PERSON_PER_MINUTE, GROUP_PER_MINUTE = 30, 60


class Role(StrEnum):
    """What somebody may do; an administrator may also do what users and editors do."""

    USER = "user"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Member:
    """A person or (negative id) a group on the list."""

    id: int
    role: Role
    unit: str = ""


class Access:
    """The list in memory, every change on disk first. Settings win over the list and cannot be changed here."""

    def __init__(self, database: Database, allow: tuple[str, ...], admins: tuple[int, ...], *, paused: bool) -> None:
        self._database = database
        self.anybody = "*" in allow
        self._allowed = frozenset(int(item) for item in allow if item.lstrip("-").isdigit())
        self._admins = frozenset(admins)
        self._members: dict[int, Member] = {}
        self.paused_by_settings = paused
        self._paused = False

    async def load(self) -> None:
        """Reads the list and the pause switch."""

        def work(connection: sa.Connection) -> tuple[list[Member], bool]:
            rows = connection.execute(sa.select(MEMBERS.c.id, MEMBERS.c.role, MEMBERS.c.unit)).all()
            switch = connection.execute(sa.select(SWITCHES.c.value).where(SWITCHES.c.name == "paused")).scalar()
            return [Member(row.id, Role(row.role), row.unit) for row in rows], switch == "1"

        members, self._paused = await self._database.run(work)
        self._members = {member.id: member for member in members}

    def role(self, person: int, chat: int | None = None) -> Role | None:
        """What a person may do in a chat; None for a stranger."""
        if person in self._admins:
            return Role.ADMINISTRATOR
        if member := self._members.get(person):
            return member.role
        if self.anybody or person in self._allowed:
            return Role.USER
        if chat is not None and chat < 0 and (chat in self._allowed or chat in self._members):
            return Role.USER
        return None

    def fixed(self, id_: int) -> bool:
        """Whether the settings name it."""
        return id_ in self._admins or id_ in self._allowed

    @property
    def members(self) -> list[Member]:
        """The list, by unit and number."""
        return sorted(self._members.values(), key=lambda member: (member.unit, member.id))

    @property
    def paused(self) -> bool:
        """Whether only administration is answered."""
        return self.paused_by_settings or self._paused

    async def pause(self, paused: bool) -> None:
        """Pauses or resumes, also after a restart."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(SWITCHES).where(SWITCHES.c.name == "paused"))
            connection.execute(sa.insert(SWITCHES).values(name="paused", value="1" if paused else "0"))

        await self._database.run(work)
        self._paused = paused

    async def allow(self, member: Member) -> None:
        """Puts somebody on the list, or changes the role."""

        def work(connection: sa.Connection) -> None:
            connection.execute(sa.delete(MEMBERS).where(MEMBERS.c.id == member.id))
            row = {"id": member.id, "role": member.role.value, "unit": member.unit, "at": time.time()}
            connection.execute(sa.insert(MEMBERS).values(**row))

        await self._database.run(work)
        self._members[member.id] = member

    async def remove(self, what: str) -> int:
        """Takes a number, or all of a unit, off the list; how many."""
        gone = [m.id for m in self._members.values() if str(m.id) == what or (m.unit and m.unit == what)]
        await self._database.run(lambda c: c.execute(sa.delete(MEMBERS).where(MEMBERS.c.id.in_(gone))))
        for number in gone:
            del self._members[number]
        return len(gone)

    async def invite(self, role: Role, unit: str, hours: int) -> str:
        """A code for one person, valid for some hours; only its hash is kept."""
        code = secrets.token_urlsafe(9)
        row = {"digest": _digest(code), "role": role.value, "unit": unit, "expires": time.time() + hours * 3600}
        await self._database.run(lambda connection: connection.execute(sa.insert(INVITATIONS).values(**row)))
        return code

    async def redeem(self, code: str, person: int) -> Member | None:
        """Uses a code up; None where it is wrong, used or expired."""

        def work(connection: sa.Connection) -> Any:
            mine = INVITATIONS.c.digest == _digest(code)
            columns = sa.select(INVITATIONS.c.role, INVITATIONS.c.unit, INVITATIONS.c.expires)
            row = connection.execute(columns.where(mine)).one_or_none()
            connection.execute(sa.delete(INVITATIONS).where(sa.or_(mine, INVITATIONS.c.expires < time.time())))
            return row

        row = await self._database.run(work)
        if row is None or row.expires < time.time():
            return None
        member = Member(person, Role(row.role), row.unit)
        await self.allow(member)
        return member


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


class Rates:
    """So many questions a minute for a person and for a group; the bucket fills evenly."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: Expiring[int, tuple[float, float]] = Expiring(300, 20_000, clock)

    def wait(self, id_: int, per_minute: int) -> int:
        """Seconds to wait, 0 where the question is let through and counted."""
        now = self._clock()
        tokens, at = self._buckets.get(id_) or (float(per_minute), now)
        tokens = min(float(per_minute), tokens + max(0.0, now - at) * per_minute / 60)
        if tokens >= 1:
            self._buckets.put(id_, (tokens - 1, now))
            return 0
        self._buckets.put(id_, (tokens, now))
        return max(1, round((1 - tokens) * 60 / per_minute + 0.5))
