"""Methods that put something into a chat, change it or take it away."""

from __future__ import annotations

from typing import Any

from bot.sandbox.entities import CAPTION_LIMIT, TEXT_LIMIT, formatted
from bot.sandbox.faults import JSON, ApiError, bad_request
from bot.sandbox.markup import link_preview, reply_markup, same
from bot.sandbox.published import Upload, only
from bot.sandbox.world import Chat, Draft, Posted, StoredFile, World

DRAFT_SECONDS = 30.0
DELETE_SECONDS = 48 * 3600
DOCUMENT_BYTES = 50_000_000
_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
_REPLY_FIELDS = {
    "message_id",
    "chat_id",
    "allow_sending_without_reply",
    "quote",
    "quote_parse_mode",
    "quote_entities",
    "quote_position",
}


def send_message(world: World, call: JSON) -> JSON:
    """sendMessage."""
    chat = _open_chat(world, call)
    text, entities = formatted(call["text"], call.get("parse_mode"), call.get("entities"), TEXT_LIMIT)
    body: JSON = {"text": text, **({"entities": entities} if entities else {})}
    if preview := link_preview(call.get("link_preview_options")):
        body["link_preview_options"] = preview
    return _post(world, chat, call, body)


def send_document(world: World, call: JSON) -> JSON:
    """sendDocument: an upload, or the id of a file that is here."""
    chat = _open_chat(world, call)
    caption, entities = formatted(
        call.get("caption", ""), call.get("parse_mode"), call.get("caption_entities"), CAPTION_LIMIT, empty=True
    )
    stored = _file(world, call["document"])
    body: JSON = {"document": stored.document()}
    if caption:
        body |= {"caption": caption, **({"caption_entities": entities} if entities else {})}
    return _post(world, chat, call, body)


def _file(world: World, given: Any) -> StoredFile:
    if isinstance(given, Upload):
        if not given.content:
            raise bad_request("file must be non-empty")
        if len(given.content) > DOCUMENT_BYTES:
            raise ApiError(413, "Request Entity Too Large")
        return world.keep_file(given.name, given.mime, given.content)
    if given not in world.files:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return world.files[given]


def _open_chat(world: World, call: JSON) -> Chat:
    chat = world.chat(call["chat_id"])
    world.require_writable(chat)
    return chat


def _post(world: World, chat: Chat, call: JSON, body: JSON) -> JSON:
    markup = reply_markup(call.get("reply_markup"))
    answered = _answered(chat, call.get("reply_parameters"))
    thread = _thread(chat, call.get("message_thread_id"), answered)
    world.meter.admit(chat.id, chat.is_group, world.now())
    if thread is not None:
        body["message_thread_id"] = thread
        body |= {"is_topic_message": True} if chat.is_forum else {}
    if answered:
        body["reply_to_message"] = {
            k: v for k, v in answered.raw.items() if k not in {"reply_to_message", "reply_markup"}
        }
    if markup and "inline_keyboard" in markup:
        body["reply_markup"] = markup
    if call.get("protect_content"):
        body["has_protected_content"] = True
    if chat.draft and chat.draft.thread == thread:
        chat.draft = None
    return world.post(chat, world.bot, body).raw


def _answered(chat: Chat, reply: JSON | None) -> Posted | None:
    if reply is None:
        return None
    only(reply, _REPLY_FIELDS, "ReplyParameters")
    if reply.get("chat_id", chat.id) != chat.id:
        raise bad_request("the sandbox answers only within a chat")
    found = chat.find(reply.get("message_id", 0))
    if found is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    if found and "quote" in reply and reply["quote"] not in found.text:
        raise bad_request("QUOTE_TEXT_INVALID")
    return found


def _thread(chat: Chat, thread: int | None, answered: Posted | None) -> int | None:
    if thread is None:
        return answered.thread if answered else None
    if chat.is_forum:
        known = thread in chat.topics
    else:
        known = chat.type == "supergroup" and any(thread in {m.id, m.thread} for m in chat.everything)
    if not known:
        raise bad_request("message thread not found")
    return thread


def send_message_draft(world: World, call: JSON) -> bool:
    """sendMessageDraft: in private chats, shown for 30 seconds or until the real message comes."""
    chat = _open_chat(world, call)
    if chat.type != "private":
        raise bad_request("drafts can be sent to private chats only")
    if call["draft_id"] == 0:
        raise bad_request("draft_id must be non-zero")
    if call.get("message_thread_id") is not None:
        raise bad_request("message thread not found")
    text, entities = formatted(
        call.get("text", ""), call.get("parse_mode"), call.get("entities"), TEXT_LIMIT, empty=True
    )
    world.meter.admit_draft(chat.id, world.now())
    chat.draft = Draft(call["draft_id"], text, entities, None, world.now())
    chat.drafts.append(chat.draft)
    world.touch()
    return True


