"""Pressed buttons."""

from __future__ import annotations

import asyncio

from telegram import InlineKeyboardMarkup
from telegram.error import TelegramError

from bot.chat.telegram import wording
from bot.chat.telegram.asking import Asking
from bot.chat.telegram.callbacks import Act, Press
from bot.chat.telegram.office import Office, Turn
from bot.chat.telegram.rendering import Shown, choices, keyboard, reason_keyboard, sources
from bot.chat.telegram.sessions import Kept
from bot.domain import Complaint, Mode


class Pressing:
    """One method a button."""

    def __init__(self, office: Office, asking: Asking) -> None:
        self._office, self._asking = office, asking
        self._acts = {
            Act.SOURCES: self._sources,
            Act.TRIAGE: self._triage,
            Act.WHY: self._why,
            Act.GOOD: self._good,
            Act.BAD: self._bad,
            Act.REASON: self._reason,
            Act.FACT: self._fact,
            Act.CORRECT: self._correct,
        }

    async def pressed(self, turn: Turn) -> None:
        """Any button: its data must be ours and of this chat, its reply still known."""
        query = turn.update.callback_query
        press = self._office.buttons.read(query.data or "", turn.chat) if query else None
        act = self._acts.get(press.act) if press else None
        if press is None or act is None:
            await turn.toast(wording.NOT_OURS, alert=True)
            return
        kept = self._office.sessions.reply(press.reply)
        if kept is None:
            await turn.toast(wording.EXPIRED, alert=True)
            return
        await act(turn, kept, press)

    async def _sources(self, turn: Turn, kept: Kept, press: Press) -> None:
        await turn.toast()
        await turn.say(*(Shown(part) for part in sources(kept.reply)))

    async def _triage(self, turn: Turn, kept: Kept, press: Press) -> None:
        await turn.toast()
        await self._asking.answer(turn, kept.asked, Mode.TRIAGE, earlier=kept.earlier)

    async def _why(self, turn: Turn, kept: Kept, press: Press) -> None:
        await turn.toast()
        await self._asking.answer(turn, wording.WHY, Mode.AUTO, earlier=(*kept.earlier, kept.asked))

    async def _good(self, turn: Turn, kept: Kept, press: Press) -> None:
        await self._rate(turn, kept, good=True)
        await turn.toast(wording.THANKS)

    async def _bad(self, turn: Turn, kept: Kept, press: Press) -> None:
        await self._rate(turn, kept, good=False)
        await turn.toast(wording.WHICH_REASON)
        await self._buttons(turn, reason_keyboard(kept.reply, self._office.buttons, turn.chat))

    async def _reason(self, turn: Turn, kept: Kept, press: Press) -> None:
        await self._rate(turn, kept, good=False, reason=Complaint(press.argument))
        await turn.toast(wording.THANKS)
        await self._buttons(turn, keyboard(kept.reply, self._office.buttons, turn.chat))

    async def _rate(self, turn: Turn, kept: Kept, *, good: bool, reason: Complaint | None = None) -> None:
        await asyncio.to_thread(self._office.ratings.rate, kept.reply.id, good=good, reason=reason, who=turn.who)

    async def _fact(self, turn: Turn, kept: Kept, press: Press) -> None:
        """An answer to the question that was still open; only from who described the use."""
        if kept.place[2] != turn.person:
            await turn.toast(wording.NOT_YOURS, alert=True)
            return
        offered = choices(kept.reply)
        if not press.argument.isdigit() or int(press.argument) >= len(offered):
            await turn.toast(wording.NOT_OURS, alert=True)
            return
        await turn.toast()
        await self._buttons(turn, None)
        choice = offered[int(press.argument)]
        facts = {**kept.facts, choice.fact: choice.value}
        await self._asking.answer(turn, kept.asked, Mode.TRIAGE, facts=facts, earlier=kept.earlier)

    async def _correct(self, turn: Turn, kept: Kept, press: Press) -> None:
        if kept.place[2] != turn.person:
            await turn.toast(wording.NOT_YOURS, alert=True)
            return
        await turn.toast()
        self._office.sessions.of(turn.place).expects = Mode.TRIAGE
        await turn.say(wording.CORRECT_WHAT)

    async def _buttons(self, turn: Turn, markup: InlineKeyboardMarkup | None) -> None:
        """Other buttons under the message; where that fails the old ones stay."""
        bot = self._office.bot
        try:
            await self._office.sender.insist(
                lambda: bot.edit_message_reply_markup(turn.chat, turn.message_id, reply_markup=markup)
            )
        except TelegramError:
            self._office.metrics.failed("editMessageReplyMarkup")
