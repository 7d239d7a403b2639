"""What a message says once encodings are taken off: each layer is judged like the message itself."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from urllib.parse import unquote

from bot.text import plain

LAYERS = 2
LONGEST = 4_000
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{16,}={0,2}(?![A-Za-z0-9+/=_-])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}[\s:]?){8,}(?![0-9A-Za-z])")
_ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4}){3,}|(?:&#x?[0-9a-fA-F]{2,6};){3,}")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2}){4,}")
_SPACED = re.compile(r"(?<=[\u4e00-\u9fff])[ \t\u3000.。·・_\-|/*~]{1,3}(?=[\u4e00-\u9fff])")
_TAGS = re.compile("[\U000e0020-\U000e007e]")
_READABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9\s,.!?:;'\"()，。！？：；「」、-]")
_ROT13 = re.compile(r"rot ?-?13", re.IGNORECASE)
_REVERSED = re.compile(r"倒過來|反過來|倒著|reverse|backwards", re.IGNORECASE)


def unwrapped(message: str) -> tuple[str, ...]:
    """The normalised message first, then every text hidden in it, each once; nothing longer than ``LONGEST``."""
    seen: dict[str, None] = {}
    layer = [message[: LONGEST * 2]]
    for _ in range(LAYERS + 1):
        following: list[str] = []
        for text in layer:
            told = plain(text)[:LONGEST]
            if told.strip() and told not in seen:
                seen[told] = None
                following += _hidden(text)
        layer = following
    return tuple(seen)


def _hidden(text: str) -> Iterator[str]:
    if tags := "".join(chr(ord(char) - 0xE0000) for char in _TAGS.findall(text)):
        yield tags
    joined = _SPACED.sub("", text)
    if joined != text:
        yield joined
    yield from filter(None, map(_from_base64, _BASE64.findall(text)))
    yield from filter(None, map(_from_hex, _HEX.findall(text)))
    if _ESCAPES.search(text):
        yield _unescaped(text)
    if _PERCENT.search(text):
        yield unquote(text, errors="replace")
    if _ROT13.search(text):
        yield codecs.decode(text, "rot13")
    if _REVERSED.search(text):
        yield text[::-1]


def _readable(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if len(text) >= 4 and len(_READABLE.findall(text)) >= 0.9 * len(text) else ""


def _from_base64(piece: str) -> str:
    standard = piece.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return _readable(base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _from_hex(piece: str) -> str:
    digits = re.sub(r"[\s:]", "", piece)
    return _readable(bytes.fromhex(digits)) if len(digits) % 2 == 0 else ""


def _unescaped(text: str) -> str:
    import html

    told = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match.group(1), 16)), text)
    return html.unescape(told)
