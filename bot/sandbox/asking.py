"""Methods about the bot itself, chats, files, commands, and answers to buttons and inline queries."""

from __future__ import annotations

import json
import re

from bot.sandbox.entities import TEXT_LIMIT, formatted, units
from bot.sandbox.faults import JSON, bad_request
from bot.sandbox.markup import link_preview, reply_markup
from bot.sandbox.published import only
from bot.sandbox.world import World

RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members", "can_promote_members",
    "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
    "can_pin_messages", "can_manage_topics",
)  # fmt: skip
DOWNLOAD_BYTES = 20_000_000
INLINE_SECONDS = 30.0
_SCOPES = {
    "default": set[str](), "all_private_chats": set[str](), "all_group_chats": set[str](),
    "all_chat_administrators": set[str](), "chat": {"chat_id"}, "chat_administrators": {"chat_id"},
    "chat_member": {"chat_id", "user_id"},
}  # fmt: skip


def get_me(world: World, call: JSON) -> JSON:
    """getMe."""
    return {
        **world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": not world.privacy,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
    }


def get_file(world: World, call: JSON) -> JSON:
    """getFile: where the content can be fetched; up to 20 MB, as Telegram limits it."""
    stored = world.files.get(call["file_id"])
    if stored is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if len(stored.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    size = len(stored.content)
    name = re.sub(r"[^A-Za-z0-9.]", "_", stored.name)[-40:]
    path = f"documents/{stored.file_id}/{name}"
    return {"file_id": stored.file_id, "file_unique_id": f"u{stored.file_id}", "file_size": size, "file_path": path}


def get_chat(world: World, call: JSON) -> JSON:
    """getChat: ChatFullInfo."""
    chat = world.chat(call["chat_id"])
    world.require_writable(chat)
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return {
        **chat.brief(),
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
        **({"permissions": {"can_send_messages": True}} if chat.is_group else {}),
    }


def member(world: World, chat_id: int, user_id: int) -> JSON:
    """The Bot API's ChatMember; somebody known who is not in the chat has left."""
    chat = world.chat(chat_id)
    user = world.bot if user_id == world.bot["id"] else world.users.get(user_id)
    if user is None:
        raise bad_request("user not found")
    status = chat.members.get(user_id, "left")
    if status == "kicked":
        return {"user": user, "status": status, "until_date": 0}
    if status == "creator":
        return {"user": user, "status": status, "is_anonymous": False}
    if status == "administrator":
        held = chat.bot_rights if user_id == world.bot["id"] else set(RIGHTS)
        rights = {name: name in held or name == "can_manage_chat" for name in RIGHTS}
        return {"user": user, "status": status, "can_be_edited": False, "is_anonymous": False, **rights}
    return {"user": user, "status": status}


def get_chat_member(world: World, call: JSON) -> JSON:
    """getChatMember."""
    world.require_writable(world.chat(call["chat_id"]))
    return member(world, call["chat_id"], call["user_id"])


def get_chat_administrators(world: World, call: JSON) -> list[JSON]:
    """getChatAdministrators: without other bots unless asked for."""
    chat = world.chat(call["chat_id"])
    world.require_writable(chat)
    if not chat.is_group:
        raise bad_request("there are no administrators in the private chat")
    found = [user for user, status in chat.members.items() if status in {"creator", "administrator"}]
    return [member(world, chat.id, user) for user in found]


def get_chat_member_count(world: World, call: JSON) -> int:
    """getChatMemberCount."""
    chat = world.chat(call["chat_id"])
    world.require_writable(chat)
    return sum(status not in {"left", "kicked"} for status in chat.members.values()) if chat.is_group else 2


def leave_chat(world: World, call: JSON) -> bool:
    """leaveChat."""
    chat = world.chat(call["chat_id"])
    world.require_writable(chat)
    if not chat.is_group:
        raise bad_request("chat member status can't be changed in private chats")
    chat.members[world.bot["id"]] = "left"
    world.touch()
    return True


def _scope(world: World, call: JSON) -> tuple[str, str]:
    scope = call.get("scope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad_request("BOT_COMMAND_SCOPE_INVALID")
    only(scope, {"type", *_SCOPES[kind]}, "BotCommandScope")
    if not _SCOPES[kind] <= set(scope):
        raise bad_request("BOT_COMMAND_SCOPE_INVALID")
    if "chat_id" in scope:
        world.chat(scope["chat_id"])
    return json.dumps(scope, sort_keys=True), _language(call)


def _language(call: JSON) -> str:
    code = str(call.get("language_code") or "")
    if not re.fullmatch(r"([a-z]{2})?", code):
        raise bad_request("invalid language code specified")
    return code


def set_my_commands(world: World, call: JSON) -> bool:
    """setMyCommands: 1-32 lower-case letters, digits and underscores; descriptions of 1-256 characters; at most 100."""
    if len(call["commands"]) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in call["commands"]:
        only(command, {"command", "description"}, "BotCommand")
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command"))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= units(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[_scope(world, call)] = call["commands"]
    world.touch()
    return True


def get_my_commands(world: World, call: JSON) -> list[JSON]:
    """getMyCommands: of exactly that scope and language."""
    return world.commands.get(_scope(world, call), [])


def delete_my_commands(world: World, call: JSON) -> bool:
    """deleteMyCommands."""
    world.commands.pop(_scope(world, call), None)
    world.touch()
    return True


_PROFILE = {"name": 64, "description": 512, "short_description": 120}


def set_profile(world: World, call: JSON, field: str) -> bool:
    """setMyName, setMyDescription, setMyShortDescription."""
    text = call.get(field, "")
    if units(text) > _PROFILE[field]:
        raise bad_request(f"{field} is too long")
    world.profile[field, _language(call)] = text
    return True


def get_profile(world: World, call: JSON, field: str) -> JSON:
    """getMyName and its like; the text without language stands in for a language that has none."""
    language = _language(call)
    default = str(world.bot["first_name"]) if field == "name" else ""
    return {field: world.profile.get((field, language)) or world.profile.get((field, "")) or default}


def set_menu_button(world: World, call: JSON) -> bool:
    """setChatMenuButton: the list of commands, or the default."""
    button = call.get("menu_button") or {"type": "default"}
    if button.get("type") not in {"commands", "default"}:
        raise bad_request("menu button is not in the sandbox")
    world.profile["menu_button", str(call.get("chat_id", ""))] = button["type"]
    return True


def get_menu_button(world: World, call: JSON) -> JSON:
    """getChatMenuButton."""
    found = world.profile.get(("menu_button", str(call.get("chat_id", ""))), "default")
    return {"type": "commands" if found == "default" else found}


def answer_callback_query(world: World, call: JSON) -> bool:
    """answerCallbackQuery: once, and before it expires; a text of at most 200 characters."""
    found = world.callbacks.get(call["callback_query_id"])
    if found is None or found.answer is not None or world.now() - found.at > world.callback_seconds:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if units(call.get("text", "")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    found.answer = {"text": call.get("text", ""), "show_alert": call.get("show_alert", False)}
    world.touch()
    return True


def answer_inline_query(world: World, call: JSON) -> bool:
    """answerInlineQuery: at most 50 articles, each with an id of its own."""
    found = world.inline.get(call["inline_query_id"])
    if found is None or found.answer is not None or world.now() - found.at > INLINE_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    results = call["results"]
    if len(results) > 50:
        raise bad_request("RESULTS_TOO_MUCH")
    if len({str(result.get("id")) for result in results}) != len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    found.answer = {**call, "results": [_article(result) for result in results]}
    world.touch()
    return True


def _article(result: JSON) -> JSON:
    if result.get("type") != "article":
        raise bad_request("inline result is not in the sandbox (article only)")
    only(
        result,
        {"type", "id", "title", "input_message_content", "reply_markup", "url", "description"},
        "InlineQueryResultArticle",
    )
    if not 1 <= len(str(result.get("id", "")).encode()) <= 64 or not result.get("title"):
        raise bad_request("RESULT_ID_INVALID")
    content = result.get("input_message_content", {})
    only(content, {"message_text", "parse_mode", "entities", "link_preview_options"}, "InputTextMessageContent")
    link_preview(content.get("link_preview_options"))
    reply_markup(result.get("reply_markup"), inline_only=True)
    text, entities = formatted(
        content.get("message_text", ""), content.get("parse_mode"), content.get("entities"), TEXT_LIMIT
    )
    return {**result, "shown": {"text": text, "entities": entities}}
