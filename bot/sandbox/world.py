"""What stands in the pretended Telegram: people, chats, messages, updates, files. Kept in memory only.

Every change happens under ``World.lock``: the server's thread and a test's thread both come here.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.faults import JSON, ApiError, Faults, bad_request
from bot.sandbox.limits import Limits, Meter

_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(slots=True)
class Posted:
    """One message as it stands now; ``raw`` is the Bot API's Message, ``history`` the texts before edits."""

    chat: Chat
    raw: JSON = field(repr=False)
    history: list[str] = field(default_factory=list, repr=False)
    deleted: bool = False
    reaction: str | None = None

    @property
    def id(self) -> int:
        """Number in the chat."""
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        """Text or caption without markup."""
        return str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def from_bot(self) -> bool:
        """Whether the bot sent it."""
        return bool(self.raw.get("from", {}).get("is_bot"))

    @property
    def thread(self) -> int | None:
        """Topic or reply thread."""
        return self.raw.get("message_thread_id")

    @property
    def reply_to(self) -> int | None:
        """Number of the message it answers."""
        return self.raw["reply_to_message"]["message_id"] if "reply_to_message" in self.raw else None

    @property
    def entities(self) -> list[JSON]:
        """Of text or caption."""
        return [*self.raw.get("entities", []), *self.raw.get("caption_entities", [])]

    @property
    def buttons(self) -> list[JSON]:
        """All inline buttons, row after row."""
        rows = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(slots=True)
class Draft:
    """One state of a draft that the bot showed; ``at`` in seconds."""

    draft_id: int
    text: str = field(repr=False)
    entities: list[JSON] = field(repr=False)
    thread: int | None
    at: float


@dataclass(slots=True)
class Chat:
    """A chat; ``members`` maps user id to status, the bot's own among them."""

    world: World = field(repr=False)
    id: int
    type: str
    title: str = ""
    is_forum: bool = False
    members: dict[int, str] = field(default_factory=dict)
    bot_rights: set[str] = field(default_factory=set)
    topics: dict[int, str] = field(default_factory=dict)
    everything: list[Posted] = field(default_factory=list, repr=False)
    draft: Draft | None = field(default=None, repr=False)
    drafts: list[Draft] = field(default_factory=list, repr=False)
    actions: list[str] = field(default_factory=list)
    last_id: int = 0
    started: bool = False

    @property
    def messages(self) -> list[Posted]:
        """What a person sees now, oldest first."""
        return [message for message in self.everything if not message.deleted]

    @property
    def from_bot(self) -> list[Posted]:
        """The bot's messages that a person sees now."""
        return [message for message in self.messages if message.from_bot]

    @property
    def is_group(self) -> bool:
        """Group or supergroup."""
        return self.type != "private"

    def find(self, message_id: int) -> Posted | None:
        """The message of that number, unless deleted."""
        for message in reversed(self.everything):
            if message.id == message_id:
                return None if message.deleted else message
        return None

    def brief(self) -> JSON:
        """The Bot API's Chat."""
        if self.type == "private":
            user = self.world.users[self.id]
            return {
                "id": self.id,
                "type": "private",
                **{k: user[k] for k in ("first_name", "last_name", "username") if k in user},
            }
        return {"id": self.id, "type": self.type, "title": self.title, **({"is_forum": True} if self.is_forum else {})}

    def add_topic(self, name: str) -> int:
        """A topic of a forum; its thread id."""
        with self.world.lock:
            self.last_id += 1
            self.topics[self.last_id] = name
            self.world.touch()
            return self.last_id


@dataclass(slots=True)
class Callback:
    """A pressed button until it is answered; ``answer`` is what the person saw."""

    user: int
    message: Posted
    at: float
    data: str = field(repr=False)
    answer: JSON | None = field(default=None, repr=False)


@dataclass(slots=True)
class InlineAsk:
    """Half-typed words sent to the bot, until answered."""

    user: int
    query: str = field(repr=False)
    at: float
    answer: JSON | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that somebody sent."""

    file_id: str
    name: str
    mime: str
    content: bytes = field(repr=False)

    def document(self) -> JSON:
        """The Bot API's Document."""
        return {
            "file_id": self.file_id,
            "file_unique_id": f"u{self.file_id}",
            "file_name": self.name,
            "mime_type": self.mime,
            "file_size": len(self.content),
        }


