"""The page and the terminal: what a person does there arrives at the bot, what the bot does shows there."""

from __future__ import annotations

import base64
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.sandbox.cast import CHIEF, CLERK, furnish
from bot.sandbox.limits import UNLIMITED
from bot.sandbox.server import Sandbox
from bot.sandbox.terminal import SandboxApp
from bot.sandbox.world import Chat
from tests.conftest import ROOT
from tests.unit.sandbox.conftest import Call

BUTTONS = {"inline_keyboard": [[{"text": "👍", "callback_data": "up"}]]}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=UNLIMITED) as running:
        furnish(running)
        running.chat(CLERK).started = True
        yield running


@pytest.fixture
def forum(sandbox: Sandbox) -> Chat:
    return next(chat for chat in sandbox.world.chats.values() if chat.is_forum)


def act(sandbox: Sandbox, **wish: Any) -> tuple[int, Any]:
    answer = httpx.post(f"{sandbox.origin}/client/act", json={"as": CLERK, "chat": CLERK, **wish}, trust_env=False)
    return answer.status_code, answer.json()


def state(sandbox: Sandbox) -> Any:
    return httpx.get(f"{sandbox.origin}/client/state", trust_env=False).json()


def download(sandbox: Sandbox, file_id: str) -> bytes:
    return httpx.get(f"{sandbox.origin}/client/file/{file_id}", trust_env=False).content


def room(sandbox: Sandbox, chat_id: int = CLERK) -> Any:
    return next(chat for chat in state(sandbox)["chats"] if chat["id"] == chat_id)


FOREIGN = {
    "another host's name": ({"Host": "evil.example"}, 403),
    "another page": ({"Origin": "https://evil.example"}, 403),
    "a plain form": ({"Content-Type": "text/plain"}, 415),
}


@pytest.mark.parametrize(("headers", "status"), FOREIGN.values(), ids=FOREIGN.keys())
def test_other_pages_cannot_write_here(sandbox: Sandbox, headers: dict[str, str], status: int) -> None:
    body = b'{"act":"send","as":1001,"chat":1001,"text":"x"}'
    base = {"Content-Type": "application/json"}
    answer = httpx.post(f"{sandbox.origin}/client/act", content=body, headers=base | headers, trust_env=False)
    assert answer.status_code == status
    assert sandbox.chat(CLERK).messages == []


def test_the_page_brings_everything_itself(sandbox: Sandbox) -> None:
    answer = httpx.get(f"{sandbox.origin}/", trust_env=False)
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script>" in answer.text
    assert re.findall(r"""(?:src|href)=["'](?!#)""", answer.text) == []


async def test_what_the_page_sends_reaches_the_bot(sandbox: Sandbox, forum: Chat, call: Call) -> None:
    topic = next(iter(forum.topics))
    await call("getUpdates", offset=-1)
    await call("sendMessage", chat_id=CLERK, text="答", reply_markup=BUTTONS)
    assert act(sandbox, act="send", text="可以嗎")[0] == 200
    assert act(sandbox, act="edit", message=2, text="可以用嗎")[0] == 200
    assert act(sandbox, act="press", message=1, data="up")[0] == 200
    assert act(sandbox, act="media", kind="photo")[0] == 200
    content = base64.b64encode("甲,乙".encode()).decode()
    assert act(sandbox, act="document", name="清冊.csv", content=content)[0] == 200
    assert act(sandbox, act="send", chat=forum.id, text="/ask 一", thread=topic)[0] == 200
    assert act(sandbox, act="inline", text="信箱")[0] == 200
    updates = (await call("getUpdates"))[1][1:]
    kinds = [next(name for name in update if name != "update_id") for update in updates]
    assert kinds == ["message", "edited_message", "callback_query", "message", "message", "message", "inline_query"]
    assert updates[5]["message"]["message_thread_id"] == topic
    document = updates[4]["message"]["document"]["file_id"]
    assert sandbox.world.files[document].content == "甲,乙".encode()
    assert download(sandbox, document) == "甲,乙".encode()


async def test_what_the_bot_does_shows_on_the_page(sandbox: Sandbox, call: Call) -> None:
    await call("setMyCommands", commands=[{"command": "ask", "description": "問"}], scope={"type": "all_private_chats"})
    await call("setMyDescription", description="問人工智慧指引", language_code="zh")
    assert state(sandbox)["bot"]["description"] == "問人工智慧指引"
    await call("sendMessageDraft", chat_id=CLERK, draft_id=3, text="可")
    assert room(sandbox)["draft"]["text"] == "可"
    assert room(sandbox)["commands"][str(CLERK)] == [{"command": "ask", "description": "問"}]
    await call("sendMessage", chat_id=CLERK, text="<b>可以</b>", parse_mode="HTML", reply_markup=BUTTONS)
    shown = room(sandbox)
    assert shown["draft"] is None
    assert shown["messages"][0]["entities"] == [{"type": "bold", "offset": 0, "length": 2}]
    assert shown["messages"][0]["rows"][0][0]["text"] == "👍"
    act(sandbox, act="press", message=1, data="up")
    number = next(iter(sandbox.world.callbacks))
    await call("answerCallbackQuery", callback_query_id=number, text="謝謝")
    assert state(sandbox)["toasts"] == [{"id": number, "user": CLERK, "text": "謝謝", "show_alert": False}]
    await call("deleteMessage", chat_id=CLERK, message_id=1)
    assert room(sandbox)["messages"][0]["deleted"] is True


