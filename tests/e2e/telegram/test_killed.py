"""kill -9 at random moments: every question is answered, none twice, none lost, and no word stays on the disk."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from bot.sandbox.faults import FaultKind
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.e2e.telegram.processes import BotProcess

KINDS = (
    FaultKind.DELAY,
    FaultKind.DROP_BEFORE,
    FaultKind.DROP_AFTER,
    FaultKind.STATUS,
    FaultKind.GARBAGE,
    FaultKind.FLOOD,
)
MARKS = ("私人信箱", "註冊帳戶嗎")
"""Words of every question; none may be found in a file."""


async def _bombarded(sandbox: Sandbox, bot: BotProcess, *, people: int, each: int, kills: int, seed: int) -> None:
    """People ask, each in their private chat, while the bot is killed and started again."""
    chance = random.Random(seed)
    persons = [sandbox.user(2000 + number) for number in range(people)]
    questions = [(person, round_) for round_ in range(each) for person in persons]
    bot.start()
    try:
        await _killed_while_asking(sandbox, bot, questions, kills, chance)
        await _all_answered(sandbox, persons, each)
    except BaseException:
        bot.kill()
        raise


async def _killed_while_asking(
    sandbox: Sandbox, bot: BotProcess, questions: list[tuple[Person, int]], kills: int, chance: random.Random
) -> None:
    killing = {round(at * len(questions) / kills) for at in range(kills)}
    for number, (person, round_) in enumerate(questions):
        person.send(person.private, f"可以用私人信箱註冊帳戶嗎（第{round_ + 1}題）")
        await asyncio.sleep(chance.uniform(0.0, 0.05))
        if number in killing:
            await asyncio.sleep(chance.uniform(0.2, 7.0))
            bot.kill()
            _no_words(bot.state)
            bot.start()


async def _all_answered(sandbox: Sandbox, persons: list[Person], each: int) -> None:
    expected = each * len(persons)
    await sandbox.until(lambda: sum(len(person.private.from_bot) for person in persons) >= expected, 240)
    await sandbox.until(lambda: not sandbox.world.pending, 30)
    await asyncio.sleep(3)
    counts = Counter(len(person.private.from_bot) for person in persons)
    assert counts == {each: len(persons)}, counts
    assert all(message.text.startswith("不可以。") for person in persons for message in person.private.from_bot)


def _no_words(state: Path) -> None:
    files = [path for path in state.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        for mark in MARKS:
            for encoding in ("utf-8", "utf-16-le", "unicode_escape"):
                assert mark.encode(encoding) not in content, (path.name, encoding)
        assert b"\\u79c1\\u4eba" not in content, path.name


@pytest.mark.timeout(280)
@pytest.mark.parametrize("faults", [False, True], ids=["sound network", "bad network"])
async def test_every_question_is_answered_once(sandbox: Sandbox, tmp_path: Path, faults: bool) -> None:
    if faults:
        sandbox.faults.at_random(0.06, seed=5, kinds=KINDS)
        sandbox.faults.duplicates = sandbox.faults.shuffles = 0.1
    bot = BotProcess(sandbox, tmp_path / "state", model=0.1)
    await _bombarded(sandbox, bot, people=8, each=3, kills=3, seed=1)
    assert bot.stop() == 0
    _no_words(bot.state)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("faults", [False, True], ids=["sound network", "bad network"])
async def test_twenty_kills_during_two_hundred_questions(sandbox: Sandbox, tmp_path: Path, faults: bool) -> None:
    if faults:
        sandbox.faults.at_random(0.06, seed=7, kinds=KINDS)
        sandbox.faults.duplicates = sandbox.faults.shuffles = 0.1
    bot = BotProcess(sandbox, tmp_path / "state", model=0.1)
    await _bombarded(sandbox, bot, people=40, each=5, kills=20, seed=2)
    assert bot.stop() == 0
    _no_words(bot.state)
