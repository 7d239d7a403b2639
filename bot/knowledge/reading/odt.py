"""OpenDocument texts (.odt), the format in which agencies exchange editable documents, by odfdo."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from bot.errors import DocumentError
from bot.knowledge.reading.extracted import Extracted, joined, paragraph, row
from bot.knowledge.reading.numbering import Counters, shown_number
from bot.text import squeeze

_LEFT_OUT = {"text:tracked-changes", "text:sequence-decls", "text:variable-decls", "office:forms", "text:note"}
_MARKS = {"text:tab": "\t", "text:line-break": "\n", "text:soft-page-break": ""}
_LIST_LEVELS = {"text:list-level-style-number", "text:list-level-style-bullet"}


def read_odt(data: bytes) -> Extracted:
    """The document's body; running heads and feet are no part of it. Raises ``DocumentError``."""
    import odfdo

    try:
        document = odfdo.Document(io.BytesIO(data))
        body = document.body
        reader = _Reader(document)
        text = joined(reader.blocks(body))
        whole = "".join(_text(element) for element in body.children)
        notes = ["文件含追蹤修訂，以全部接受後的文字讀入"] if body.get_elements("//text:tracked-changes") else []
        if body.get_elements("//text:note"):
            notes.append("文件有註腳，註腳文字未讀入")
    except Exception as exc:  # odfdo and lxml raise many kinds for damaged files
        raise DocumentError("這份 ODF 文件損壞，無法讀取；請以文書軟體重新另存再試") from exc
    return Extracted(text, "odt", len(squeeze(whole)) + reader.numbers, notes=tuple(notes))


def _text(element: Any) -> str:
    """Everything readable at and below ``element``, without what stands behind it."""
    if element.tag in _LEFT_OUT:
        return ""
    if element.tag == "text:s":
        return " " * int(element.get_attribute("text:c") or 1)
    if element.tag in _MARKS:
        return _MARKS[element.tag]
    told = element.text or ""
    for child in element.children:
        told += _text(child) + (child.tail or "")
    return told


class _Reader:
    def __init__(self, document: Any) -> None:
        self.styles = self._list_styles(document)
        self.counters = Counters()
        self.numbers = 0
        """Characters of automatic numbers, which the file does not spell out."""
        self._lists = 0

    @staticmethod
    def _list_styles(document: Any) -> dict[str, dict[int, dict[str, str]]]:
        found: dict[str, dict[int, dict[str, str]]] = {}
        for part in ("content", "styles"):
            for style in document.get_part(part).root.get_elements("//text:list-style"):
                levels = {}
                for level in style.children:
                    if level.tag in _LIST_LEVELS:
                        levels[int(level.get_attribute("text:level") or 1)] = {
                            str(name): str(value) for name, value in level.attributes.items()
                        }
                found.setdefault(str(style.get_attribute("style:name")), levels)
        return found

    def blocks(self, element: Any) -> Iterator[tuple[str, bool]]:
        for child in element.children:
            if child.tag in {"text:p", "text:h"}:
                yield paragraph(_text(child)), False
            elif child.tag == "text:list":
                yield from ((paragraph(text), False) for text in self._list(child))
            elif child.tag == "table:table":
                yield from self._table(child)
            elif child.tag not in _LEFT_OUT:
                yield from self.blocks(child)

    def _list(self, element: Any, style: str = "", depth: int = 1, list_id: str = "") -> Iterator[str]:
        style = str(element.get_attribute("text:style-name") or style)
        if depth == 1:
            if element.get_attribute("text:continue-numbering") != "true":
                self._lists += 1
            list_id = f"{style}/{self._lists}"
        for item in element.children:
            if item.tag != "text:list-item":
                continue
            first = True
            for child in item.children:
                if child.tag == "text:list":
                    yield from self._list(child, style, depth + 1, list_id)
                elif child.tag in {"text:p", "text:h"}:
                    yield (self._marker(style, depth, list_id) if first else "") + _text(child)
                    first = False

    def _marker(self, style: str, depth: int, list_id: str) -> str:
        level = self.styles.get(style, {}).get(depth, {})
        counts = self.counters.step(list_id, depth, int(level.get("text:start-value", "1")))
        number = shown_number(level.get("style:num-format", ""), counts[depth])
        if not number:
            return ""
        shown = level.get("style:num-prefix", "") + number + level.get("style:num-suffix", "")
        self.numbers += len(squeeze(shown))
        return shown

    def _table(self, table: Any) -> Iterator[tuple[str, bool]]:
        for child in table.children:
            if child.tag == "table:table-row":
                cells = [c for c in child.children if c.tag in {"table:table-cell", "table:covered-table-cell"}]
                yield row([[text for text, _ in self.blocks(cell)] for cell in cells]), True
            elif child.tag.startswith("table:table-"):
                yield from self._table(child)
