"""Text as people type it, normalised once at the door, with offsets back to what they typed.

Full-width letters and digits become half-width (NFKC), invisible characters go, simplified characters become
traditional ones. Everything that matches patterns works on the normalised text and reports original offsets.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from typing import Any

_INVISIBLE = {"Cf", "Cc", "Cs", "Co", "Cn"}
_KEPT_CONTROLS = {"\n", "\t"}
_DIGITS = "一二三四五六七八九"
_SENTENCE = re.compile(r"[^。；？\n]+[。；？]?[」）)]*")


@dataclass(frozen=True, slots=True)
class Normalised:
    """``text`` and, for each of its characters, the original character it came from.

    ``origin[i]`` is the offset (code points) in the original of the character that gave ``text[i]``.
    """

    text: str = field(repr=False)
    origin: tuple[int, ...] = field(repr=False)
    length: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of ``text[start:end]``; empty spans stay empty."""
        if start >= end:
            at = self.origin[start] if start < len(self.origin) else self.length
            return at, at
        return self.origin[start], self.origin[end - 1] + 1


def normalise(original: str) -> Normalised:
    """NFKC character by character, invisible characters out, simplified to traditional where unmistakable."""
    out: list[str] = []
    origin: list[int] = []
    for at, char in enumerate(original):
        if char < "\x7f":
            if char >= " " or char in _KEPT_CONTROLS:
                out.append(char)
                origin.append(at)
            continue
        if unicodedata.category(char) in _INVISIBLE or char in "\ufe0e\ufe0f\u034f\u115f\u1160\u3164":
            continue
        for piece in unicodedata.normalize("NFKC", char):
            out.append(piece)
            origin.append(at)
    return Normalised(traditional("".join(out)), tuple(origin), len(original))


def plain(original: str) -> str:
    """The normalised text alone."""
    return normalise(original).text


def squeeze(text: str) -> str:
    """Without any white space."""
    return "".join(text.split())


@cache
def _converter(direction: str) -> Any:
    import opencc

    return opencc.OpenCC(direction)


def is_simplified(char: str) -> bool:
    """Whether the character is only used in simplified Chinese (not one that Taiwan writes too, such as 台 or 里)."""
    if not "\u4e00" <= char <= "\u9fff":
        return False
    try:
        char.encode("big5")
    except UnicodeEncodeError:
        return bool(_converter("s2t").convert(char) != char)
    return False


def traditional(text: str) -> str:
    """Simplified text as Taiwan writes it; text without simplified-only characters is returned as it is.

    The result has the same number of characters, so offsets stay true.
    """
    if not any(is_simplified(char) for char in text if char > "\u4dff"):
        return text
    converted = str(_converter("s2t").convert(text))
    if len(converted) == len(text):
        return converted
    return "".join(one if len(one) == 1 else char for char in text for one in (_converter("s2t").convert(char),))


def chinese_number(text: str) -> int:
    """``十二`` -> 12, up to 99; 0 for anything else."""
    if not text:
        return 0
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.find(text) + 1 if len(text) == 1 else 0
    high = 1 if not tens else _DIGITS.find(tens) + 1 if len(tens) == 1 else 0
    low = 0 if not ones else _DIGITS.find(ones) + 1 if len(ones) == 1 else -1
    return high * 10 + low if high and low >= 0 else 0


def chinese_numeral(number: int) -> str:
    """12 -> ``十二``, for 1 to 99."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return head + (_DIGITS[ones - 1] if ones else "")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences, without the white space before them; a run of a list (；) is one of its own."""
    spans = []
    for match in _SENTENCE.finditer(text):
        told = match.group()
        if told.strip():
            spans.append((match.start() + len(told) - len(told.lstrip()), match.end()))
    return spans
