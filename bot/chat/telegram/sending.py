"""Sending each message of a reply once, as far as Telegram lets a bot know.

Before a send it is written down that it begins; when Telegram answers, which message it became. Where the answer was
lost, or the process died in between, the message is looked for before it is sent again: the Bot API cannot list a
chat, but setting the buttons of a message to what they are tells whether it is there and ours.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakValueDictionary

from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.chat.telegram.inbox import Inbox
from bot.chat.telegram.plain import without_markup
from bot.chat.telegram.rendering import Shown

log = logging.getLogger(__name__)
LOOKED_AT = 40
"""Message numbers after the last known one at which a message that may have arrived is looked for."""
LONGEST_PAUSE = 30.0
Answer = TypeVar("Answer")
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Undeliverable(Exception):
    """Telegram will not take this message whatever is done: blocked, removed, chat gone, refused."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a message goes; ``answers`` is the person's message it answers."""

    chat: int
    answers: int
    thread: int | None = None
    private: bool = True


class Sender:
    """All messages of the bot go through here."""

    def __init__(self, bot: Bot, inbox: Inbox) -> None:
        self._bot, self._inbox = bot, inbox
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self.repeated = self.found = self.floods = 0

    async def once(self, update_id: int, part: int, target: Target, shown: Shown) -> int:
        """The number of the message that ``part`` of the answer to an update became. ``Undeliverable`` if never."""
        known = await self._inbox.send_of(update_id, part)
        if known and known.message_id is not None:
            return known.message_id
        lock = self._chats.setdefault(target.chat, asyncio.Lock())
        async with lock:
            return await self._sent(update_id, part, target, shown, begun=known is not None)

    async def _sent(self, update_id: int, part: int, target: Target, shown: Shown, *, begun: bool) -> int:
        if not begun:
            await self._inbox.begin(update_id, part, target.chat, target.answers)
        pause = 0.5
        number = await self._look_for(target, shown) if begun else None
        while number is None:
            try:
                number = (await self._send(target, shown)).message_id
            except RetryAfter as exc:
                await self._flooded(exc)
            except BadRequest as exc:
                raise Undeliverable(type(exc).__name__) from exc
            except InvalidToken:
                # The token was revoked: polling ends the bot, and the answer is sent under the next token.
                await asyncio.sleep(LONGEST_PAUSE)
            except (NetworkError, TimedOut):
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                number = await self._look_for(target, shown)
                self.repeated += number is None
        await self._inbox.arrived(update_id, part, number)
        return number

    async def _send(self, target: Target, shown: Shown) -> Message:
        reply = None if target.private else ReplyParameters(target.answers, allow_sending_without_reply=True)
        try:
            return await self._bot.send_message(
                target.chat,
                shown.html,
                parse_mode=ParseMode.HTML,
                message_thread_id=target.thread,
                reply_parameters=reply,
                reply_markup=shown.keyboard,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest:
            # A server or client that does not know all of this, a topic that was closed: the words alone still help.
            return await self._bot.send_message(target.chat, without_markup(shown.html), reply_markup=shown.keyboard)
        except ChatMigrated as exc:
            return await self._bot.send_message(exc.new_chat_id, shown.html, parse_mode=ParseMode.HTML)
        except Forbidden as exc:
            raise Undeliverable(type(exc).__name__) from exc

    async def _look_for(self, target: Target, shown: Shown) -> int | None:
        """The number of the message if it arrived: one of ours after all that are known, else None."""
        known = await self._inbox.known_messages(target.chat)
        after = max([target.answers, *(number for number in known)])
        for number in range(after + 1, after + 1 + LOOKED_AT):
            if await self._is_ours(target.chat, number, shown.keyboard):
                self.found += 1
                return number
        return None

    async def _is_ours(self, chat: int, number: int, keyboard: InlineKeyboardMarkup | None) -> bool:
        try:
            await self.insist(lambda: self._bot.edit_message_reply_markup(chat, number, reply_markup=keyboard))
        except BadRequest as exc:
            # The Bot API tells these cases apart by words only.
            return "not modified" in str(exc).lower()
        except TelegramError:
            return False
        return True

    async def edit(self, chat: int, number: int, shown: Shown) -> bool:
        """Puts a message in place of one of ours; False where that message is gone."""
        try:
            await self.insist(
                lambda: self._bot.edit_message_text(
                    shown.html,
                    chat,
                    number,
                    parse_mode=ParseMode.HTML,
                    reply_markup=shown.keyboard,
                    link_preview_options=NO_PREVIEW,
                )
            )
        except BadRequest as exc:
            return "not modified" in str(exc).lower()
        except TelegramError:
            return False
        return True

    async def insist(self, call: Callable[[], Awaitable[Answer]]) -> Answer:
        """An act that may be repeated without harm, through floods and dead connections; other errors are raised."""
        pause = 0.5
        while True:
            try:
                return await call()
            except RetryAfter as exc:
                await self._flooded(exc)
            except BadRequest:
                raise
            except NetworkError:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _flooded(self, exc: RetryAfter) -> None:
        self.floods += 1
        await asyncio.sleep(seconds_of(exc) + 0.05)


def seconds_of(exc: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = exc.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
