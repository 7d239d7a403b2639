"""The command itself with the real models: one conversation, and a crowd."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.app import App
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.conftest import STATE
from tests.e2e.telegram.conftest import Ask
from tests.e2e.telegram.processes import ROOT, resident
from tests.e2e.telegram.test_load import MEGABYTE, _crowd, p95

pytestmark = pytest.mark.model


@pytest.fixture
def command(sandbox: Sandbox, tmp_path: Path, app: App) -> Iterator[subprocess.Popen[bytes]]:
    """``zhiyin telegram``; model and index are those of the tests."""
    for name in ("index", "models"):
        if (STATE / name).exists():
            (tmp_path / name).symlink_to((STATE / name).resolve())
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "ZHIYIN_STATE": str(tmp_path),
        "TELEGRAM_BOT_TOKEN": sandbox.token,
        "ZHIYIN_TELEGRAM_API": sandbox.base_url,
        "ZHIYIN_TELEGRAM_ALLOW": "*",
        "ZHIYIN_HEALTH_PORT": "0",
    }
    with (tmp_path / "bot.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "bot", "telegram"], cwd=ROOT, env=environment, stderr=log)
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


@pytest.mark.timeout(200)
async def test_a_conversation(
    command: subprocess.Popen[bytes], ann: Person, ask: Ask, press: Ask, sandbox: Sandbox
) -> None:
    answer = await ask(ann, "公務用的 AI 帳號可以用自己的信箱註冊嗎？", wait=120)
    assert answer.text.startswith("不可以。")
    await press(ann, answer, "👎")
    await press(ann, answer, "看不懂")
    assert "可以這樣問" in (await ask(ann, "你好", wait=60)).text
    assert ann.private.drafts[0].text == ""


@pytest.mark.soak
@pytest.mark.timeout(400)
async def test_two_hundred_people_and_the_real_models(
    command: subprocess.Popen[bytes], ann: Person, ask: Ask, sandbox: Sandbox, tmp_path: Path
) -> None:
    await ask(ann, "對外的海報要揭露什麼？", wait=120)
    first, official = await _crowd(sandbox, 200, 60)
    memory = resident(command.pid) / MEGABYTE
    command.send_signal(signal.SIGTERM)
    await asyncio.to_thread(command.wait, 60)
    lag = float((tmp_path / "bot.log").read_text().rsplit("longest lag ", 1)[1].split()[0])
    print(f"first sign p95 {p95(first):.2f} s, official p95 {p95(official):.2f} s, ", end="")
    print(f"memory {memory:.0f} MB, longest lag {lag * 1000:.0f} ms")
    assert p95(first) < 1
    assert p95(official) < 5
    assert memory < 1_200
    assert lag < 0.1