async def test_an_inline_result_is_chosen(sandbox: Sandbox, call: Call) -> None:
    act(sandbox, act="inline", text="信箱")
    number = next(iter(sandbox.world.inline))
    article = {"type": "article", "id": "1", "title": "信箱", "input_message_content": {"message_text": "不可以"}}
    await call("answerInlineQuery", inline_query_id=number, results=[article], is_personal=True, cache_time=0)
    assert act(sandbox, act="choose", query=number, result="1")[0] == 200
    assert sandbox.chat(CLERK).messages[-1].text == "不可以"
    assert list((await call("getUpdates"))[1][-1])[1] == "chosen_inline_result"


WRONG = {
    "unknown act": {"act": "fly"},
    "no message": {"act": "press", "message": 99, "data": "up"},
    "empty": {"act": "send", "text": " "},
    "unknown person": {"as": 5, "act": "send", "text": "字"},
    "not a member": {"as": 1009, "act": "send", "chat": -1000000000001, "text": "字"},
    "no administrator": {"act": "bot", "chat": -1000000000001, "bot": "kicked"},
    "half a file": {"act": "document", "name": "a", "content": "abc"},
    "no forum": {"act": "topic", "name": "採購"},
}


@pytest.mark.parametrize("wish", WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_done_is_said_in_one_line(sandbox: Sandbox, wish: dict[str, Any]) -> None:
    status, body = act(sandbox, **wish)
    assert status == 400
    assert re.search(r"[\u4e00-\u9fff]", body["error"])
    assert "\n" not in body["error"]


def test_an_administrator_changes_what_the_bot_may(sandbox: Sandbox) -> None:
    group = sandbox.chat(-1000000000001)
    for wanted, status in (("administrator", "administrator"), ("member", "member"), ("kicked", "kicked")):
        assert act(sandbox, **{"as": CHIEF}, act="bot", chat=group.id, bot=wanted)[0] == 200
        assert group.members[sandbox.world.bot["id"]] == status


async def test_the_terminal(sandbox: Sandbox, forum: Chat, call: Call, tmp_path: Path) -> None:
    (tmp_path / "清冊.csv").write_text("甲", encoding="utf-8")
    clerk = sandbox.chat(CLERK)
    app = SandboxApp(sandbox)
    async with app.run_test(size=(110, 34), notifications=True) as pilot:

        async def write(text: str) -> None:
            app.query_one("#line").value = text  # type: ignore[attr-defined]
            await pilot.press("enter")
            await pilot.pause(0.3)

        await pilot.pause(0.5)
        assert "/start" in app.export_screenshot()
        await write("可以嗎")
        assert [message.text for message in clerk.messages] == ["可以嗎"]
        await call("sendMessageDraft", chat_id=CLERK, draft_id=3, text="思路")
        await pilot.pause(0.4)
        assert "思路" in app.export_screenshot()
        quote = "<blockquote expandable>" + "長" * 90 + "尾</blockquote>🟠<b>答</b>"
        await call("sendMessage", chat_id=CLERK, text=quote, parse_mode="HTML", reply_markup=BUTTONS)
        await pilot.pause(0.4)
        assert "尾" not in app.export_screenshot()
        await pilot.click("MessageBox Button")
        await pilot.pause(0.3)
        assert [callback.data for callback in sandbox.world.callbacks.values()] == ["up"]
        await write(":展 2")
        assert "尾" in app.export_screenshot()
        await write(":回 2 那這樣呢")
        assert clerk.messages[-1].reply_to == 2
        await write(":改 1 可以用嗎")
        assert clerk.messages[0].text == "可以用嗎"
        await write(f":檔 {tmp_path / '清冊.csv'}")
        await write(f":存 {clerk.messages[-1].id} {tmp_path}")
        assert clerk.messages[-1].raw["document"]["file_name"] == "清冊.csv"
        for wrong in (":回 99 字", ":飛", ":檔 /nowhere", ":機器人 國王"):
            before = len(clerk.everything)
            await write(wrong)
            assert len(clerk.everything) == before
        assert len(list(app._notifications)) >= 4
        await pilot.press("f2")
        assert app.person.id == CHIEF


def test_the_command_runs_until_interrupted() -> None:
    code = (
        "import contextlib; from bot.sandbox.run import run_sandbox\n"
        "@contextlib.contextmanager\n"
        "def bot(base, token):\n"
        "    print(base, flush=True)\n"
        "    yield\n"
        "    print('stopped', flush=True)\n"
        "run_sandbox(bot)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout and process.stderr
    address = re.search(r"http://127\.0\.0\.1:\d+/", process.stderr.readline().decode())
    assert process.stdout.readline().startswith(b"http://127.0.0.1:")
    assert address and httpx.get(address[0], trust_env=False).status_code == 200
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20)[0] == b"stopped\n"
    assert process.returncode == 0
