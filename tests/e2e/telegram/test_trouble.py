"""What goes wrong: floods, dead networks, servers that know little, second bots, wrong tokens, full disks, damage."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from bot.chat.telegram.polling import SECOND_BOT, WRONG_TOKEN, TelegramFault
from bot.chat.telegram.running import only_one
from bot.chat.telegram.webhook import LONGEST_BODY, SECRET_HEADER, Hook, read_hook
from bot.errors import SettingsError, StateError
from bot.sandbox.faults import FaultKind
from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.e2e.telegram.assistants import QUESTION, AsksBack, real_over_fakes
from tests.e2e.telegram.conftest import Ask, Bot
from tests.e2e.telegram.processes import BotProcess


@pytest.mark.parametrize("fault", list(FaultKind))
async def test_a_send_with_a_fault_arrives_once(bot: Bot, ann: Person, sandbox: Sandbox, fault: FaultKind) -> None:
    async with bot():
        sandbox.faults.plan(fault, "sendMessage", times=2, seconds=1)
        ann.send(ann.private, QUESTION)
        await sandbox.until(lambda: ann.private.from_bot, 20)
        await asyncio.sleep(1)
    assert len(ann.private.from_bot) == 1
    assert ann.private.from_bot[0].text.startswith("不可以。")


async def test_floods_lose_nothing(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.world.limits = sandbox.world.meter.limits = Limits(chat_per_second=2.0, chat_burst=1)
    async with bot():
        for _ in range(4):
            ann.send(ann.private, QUESTION)
        await sandbox.until(lambda: len(ann.private.from_bot) == 4, 20)
    assert any(status == 429 for _, _, status in sandbox.calls("sendMessage"))


async def test_a_server_that_knows_three_methods_is_enough(
    bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.sandbox import server

    kept = {name: server.METHODS[name] for name in ("getMe", "sendMessage")}
    monkeypatch.setattr(server, "METHODS", kept)
    async with bot():
        assert (await ask(ann, QUESTION)).text.startswith("不可以。")
        assert (await ask(ann, "/edition")).text.startswith("《")
    assert len(ann.private.from_bot) == 2


async def test_updates_twice_and_out_of_order(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.faults.duplicates = sandbox.faults.shuffles = 0.7
    async with bot():
        for number in range(10):
            ann.send(ann.private, f"/ask {QUESTION}{number}")
        await sandbox.until(lambda: len(ann.private.from_bot) >= 10, 20)
        await asyncio.sleep(1)
    assert len(ann.private.from_bot) == 10


async def test_the_second_bot_on_a_token_stops(
    bot: Bot, ann: Person, ask: Ask, tmp_path: Path, sandbox: Sandbox
) -> None:
    other = tmp_path / "other"
    async with bot() as first:
        first.poller._started -= 1_000
        second = BotProcess(sandbox, other)
        second.start()
        await sandbox.until(lambda: second.process and second.process.poll() is not None, 40)
        assert SECOND_BOT in second.log.read_text()
        assert (await ask(ann, QUESTION)).text.startswith("不可以。")


def test_two_bots_in_one_state_folder(tmp_path: Path) -> None:
    with only_one(tmp_path), pytest.raises(StateError, match="另一個機器人正在使用"), only_one(tmp_path):
        pass


@pytest.mark.parametrize("token", ["123456:wrong-token-of-some-length", "no token at all"])
async def test_a_wrong_token(bot: Bot, token: str) -> None:
    with pytest.raises(TelegramFault, match="TELEGRAM_BOT_TOKEN"):
        async with bot(telegram_token=token):
            pass


async def test_no_token(bot: Bot) -> None:
    with pytest.raises(SettingsError, match="--sandbox"):
        async with bot(telegram_token=""):
            pass


async def test_a_token_that_is_revoked(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    with pytest.raises(TelegramFault) as told:
        async with bot() as service:
            sandbox.revoke()
            ann.send(ann.private, QUESTION)  # ends the long poll
            await sandbox.until(lambda: any(status == 401 for _, _, status in sandbox.calls()))
            await asyncio.sleep(0.3)
            assert not service._ready()
    assert str(told.value) == WRONG_TOKEN


async def test_a_network_that_dies_and_comes_back(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    sandbox.faults.plan("drop_before", "getMe", times=2)
    async with bot():
        sandbox.faults.plan("drop_before", "getUpdates", times=2)
        assert (await ask(ann, QUESTION, wait=20)).text.startswith("不可以。")


async def test_a_full_disk_and_room_again(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    async with bot() as service:
        full = service._database.run_now(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar())
        service._database.run_now(lambda c: c.exec_driver_sql(f"PRAGMA max_page_count={full}"))
        for number in range(30):
            ann.send(ann.private, f"{QUESTION}{'長' * 900}{number}")
        await asyncio.sleep(2)
        service._database.run_now(lambda c: c.exec_driver_sql("PRAGMA max_page_count=100000"))
        await sandbox.until(lambda: len(ann.private.from_bot) == 30, 40)
        await asyncio.sleep(0.5)
    assert len(ann.private.from_bot) == 30


@pytest.mark.parametrize("name", ["telegram.sqlite3", "workflows.sqlite3"])
async def test_a_damaged_database_is_set_aside(bot: Bot, ann: Person, ask: Ask, tmp_path: Path, name: str) -> None:
    async with bot():
        await ask(ann, QUESTION)
    (tmp_path / name).write_bytes(b"SQLite format 3\x00" + b"\xff" * 40_000)
    async with bot():
        assert (await ask(ann, "/edition")).text.startswith("《")
    assert any(path.startswith(f"{name}.damaged-") for path in os.listdir(tmp_path))  # noqa: PTH208
    with sqlite3.connect(tmp_path / name) as connection:
        assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)


async def test_what_waited_is_answered_at_the_next_start(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    sandbox.faults.plan("drop_before", "sendMessage", times=1_000)
    async with bot(AsksBack(real_over_fakes())) as service:
        ann.send(ann.private, QUESTION)
        await sandbox.until(lambda: service.intake.running)
        await sandbox.until(lambda: any(method == "sendMessage" for _, method, _ in sandbox.calls()))
        from bot.chat.telegram import running

        running.GRACE_SECONDS = 0.2
    sandbox.faults.clear()
    async with bot():
        await sandbox.until(lambda: ann.private.from_bot, 20)
        await asyncio.sleep(1)
    assert len(ann.private.from_bot) == 1


async def test_a_webhook_takes_what_has_the_secret(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    hook = Hook("http://127.0.0.1:18443/hook", "127.0.0.1", 18443)
    async with bot(hook=hook):
        url, secret = sandbox.world.webhook.url, sandbox.world.webhook.secret
        assert len(url.rsplit("/", 1)[1]) == 40
        assert (await ask(ann, QUESTION)).text.startswith("不可以。")
        async with httpx.AsyncClient(trust_env=False) as client:
            right = {SECRET_HEADER: secret}
            assert (await client.post(url, json={"update_id": 1})).status_code == 404
            assert (await client.post("http://127.0.0.1:18443/hook", json={}, headers=right)).status_code == 404
            assert (await client.post(url, content=b"x" * (LONGEST_BODY + 1), headers=right)).status_code == 413
            assert (await client.post(url, content=b"{", headers=right)).status_code == 400
    assert len(ann.private.from_bot) == 1


@pytest.mark.parametrize(
    ("url", "listen", "certificate"),
    [
        ("ftp://x", "127.0.0.1:8443", None),
        ("http://example.org", "127.0.0.1:8443", None),
        ("https://example.org", "8443", None),
        ("https://example.org", "127.0.0.1:99999", None),
        ("https://example.org", "127.0.0.1:8443", "nowhere.pem"),
    ],
)
def test_wrong_options_of_a_webhook(url: str, listen: str, certificate: str | None) -> None:
    with pytest.raises(SettingsError):
        read_hook(url, listen, certificate, None)


async def test_health_readiness_and_metrics(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    async with bot(health_port=19464), httpx.AsyncClient(trust_env=False) as client:
        base = "http://127.0.0.1:19464"
        assert (await client.get(f"{base}/healthz")).text == "ok\n"
        assert (await client.get(f"{base}/readyz")).status_code == 200
        await ask(ann, QUESTION)
        began = time.monotonic()
        told = (await client.get(f"{base}/metrics")).text
        assert time.monotonic() - began < 1
    assert "zhiyin_updates_total" in told
