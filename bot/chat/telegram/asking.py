"""Questions and descriptions: from a message to the reply in the chat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from telegram.error import TelegramError

from bot.chat.telegram import wording
from bot.chat.telegram.desk import Busy, Question
from bot.chat.telegram.office import Office, Turn
from bot.chat.telegram.rendering import Shown, escaped, keyboard, marked, pieces
from bot.chat.telegram.sessions import Kept
from bot.chat.telegram.streaming import GroupStream, Stream
from bot.domain import Kind, Message, Mode, Refusal, Reply


class Asking:
    """Handles everything that gets a reply from the assistant."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def text(self, turn: Turn) -> None:
        """A plain message: a question, or what a command before it asked for."""
        session = self._office.sessions.of(turn.place)
        mode, session.expects = session.expects or Mode.AUTO, None
        await self.answer(turn, self._without_mention(turn.text), mode)

    async def ask(self, turn: Turn) -> None:
        """/ask."""
        await self._command(turn, Mode.ASK, wording.ASK_WHAT)

    async def triage(self, turn: Turn) -> None:
        """/triage."""
        await self._command(turn, Mode.TRIAGE, wording.TRIAGE_WHAT)

    async def _command(self, turn: Turn, mode: Mode, otherwise: str) -> None:
        if turn.arguments:
            await self.answer(turn, turn.arguments, mode)
            return
        self._office.sessions.of(turn.place).expects = mode
        await turn.say(otherwise)

    def _without_mention(self, text: str) -> str:
        name = f"@{self._office.bot.username}"
        at = text.lower().find(name.lower())
        return text if at < 0 else (text[:at] + text[at + len(name) :]).strip()

    async def answer(
        self,
        turn: Turn,
        text: str,
        mode: Mode,
        *,
        facts: Mapping[str, bool | None] | None = None,
        earlier: tuple[str, ...] | None = None,
    ) -> None:
        """Asks the assistant and shows its reply; a question that was edited is answered in place."""
        office = self._office
        session = office.sessions.of(turn.place)
        before = tuple(session.texts) if earlier is None else earlier
        message = Message(text, f"t{turn.update_id:x}", before)
        replaced = await office.inbox.answers_to(turn.chat, turn.message_id) if turn.edited else []
        stream = office.streams.of(turn.target, turn.update_id, again=bool(replaced))
        cancel = session.cancel = asyncio.Event()
        stream.start()
        office.metrics.acknowledged.observe(time.monotonic() - turn.received)
        try:
            question = Question(message, mode, turn.person, turn.who, facts or {})
            reply = await office.desk.reply(question, stream, cancel)
        except Busy:
            await stream.close()
            office.metrics.turned_away("full")
            await turn.say(wording.FULL)
            return
        finally:
            await stream.close()
            session.cancel = None
        if reply is None:
            await turn.say(wording.CANCELLED_QUESTION)
            return
        await self._deliver(turn, stream, reply, replaced)
        self._measure(turn, stream, reply)
        if reply.kind not in {Kind.REFUSED, Kind.ERROR} and not cancel.is_set():
            session.remember(text, reply.id)
            office.sessions.keep(Kept(reply, text, turn.place, before, dict(facts or {})))

    async def _deliver(self, turn: Turn, stream: Stream, reply: Reply, replaced: list[int]) -> None:
        text = reply.text
        if reply.refusal is Refusal.PERSONAL_DATA:
            text += "\n" + await self._removal(turn)
        buttons = keyboard(reply, self._office.buttons, turn.chat)
        parts = pieces(text)
        shown = [Shown(marked(part, lead=at == 0)) for at, part in enumerate(parts)]
        shown[-1] = Shown(shown[-1].html, buttons)
        number = await self._first_place(turn, stream, shown[0], replaced)
        if number is None or not await self._office.sender.edit(turn.chat, number, shown[0]):
            await turn.say(shown[0])
        else:
            turn.skip()
        await turn.say(*shown[1:])
        for old in replaced[1:]:
            await self._delete(turn.chat, old)

    async def _first_place(self, turn: Turn, stream: Stream, shown: Shown, replaced: list[int]) -> int | None:
        """A message of ours that the reply is to take over: an earlier answer, or what a group saw grow."""
        if replaced:
            return replaced[0]
        if not isinstance(stream, GroupStream):
            return None
        if stream.message is not None:
            return stream.message
        begun = await self._office.inbox.send_of(turn.update_id, 0)
        return await self._office.sender.once(turn.update_id, 0, turn.target, shown) if begun else None

    async def _removal(self, turn: Turn) -> str:
        """Deletes a message with personal data from a group where the bot may; what to say of it."""
        if turn.private:
            return wording.PLEASE_DELETE_PRIVATE
        return wording.DELETED if await self._delete(turn.chat, turn.message_id) else wording.PLEASE_DELETE

    async def _delete(self, chat: int, number: int) -> bool:
        try:
            return await self._office.sender.insist(lambda: self._office.bot.delete_message(chat, number))
        except TelegramError:
            return False

    def _measure(self, turn: Turn, stream: Stream, reply: Reply) -> None:
        metrics = self._office.metrics
        now = time.monotonic()
        metrics.replied(reply)
        metrics.answered.observe(now - turn.received)
        if reply.kind in {Kind.ANSWER, Kind.TRIAGE}:
            metrics.official.observe((stream.shown_at or now) - turn.received)

    async def media(self, turn: Turn) -> None:
        """Photos, voice, documents, stickers: what the bot can read."""
        message = turn.update.effective_message
        kind = next((name for name in wording.MEDIA if message and getattr(message, name, None)), "")
        named = f"{wording.MEDIA[kind]}" if kind else "這種訊息"
        await turn.say(Shown(escaped(wording.TEXT_ONLY.format(kind=named))))
