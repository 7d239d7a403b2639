"""What is remembered of conversations: in memory only, for a while only."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.domain import Mode, Reply

TURNS = 4
SESSION_SECONDS = 30 * 60
REPLY_SECONDS = 24 * 3600
MOST_SESSIONS, MOST_REPLIES = 5_000, 5_000

Value = TypeVar("Value")
Key = TypeVar("Key")
Place = tuple[int, int | None, int]
"""Chat, topic, person."""


class Expiring(Generic[Key, Value]):
    """A mapping that forgets what was not touched for ``seconds``, and the oldest beyond ``most``."""

    def __init__(self, seconds: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """The value, which then is fresh again."""
        self._forget()
        found = self._kept.get(key)
        if found is None:
            return None
        self.put(key, found[1])
        return found[1]

    def put(self, key: Key, value: Value) -> None:
        """Keeps a value."""
        self._kept[key] = (self._clock(), value)
        self._kept.move_to_end(key)
        self._forget()

    def drop(self, key: Key) -> None:
        """Forgets a value."""
        self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)

    def _forget(self) -> None:
        before = self._clock() - self._seconds
        while self._kept:
            key, (at, _) = next(iter(self._kept.items()))
            if at >= before and len(self._kept) <= self._most:
                return
            del self._kept[key]


@dataclass(slots=True)
class Session:
    """One person's conversation in one place."""

    texts: list[str] = field(default_factory=list, repr=False)
    replies: list[str] = field(default_factory=list)
    expects: Mode | None = None
    """What the next message is, after a command without words."""
    cancel: asyncio.Event | None = None
    """Set to stop the question that is being answered."""

    def remember(self, text: str, reply_id: str) -> None:
        """One more turn."""
        self.texts = [*self.texts, text][-TURNS:]
        self.replies = [*self.replies, reply_id][-20:]


@dataclass(frozen=True, slots=True)
class Kept:
    """A reply whose buttons may still be pressed, with what was asked."""

    reply: Reply
    asked: str = field(repr=False)
    place: Place
    earlier: tuple[str, ...] = field(default=(), repr=False)
    facts: dict[str, bool | None] = field(default_factory=dict)


class Sessions:
    """All conversations and replies."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._sessions: Expiring[Place, Session] = Expiring(SESSION_SECONDS, MOST_SESSIONS, clock)
        self._replies: Expiring[str, Kept] = Expiring(REPLY_SECONDS, MOST_REPLIES, clock)

    def of(self, place: Place) -> Session:
        """The conversation, a new one where there is none."""
        session = self._sessions.get(place)
        if session is None:
            session = Session()
            self._sessions.put(place, session)
        return session

    def forget(self, place: Place) -> None:
        """Ends a conversation."""
        self._sessions.drop(place)

    def keep(self, kept: Kept) -> None:
        """Keeps a reply for its buttons."""
        self._replies.put(kept.reply.id, kept)

    def reply(self, reply_id: str) -> Kept | None:
        """The reply, None where it has expired."""
        return self._replies.get(reply_id)

    def last(self, place: Place) -> Kept | None:
        """The last reply of a conversation."""
        session = self.of(place)
        return self.reply(session.replies[-1]) if session.replies else None

    def sizes(self) -> tuple[int, int]:
        """Numbers of conversations and of replies."""
        return len(self._sessions), len(self._replies)