def send_chat_action(world: World, call: JSON) -> bool:
    """sendChatAction."""
    chat = _open_chat(world, call)
    if call["action"] not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    _thread(chat, call.get("message_thread_id"), None)
    chat.actions.append(call["action"])
    world.touch()
    return True


def _own(world: World, call: JSON) -> Posted:
    if "chat_id" not in call or "message_id" not in call:
        raise bad_request("message identifier is not specified")
    found = _open_chat(world, call).find(call["message_id"])
    if found is None:
        raise bad_request("message to edit not found")
    if not found.from_bot:
        raise bad_request("message can't be edited")
    return found


def _changed(world: World, posted: Posted, body: JSON) -> JSON:
    """Puts the new fields in place; refuses what changes nothing, as Telegram does."""
    if all(same(posted.raw.get(name), value or None) for name, value in body.items()):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    world.meter.admit(posted.chat.id, posted.chat.is_group, world.now())
    posted.history.append(posted.text)
    raw = {**posted.raw, **body, "edit_date": int(world.now())}
    posted.raw = {name: value for name, value in raw.items() if value not in (None, [])}
    world.touch()
    return posted.raw


def edit_message_text(world: World, call: JSON) -> JSON:
    """editMessageText; buttons that are not given again go away."""
    posted = _own(world, call)
    text, entities = formatted(call["text"], call.get("parse_mode"), call.get("entities"), TEXT_LIMIT)
    if "text" not in posted.raw:
        raise bad_request("there is no text in the message to edit")
    markup = reply_markup(call.get("reply_markup"), inline_only=True)
    link_preview(call.get("link_preview_options"))
    return _changed(world, posted, {"text": text, "entities": entities, "reply_markup": _shown(markup)})


def edit_message_caption(world: World, call: JSON) -> JSON:
    """editMessageCaption."""
    posted = _own(world, call)
    if "document" not in posted.raw:
        raise bad_request("there is no caption in the message to edit")
    caption, entities = formatted(
        call.get("caption", ""), call.get("parse_mode"), call.get("caption_entities"), CAPTION_LIMIT, empty=True
    )
    markup = reply_markup(call.get("reply_markup"), inline_only=True)
    return _changed(
        world, posted, {"caption": caption or None, "caption_entities": entities, "reply_markup": _shown(markup)}
    )


def edit_message_reply_markup(world: World, call: JSON) -> JSON:
    """editMessageReplyMarkup."""
    posted = _own(world, call)
    return _changed(world, posted, {"reply_markup": _shown(reply_markup(call.get("reply_markup"), inline_only=True))})


def _shown(markup: JSON | None) -> JSON | None:
    return markup if markup and markup.get("inline_keyboard") else None


def delete_message(world: World, call: JSON) -> bool:
    """deleteMessage: own ones, in private chats any, in groups others' with the right to delete; up to 48 hours."""
    chat = _open_chat(world, call)
    found = chat.find(call["message_id"])
    if found is None:
        raise bad_request("message to delete not found")
    may = found.from_bot or not chat.is_group or "can_delete_messages" in chat.bot_rights
    if not may or world.now() - found.raw["date"] > DELETE_SECONDS:
        raise bad_request("message can't be deleted")
    found.deleted = True
    world.touch()
    return True


def delete_messages(world: World, call: JSON) -> bool:
    """deleteMessages: what cannot be found is skipped."""
    if not 1 <= len(call["message_ids"]) <= 100:
        raise bad_request("1-100 message identifiers expected")
    chat = _open_chat(world, call)
    for number in call["message_ids"]:
        if chat.find(number):
            delete_message(world, {"chat_id": chat.id, "message_id": number})
    return True


def set_message_reaction(world: World, call: JSON) -> bool:
    """setMessageReaction: one emoji, as bots may."""
    found = _open_chat(world, call).find(call["message_id"])
    if found is None:
        raise bad_request("message to react not found")
    reaction = call.get("reaction", [])
    if len(reaction) > 1 or any(set(entry) != {"type", "emoji"} or entry["type"] != "emoji" for entry in reaction):
        raise bad_request("REACTION_INVALID")
    found.reaction = reaction[0]["emoji"] if reaction else None
    world.touch()
    return True


def create_forum_topic(world: World, call: JSON) -> JSON:
    """createForumTopic, with the right to manage topics."""
    chat = _open_chat(world, call)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    if "can_manage_topics" not in chat.bot_rights:
        raise bad_request("not enough rights to create a topic")
    if not 1 <= len(call["name"]) <= 128:
        raise bad_request("TOPIC_TITLE_INVALID")
    return {"message_thread_id": chat.add_topic(call["name"]), "name": call["name"], "icon_color": 7322096}
