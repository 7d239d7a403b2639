"""Many people at once, and a long day."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.e2e.telegram.processes import BotProcess

MEGABYTE = 1024 * 1024


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


async def _crowd(sandbox: Sandbox, people: int, seconds: float, seed: int = 3) -> tuple[list[float], list[float]]:
    """Each asks once within ``seconds``; seconds to the first sign, and to the official words, of each."""
    sandbox.world.limits = sandbox.world.meter.limits = Limits()
    chance = random.Random(seed)
    persons = [sandbox.user(3000 + number) for number in range(people)]
    asked: dict[int, float] = {}
    arrived: dict[int, float] = {}
    watching = asyncio.create_task(_note_arrivals(persons, arrived))
    began = time.monotonic()
    for person, at in zip(persons, sorted(chance.uniform(0, seconds) for _ in persons), strict=True):
        await asyncio.sleep(max(0.0, began + at - time.monotonic()))
        asked[person.id] = time.time()
        person.send(person.private, "可以用私人信箱註冊公務帳號嗎？")
    await sandbox.until(lambda: len(arrived) == people, 120)
    watching.cancel()
    await asyncio.sleep(2)
    assert all(len(person.private.from_bot) == 1 for person in persons)
    first, official = [], []
    for person in persons:
        drafts = person.private.drafts
        first.append(min([arrived[person.id], *(draft.at for draft in drafts)]) - asked[person.id])
        told = [draft.at for draft in drafts if "不可以" in draft.text]
        official.append(min([arrived[person.id], *told]) - asked[person.id])
    return first, official


async def _note_arrivals(persons: Sequence[Person], arrived: dict[int, float]) -> None:
    while True:
        for person in persons:
            if person.id not in arrived and person.private.from_bot:
                arrived[person.id] = time.time()
        await asyncio.sleep(0.02)


@pytest.mark.timeout(200)
async def test_forty_people_within_ten_seconds(sandbox: Sandbox, tmp_path: Path) -> None:
    await _bounds(sandbox, tmp_path, people=40, seconds=10)


@pytest.mark.soak
@pytest.mark.timeout(600)
async def test_two_hundred_people_within_a_minute(sandbox: Sandbox, tmp_path: Path) -> None:
    await _bounds(sandbox, tmp_path, people=200, seconds=60)


async def _bounds(sandbox: Sandbox, tmp_path: Path, *, people: int, seconds: float) -> None:
    bot = BotProcess(sandbox, tmp_path / "state", model=1.5, lookup=0.12)
    bot.start()
    try:
        await sandbox.until(lambda: sandbox.calls("getUpdates"), 30)
        await asyncio.sleep(1)
        first, official = await _crowd(sandbox, people, seconds)
        memory = bot.memory() / MEGABYTE
    finally:
        code = bot.stop()
    lag = float(bot.log.read_text().rsplit("longest lag ", 1)[1].split()[0])
    print(f"{people} in {seconds} s: first sign p95 {p95(first):.2f} s, official p95 {p95(official):.2f} s, ", end="")
    print(f"memory {memory:.0f} MB, longest lag {lag * 1000:.0f} ms")
    assert code == 0
    assert p95(first) < 1
    assert p95(official) < 5
    assert memory < 1_200
    assert lag < 0.1


@pytest.mark.soak
@pytest.mark.timeout(1500)
async def test_a_day_of_traffic_keeps_memory_flat(sandbox: Sandbox, tmp_path: Path) -> None:
    """Twelve hours of 30 questions an hour, as fast as they are answered; at most fifteen minutes."""
    bot = BotProcess(sandbox, tmp_path / "state", model=0.0)
    bot.start()
    persons = [sandbox.user(4000 + number) for number in range(60)]
    measured: list[float] = []
    try:
        end = time.monotonic() + 900
        for _ in range(6):
            for person in persons:
                before = len(person.private.from_bot)
                person.send(person.private, "可以用私人信箱註冊公務帳號嗎？")
                await sandbox.until(lambda p=person, n=before: len(p.private.from_bot) > n, 60)
            measured.append(bot.memory() / MEGABYTE)
            assert time.monotonic() < end
    finally:
        assert bot.stop() == 0
    slope = statistics.linear_regression(range(len(measured) - 2), measured[2:]).slope
    print(f"memory {[round(m) for m in measured]} MB, slope {slope:.2f} MB for 60 questions")
    assert slope < 1.0
