"""Long polling. Telegram is told that updates were taken when they are on the disk, not before."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.chat.telegram.intake import Intake
from bot.chat.telegram.sending import seconds_of
from bot.errors import OperatorError, StateError

log = logging.getLogger(__name__)
POLL_SECONDS = 25
YOUNG_SECONDS = 90.0
"""A bot that meets another one in this time after its start is the second, and stops."""
CONFLICTS = 3
LONGEST_PAUSE = 30.0


class TelegramFault(OperatorError):
    """Telegram does not let this bot go on; somebody must act."""


WRONG_TOKEN = "Telegram 不接受這個權杖；請向 @BotFather 核對 TELEGRAM_BOT_TOKEN"  # noqa: S105 - a line, not a token
SECOND_BOT = "已有另一個程式用同一個權杖在收訊息；這一個停止。請先停掉另一個，或換一個權杖"


@dataclass(slots=True)
class Poller:
    """Asks for updates until ``stop``; goes on by itself after dead networks, floods and full disks."""

    bot: Bot
    intake: Intake
    allowed: list[str]
    ready: bool = False
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _offset: int = 0
    _conflicts: int = 0
    _pause: float = 0.5
    _started: float = field(default_factory=time.monotonic)

    async def run(self) -> None:
        """Until ``stopping`` is set; ``TelegramFault`` where nothing but a person helps."""
        stop = asyncio.ensure_future(self.stopping.wait())
        try:
            while not self.stopping.is_set():
                asking = asyncio.ensure_future(self._once())
                await asyncio.wait({asking, stop}, return_when=asyncio.FIRST_COMPLETED)
                if not asking.done():
                    asking.cancel()
                    await asyncio.wait({asking})
                    return
                asking.result()
        finally:
            stop.cancel()

    async def _once(self) -> None:
        try:
            # The first call does not wait, so that the bot knows soon that it is in touch.
            wait = POLL_SECONDS if self.ready else 0
            updates = await self.bot.get_updates(
                offset=self._offset, timeout=wait, allowed_updates=self.allowed, read_timeout=wait + 10
            )
            # Cut off between the two, the updates come again: known ones are not taken twice.
            await asyncio.shield(self._take(list(updates)))
        except RetryAfter as exc:
            await asyncio.sleep(seconds_of(exc))
        except Conflict as exc:
            await self._conflict(exc)
        except InvalidToken as exc:
            raise TelegramFault(WRONG_TOKEN) from exc
        except StateError as exc:
            log.error("%s", exc)
            await self._wait()
        except TelegramError as exc:
            if self.ready:
                log.error("連不上 Telegram（%s），會一直再試", type(exc).__name__)
            self.ready = False
            await self._wait()

    async def _take(self, updates: list[object]) -> None:
        from telegram import Update

        found = [update for update in updates if isinstance(update, Update)]
        await self.intake.take(found)
        if found:
            self._offset = max(update.update_id for update in found) + 1
        if not self.ready and self._pause > 0.5:
            log.warning("已連上 Telegram")
        self.ready, self._pause = True, 0.5

    async def _conflict(self, exc: Conflict) -> None:
        self._conflicts += 1
        young = time.monotonic() - self._started < YOUNG_SECONDS
        if young and self._conflicts >= CONFLICTS:
            raise TelegramFault(SECOND_BOT) from exc
        log.error("另有程式用同一個權杖在收訊息（409）；這一個先啟動，會繼續")
        # The first comes back soon and so keeps the second from ever being left alone.
        await asyncio.sleep(1.0 if young else 0.2)

    async def _wait(self) -> None:
        await asyncio.sleep(self._pause)
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
