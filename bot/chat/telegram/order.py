"""One chat in the order of arrival, chats side by side."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable
from typing import Any

from telegram import Update
from telegram.ext import BaseUpdateProcessor

MOST_AT_ONCE = 4096


class ChatOrder(BaseUpdateProcessor):
    """Lets an update go when those of its chat that were announced before it are done.

    What was announced as urgent (``/cancel``) does not wait: it would wait for what it is to stop.
    """

    __slots__ = ("_chats", "_places", "_turned")

    def __init__(self) -> None:
        super().__init__(MOST_AT_ONCE)
        self._chats: defaultdict[int, deque[int]] = defaultdict(deque)
        self._places: dict[int, int] = {}
        self._turned: dict[int, asyncio.Event] = {}

    def announce(self, update_id: int, chat_id: int) -> None:
        """Takes the next place of the chat for an update."""
        if update_id not in self._places:
            self._places[update_id] = chat_id
            self._chats[chat_id].append(update_id)

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Waits for the update's turn, then for its handlers."""
        if not isinstance(update, Update):
            await coroutine
            return
        number = update.update_id
        chat = self._places.get(number)
        if chat is not None and self._chats[chat][0] != number:
            turned = self._turned.setdefault(number, asyncio.Event())
            await turned.wait()
        try:
            await coroutine
        finally:
            self.leave(number)

    def leave(self, update_id: int) -> None:
        """Gives the place up; the next of the chat goes."""
        self._turned.pop(update_id, None)
        chat = self._places.pop(update_id, None)
        if chat is None:
            return
        line = self._chats[chat]
        line.remove(update_id)
        if not line:
            del self._chats[chat]
        elif line[0] in self._turned:
            self._turned[line[0]].set()

    async def initialize(self) -> None:
        """Nothing to do."""

    async def shutdown(self) -> None:
        """Nothing to do."""
