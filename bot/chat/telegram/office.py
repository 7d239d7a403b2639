"""Everything the handlers work with, and one turn: an update with who, where and how to answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from telegram import Bot, CallbackQuery, Message, Update
from telegram.error import TelegramError

from bot.chat.telegram.access import Access, Rates, Role
from bot.chat.telegram.callbacks import Buttons
from bot.chat.telegram.desk import Desk
from bot.chat.telegram.inbox import Inbox
from bot.chat.telegram.metrics import Metrics
from bot.chat.telegram.rendering import Shown, escaped
from bot.chat.telegram.sealing import InstallationKey
from bot.chat.telegram.sending import Sender, Target
from bot.chat.telegram.sessions import Place, Sessions
from bot.chat.telegram.streaming import Streams
from bot.domain import Manifest
from bot.ports import AuditLog, Feedback

RECEIVED: ContextVar[float] = ContextVar("received", default=0.0)
"""When the process took the update that the running task answers (``time.monotonic``)."""


@dataclass(frozen=True, slots=True)
class Office:
    """The bot's parts, built once."""

    bot: Bot
    key: InstallationKey
    inbox: Inbox
    access: Access
    rates: Rates
    desk: Desk
    sessions: Sessions
    buttons: Buttons
    sender: Sender
    streams: Streams
    metrics: Metrics
    ratings: Feedback
    audit: AuditLog
    manifest: Callable[[], Manifest]


@dataclass(slots=True)
class Turn:
    """One update being answered; its messages are numbered, so that each is sent once."""

    office: Office
    update: Update
    person: int
    chat: int
    private: bool
    message_id: int
    thread: int | None
    received: float
    role: Role | None = None
    text: str = field(default="", repr=False)
    arguments: str = field(default="", repr=False)
    _part: int = 0

    @property
    def update_id(self) -> int:
        """The update's number."""
        return self.update.update_id

    @property
    def place(self) -> Place:
        """Whose conversation this is."""
        return (self.chat, self.thread, self.person)

    @property
    def who(self) -> str:
        """The person as records are told; they keep a pseudonym only."""
        return f"telegram:{self.person}"

    async def audit(self, act: str, *, object: str = "") -> None:
        """One row for an act of an administrator; ``RecordsFault`` where it cannot be kept: then it must not happen."""
        await asyncio.to_thread(self.office.audit.note, act=f"telegram.{act}", who=self.who, object=object)

    @property
    def target(self) -> Target:
        """Where answers go."""
        return Target(self.chat, self.message_id, self.thread, self.private)

    @property
    def edited(self) -> bool:
        """Whether the person changed an earlier message."""
        return self.update.edited_message is not None

    async def say(self, *messages: Shown | str) -> int:
        """Sends plain lines or rendered messages, each once; the number of the last."""
        number = 0
        for message in messages:
            shown = message if isinstance(message, Shown) else Shown(escaped(message))
            number = await self.office.sender.once(self.update_id, self._part, self.target, shown)
            self._part += 1
        return number

    def skip(self) -> None:
        """Counts a message that went another way, so that the numbers of the following ones stay the same."""
        self._part += 1

    async def toast(self, text: str = "", *, alert: bool = False) -> None:
        """Answers a pressed button; a button that has waited too long turns on, which harms nobody."""
        query = self.update.callback_query
        if query is None:
            return
        try:
            await self.office.bot.answer_callback_query(query.id, text or None, show_alert=alert or None)
        except TelegramError:
            self.office.metrics.failed("answerCallbackQuery")


def turn_of(office: Office, update: Update, received: float) -> Turn | None:
    """The turn of an update; None where nobody or no chat is named."""
    person, chat = update.effective_user, update.effective_chat
    if person is None or chat is None or person.is_bot:
        return None
    message = update.effective_message
    thread = None
    if isinstance(message, Message) and message.is_topic_message:
        thread = message.message_thread_id
    query: CallbackQuery | None = update.callback_query
    held = query.message if query else message
    number = held.message_id if held else 0
    text = (message.text or "") if isinstance(message, Message) and query is None else ""
    private = chat.type == "private"
    return Turn(office, update, person.id, chat.id, private, number, thread, received, text=text)
