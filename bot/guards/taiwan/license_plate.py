"""車牌號碼: the forms of 交通部公路局 since 1992 and 2012, told from model names by what the text is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer

_DASH = r"[ \-‐–—−·•.]?"
_FORMS = (
    rf"[A-Za-z]{{3}}{_DASH}[0-9]{{3,4}}",  # ABC-1234 (2012), ABC-123 (motorcycles)
    rf"[0-9]{{3,4}}{_DASH}[A-Za-z]{{2,3}}",  # 1234-AB, 123-ABC
    rf"[A-Za-z]{{2}}{_DASH}[0-9]{{3,4}}",  # AB-1234
    rf"[A-Za-z][0-9]{_DASH}[0-9]{{3,4}}",  # A1-2345
    rf"[0-9][A-Za-z]{_DASH}[0-9]{{3,4}}",  # 1A-2345
    rf"[0-9]{{3,4}}{_DASH}(?:[A-Za-z][0-9]|[0-9][A-Za-z])",  # 1234-A1
)
_VALUE = re.compile(rf"(?<![0-9A-Za-z_\-.])(?:{'|'.join(_FORMS)})(?![0-9A-Za-z_]|[\-.][0-9A-Za-z])")
_SEEN_APART = re.compile(r"[ \-‐–—−·•.]")
_NEAR, _FAR = 12, 40


class LicensePlate(TaiwanRecognizer):
    """Finds plates where the text is about vehicles: near for a plate without a dash, anywhere around for one with."""

    ENTITY: ClassVar[str] = "TW_LICENSE_PLATE"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        for match in _VALUE.finditer(text):
            start, end = match.span()
            if self.is_known(match.group()):
                continue
            reach = _FAR if _SEEN_APART.search(match.group()) else _NEAR * 2
            if self.near(text, start, end, before=reach, after=reach) and not self.excluded(
                text, start, end, before=10
            ):
                yield Hit(start, end, self.rule.raised)
