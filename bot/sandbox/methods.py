"""Name of a method -> what does it. getUpdates waits and therefore lives in ``updates``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from bot.sandbox import asking, sending, updates
from bot.sandbox.faults import JSON
from bot.sandbox.world import World

Method = Callable[[World, JSON], Any]


def _true(world: World, call: JSON) -> bool:
    return True


METHODS: dict[str, Method] = {
    "getMe": asking.get_me,
    "logOut": _true,
    "close": _true,
    "setWebhook": updates.set_webhook,
    "deleteWebhook": updates.delete_webhook,
    "getWebhookInfo": updates.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendMessageDraft": sending.send_message_draft,
    "sendDocument": sending.send_document,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "deleteMessages": sending.delete_messages,
    "setMessageReaction": sending.set_message_reaction,
    "createForumTopic": sending.create_forum_topic,
    "answerCallbackQuery": asking.answer_callback_query,
    "answerInlineQuery": asking.answer_inline_query,
    "getFile": asking.get_file,
    "getChat": asking.get_chat,
    "getChatMember": asking.get_chat_member,
    "getChatAdministrators": asking.get_chat_administrators,
    "getChatMemberCount": asking.get_chat_member_count,
    "leaveChat": asking.leave_chat,
    "setMyCommands": asking.set_my_commands,
    "getMyCommands": asking.get_my_commands,
    "deleteMyCommands": asking.delete_my_commands,
    "setMyName": partial(asking.set_profile, field="name"),
    "getMyName": partial(asking.get_profile, field="name"),
    "setMyDescription": partial(asking.set_profile, field="description"),
    "getMyDescription": partial(asking.get_profile, field="description"),
    "setMyShortDescription": partial(asking.set_profile, field="short_description"),
    "getMyShortDescription": partial(asking.get_profile, field="short_description"),
    "setChatMenuButton": asking.set_menu_button,
    "getChatMenuButton": asking.get_menu_button,
}
