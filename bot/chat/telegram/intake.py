"""From Telegram onto the disk, and from there to the handlers: the one way in, by polling and by webhook."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any

from telegram import Message, MessageEntity, Update
from telegram.ext import Application

from bot.chat.telegram.durable import Workflows
from bot.chat.telegram.inbox import Inbox, Waiting
from bot.chat.telegram.metrics import Metrics
from bot.chat.telegram.office import RECEIVED
from bot.chat.telegram.order import ChatOrder
from bot.chat.telegram.sealing import SealBroken
from bot.errors import StateError

log = logging.getLogger(__name__)
_RETRY_SECONDS = 2.0
_URGENT = ("/cancel", "/pause")


class Intake:
    """Takes updates durably and sees each through to its confirmation."""

    def __init__(
        self, application: Application[Any, Any, Any, Any, Any, Any], inbox: Inbox, order: ChatOrder, metrics: Metrics
    ) -> None:
        self._application, self._inbox, self._order, self._metrics = application, inbox, order, metrics
        self.workflows: Workflows | None = None
        self._passing: set[asyncio.Task[None]] = set()
        self.running = 0

    async def take(self, updates: Sequence[Update]) -> None:
        """On disk when it returns; ``StateError`` where that is not possible, and then nothing was taken."""
        kept = []
        for update in sorted(updates, key=lambda update: update.update_id):
            if update.inline_query:
                self._pass(update)
            elif concerns_us(update, self._application.bot.username):
                kept.append(update)
        if not kept or self.workflows is None:
            return
        now = time.time()
        waiting = [Waiting(u.update_id, u.effective_chat.id if u.effective_chat else 0, _raw(u), now) for u in kept]
        fresh = set(await self._inbox.receive(waiting))
        for update in kept:
            if update.update_id in fresh:
                self._metrics.received(_kind(update))
                if not urgent(update) and update.effective_chat:
                    self._order.announce(update.update_id, update.effective_chat.id)
                await self._begin(update.update_id)

    async def _begin(self, update_id: int) -> None:
        """Starts the workflow; it is on disk already, so a start that fails is repeated, here or at the next launch."""
        while self.workflows is not None:
            try:
                await self.workflows.begin(update_id)
            except Exception as exc:  # dbos raises whatever its driver raises; none of it may lose the update
                log.error("開始處理時資料庫出錯（%s）；會再試", type(exc).__name__)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return

    def _pass(self, update: Update) -> None:
        """Half-typed words are never put on disk."""
        task = asyncio.create_task(self._application.process_update(update))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)

    async def recover(self) -> None:
        """Announces what waits from before, in its order; call before the engine starts."""
        for update_id, chat_id in await self._inbox.waiting():
            self._order.announce(update_id, chat_id)

    async def resume(self) -> None:
        """Begins what waits and has no workflow that goes on by itself; call after the engine started."""
        for update_id, _ in await self._inbox.waiting():
            if self.workflows is not None:
                await self.workflows.begin_again(update_id)

    async def answer(self, update_id: int) -> None:
        """The workflow: open, handle, confirm. Returns only when the update is confirmed."""
        self.running += 1
        try:
            waiting = await self._opened(update_id)
            if waiting is None:
                self._order.leave(update_id)
                return
            update = Update.de_json(waiting.raw, self._application.bot)
            RECEIVED.set(time.monotonic() - max(0.0, time.time() - waiting.received))
            await self._order.process_update(update, self._application.process_update(update))
            await self._insist_confirm(update_id)
        finally:
            self.running -= 1

    async def _opened(self, update_id: int) -> Waiting | None:
        while True:
            try:
                return await self._inbox.open(update_id)
            except StateError as exc:
                log.error("%s", exc)
                await asyncio.sleep(_RETRY_SECONDS)
            except SealBroken:
                log.error("有一則等候中的訊息無法解開（金鑰檔已更換？），略過")
                await self._insist_confirm(update_id)
                return None

    async def _insist_confirm(self, update_id: int) -> None:
        while True:
            try:
                await self._inbox.confirm(update_id)
            except StateError as exc:
                log.error("%s", exc)
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return


def urgent(update: Update) -> bool:
    """What must not wait for the question it stops."""
    message = update.message
    return bool(message and message.text and message.text.startswith(_URGENT))


def concerns_us(update: Update, username: str) -> bool:
    """Whether an update is for the bot. What others write in a group is not taken at all, not even onto the disk."""
    if update.callback_query:
        return True
    message = update.message or update.edited_message
    if message is None or message.from_user is None or message.from_user.is_bot:
        return False
    return message.chat.type == "private" or _addressed(message, username)


def _addressed(message: Message, username: str) -> bool:
    answered = message.reply_to_message
    if answered and answered.from_user and answered.from_user.username == username:
        return True
    name = f"@{username}".lower()
    found = {**message.parse_entities(), **message.parse_caption_entities()}
    for entity, words in found.items():
        if entity.type == MessageEntity.MENTION and words.lower() == name:
            return True
        if entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0:
            return "@" not in words or words.lower().endswith(name)
    return False


def _raw(update: Update) -> dict[str, Any]:
    """The update in the Bot API's form; a command is marked as one also where the server did not."""
    raw = update.to_dict()
    for name in ("message", "edited_message"):
        text = raw.get(name, {}).get("text", "")
        if text.startswith("/") and not raw[name].get("entities"):
            command = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
            raw[name]["entities"] = [command]
    return raw


def _kind(update: Update) -> str:
    if update.callback_query:
        return "button"
    return "edited" if update.edited_message else "message"
