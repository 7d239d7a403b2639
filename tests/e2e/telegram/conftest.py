"""The whole bot against the sandbox, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.chat.telegram.running import Parts, Service
from bot.chat.telegram.sealing import InstallationKey
from bot.chat.telegram.webhook import Hook
from bot.domain import Manifest
from bot.knowledge.editions import FolderEdition
from bot.sandbox.limits import UNLIMITED
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Chat, Posted
from bot.settings import Settings
from tests.e2e.telegram.assistants import AsksBack, Notebook, real_over_fakes

ADMIN, ANN, STRANGER = 9001, 1001, 1009
Bot = Callable[..., AbstractAsyncContextManager[Service]]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=UNLIMITED) as running:
        running.user(ANN, "王小明", "ming")
        running.user(ADMIN, "陳主任", "chen")
        running.user(STRANGER, "路人甲")
        yield running


@pytest.fixture
def notebook() -> Notebook:
    return Notebook()


@pytest.fixture
def bot(sandbox: Sandbox, tmp_path: Path, notebook: Notebook, edition: FolderEdition) -> Bot:
    """Starts a bot with the given settings and assistant; stops it at the end of the context."""

    @asynccontextmanager
    async def start(assistant: Any = None, hook: Hook | None = None, **more: Any) -> AsyncIterator[Service]:
        defaults: dict[str, Any] = {
            "state": tmp_path,
            "telegram_token": sandbox.token,
            "telegram_api": sandbox.base_url,
            "telegram_allow": (str(ANN),),
            "telegram_admins": (ADMIN,),
            "health_port": 0,
        }
        settings = Settings(**{**defaults, **more})
        manifest: Manifest = edition.manifest
        made = assistant or AsksBack(real_over_fakes())
        service = Service(Parts(settings, made, notebook, notebook, InstallationKey(b"k" * 32), lambda: manifest), hook)
        running = asyncio.create_task(service.run(signals=False))
        try:
            while not (service.poller.ready or running.done() or (hook and sandbox.world.webhook.url)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            yield service
        finally:
            service.stop()
            await asyncio.wait_for(running, 40)

    return start


@pytest.fixture
def ann(sandbox: Sandbox) -> Person:
    return sandbox.user(ANN)


@pytest.fixture
def admin(sandbox: Sandbox) -> Person:
    return sandbox.user(ADMIN)


@pytest.fixture
def stranger(sandbox: Sandbox) -> Person:
    return sandbox.user(STRANGER)


Ask = Callable[..., Any]


@pytest.fixture
def ask(sandbox: Sandbox) -> Ask:
    """Sends a message and waits for the bot's next one in that chat."""

    async def sent(person: Person, text: str, chat: Chat | None = None, wait: float = 10.0, **more: Any) -> Posted:
        place = chat or person.private
        before = len(place.from_bot)
        person.send(place, text, **more)
        found: list[Posted] = await sandbox.until(lambda: place.from_bot[before:], wait)
        return found[0]

    return sent


@pytest.fixture
def press(sandbox: Sandbox) -> Ask:
    """Presses the button that says ``label``; the toast that the person saw."""

    async def pressed(person: Person, message: Posted, label: str) -> dict[str, Any]:
        offered: list[str] = await sandbox.until(
            lambda: [button["callback_data"] for button in message.buttons if button["text"] == label]
        )
        number = person.press(message, offered[0])
        return await sandbox.until(lambda: person.answer(number))

    return pressed
