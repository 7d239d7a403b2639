"""What a person sees while a reply comes about: a draft in a private chat, one message that grows in a group.

None of it counts: what is lost here is not repeated, the real message follows.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

from telegram import Bot
from telegram.constants import ParseMode, ReactionEmoji
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.chat.telegram import wording
from bot.chat.telegram.rendering import Shown, escaped, marked
from bot.chat.telegram.sending import Sender, Target, Undeliverable, seconds_of

DRAFT_GAP, EDIT_GAP = 0.35, 1.2
"""Seconds between two states of a draft, and between two edits of a message."""
DRAFT_REFRESH = 20.0
"""A draft is shown for 30 seconds; a slow one is shown again before that."""


@dataclass(slots=True)
class Server:
    """What the server was found to understand."""

    drafts: bool = True
    reactions: bool = True


class Stream:
    """Listens to the desk; one task shows the newest state, never two at once."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._official = self._sentences = self._note = ""
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.official_at: float | None = None
        self.shown_at: float | None = None

    def start(self) -> None:
        """Shows at once that the question was received."""
        self._task = asyncio.create_task(self._show_on())

    def official(self, text: str) -> None:
        """See ``desk.Listener``."""
        self._official, self._note = text, ""
        self.official_at = self.official_at or time.monotonic()
        self._changed.set()

    def sentence(self, text: str) -> None:
        """See ``desk.Listener``."""
        self._sentences += text
        self._note = ""
        self._changed.set()

    def waiting(self, before: int) -> None:
        """See ``desk.Listener``."""
        words = wording.EXPLAINING if self._official else wording.WAITING
        note = words.format(before=before) if before else ""
        if note != self._note:
            self._note = note
            self._changed.set()

    def html(self) -> str:
        """The newest state."""
        parts = [marked(self._official + "\n\n") if self._official else "", escaped(self._sentences)]
        parts.append(f"<i>{escaped(self._note)}</i>" if self._note else "")
        return "\n\n".join(part.strip() for part in parts if part.strip())

    async def close(self) -> None:
        """No further state is shown; one that is under way has arrived or failed."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _show_on(self) -> None:
        raise NotImplementedError


class DraftStream(Stream):
    """A draft in a private chat."""

    def __init__(self, bot: Bot, server: Server, target: Target, draft_id: int) -> None:
        super().__init__(target)
        self._bot, self._server, self._draft = bot, server, draft_id

    async def _show_on(self) -> None:
        while self._server.drafts:
            self._changed.clear()
            pause = await self._show()
            await asyncio.sleep(pause)
            # Not wait_for: before Python 3.12 it may swallow a cancellation, and this would go on for ever.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAFT_REFRESH):
                    await self._changed.wait()

    async def _show(self) -> float:
        """Shows the newest state; seconds until the next may be shown."""
        had_official = bool(self._official)
        try:
            await asyncio.shield(
                self._bot.send_message_draft(
                    self.target.chat, self._draft, self.html(), parse_mode=ParseMode.HTML, read_timeout=5
                )
            )
        except RetryAfter as exc:
            self._changed.set()
            return seconds_of(exc)
        except (BadRequest, InvalidToken):
            self._server.drafts = False
        except TelegramError:
            self._changed.set()
        else:
            if had_official:
                self.shown_at = self.shown_at or time.monotonic()
        return DRAFT_GAP


class GroupStream(Stream):
    """One message of a group that answers: the official words first, then all of it."""

    def __init__(self, bot: Bot, server: Server, sender: Sender, target: Target, update_id: int) -> None:
        super().__init__(target)
        self._bot, self._server, self._sender, self._update_id = bot, server, sender, update_id
        self.message: int | None = None
        self._edited_at = 0.0
        self._sending = asyncio.Lock()

    async def _show_on(self) -> None:
        if self._server.reactions:
            await self._seen()
        while True:
            await self._changed.wait()
            self._changed.clear()
            await asyncio.sleep(max(0.0, self._edited_at + EDIT_GAP - time.monotonic()))
            if self._official:
                await asyncio.shield(asyncio.ensure_future(self._show()))

    async def _seen(self) -> None:
        try:
            await self._bot.set_message_reaction(self.target.chat, self.target.answers, ReactionEmoji.EYES)
        except (BadRequest, InvalidToken):
            self._server.reactions = False
        except TelegramError:
            return

    async def _show(self) -> None:
        async with self._sending:
            shown = Shown(self.html())
            try:
                if self.message is None:
                    self.message = await self._sender.once(self._update_id, 0, self.target, shown)
                else:
                    await self._sender.edit(self.target.chat, self.message, shown)
            except Undeliverable:
                return
            self.shown_at = self.shown_at or time.monotonic()
            self._edited_at = time.monotonic()

    async def close(self) -> None:
        """Waits for a message that is being sent, and for the time between two edits."""
        await super().close()
        async with self._sending:
            if self.message is not None:
                await asyncio.sleep(max(0.0, self._edited_at + EDIT_GAP - time.monotonic()))


class SilentStream(Stream):
    """Shows nothing before the reply; for answers anew in place."""

    async def _show_on(self) -> None:
        return


@dataclass(slots=True)
class Streams:
    """Makes the right one."""

    bot: Bot
    sender: Sender
    server: Server = field(default_factory=Server)

    def of(self, target: Target, update_id: int, *, again: bool = False) -> Stream:
        """A stream for the answer to an update; ``again``: in place of an earlier answer."""
        if again:
            return SilentStream(target)
        if target.private:
            return DraftStream(self.bot, self.server, target, update_id % 2_000_000_000 + 1)
        return GroupStream(self.bot, self.server, self.sender, target, update_id)
