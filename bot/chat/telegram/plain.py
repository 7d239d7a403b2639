"""HTML of ours back to plain text."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?(?:b|i|blockquote|code)(?: expandable)?>")


def without_markup(text: str) -> str:
    """The words of a message without its markup."""
    return html.unescape(_TAG.sub("", text))
