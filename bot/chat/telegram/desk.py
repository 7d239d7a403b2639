"""Where questions meet the assistant: looking up first and fast, then one lane for the model, both fair over people.

The assistant blocks, so it works in threads. A thread that has told the official words gives its place for looking up
away and waits for the model's lane; who would wait too long gets the official words alone, which are complete.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.chat.telegram.lanes import FairLane, Person
from bot.domain import Message, Mode, Reply

LOOKUPS = 2
"""Questions looked up at the same time."""
MOST_WAITING = 400
"""Questions that may wait to be looked up; further ones are told to come back."""
MOST_EXPLAINING = 8
"""Replies that may wait for the model; further ones go without its part."""
CROWD = 3
"""With more people waiting to be looked up the model stops where it is: official words come first."""
PATIENCE_SECONDS = 12.0
"""How long a reply waits for the model's lane."""


class Busy(Exception):
    """The line is full."""


class Replier(Protocol):
    """The assistant, as the chat uses it; see ``bot.assistant.Assistant``."""

    def reply(
        self,
        message: Message,
        mode: Mode = Mode.AUTO,
        *,
        channel: str = "cli",
        who: str = "",
        watcher: Any = None,
        cancelled: Callable[[], bool] = bool,
    ) -> Reply: ...


class Listener(Protocol):
    """Hears, in the event loop, how a reply comes about."""

    def official(self, text: str) -> None:
        """The official part, final."""
        ...

    def sentence(self, text: str) -> None:
        """One more sentence of the model."""
        ...

    def waiting(self, before: int) -> None:
        """Still in line, so many before."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What the desk is asked."""

    message: Message
    mode: Mode
    person: Person
    who: str
    facts: Mapping[str, bool | None] = field(default_factory=dict, repr=False)
    explain: bool = True
    """Whether the model may add its part."""


class Desk:
    """Answers questions of many people."""

    def __init__(
        self,
        assistant: Replier,
        *,
        most_waiting: int = MOST_WAITING,
        most_explaining: int = MOST_EXPLAINING,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._assistant = assistant
        self.lookup, self.model = FairLane(LOOKUPS), FairLane(1)
        self._most_waiting, self._most_explaining, self._patience = most_waiting, most_explaining, patience
        self._pool = ThreadPoolExecutor(
            LOOKUPS + most_explaining + 2, thread_name_prefix="desk", initializer=_behind_the_loop
        )
        self.stopping = threading.Event()

    async def reply(self, question: Question, listener: Listener, cancel: asyncio.Event) -> Reply | None:
        """The reply, None where ``cancel`` was set while the question still waited. ``Busy`` where the line is full."""
        if self.lookup.waiting >= self._most_waiting:
            raise Busy
        if not await self.lookup.enter(question.person, give_up=cancel, tell=listener.waiting):
            return None
        told = asyncio.Event()
        turn = _Turn(
            self,
            question.person,
            listener,
            told,
            cancel,
            asyncio.get_running_loop(),
            _without_model=not question.explain,
        )
        work = asyncio.ensure_future(turn.loop.run_in_executor(self._pool, self._call, question, turn))
        telling = asyncio.ensure_future(told.wait())
        ends: set[asyncio.Future[Any]] = {work, telling}
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            telling.cancel()
            self.lookup.leave()
        try:
            return await work
        finally:
            turn.done()

    def _call(self, question: Question, turn: _Turn) -> Reply:
        more: dict[str, Any] = {"facts": dict(question.facts)} if question.facts else {}
        return self._assistant.reply(
            question.message,
            question.mode,
            channel="telegram",
            who=question.who,
            watcher=turn,
            cancelled=turn.cancelled,
            **more,
        )

    def explains_more(self) -> bool:
        """Whether another reply may wait for the model."""
        return not self.lookup.waiting and self.model.waiting < self._most_explaining and not self.stopping.is_set()

    def crowded(self) -> bool:
        """Whether so many wait for official words that the model must leave them the processor."""
        return self.lookup.waiting > CROWD

    @property
    def patience(self) -> float:
        """How long a reply waits for the model."""
        return self._patience

    def close(self) -> None:
        """Lets running replies end without the model's part."""
        self.stopping.set()
        self._pool.shutdown(wait=False, cancel_futures=True)


@dataclass(slots=True)
class _Turn:
    """The assistant's watcher: called in a thread of the desk, speaks to the event loop."""

    desk: Desk
    person: Person
    listener: Listener
    told: asyncio.Event
    cancel: asyncio.Event
    loop: asyncio.AbstractEventLoop
    _holds: bool = False
    _without_model: bool = False

    def official(self, text: str) -> None:
        """Tells the official words, then waits for the model's lane."""
        self.loop.call_soon_threadsafe(self._tell_official, text)
        if self._without_model or not self.desk.explains_more():
            self._without_model = True
            return
        entering = asyncio.run_coroutine_threadsafe(self._enter(), self.loop)
        self._without_model = not entering.result()

    def _tell_official(self, text: str) -> None:
        self.listener.official(text)
        self.told.set()

    async def _enter(self) -> bool:
        self._holds = await self.desk.model.enter(
            self.person, self.desk.patience, give_up=self.cancel, tell=self.listener.waiting
        )
        return self._holds

    def sentence(self, text: str) -> None:
        """Tells a sentence that held."""
        self.loop.call_soon_threadsafe(self.listener.sentence, text)

    def cancelled(self) -> bool:
        """Whether the model's part is no longer wanted."""
        unwanted = self._without_model or self.cancel.is_set()
        return unwanted or self.desk.stopping.is_set() or self.desk.crowded()

    def done(self) -> None:
        """Gives the model's lane back."""
        if self._holds:
            self._holds = False
            self.desk.model.leave()


def _behind_the_loop() -> None:
    """Threads that compute step behind the event loop's: on few cores it must not wait for them."""
    with contextlib.suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
