"""LINE ID: 4 to 20 of a-z, 0-9, dot, underscore, dash (LINE's own rule) behind LINE or 賴; no official accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer

_NAME = r"(?<![A-Za-z_.])(?:LINE|IG|WeChat|Telegram|WhatsApp)(?![a-hj-zA-HJ-Z_])|賴|微信"
_SURE = re.compile(
    rf"(?:{_NAME})[ \t]{{0,2}}(?:的|聯絡|聯繫|加我|找我)?[ \t]{{0,2}}(?:ID|帳號|號碼|號)?[ \t]{{0,2}}"
    r"(?:是|為|叫做?|[:=/])?[ \t:「『\"'<(]{0,3}"
    r"(@?[A-Za-z0-9][A-Za-z0-9._\-]{3,19})(?![A-Za-z0-9@(\[=])",
    re.IGNORECASE,
)
_FARTHER = re.compile(
    rf"(?:{_NAME})[^\n]{{1,16}}?(?<![A-Za-z])ID[ \t]{{0,2}}(?:是|為|[:=])?[ \t]{{0,2}}"
    r"(@?[A-Za-z0-9][A-Za-z0-9._\-]{3,19})",
    re.IGNORECASE,
)
_TELLING = re.compile(r"ID|帳號", re.IGNORECASE)
_MARKED = re.compile(r"[0-9._]")
_WORDS = re.compile(
    r"^(?:https?|bot|notify|pay|today|liff|login|official|works|messaging|api|group|app|account|ads|points|numbers?|"
    r"line|in|of|error|file|v?[0-9.]+|[0-9]{1,4})(?:$|[._\-])",
    re.IGNORECASE,
)


class LineId(TaiwanRecognizer):
    """Finds IDs of messaging accounts behind the service's name."""

    ENTITY: ClassVar[str] = "LINE_ID"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        for match in (*_SURE.finditer(text), *_FARTHER.finditer(text)):
            start = match.start(1)
            value = match[1].rstrip(".-")
            telling = _TELLING.search(text[match.start() : start]) is not None
            if _WORDS.match(value) and not value.isdigit():
                continue
            if not (_MARKED.search(value) or telling) or (value.isdigit() and len(value) < 6):
                continue
            if not self.excluded(text, match.start(), start + len(value), before=10, after=6):
                between = self._exclusions.search(text[match.start() : start])
                yield Hit(start, start + len(value), 0.0 if between else self.rule.raised)
