"""The methods the server knows and their published parameters (Bot API 10.0), as a table.

A parameter: ``name:kind``; ``!`` behind it: required; ``-`` behind it: published, yet nothing here behaves by it, so
that using it is an error instead of a silent difference. Kinds: ``chat`` (number), ``int``, ``str``, ``bool``,
``list``, ``object``, ``file`` (upload, or the id of a stored file).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.sandbox.faults import JSON, ApiError, bad_request

_SENDING = (
    "disable_notification:bool protect_content:bool reply_parameters:object message_thread_id:int reply_markup:object "
    "business_connection_id:str- direct_messages_topic_id:int- allow_paid_broadcast:bool- message_effect_id:str- "
    "suggested_post_parameters:object-"
)
PUBLISHED: dict[str, str] = {
    "getMe": "",
    "logOut": "",
    "close": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:list",
    "setWebhook": "url:str! certificate:file ip_address:str- max_connections:int allowed_updates:list "
    "drop_pending_updates:bool secret_token:str",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "sendMessage": f"chat_id:chat! text:str! parse_mode:str entities:list link_preview_options:object {_SENDING}",
    "sendMessageDraft": "chat_id:chat! message_thread_id:int draft_id:int! text:str parse_mode:str entities:list",
    "sendDocument": "chat_id:chat! document:file! thumbnail:file- caption:str parse_mode:str caption_entities:list "
    f"disable_content_type_detection:bool {_SENDING}",
    "sendChatAction": "chat_id:chat! action:str! message_thread_id:int business_connection_id:str-",
    "editMessageText": "business_connection_id:str- chat_id:chat message_id:int inline_message_id:str- text:str! "
    "parse_mode:str entities:list link_preview_options:object reply_markup:object",
    "editMessageCaption": "business_connection_id:str- chat_id:chat message_id:int inline_message_id:str- caption:str "
    "parse_mode:str caption_entities:list show_caption_above_media:bool- reply_markup:object",
    "editMessageReplyMarkup": "business_connection_id:str- chat_id:chat message_id:int inline_message_id:str- "
    "reply_markup:object",
    "deleteMessage": "chat_id:chat! message_id:int!",
    "deleteMessages": "chat_id:chat! message_ids:list!",
    "answerCallbackQuery": "callback_query_id:str! text:str show_alert:bool url:str- cache_time:int",
    "answerInlineQuery": "inline_query_id:str! results:list! cache_time:int is_personal:bool next_offset:str "
    "button:object",
    "setMessageReaction": "chat_id:chat! message_id:int! reaction:list is_big:bool",
    "getFile": "file_id:str!",
    "getChat": "chat_id:chat!",
    "getChatMember": "chat_id:chat! user_id:int!",
    "getChatAdministrators": "chat_id:chat! return_bots:bool",
    "getChatMemberCount": "chat_id:chat!",
    "leaveChat": "chat_id:chat!",
    "createForumTopic": "chat_id:chat! name:str! icon_color:int icon_custom_emoji_id:str-",
    "setMyCommands": "commands:list! scope:object language_code:str",
    "getMyCommands": "scope:object language_code:str",
    "deleteMyCommands": "scope:object language_code:str",
    "setMyName": "name:str language_code:str",
    "getMyName": "language_code:str",
    "setMyDescription": "description:str language_code:str",
    "getMyDescription": "language_code:str",
    "setMyShortDescription": "short_description:str language_code:str",
    "getMyShortDescription": "language_code:str",
    "setChatMenuButton": "chat_id:chat menu_button:object",
    "getChatMenuButton": "chat_id:chat",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One published parameter."""

    name: str
    kind: str
    required: bool
    honoured: bool


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    mime: str
    content: bytes


@cache
def parameters(method: str) -> dict[str, Parameter]:
    """The parameters of a method by name."""
    found = {}
    for item in PUBLISHED[method].split():
        name, kind = item.split(":")
        found[name] = Parameter(name, kind.rstrip("!-"), kind.endswith("!"), not kind.endswith("-"))
    return found


def canonical(method: str) -> str | None:
    """The method's name as published (names are compared without case), or None."""
    return next((name for name in PUBLISHED if name.lower() == method.lower()), None)


def read(method: str, raw: JSON, uploads: dict[str, Upload]) -> JSON:
    """The call's parameters by kind; ``ApiError`` 400 for anything that is not published or of another kind."""
    known = parameters(method)
    for name in [*raw, *(name for name in uploads if not _attached(name, raw))]:
        if name not in known:
            raise bad_request(f"parameter {name!r} is not published for {method}")
        if not known[name].honoured:
            raise bad_request(f"parameter {name!r} of {method} is not in the sandbox")
    found = {name: _value(known[name], value, uploads) for name, value in raw.items() if value is not None}
    found.update({name: upload for name, upload in uploads.items() if name in known})
    for parameter in known.values():
        if parameter.required and parameter.name not in found:
            raise bad_request(f"{parameter.name.replace('_', ' ')} is missing")
    return found


def _attached(name: str, raw: JSON) -> bool:
    return any(value == f"attach://{name}" for value in raw.values())


def _value(parameter: Parameter, value: Any, uploads: dict[str, Upload]) -> Any:
    reason = f"parameter {parameter.name!r} must be of kind {parameter.kind}"
    kind = parameter.kind
    if kind == "file" and isinstance(value, str) and value.startswith("attach://"):
        if value[9:] not in uploads:
            raise bad_request(f"no file attached as {parameter.name!r}")
        return uploads[value[9:]]
    if kind in {"str", "file"}:
        return _typed(value, str, reason)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as exc:
            raise bad_request(reason) from exc
    types = {"int": int, "chat": int, "bool": bool, "list": list, "object": dict}
    return _typed(value, types[kind], reason)


def _typed(value: Any, wanted: type, reason: str) -> Any:
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        raise bad_request(reason)
    return value


def only(found: JSON, known: set[str], what: str) -> JSON:
    """``found`` where it has no fields but ``known``; else ``ApiError`` 400."""
    unknown = sorted(set(found) - known)
    if unknown:
        raise ApiError(400, f"Bad Request: field {unknown[0]!r} is not published for {what}, or not in the sandbox")
    return found
