"""What the server refuses, each as Telegram words it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import formatted, parse_html, typed_entities, units
from bot.sandbox.faults import ApiError
from bot.sandbox.limits import UNLIMITED, Limits
from bot.sandbox.server import Sandbox
from tests.unit.sandbox.conftest import Call

HTML_WRONG = {
    "not closed": "<b>粗",
    "not opened": "粗</b>",
    "crossed": "<b><i>字</b></i>",
    "unknown tag": "<h1>題</h1>",
    "bare ampersand": "R&D 部門",
    "bare less-than": "3 < 5",
    "bare greater-than": "5 > 3",
    "unknown entity": "甲&nbsp;乙",
    "empty": "前<b></b>後",
    "nested quote": "<blockquote>一<blockquote>二</blockquote></blockquote>",
    "bold in code": "<code><b>字</b></code>",
    "script address": '<a href="javascript:x">字</a>',
    "address missing": "<a>字</a>",
    "unknown attribute": '<b class="x">字</b>',
}


@pytest.mark.parametrize("source", HTML_WRONG.values(), ids=HTML_WRONG.keys())
def test_html_that_is_not_right(source: str) -> None:
    with pytest.raises(ApiError, match="can't parse entities"):
        parse_html(source)


HTML_RIGHT = {
    "none": ("條文", "條文", []),
    "escaped": ("R&amp;D &lt;3 &#33;", "R&D <3 !", []),
    "after a wide character": ("🟠<b>高度</b>", "🟠高度", [("bold", 2, 2)]),
    "nested": ("<b>甲<i>乙</i></b>", "甲乙", [("bold", 0, 2), ("italic", 1, 1)]),
    "expandable": ("<blockquote expandable>長</blockquote>", "長", [("expandable_blockquote", 0, 1)]),
    "code in pre": ('<pre><code class="language-x">y</code></pre>', "y", [("pre", 0, 1)]),
    "link": ('<a href="https://a.gov.tw/?b=1&amp;c=2">網</a>', "網", [("text_link", 0, 1)]),
}


@pytest.mark.parametrize(("source", "text", "entities"), HTML_RIGHT.values(), ids=HTML_RIGHT.keys())
def test_html_that_is_right(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    shown, found = parse_html(source)
    assert shown == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
def test_what_is_escaped_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown, entities = parse_html(f"<b>{escaped}</b>")
    assert shown == text
    assert entities == [{"type": "bold", "offset": 0, "length": units(text)}]


def test_length_is_counted_after_the_entities_and_in_utf_16() -> None:
    assert units(formatted("<b>" + "字" * 4096 + "</b>", "HTML", None, 4096)[0]) == 4096
    for text in ("字" * 4097, "🟠" * 2049):
        with pytest.raises(ApiError, match="message is too long"):
            formatted(text, None, None, 4096)


def test_what_a_person_typed_is_marked() -> None:
    found = typed_entities("🙂 /ask@zhiyin_bot 請問 @ming a@b.tw")
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == [
        ("bot_command", 3, 15),
        ("mention", 22, 5),
    ]


def button(**fields: Any) -> dict[str, Any]:
    return {"chat_id": 1001, "text": "字", "reply_markup": {"inline_keyboard": [[{"text": "鈕", **fields}]]}}


REFUSED = {
    "no chat": ("sendMessage", {"chat_id": 5, "text": "字"}, "chat not found"),
    "chat by name": ("sendMessage", {"chat_id": "@a", "text": "字"}, "must be of kind chat"),
    "no text": ("sendMessage", {"chat_id": 1001}, "text is missing"),
    "blank text": ("sendMessage", {"chat_id": 1001, "text": " \n"}, "message text is empty"),
    "text too long": ("sendMessage", {"chat_id": 1001, "text": "字" * 4097}, "message is too long"),
    "unknown parameter": ("sendMessage", {"chat_id": 1001, "text": "字", "colour": "red"}, "'colour' is not published"),
    "idle parameter": ("sendMessage", {"chat_id": 1001, "text": "字", "message_effect_id": "1"}, "not in the sandbox"),
    "unknown mode": ("sendMessage", {"chat_id": 1001, "text": "*a*", "parse_mode": "MarkdownV2"}, "parse_mode"),
    "entity outside": (
        "sendMessage",
        {"chat_id": 1001, "text": "字", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
        "entity beyond the text",
    ),
    "entity within a character": (
        "sendMessage",
        {"chat_id": 1001, "text": "🟠", "entities": [{"type": "bold", "offset": 0, "length": 1}]},
        "entity beyond the text",
    ),
    "data of 65 bytes": ("sendMessage", button(callback_data="x" * 65), "BUTTON_DATA_INVALID"),
    "data of 22 Chinese characters": ("sendMessage", button(callback_data="字" * 22), "BUTTON_DATA_INVALID"),
    "empty data": ("sendMessage", button(callback_data=""), "BUTTON_DATA_INVALID"),
    "button without act": ("sendMessage", button(), "exactly one act"),
    "button with two": ("sendMessage", button(callback_data="a", url="https://a.tw"), "exactly one act"),
    "button's unknown field": ("sendMessage", button(callback_data="a", color="red"), "'color' is not published"),
    "reply to nothing": (
        "sendMessage",
        {"chat_id": 1001, "text": "字", "reply_parameters": {"message_id": 99}},
        "message to be replied not found",
    ),
    "no such thread": ("sendMessage", {"chat_id": 1001, "text": "字", "message_thread_id": 4}, "thread not found"),
    "edit of nothing": (
        "editMessageText",
        {"chat_id": 1001, "message_id": 9, "text": "字"},
        "message to edit not found",
    ),
    "edit of another's": ("editMessageText", {"chat_id": 1001, "message_id": 1, "text": "字"}, "can't be edited"),
    "edit that changes nothing": ("editMessageText", {"chat_id": 1001, "message_id": 2, "text": "答"}, "not modified"),
    "markup that changes nothing": ("editMessageReplyMarkup", {"chat_id": 1001, "message_id": 2}, "not modified"),
    "delete of nothing": ("deleteMessage", {"chat_id": 1001, "message_id": 9}, "message to delete not found"),
    "delete of another's in a group": ("deleteMessage", {"chat_id": -7, "message_id": 1}, "can't be deleted"),
    "draft in a group": ("sendMessageDraft", {"chat_id": -7, "draft_id": 1, "text": "字"}, "private chats only"),
    "draft without number": ("sendMessageDraft", {"chat_id": 1001, "draft_id": 0, "text": "字"}, "non-zero"),
    "callback never asked": ("answerCallbackQuery", {"callback_query_id": "5"}, "query is too old"),
    "command in capitals": (
        "setMyCommands",
        {"commands": [{"command": "Ask", "description": "問"}]},
        "COMMAND_INVALID",
    ),
    "unknown action": ("sendChatAction", {"chat_id": 1001, "action": "thinking"}, "wrong parameter action"),
    "unknown update": ("getUpdates", {"allowed_updates": ["messages"]}, "unknown kind"),
    "webhook elsewhere": ("setWebhook", {"url": "https://192.0.2.1/x"}, "this machine only"),
    "webhook's bad secret": ("setWebhook", {"url": "http://127.0.0.1/", "secret_token": "a b"}, "unallowed characters"),
    "file unknown": ("getFile", {"file_id": "x"}, "wrong file_id"),
}


@pytest.mark.parametrize(("method", "parameters", "reason"), REFUSED.values(), ids=REFUSED.keys())
async def test_calls_that_are_refused(
    sandbox: Sandbox, call: Call, method: str, parameters: dict[str, Any], reason: str
) -> None:
    ann = sandbox.user(1001)
    group = sandbox.group(7, "小組", [ann])
    ann.send(ann.private, "問")
    ann.send(group, "/ask 問")
    await call("sendMessage", chat_id=1001, text="答")
    before = [len(chat.everything) for chat in (ann.private, group)]
    status, description = await call(method, **parameters)
    assert (status, reason in description) == (400, True), description
    assert [len(chat.everything) for chat in (ann.private, group)] == before


TOKENS = {"another": ("7000001:another", 401), "of no shape": ("x", 404), "of no bot": (":abc", 404)}


@pytest.mark.parametrize(("token", "status"), TOKENS.values(), ids=TOKENS.keys())
def test_tokens(sandbox: Sandbox, token: str, status: int) -> None:
    assert httpx.get(f"{sandbox.base_url}{token}/getMe", trust_env=False).status_code == status


def test_a_revoked_token(sandbox: Sandbox) -> None:
    sandbox.revoke()
    assert httpx.get(f"{sandbox.base_url}{sandbox.token}/getMe", trust_env=False).status_code == 401


async def test_a_callback_expires_and_is_answered_once(sandbox: Sandbox, call: Call) -> None:
    ann = sandbox.user(1001)
    await call("sendMessage", **button(callback_data="a"))
    message = ann.private.from_bot[0]
    first, second = ann.press(message, "a"), ann.press(message, "a")
    assert ann.answer(first) is None
    assert (await call("answerCallbackQuery", callback_query_id=first, text="好"))[0] == 200
    assert ann.answer(first) == {"text": "好", "show_alert": False}
    assert (await call("answerCallbackQuery", callback_query_id=first))[0] == 400
    sandbox.world.skip(16)
    assert (await call("answerCallbackQuery", callback_query_id=second))[0] == 400


async def test_a_blocked_or_removed_bot_gets_403(sandbox: Sandbox, call: Call) -> None:
    ann = sandbox.user(1001)
    group = sandbox.group(7, "小組", [ann])
    ann.block()
    sandbox.kick_bot(group)
    for chat in (1001, group.id):
        status, description = await call("sendMessage", chat_id=chat, text="字")
        assert (status, description.split(":")[0]) == (403, "Forbidden")
    ann.unblock()
    assert (await call("sendMessage", chat_id=1001, text="字"))[0] == 200


async def test_a_bot_may_not_write_first(sandbox: Sandbox, call: Call) -> None:
    new = sandbox.user(1005, "新同仁")
    status, description = await call("sendMessage", chat_id=1005, text="您好")
    assert (status, "can't initiate" in description) == (403, True)
    new.send(new.private, "/start")
    assert (await call("sendMessage", chat_id=1005, text="您好"))[0] == 200


RATES = {
    "a chat": (Limits(chat_per_second=1, chat_burst=2), 1001, 2, 1, 1.0),
    "a group": (Limits(None, 1, 20, None, None), -7, 20, 60, 60.0),
    "all": (Limits(None, 1, None, 30, None), 1001, 30, 1, 1.0),
}


@pytest.mark.parametrize(("limits", "chat", "passes", "most", "wait"), RATES.values(), ids=RATES.keys())
async def test_what_comes_too_fast_waits(
    sandbox: Sandbox, call: Call, limits: Limits, chat: int, passes: int, most: int, wait: float
) -> None:
    sandbox.group(7, "小組", [sandbox.user(1001)])
    sandbox.world.meter.limits, sandbox.world.clock = limits, lambda: 1_800_000_000.0
    statuses = [(await call("sendMessage", chat_id=chat, text=str(n)))[0] for n in range(passes + 1)]
    assert statuses == [200] * passes + [429]
    with pytest.raises(ApiError) as caught:
        sandbox.world.meter.admit(chat, chat < 0, sandbox.world.now())
    assert 1 <= caught.value.parameters["retry_after"] <= most
    sandbox.world.skip(wait)
    assert (await call("sendMessage", chat_id=chat, text="後"))[0] == 200
    assert len(sandbox.chat(chat).from_bot) == passes + 1


def test_no_limits_let_everything_through() -> None:
    with Sandbox(limits=UNLIMITED) as sandbox:
        for _ in range(200):
            sandbox.world.meter.admit(1, True, 0.0)
