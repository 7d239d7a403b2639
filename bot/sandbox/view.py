"""What a chat client shows, as plain values: the page and the terminal both draw from here."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.faults import JSON
from bot.sandbox.sending import DRAFT_SECONDS
from bot.sandbox.world import Chat, Posted, World

SHOWN_MESSAGES = 300


def state(world: World) -> JSON:
    """Everything the page shows; ``version`` grows with every change."""
    with world.lock:
        return {
            "version": world.version,
            "bot": {
                "name": world.bot["first_name"],
                "username": world.bot["username"],
                "id": world.bot["id"],
                "description": description(world),
            },
            "people": [{"id": user["id"], "name": user["first_name"]} for user in world.users.values()],
            "chats": [chat_view(world, chat) for chat in world.chats.values()],
            "toasts": [
                {"id": number, "user": callback.user, **callback.answer}
                for number, callback in list(world.callbacks.items())[-50:]
                if callback.answer
            ],
            "inline": [
                {"id": number, "user": ask.user, "results": ask.answer["results"] if ask.answer else None}
                for number, ask in list(world.inline.items())[-5:]
            ],
        }


def description(world: World) -> str:
    """What an empty chat with the bot shows (setMyDescription)."""
    return world.profile.get(("description", "zh")) or world.profile.get(("description", ""), "")


def chat_view(world: World, chat: Chat) -> JSON:
    """One chat with its last messages, its draft and the commands of each member."""
    draft = live_draft(world, chat)
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "forum": chat.is_forum,
        "topics": [{"id": number, "name": name} for number, name in chat.topics.items()],
        "members": chat.members,
        "bot": "kicked" if chat.id in world.blocked else chat.members.get(world.bot["id"], "left"),
        "draft": {"text": draft.text, "entities": draft.entities} if draft else None,
        "messages": [message_view(message) for message in chat.everything[-SHOWN_MESSAGES:]],
        "commands": {str(user): commands(world, chat, user) for user in chat.members if user in world.users},
    }


def live_draft(world: World, chat: Chat) -> Any:
    """The draft that is still shown, or None."""
    return chat.draft if chat.draft and world.now() - chat.draft.at < DRAFT_SECONDS else None


def message_view(message: Posted) -> JSON:
    """One message; of a deleted one only that it was there."""
    raw = message.raw
    head = {"id": message.id, "from": raw["from"]["id"], "name": raw["from"]["first_name"], "bot": message.from_bot}
    if message.deleted:
        return {**head, "deleted": True, "thread": message.thread}
    media = next((kind for kind in ("photo", "voice", "sticker") if kind in raw), None)
    return {
        **head,
        "date": raw["date"],
        "text": message.text,
        "entities": message.entities,
        "edited": "edit_date" in raw,
        "thread": message.thread,
        "reply_to": message.reply_to,
        "rows": raw.get("reply_markup", {}).get("inline_keyboard", []),
        "document": raw.get("document"),
        "media": media,
        "reaction": message.reaction,
    }


def commands(world: World, chat: Chat, user: int) -> list[JSON]:
    """The commands a person sees in a chat: the narrowest scope that has any (Bot API, "BotCommandScope")."""
    administrates = chat.members.get(user) in {"creator", "administrator"}
    scopes: list[JSON] = [{"type": "chat_member", "chat_id": chat.id, "user_id": user}]
    if chat.is_group:
        scopes += [{"type": "chat_administrators", "chat_id": chat.id}] if administrates else []
        scopes += [{"type": "chat", "chat_id": chat.id}]
        scopes += [{"type": "all_chat_administrators"}] if administrates else []
        scopes += [{"type": "all_group_chats"}]
    else:
        scopes = [{"type": "chat", "chat_id": chat.id}, {"type": "all_private_chats"}]
    language = str(world.users[user].get("language_code", ""))[:2]
    for scope in [*scopes, {"type": "default"}]:
        for code in (language, ""):
            if found := world.commands.get((json.dumps(scope, sort_keys=True), code)):
                return found
    return []
