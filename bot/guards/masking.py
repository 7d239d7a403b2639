"""Values made unreadable while the rest of the text stays as it was."""

from __future__ import annotations

import re

from bot.guards.taiwan.rules import EntityRule
from bot.text import plain

_COMPOUND_FROM = 4
_AREA = re.compile(r"^(?:[0-9]{3,6})?\s?(?P<area>(?:[\u4e00-\u9fff]{2,3}[市縣])?(?:[\u4e00-\u9fff]{1,3}[區鄉鎮市])?)")


def mask(value: str, rule: EntityRule) -> str:
    """``value`` (as typed) masked as its rule says."""
    style = rule.mask.style
    if style == "name":
        return _name(plain(value))
    if style == "email":
        return f"{value[:1]}***@{plain(value).replace(' ', '').rpartition('@')[2]}" if "@" in plain(value) else "***"
    if style == "address":
        found = _AREA.match(plain(value))
        return f"{found['area'] if found else ''}○○路○號"
    if style == "label":
        return f"〔{rule.name}〕"
    return _ends(plain(value), rule.mask.head, rule.mask.tail)


def _name(value: str) -> str:
    if value.isascii() or not re.search(r"[\u4e00-\u9fff]", value):
        return " ".join(f"{part[0]}***" for part in re.split(r"[\s,/]+", value) if part)
    letters = [at for at, char in enumerate(value) if char.isalnum()]
    dotted = len(letters) < len(value) and not any(char.isspace() for char in value)
    keep = 2 if len(letters) >= _COMPOUND_FROM and not dotted else 1
    return "".join("○" if at in letters[keep:] else char for at, char in enumerate(value))


def _ends(value: str, head: int, tail: int) -> str:
    places = [at for at, char in enumerate(value) if char.isalnum()]
    if len(places) <= head + tail + 2:
        head, tail = min(head, 1), 0
    hidden = set(places[head : len(places) - tail])
    return "".join("*" if at in hidden else char for at, char in enumerate(value))
