"""Every pattern is linear, and a message takes a few milliseconds."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from statistics import median

import pytest

import bot.guards.taiwan
from bot.guards import masking, secrets
from bot.guards.personal_data import PersonalData

LENGTH = 20_000
MILLISECONDS = 50.0
UNITS = (
    *'aA09陳號路一巷市區鄰健症 -.@((\n\t,"',
    *(
        "A1",
        "0 ",
        "a.",
        "a@",
        "1-",
        "1 巷",
        "路1",
        "中山路1段",
        "縣市",
        "年1月",
        "1年",
        "Abc ",
        "Ab, ",
        "·巴",
        "中·文",
        "LINE ",
    ),
    *(
        "密碼",
        "password=",
        "x:",
        "//a:",
        "1,",
        "案號:",
        "帳號",
        "重度",
        "的症",
        "No. 1,",
        "eyJ",
        "eyJa.",
        "= ",
        "09",
        "0(9)",
    ),
    *("+886", "民國", "異常", "密等:"),
)


def _patterns(guard: PersonalData) -> Iterator[tuple[str, re.Pattern[str]]]:
    names = [f"bot.guards.taiwan.{module.name}" for module in pkgutil.iter_modules(bot.guards.taiwan.__path__)]
    for module in (*(importlib.import_module(name) for name in names), masking, secrets):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", value
    todo: list[object] = list(guard.recognizers)
    while todo:
        owner = todo.pop()
        for name, value in vars(owner).items():
            if isinstance(value, re.Pattern):
                yield f"{type(owner).__name__}.{name}", value
            elif type(value).__module__.startswith("bot.guards") and hasattr(value, "__dict__"):
                todo.append(value)


def _took(pattern: re.Pattern[str], text: str) -> float:
    """Milliseconds for one pass, the better of two."""

    def once() -> float:
        begun = time.perf_counter()
        for _ in pattern.finditer(text):
            pass
        return (time.perf_counter() - begun) * 1000

    first = once()
    return first if first < MILLISECONDS else min(first, once(), once())


def test_every_pattern_is_linear(personal_data: PersonalData) -> None:
    patterns = list(_patterns(personal_data))
    assert len(patterns) > 80
    slow = [
        (name, unit)
        for name, pattern in patterns
        for unit in UNITS
        if _took(pattern, (unit * LENGTH)[:LENGTH] + "!") > MILLISECONDS
    ]
    assert slow == []


@pytest.mark.parametrize("unit", UNITS)
def test_the_longest_message_is_bearable(personal_data: PersonalData, unit: str) -> None:
    begun = time.perf_counter()
    personal_data.find((unit * 4000)[:4000])
    assert time.perf_counter() - begun < 1.0


def test_a_message_takes_a_few_milliseconds(personal_data: PersonalData) -> None:
    text = (
        "幫我把下面這封信整理成三點：我叫薛淑卿，住信義區莊敬路391巷8弄2號3樓，樓下餐廳每天半夜營業，油煙都飄進來，"
        "打了好幾次1999都沒有改善，請務必派人來看，可以打0938-221-047找我，也可以寫信到shufen.w@example.org，"
        "謝謝。另外附近的路燈也壞了很久，晚上走路很危險，里長說已經通報，但是到現在還沒有人來修，請一併處理並回覆。"
    )
    times = []
    for _ in range(30):
        begun = time.perf_counter()
        personal_data.find(text)
        times.append((time.perf_counter() - begun) * 1000 * 200 / len(text))
    assert median(times) < 5.0