@dataclass(slots=True)
class Webhook:
    """Where updates go, as set by the bot."""

    url: str = ""
    secret: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    most: int = 40
    allowed: list[str] | None = None
    last_error: tuple[int, str] | None = None


@dataclass(slots=True)
class World:
    """Everything of one bot."""

    token: str = field(default="7000001:sandbox-token-for-trying-out-only", repr=False)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    callback_seconds: float = 15.0
    privacy: bool = True
    """Telegram's default: in groups the bot gets commands, mentions and replies only (unless administrator)."""
    meter: Meter = field(init=False)
    bot: JSON = field(init=False)
    users: dict[int, JSON] = field(default_factory=dict, repr=False)
    blocked: set[int] = field(default_factory=set)
    revoked: bool = False
    chats: dict[int, Chat] = field(default_factory=dict, repr=False)
    pending: list[JSON] = field(default_factory=list, repr=False)
    files: dict[str, StoredFile] = field(default_factory=dict, repr=False)
    callbacks: dict[str, Callback] = field(default_factory=dict, repr=False)
    inline: dict[str, InlineAsk] = field(default_factory=dict, repr=False)
    commands: dict[tuple[str, str], list[JSON]] = field(default_factory=dict)
    profile: dict[tuple[str, str], str] = field(default_factory=dict)
    webhook: Webhook = field(default_factory=Webhook)
    allowed: list[str] | None = None
    calls: deque[tuple[float, str, int]] = field(default_factory=lambda: deque(maxlen=50_000))
    """Time, method and status of the last calls."""
    version: int = 0
    wakers: list[Callable[[], None]] = field(default_factory=list, repr=False)
    lock: Any = field(default_factory=threading.RLock, repr=False)
    skipped: float = 0.0
    clock: Callable[[], float] = time.time
    _update_id: int = 100_000
    _serial: int = 0

    def __post_init__(self) -> None:
        self.meter = Meter(self.limits)
        self.bot = {
            "id": int(self.token.split(":")[0]),
            "is_bot": True,
            "first_name": "指引",
            "username": "zhiyin_sandbox_bot",
        }

    def now(self) -> float:
        """Seconds since 1970, with the skipped time."""
        return self.clock() + self.skipped

    def skip(self, seconds: float) -> None:
        """Pretends that time passed (callback expiry, limits)."""
        with self.lock:
            self.skipped += seconds
            self.touch()

    def serial(self) -> int:
        """A number never given before."""
        with self.lock:
            self._serial += 1
            return self._serial

    def touch(self) -> None:
        """Something changed: waiting pollers and clients look again."""
        self.version += 1
        for wake in list(self.wakers):
            wake()

    def chat(self, chat_id: int) -> Chat:
        """The chat; ``ApiError`` 400 where there is none."""
        found = self.chats.get(chat_id)
        if found is None:
            raise bad_request("chat not found")
        return found

    def push(self, kind: str, body: JSON) -> None:
        """An update for the bot, unless it does not want that kind."""
        with self.lock:
            allowed = self.webhook.allowed if self.webhook.url else self.allowed
            if (kind in allowed) if allowed else (kind not in _NOT_BY_DEFAULT):
                self._update_id += 1
                self.pending.append({"update_id": self._update_id, kind: body})
            self.touch()

    def post(self, chat: Chat, sender: JSON, body: JSON) -> Posted:
        """Puts a message into the chat, numbered and dated."""
        with self.lock:
            chat.last_id += 1
            raw = {"message_id": chat.last_id, "date": int(self.now()), "chat": chat.brief(), "from": sender, **body}
            posted = Posted(chat, raw)
            chat.everything.append(posted)
            self.touch()
            return posted

    def keep_file(self, name: str, mime: str, content: bytes) -> StoredFile:
        """Keeps a file; ids are of this server only."""
        stored = StoredFile(f"file{self.serial():06d}", name, mime, content)
        self.files[stored.file_id] = stored
        return stored

    def require_writable(self, chat: Chat) -> None:
        """``ApiError`` 403 where the bot was blocked or removed, or was never written to."""
        if chat.type == "private" and chat.id in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        if chat.type == "private" and not chat.started:
            raise ApiError(403, "Forbidden: bot can't initiate conversation with a user")
        if chat.is_group and chat.members.get(self.bot["id"], "left") in {"left", "kicked"}:
            kicked = chat.members.get(self.bot["id"]) == "kicked"
            reason = "was kicked from" if kicked else "is not a member of"
            raise ApiError(403, f"Forbidden: bot {reason} the {chat.type} chat")
