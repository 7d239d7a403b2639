"""Numbers as people write and dictate them."""

from __future__ import annotations

import re

SEPARATOR = r"[ \t\n.\-‐‒–—―−_/·•‧・ー~]"
"""What may stand between the digits of one number (after NFKC: full-width forms are gone)."""
GAP = rf"{SEPARATOR}{{0,3}}"

_SPOKEN_DIGITS = ("零〇洞", "一壹么", "二兩貳", "三參", "四肆", "五伍", "六陸", "七柒拐", "八捌", "九玖勾")
_SPOKEN = {ord(char): str(digit) for digit, chars in enumerate(_SPOKEN_DIGITS) for char in chars}
_NUMERALS = "".join(_SPOKEN_DIGITS)
_SPOKEN_RUN = re.compile(rf"(?:[0-9{_NUMERALS}][、,]?{SEPARATOR}?){{6,40}}")
_SPOKEN_BLOCK = re.compile(rf"[{_NUMERALS}]{{3,}}")
_VALUES = {char: value for value, chars in enumerate("零一二三四五六七八九") for char in chars}
_VALUES |= {"〇": 0, "兩": 2, "廿": 20}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMERAL = r"(?:[0-9]{1,5}|[〇零一二三四五六七八九十百千廿]{1,8})"
"""A number in digits or in Chinese numerals."""


def spoken_digits(text: str) -> str:
    """``text`` with dictated numbers (零九二八…, six digits or more) written in digits; same length.

    A single numeral behind written digits is left alone: in 0912345678一直 it belongs to the next word.
    """
    if not _SPOKEN_BLOCK.search(text) and sum(char in _NUMERALS for char in text) < 6:
        return text
    return _SPOKEN_RUN.sub(_translated, text)


def _translated(run: re.Match[str]) -> str:
    if sum(char in _NUMERALS for char in run.group()) >= 6:
        return run.group().translate(_SPOKEN)
    return _SPOKEN_BLOCK.sub(lambda block: block.group().translate(_SPOKEN), run.group())


def digits_only(value: str) -> str:
    """Letters and digits of ``value`` in capitals, without what separates them."""
    return "".join(char for char in value if char.isascii() and char.isalnum()).upper()


def number(words: str) -> int | None:
    """The value of digits or Chinese numerals (三十八, 一百零二, 一〇二, 七四); None where it is none."""
    if words.isascii():
        return int(words) if words.isdigit() else None
    if not any(char in _UNITS for char in words):
        digits = "".join(str(_VALUES[char]) for char in words if char in _VALUES and _VALUES[char] < 10)
        return int(digits) if digits else None
    total = current = 0
    for char in words:
        if char in _UNITS:
            total += (current or 1) * _UNITS[char]
            current = 0
        elif char in _VALUES:
            current += _VALUES[char]
        else:
            return None
    return total + current
