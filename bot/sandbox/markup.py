"""Buttons and other objects that come with a message, checked field by field."""

from __future__ import annotations

import json
from typing import Any

from bot.sandbox.faults import JSON, bad_request
from bot.sandbox.published import only

CALLBACK_BYTES = 64
_BUTTON_ACTS = {"url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat", "copy_text"}


def reply_markup(found: JSON | None, inline_only: bool = False) -> JSON | None:
    """The markup as given; ``ApiError`` 400 where Telegram would refuse it (or where it would not notice)."""
    if found is None:
        return None
    if "inline_keyboard" in found:
        only(found, {"inline_keyboard"}, "InlineKeyboardMarkup")
        _rows(found["inline_keyboard"])
        return found
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in found:
        known = {
            "keyboard",
            "is_persistent",
            "resize_keyboard",
            "one_time_keyboard",
            "input_field_placeholder",
            "selective",
        }
        only(found, known, "ReplyKeyboardMarkup")
    elif "remove_keyboard" in found:
        only(found, {"remove_keyboard", "selective"}, "ReplyKeyboardRemove")
    elif "force_reply" in found:
        only(found, {"force_reply", "input_field_placeholder", "selective"}, "ForceReply")
    else:
        raise bad_request("object expected as reply markup")
    return found


def _rows(rows: Any) -> None:
    if not isinstance(rows, list) or any(not isinstance(row, list) or not 0 < len(row) <= 8 for row in rows):
        raise bad_request("inline keyboard must be rows of 1-8 buttons")
    if sum(len(row) for row in rows) > 100:
        raise bad_request("too many inline keyboard buttons")
    for row in rows:
        for button in row:
            _button(button)


def _button(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("inline keyboard button must be an object")
    only(button, {"text", "style", *_BUTTON_ACTS}, "InlineKeyboardButton")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad_request("inline keyboard button text is empty")
    if len(set(button) & _BUTTON_ACTS) != 1:
        raise bad_request("inline keyboard button must have exactly one act")
    data = button.get("callback_data")
    if "callback_data" in button and (not isinstance(data, str) or not 1 <= len(data.encode()) <= CALLBACK_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button and not str(button["url"]).startswith(("https://", "http://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")


def link_preview(found: JSON | None) -> JSON | None:
    """LinkPreviewOptions with published fields only."""
    known = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
    return None if found is None else only(found, known, "LinkPreviewOptions")


def same(left: Any, right: Any) -> bool:
    """Whether two JSON values are equal."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
