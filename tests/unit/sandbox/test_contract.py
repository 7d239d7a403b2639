"""The server against python-telegram-bot: every method by its own Bot, every object read without remainder."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import telegram
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    MenuButtonCommands,
    ReplyParameters,
)

from bot.sandbox.limits import UNLIMITED
from bot.sandbox.methods import METHODS
from bot.sandbox.published import PUBLISHED, parameters
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Chat, Posted
from tests.conftest import ROOT

CONVENIENCE = {
    "self", "read_timeout", "write_timeout", "connect_timeout", "pool_timeout", "api_kwargs", "reply_to_message_id",
    "allow_sending_without_reply", "disable_web_page_preview", "filename", "current_offset",
}  # fmt: skip


def snake(method: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda m: f"_{m[1].lower()}", method)


@dataclass
class Scene:
    """A bot that has been written to in every way that the methods below need."""

    sandbox: Sandbox
    bot: Bot
    forum: Chat
    theirs: Posted
    ours: int = 0
    document: int = 0
    pressed: str = ""
    asked: str = ""


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with Sandbox(limits=UNLIMITED) as sandbox:
        ann, boss = sandbox.user(1001, "王小明", "ming"), sandbox.user(1002, "陳主任")
        forum = sandbox.supergroup(
            7,
            "測試群組",
            [ann],
            administrators=[boss],
            forum=True,
            bot_rights={"can_delete_messages", "can_manage_topics"},
        )
        async with Bot(sandbox.token, base_url=sandbox.base_url, base_file_url=sandbox.base_file_url) as bot:
            theirs = ann.send(ann.private, "您好")
            ours = await bot.send_message(1001, "按這裡", reply_markup=BUTTONS)
            document = await bot.send_document(1001, b"1,2", filename="a.csv", caption="表")
            pressed = ann.press(ann.private.from_bot[0], "up:1")
            asked = ann.ask_inline("信箱")
            yield Scene(sandbox, bot, forum, theirs, ours.message_id, document.message_id, pressed, asked)


BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("👍", callback_data="up:1")]])
ARTICLE = InlineQueryResultArticle("1", "題", InputTextMessageContent("<b>答</b>", parse_mode="HTML"))
CALLS: dict[str, Callable[[Scene], Awaitable[Any]]] = {
    "getMe": lambda s: s.bot.get_me(),
    "logOut": lambda s: s.bot.log_out(),
    "close": lambda s: s.bot.close(),
    "getUpdates": lambda s: s.bot.get_updates(timeout=0, allowed_updates=["message", "callback_query"]),
    "setWebhook": lambda s: s.bot.set_webhook(
        "http://127.0.0.1:1/x", secret_token="s3cret_-", max_connections=4, certificate=b"x", drop_pending_updates=True
    ),
    "deleteWebhook": lambda s: s.bot.delete_webhook(drop_pending_updates=True),
    "getWebhookInfo": lambda s: s.bot.get_webhook_info(),
    "sendMessage": lambda s: s.bot.send_message(
        1001,
        "<blockquote expandable>條文</blockquote>",
        parse_mode="HTML",
        reply_parameters=ReplyParameters(s.theirs.id),
        reply_markup=BUTTONS,
        disable_notification=True,
        protect_content=True,
        disable_web_page_preview=True,
    ),
    "sendMessageDraft": lambda s: s.bot.send_message_draft(1001, 5, ""),
    "sendDocument": lambda s: s.bot.send_document(
        s.forum.id, b"abc", filename="檢核表.odt", caption="<i>檔</i>", parse_mode="HTML"
    ),
    "sendChatAction": lambda s: s.bot.send_chat_action(1001, "typing"),
    "editMessageText": lambda s: s.bot.edit_message_text("改了", 1001, s.ours, reply_markup=BUTTONS),
    "editMessageCaption": lambda s: s.bot.edit_message_caption(1001, s.document, caption="改了"),
    "editMessageReplyMarkup": lambda s: s.bot.edit_message_reply_markup(1001, s.ours),
    "deleteMessage": lambda s: s.bot.delete_message(1001, s.theirs.id),
    "deleteMessages": lambda s: s.bot.delete_messages(1001, [s.theirs.id, s.ours]),
    "answerCallbackQuery": lambda s: s.bot.answer_callback_query(s.pressed, "謝謝", show_alert=True, cache_time=0),
    "answerInlineQuery": lambda s: s.bot.answer_inline_query(s.asked, [ARTICLE], cache_time=0, is_personal=True),
    "setMessageReaction": lambda s: s.bot.set_message_reaction(1001, s.theirs.id, "👍"),
    "getFile": lambda s: s.bot.get_file(s.sandbox.chat(1001).find(s.document).raw["document"]["file_id"]),  # type: ignore[union-attr]
    "getChat": lambda s: s.bot.get_chat(s.forum.id),
    "getChatMember": lambda s: s.bot.get_chat_member(s.forum.id, 1002),
    "getChatAdministrators": lambda s: s.bot.get_chat_administrators(s.forum.id),
    "getChatMemberCount": lambda s: s.bot.get_chat_member_count(s.forum.id),
    "leaveChat": lambda s: s.bot.leave_chat(s.forum.id),
    "createForumTopic": lambda s: s.bot.create_forum_topic(s.forum.id, "採購"),
    "setMyCommands": lambda s: s.bot.set_my_commands([BotCommand("ask", "問一題")], BotCommandScopeChat(1001), "zh"),
    "getMyCommands": lambda s: s.bot.get_my_commands(),
    "deleteMyCommands": lambda s: s.bot.delete_my_commands(),
    "setMyName": lambda s: s.bot.set_my_name("指引"),
    "getMyName": lambda s: s.bot.get_my_name(),
    "setMyDescription": lambda s: s.bot.set_my_description("說明", "zh"),
    "getMyDescription": lambda s: s.bot.get_my_description("zh"),
    "setMyShortDescription": lambda s: s.bot.set_my_short_description("短"),
    "getMyShortDescription": lambda s: s.bot.get_my_short_description(),
    "setChatMenuButton": lambda s: s.bot.set_chat_menu_button(1001, MenuButtonCommands()),
    "getChatMenuButton": lambda s: s.bot.get_chat_menu_button(1001),
}


def unknown_fields(found: Any) -> list[str]:
    """Fields that the library does not know, in the object and all objects within it."""
    if isinstance(found, list | tuple):
        return [name for item in found for name in unknown_fields(item)]
    if not isinstance(found, telegram.TelegramObject):
        return []
    inner = [name for slot in vars_of(found) for name in unknown_fields(slot)]
    return [f"{type(found).__name__}.{name}" for name in found.api_kwargs] + inner


def vars_of(found: telegram.TelegramObject) -> list[Any]:
    names = [
        name for kind in type(found).__mro__ for name in getattr(kind, "__slots__", ()) if not name.startswith("_")
    ]
    return [getattr(found, name, None) for name in names if name != "api_kwargs"]


def test_every_method_has_a_call_and_a_handler() -> None:
    assert len(PUBLISHED) > 30
    assert set(CALLS) == set(PUBLISHED) == {*METHODS, "getUpdates"}


@pytest.mark.parametrize("method", CALLS)
async def test_the_library_makes_the_call_and_knows_every_field(scene: Scene, method: str) -> None:
    result = await CALLS[method](scene)
    assert result is not None
    assert unknown_fields(result) == []
    assert [status for _, name, status in scene.sandbox.calls() if name == method][-1] == 200


@pytest.mark.parametrize("method", PUBLISHED)
def test_the_parameters_are_the_published_ones(method: str) -> None:
    theirs = set(inspect.signature(getattr(Bot, snake(method))).parameters) - CONVENIENCE
    assert set(parameters(method)) == theirs


def test_the_readme_lists_methods_and_parameters_as_the_code_has_them() -> None:
    lines = (ROOT / "bot/sandbox/README.md").read_text(encoding="utf-8").splitlines()
    rows = [re.findall(r"`(\w+)`", line) for line in lines if re.match(r"\| `[a-z]\w+` \|", line)]
    assert len(rows) > 30
    listed = {row[0]: set(row[1:]) for row in rows}
    assert listed == {method: {name for name, p in parameters(method).items() if p.honoured} for method in PUBLISHED}


async def test_updates_are_read_without_remainder(scene: Scene) -> None:
    ann = scene.sandbox.user(1001)
    topic = scene.forum.add_topic("採購")
    ann.send(scene.forum, "/ask@zhiyin_sandbox_bot 信箱", thread=topic)
    ann.send_document(ann.private, "清冊.csv", b"a", caption="表")
    for kind in ("photo", "voice", "sticker"):
        ann.send_media(ann.private, kind)
    ann.edit(scene.theirs, "改一下")
    ann.block()
    ann.unblock()
    scene.sandbox.kick_bot(scene.forum)
    updates = await scene.bot.get_updates(timeout=0)
    kinds = {name for update in updates for name in update.to_dict() if name != "update_id"}
    assert kinds == {"message", "edited_message", "callback_query", "inline_query", "my_chat_member"}
    assert unknown_fields(list(updates)) == []


async def test_files_come_back_as_they_were(scene: Scene) -> None:
    ann = scene.sandbox.user(1001)
    sent = ann.send_document(ann.private, "清冊.csv", "甲,乙".encode())
    file = await scene.bot.get_file(sent.raw["document"]["file_id"])
    assert bytes(await file.download_as_bytearray()) == "甲,乙".encode()
    up = await scene.bot.send_document(1001, b"\x00\x01", filename="檢核表.odt")
    assert up.document is not None
    assert (up.document.file_name, up.document.file_size) == ("檢核表.odt", 2)
