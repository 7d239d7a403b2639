"""The commands that everybody has, but for /ask and /triage."""

from __future__ import annotations

import time

from telegram import InputFile
from telegram.error import TelegramError

from bot.chat.telegram import wording
from bot.chat.telegram.office import Office, Turn
from bot.chat.telegram.rendering import Shown, escaped, sources
from bot.chat.telegram.sending import Undeliverable
from bot.chat.telegram.sessions import SESSION_SECONDS


class Commands:
    """One method a command."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def start(self, turn: Turn) -> None:
        """/start, with an invitation code or without."""
        office = self._office
        if turn.arguments and turn.role is None:
            member = await office.access.redeem(turn.arguments.strip(), turn.person)
            if member is None:
                await turn.say(wording.BAD_INVITATION)
                return
            turn.role = member.role
            await turn.audit("joined", object=member.role.value)
            await turn.say(wording.INVITED)
        title = office.manifest().title
        hello = wording.START.format(title=title, carried=wording.CARRIED)
        if turn.role is None:
            hello += "\n\n" + wording.STRANGER.format(user=turn.person)
        await turn.say(hello)

    async def help(self, turn: Turn) -> None:
        """/help."""
        lines = [f"/{name} {what}" for name, what in wording.COMMANDS.items()]
        if turn.role in {"administrator", "auditor"}:
            lines += [f"/{name} {what}" for name, what in wording.ADMIN_COMMANDS.items()]
        await turn.say(wording.HELP.format(bot=self._office.bot.username, commands="\n".join(lines)))

    async def privacy(self, turn: Turn) -> None:
        """/privacy."""
        await turn.say(wording.PRIVACY.format(carried=wording.CARRIED, minutes=SESSION_SECONDS // 60))

    async def edition(self, turn: Turn) -> None:
        """/edition."""
        manifest = self._office.manifest()
        await turn.say(
            wording.EDITION.format(
                title=manifest.title,
                number=manifest.number,
                date=manifest.spoken_date,
                issuer=manifest.issuer,
                id=manifest.id,
            )
        )

    async def checklist(self, turn: Turn) -> None:
        """/checklist."""
        await turn.say(wording.CHECKLIST_LATER)

    async def sources(self, turn: Turn) -> None:
        """/sources: the clauses of the last reply."""
        kept = self._office.sessions.last(turn.place)
        if kept is None or not (kept.reply.details or kept.reply.citations):
            await turn.say(wording.NO_SOURCES)
            return
        await turn.say(*(Shown(part) for part in sources(kept.reply)))

    async def export(self, turn: Turn) -> None:
        """/export: this conversation as a text file."""
        office = self._office
        found = [office.sessions.reply(reply) for reply in office.sessions.of(turn.place).replies]
        blocks = [
            f"問：{kept.asked}\n\n答：{kept.reply.text}\n\n{kept.reply.details}".strip() for kept in found if kept
        ]
        if not blocks:
            await turn.say(wording.NO_EXPORT)
            return
        content = "\n\n────────\n\n".join(blocks).encode()
        name = wording.EXPORT_NAME.format(date=time.strftime("%Y%m%d"))
        document = InputFile(content, name)
        try:
            await office.sender.insist(
                lambda: office.bot.send_document(
                    turn.chat, document, caption=wording.EXPORT_CAPTION, message_thread_id=turn.thread
                )
            )
        except TelegramError as exc:
            raise Undeliverable(type(exc).__name__) from exc

    async def cancel(self, turn: Turn) -> None:
        """/cancel: stops what runs and forgets the conversation."""
        session = self._office.sessions.of(turn.place)
        if session.cancel:
            session.cancel.set()
        self._office.sessions.forget(turn.place)
        await turn.say(wording.CANCELLED)

    async def unknown(self, turn: Turn) -> None:
        """A command that is not there; in groups it may be another bot's."""
        if turn.private:
            await turn.say(Shown(escaped(wording.UNKNOWN_COMMAND)))
