"""Plain text: UTF-8, UTF-16 with a mark, or Big5 as older systems of agencies write it."""

from __future__ import annotations

import codecs
import re

from bot.errors import DocumentError
from bot.knowledge.reading.extracted import Extracted
from bot.text import squeeze

_LEAST_READABLE = 0.95


def read_plain(data: bytes) -> Extracted:
    """The text with ``\\n`` line ends; where paragraphs are not set apart, every line is taken for one."""
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n")
    shown = sum(char.isprintable() or char in "\n\t\f\u200b\ufeff\u3000" for char in text)
    if "\x00" in text or shown < _LEAST_READABLE * len(text):
        raise DocumentError("這不是文字檔、PDF、docx 或 odt；請提供指引本身的檔案")
    notes: tuple[str, ...] = ()
    if "\n\n" not in text and not re.search(r"\n[ \t\u3000]+\n", text) and text.count("\n") > 1:
        text = text.replace("\n", "\n\n")
        notes = ("原檔沒有空行，每一行視為一段",)
    return Extracted(text=text, kind="text", characters_in=len(squeeze(re.sub(r"</?p>", "", text))), notes=notes)


def _decoded(data: bytes) -> str:
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "cp950"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError("無法辨識文字編碼；請另存成 UTF-8 再試")
