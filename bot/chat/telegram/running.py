"""Starting, running and stopping the bot, in the order that loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import fcntl
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.chat.telegram.access import Access, Rates
from bot.chat.telegram.application import AnyApplication, allowed_updates, make_application, make_bot, register
from bot.chat.telegram.callbacks import Buttons
from bot.chat.telegram.database import Database, open_database, set_aside_if_damaged, sqlite_file
from bot.chat.telegram.desk import Desk, Replier
from bot.chat.telegram.durable import Workflows, workflows_url
from bot.chat.telegram.inbox import Inbox
from bot.chat.telegram.intake import Intake
from bot.chat.telegram.menus import register_menus
from bot.chat.telegram.metrics import Metrics
from bot.chat.telegram.office import Office
from bot.chat.telegram.order import ChatOrder
from bot.chat.telegram.polling import WRONG_TOKEN, Poller, TelegramFault
from bot.chat.telegram.sealing import InstallationKey, Sealer
from bot.chat.telegram.sending import Sender, seconds_of
from bot.chat.telegram.sessions import Sessions
from bot.chat.telegram.streaming import Streams
from bot.chat.telegram.watching import Listening, Watch
from bot.chat.telegram.webhook import Hook, Webhook
from bot.domain import Manifest
from bot.errors import SettingsError, StateError
from bot.ports import AuditLog, Feedback
from bot.settings import Settings

log = logging.getLogger(__name__)
GRACE_SECONDS = 25.0
"""How long a stop waits for what has begun; the rest is answered at the next start."""
_HOUSEKEEPING_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Parts:
    """What the bot is given from outside."""

    settings: Settings
    assistant: Replier
    feedback: Feedback
    audit: AuditLog
    key: InstallationKey
    manifest: Callable[[], Manifest]


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """``StateError`` where another bot works with the same state folder."""
    file: IO[str] = (state / "telegram.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        file.close()
        raise StateError(f"另一個機器人正在使用 {state}；這一個停止。請先停掉另一個，或換 ZHIYIN_STATE") from exc
    try:
        yield
    finally:
        file.close()


class Service:
    """One running bot. ``run`` returns after ``stop``; everything it built is closed then."""

    def __init__(self, parts: Parts, hook: Hook | None = None) -> None:
        settings = parts.settings
        if not settings.telegram_token:
            raise SettingsError("沒有設定 TELEGRAM_BOT_TOKEN；沒有權杖時可用 zhiyin telegram --sandbox 試用")
        self._parts, self._hook = parts, hook
        try:
            self.bot = make_bot(settings.telegram_token, settings.telegram_api)
        except InvalidToken as exc:
            raise TelegramFault(WRONG_TOKEN) from exc
        self._database = _opened(settings)
        self.metrics, self._order = Metrics(), ChatOrder()
        self.application: AnyApplication = make_application(self.bot, self._order)
        self.inbox = Inbox(self._database, Sealer(parts.key))
        self.intake = Intake(self.application, self.inbox, self._order, self.metrics)
        self.desk = Desk(parts.assistant)
        self.access = Access(self._database, settings.telegram_allow, settings.telegram_admins, paused=settings.paused)
        self.poller = Poller(self.bot, self.intake, allowed_updates(inline=settings.telegram_inline))
        self.watch = Watch(self.metrics, self.desk, self.intake, self._ready)
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def _ready(self) -> bool:
        return (self._hook is not None or self.poller.ready) and not self._stopping.is_set()

    def stop(self) -> None:
        """Ends ``run``; from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    async def run(self, *, signals: bool = True) -> None:
        """Until stopped. ``TelegramFault`` where Telegram does not let it go on."""
        self._loop = asyncio.get_running_loop()
        logging.getLogger("telegram").setLevel(logging.CRITICAL)  # its lines quote what the server sent
        if signals:
            for number in (signal.SIGTERM, signal.SIGINT):
                self._loop.add_signal_handler(number, self._stopping.set)
        side: list[asyncio.Task[None]] = []
        health = await self._listen_for_health()
        try:
            if not await self._meet_telegram():
                return
            register(self.application, self._office(), inline=self._parts.settings.telegram_inline)
            await self.access.load()
            await self._start_workflows()
            side.append(asyncio.create_task(self.watch.lag()))
            side.append(asyncio.create_task(register_menus(self.bot, self._parts.settings.telegram_admins)))
            side.append(asyncio.create_task(self._housekeeping()))
            log.warning("已啟動 @%s", self.bot.username)
            await self._receive()
        finally:
            await self._close(side, health)

    def _office(self) -> Office:
        sender = Sender(self.bot, self.inbox)
        return Office(
            bot=self.bot,
            key=self._parts.key,
            inbox=self.inbox,
            access=self.access,
            rates=Rates(),
            desk=self.desk,
            sessions=Sessions(),
            buttons=Buttons(self._parts.key),
            sender=sender,
            streams=Streams(self.bot, sender),
            metrics=self.metrics,
            ratings=self._parts.feedback,
            audit=self._parts.audit,
            manifest=self._parts.manifest,
        )

    async def _meet_telegram(self) -> bool:
        """Asks who the bot is, again and again while the network is dead; False when stopped meanwhile."""
        pause = 0.5
        while not self._stopping.is_set():
            try:
                await self.application.initialize()
            except InvalidToken as exc:
                raise TelegramFault(WRONG_TOKEN) from exc
            except TelegramError as exc:
                log.error("連不上 Telegram（%s），會一直再試", type(exc).__name__)
                pause = seconds_of(exc) if isinstance(exc, RetryAfter) else min(2 * pause, 30.0)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._stopping.wait()
            else:
                return True
        return False

    async def _start_workflows(self) -> None:
        """What was left behind takes its places first, then the engine starts."""
        settings = self._parts.settings
        await self.intake.recover()
        url = workflows_url(settings.database_url, settings.state)
        file = sqlite_file(url)
        if file and (aside := set_aside_if_damaged(file)):
            log.error("工作佇列的資料庫損壞，已移到 %s；未完成的訊息由另一個表接續", aside.name)
        workflows = Workflows(url, self.intake.answer)
        workflows.start()
        self.intake.workflows = workflows
        await self.intake.resume()

    async def _receive(self) -> None:
        if self._hook is None:
            await self._poll()
            return
        webhook = Webhook(self._hook, self._parts.key, self.bot, self.intake)
        files = {"ssl_certfile": self._hook.certificate, "ssl_keyfile": self._hook.private_key}
        more = {name: str(file) for name, file in files.items() if file}
        listening = Listening(webhook.application(), self._hook.host, self._hook.port, **more)
        if not await listening.start():
            raise SettingsError(f"無法在 {self._hook.host}:{self._hook.port} 接收；請改 --listen")
        try:
            await webhook.register(self.poller.allowed)
            await self._stopping.wait()
        finally:
            await listening.stop()

    async def _poll(self) -> None:
        await _without_webhook(self.bot)
        polling = asyncio.create_task(self.poller.run())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        self.poller.stopping.set()
        stopping.cancel()
        await polling

    async def _listen_for_health(self) -> Listening | None:
        port = self._parts.settings.health_port
        if not port:
            return None
        listening = Listening(self.watch.application(), "127.0.0.1", port)
        if await listening.start():
            return listening
        log.error("健康檢查的埠 %d 已被使用；機器人照常運作，請改 ZHIYIN_HEALTH_PORT", port)
        return None

    async def _housekeeping(self) -> None:
        while True:
            await asyncio.sleep(_HOUSEKEEPING_SECONDS)
            try:
                await self.inbox.forget_old()
                if self.intake.workflows:
                    await self.intake.workflows.forget_old()
            except Exception as exc:  # housekeeping can wait for the next hour, the bot cannot
                log.error("清理未完成（%s）；一小時後再試", type(exc).__name__)

    async def _close(self, side: list[asyncio.Task[None]], health: Listening | None) -> None:
        """Takes nothing new, lets what has begun end without the model, then closes."""
        self.desk.stopping.set()
        end = asyncio.get_running_loop().time() + GRACE_SECONDS
        while self.intake.running and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - a count, no event
            await asyncio.sleep(0.05)
        for task in side:
            task.cancel()
        workflows, self.intake.workflows = self.intake.workflows, None
        if workflows:
            await workflows.stop()
        if health:
            await health.stop()
        log.warning("已停止；longest lag %.3f s of the event loop", self.watch.longest_lag)
        with contextlib.suppress(TelegramError, RuntimeError):
            await self.application.shutdown()
        self.desk.close()
        await asyncio.to_thread(self._database.close)


def _opened(settings: Settings) -> Database:
    url = settings.database_url or f"sqlite:///{settings.state / 'telegram.sqlite3'}"
    file = sqlite_file(url)
    if file and not settings.database_url and (aside := set_aside_if_damaged(file)):
        log.error(
            "資料庫損壞，已移到 %s 並重新開始：等候中的訊息與在聊天中加入的成員不在了，請由備份還原或重新邀請",
            aside.name,
        )
    return open_database(url)


async def _without_webhook(bot: Bot) -> None:
    """A webhook set earlier would keep updates from a poller; a server without that method has none."""
    with contextlib.suppress(TelegramError):
        await bot.delete_webhook()


def serve(parts: Parts, hook: Hook | None = None) -> None:
    """Runs the bot in this thread until SIGTERM or Ctrl-C."""
    _keep_memory_together()
    with only_one(parts.settings.state):

        async def run() -> None:
            await Service(parts, hook).run()

        asyncio.run(run())


def _keep_memory_together() -> None:
    """glibc gives every thread a heap of its own and returns little of it; two heaps are enough for ours."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(-8, 2)  # M_ARENA_MAX
