"""Commands of administrators and auditors; every act leaves a row in the audit log.

A further group of commands (editions, say) is a class like this one and a line in ``application.register``.
"""

from __future__ import annotations

from bot.chat.telegram import wording
from bot.chat.telegram.access import LONGEST_INVITATION_HOURS, Member, Role
from bot.chat.telegram.office import Office, Turn

_ROLES = {**{role.value: role for role in Role}, **{wording.ROLES[role.value]: role for role in Role}}
_HOURS = 72


class Administering:
    """One method a command."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def status(self, turn: Turn) -> None:
        """/status."""
        office = self._office
        sessions, _ = office.sessions.sizes()
        await turn.say(
            wording.STATUS.format(
                state="暫停中" if office.access.paused else "服務中",
                lookup=office.desk.lookup.waiting,
                model=office.desk.model.waiting,
                unconfirmed=len(await office.inbox.waiting()) - 1,
                sessions=sessions,
                edition=office.manifest().id,
            )
        )

    async def pause(self, turn: Turn) -> None:
        """/pause."""
        await turn.audit("pause", object="on")
        await self._office.access.pause(True)
        await turn.say(wording.PAUSED_NOW)

    async def resume(self, turn: Turn) -> None:
        """/resume."""
        await turn.audit("pause", object="off")
        await self._office.access.pause(False)
        await turn.say(wording.STILL_PAUSED if self._office.access.paused else wording.RESUMED_NOW)

    async def members(self, turn: Turn) -> None:
        """/members: the list that is kept here."""
        lines = [f"{m.id} {wording.ROLES[m.role]} {m.unit}".strip() for m in self._office.access.members]
        await turn.audit("members", object=str(len(lines)))
        await turn.say("\n".join(lines[:200]) or wording.NO_MEMBERS)

    async def allow(self, turn: Turn) -> None:
        """/allow ID [role] [unit]."""
        words = turn.arguments.split()
        role, unit, rest = _role_unit(words[1:])
        if not words or not words[0].lstrip("-").isdigit() or rest:
            await turn.say(wording.USAGE_ALLOW)
            return
        member = Member(int(words[0]), role, unit)
        if self._office.access.fixed(member.id):
            await turn.say(wording.FIXED_IN_SETTINGS.format(id=member.id))
            return
        await turn.audit("allow", object=f"{self._named(member.id)} {role.value}")
        await self._office.access.allow(member)
        named = wording.ROLES[role]
        await turn.say(wording.ALLOWED.format(id=member.id, role=named, unit=f"，{unit}" if unit else ""))

    async def remove(self, turn: Turn) -> None:
        """/remove ID or unit."""
        what = turn.arguments.strip()
        if not what:
            await turn.say(wording.USAGE_REMOVE)
            return
        if what.lstrip("-").isdigit() and self._office.access.fixed(int(what)):
            await turn.say(wording.FIXED_IN_SETTINGS.format(id=what))
            return
        named = self._named(int(what)) if what.lstrip("-").isdigit() else "unit"
        await turn.audit("remove", object=named)
        await turn.say(wording.REMOVED.format(count=await self._office.access.remove(what)))

    async def invite(self, turn: Turn) -> None:
        """/invite [role] [unit] [hours]; in a private chat only, because a code is a key."""
        role, unit, rest = _role_unit(turn.arguments.split())
        hours = int(rest[0]) if rest and rest[0].isdigit() else _HOURS
        if (
            not turn.private
            or len(rest) > 1
            or (rest and not rest[0].isdigit())
            or not 1 <= hours <= LONGEST_INVITATION_HOURS
        ):
            await turn.say(wording.USAGE_INVITE)
            return
        await turn.audit("invite", object=f"{role.value} {hours} h")
        code = await self._office.access.invite(role, unit, hours)
        named = wording.ROLES[role]
        await turn.say(wording.INVITATION.format(role=named, unit=f"，{unit}" if unit else "", hours=hours, code=code))

    def _named(self, id_: int) -> str:
        return self._office.key.pseudonym(id_)


def _role_unit(words: list[str]) -> tuple[Role, str, list[str]]:
    """Role (user where none is named), unit, and the words that are left."""
    role = Role.USER
    if words and words[0] in _ROLES:
        role, words = _ROLES[words[0]], words[1:]
    unit = ""
    if words and not words[0].isdigit():
        unit, words = words[0][:64], words[1:]
    return role, unit, words
