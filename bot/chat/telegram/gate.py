"""What every handler stands behind: who may, pause, rate, and what happens when something breaks."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from telegram import Update

from bot import replies
from bot.chat.telegram import wording
from bot.chat.telegram.access import GROUP_PER_MINUTE, PERSON_PER_MINUTE, Role
from bot.chat.telegram.office import RECEIVED, Office, Turn, turn_of
from bot.chat.telegram.sending import Undeliverable
from bot.chat.telegram.sessions import Expiring
from bot.errors import StateError

log = logging.getLogger(__name__)
Handle = Callable[[Turn], Awaitable[None]]
EVERYBODY = frozenset(Role)
_STRANGER_TOLD_SECONDS = 3600
_RETRY_SECONDS = 5.0


class Gate:
    """Wraps a handler for python-telegram-bot."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._told: Expiring[int, bool] = Expiring(_STRANGER_TOLD_SECONDS, 10_000)

    def __call__(
        self,
        handle: Handle,
        *,
        roles: frozenset[Role] = EVERYBODY,
        counted: bool = False,
        always: bool = False,
        strangers: bool = False,
    ) -> Callable[[Update, Any], Coroutine[Any, Any, None]]:
        """``counted``: against the rate; ``always``: while paused too; ``strangers``: for anybody."""

        async def behind_the_gate(update: Update, _: Any) -> None:
            while True:
                turn = turn_of(self._office, update, RECEIVED.get())
                if turn is None:
                    return
                turn.arguments = _after_command(turn.text)
                try:
                    if await self._lets_in(turn, roles, counted=counted, always=always, strangers=strangers):
                        await handle(turn)
                except StateError as exc:
                    log.error("%s", exc)
                    await asyncio.sleep(_RETRY_SECONDS)
                    continue
                except Undeliverable as exc:
                    self._office.metrics.failed(str(exc))
                except Exception as exc:  # one broken handler must neither end the bot nor show anybody's words
                    await self._broke(turn, exc)
                return

        return behind_the_gate

    async def _lets_in(
        self, turn: Turn, roles: frozenset[Role], *, counted: bool, always: bool, strangers: bool
    ) -> bool:
        office = self._office
        turn.role = office.access.role(turn.person, turn.chat)
        if strangers:
            return True
        if turn.role is None:
            await self._stranger(turn)
            return False
        if turn.role not in roles:
            names = "、".join(wording.ROLES[role] for role in sorted(roles))
            return await self._turn_away(turn, "role", wording.NOT_ALLOWED.format(roles=names))
        if office.access.paused and not always:
            return await self._turn_away(turn, "paused", replies.PAUSED)
        if counted:
            return await self._within_rates(turn)
        return True

    async def _within_rates(self, turn: Turn) -> bool:
        rates = self._office.rates
        if wait := rates.wait(turn.person, PERSON_PER_MINUTE):
            return await self._turn_away(turn, "rate", wording.SLOW_DOWN.format(seconds=wait))
        if not turn.private and (wait := rates.wait(turn.chat, GROUP_PER_MINUTE)):
            return await self._turn_away(turn, "rate", wording.GROUP_SLOW_DOWN.format(seconds=wait))
        return True

    async def _turn_away(self, turn: Turn, reason: str, text: str) -> bool:
        self._office.metrics.turned_away(reason)
        if turn.update.callback_query:
            await turn.toast(text, alert=True)
        else:
            await turn.say(text)
        return False

    async def _stranger(self, turn: Turn) -> None:
        """One line in a private chat, then silence for an hour; in groups silence."""
        self._office.metrics.turned_away("stranger")
        if turn.private and not self._told.get(turn.person):
            await turn.say(wording.STRANGER.format(user=turn.person))
            self._told.put(turn.person, True)

    async def _broke(self, turn: Turn, exc: Exception) -> None:
        code = uuid.uuid4().hex[:8]
        log.error("handler broke code=%s error=%s", code, type(exc).__name__)
        log.debug("where", exc_info=exc)
        self._office.metrics.broke(type(exc).__name__)
        try:
            await turn.toast()
            await turn.say(replies.BROKEN.format(code=code))
        except (Undeliverable, StateError):
            return


def _after_command(text: str) -> str:
    """What stands behind a command, whatever white space parts them."""
    words = text.split(maxsplit=1)
    return words[1].strip() if text.startswith("/") and len(words) > 1 else ""
