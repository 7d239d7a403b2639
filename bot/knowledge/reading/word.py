"""Word documents (.docx) by python-docx: paragraphs, tables, automatic numbers, accepted changes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from bot.errors import DocumentError
from bot.knowledge.reading.extracted import Extracted, joined, paragraph, row
from bot.knowledge.reading.numbering import Counters, shown_number
from bot.text import squeeze

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LEFT_OUT = {f"{_W}del", f"{_W}moveFrom", f"{_MC}Fallback", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText"}
_THROUGH = {f"{_W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "body")}


def read_word(data: bytes) -> Extracted:
    """The document's body; running heads and feet are no part of it. Raises ``DocumentError``."""
    import docx

    try:
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        reader = _Reader(_Numbering.of(document))
        text = joined(reader.blocks(body))
    except Exception as exc:  # python-docx and lxml raise many kinds for damaged files
        raise DocumentError("這份 Word 文件損壞，無法讀取；請以文書軟體重新另存再試") from exc
    notes = []
    if next(body.iter(f"{_W}ins", f"{_W}del", f"{_W}moveFrom"), None) is not None:
        notes.append("文件含追蹤修訂，以全部接受後的文字讀入")
    if any(part.partname.endswith("/footnotes.xml") and _words(part.blob) for part in document.part.package.parts):
        notes.append("文件有註腳，註腳文字未讀入")
    whole = "".join(_text(child) for child in body.iter(f"{_W}p") if not _nested(child))
    return Extracted(text, "docx", len(squeeze(whole)) + reader.numbers, notes=tuple(notes))


def _words(blob: bytes) -> bool:
    return bool(re.search(rb"<w:t[ >][^<]*\S", blob))


def _nested(element: Any) -> bool:
    """Whether the paragraph is told as part of another, or not at all."""
    at = element.getparent()
    while at is not None:
        if at.tag in _LEFT_OUT or at.tag == f"{_W}p":
            return True
        at = at.getparent()
    return False


def _text(element: Any) -> str:
    """Everything readable below ``element``, changes taken as accepted."""
    told = []
    for child in element:
        if child.tag in _LEFT_OUT:
            continue
        if child.tag == f"{_W}t":
            told.append(child.text or "")
        elif child.tag in {f"{_W}tab", f"{_W}ptab"}:
            told.append("\t")
        elif child.tag in {f"{_W}br", f"{_W}cr"}:
            told.append("\n")
        elif child.tag == f"{_W}noBreakHyphen":
            told.append("-")
        elif child.tag == f"{_W}sym":
            told.append("☐")
        else:
            told.append(_text(child))
    return "".join(told)


class _Numbering:
    """List levels by number id: (style, shown text, start)."""

    def __init__(self, levels: dict[str, dict[int, tuple[str, str, int]]], styles: dict[str, tuple[str, int]]) -> None:
        self.levels, self.styles = levels, styles

    @classmethod
    def of(cls, document: Any) -> _Numbering:
        levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return cls(levels, {})
        abstract = {e.get(f"{_W}abstractNumId"): cls._levels(e) for e in root.iter(f"{_W}abstractNum")}
        for number in root.iter(f"{_W}num"):
            reference = number.find(f"{_W}abstractNumId")
            if reference is not None:
                levels[number.get(f"{_W}numId")] = abstract.get(reference.get(f"{_W}val"), {})
        styles = {}
        for style in document.styles.element.iter(f"{_W}style"):
            properties = style.find(f"{_W}pPr/{_W}numPr")
            if properties is not None and (found := _number_of(properties)):
                styles[style.get(f"{_W}styleId")] = found
        return cls(levels, styles)

    @staticmethod
    def _levels(abstract: Any) -> dict[int, tuple[str, str, int]]:
        found = {}
        for level in abstract.iter(f"{_W}lvl"):
            values = {name: level.find(f"{_W}{name}") for name in ("numFmt", "lvlText", "start")}
            style, text, start = (
                e.get(f"{_W}val") if e is not None else default
                for e, default in zip(values.values(), ("decimal", "", "1"), strict=True)
            )
            found[int(level.get(f"{_W}ilvl"))] = (style, text, int(start))
        return found


def _number_of(properties: Any) -> tuple[str, int] | None:
    number, level = properties.find(f"{_W}numId"), properties.find(f"{_W}ilvl")
    if number is None:
        return None
    return number.get(f"{_W}val"), int(level.get(f"{_W}val")) if level is not None else 0


class _Reader:
    def __init__(self, numbering: _Numbering) -> None:
        self.numbering, self.counters = numbering, Counters()
        self.numbers = 0
        """Characters of automatic numbers, which the file does not spell out."""

    def blocks(self, element: Any) -> Iterator[tuple[str, bool]]:
        for child in element:
            if child.tag == f"{_W}p":
                yield paragraph(self._paragraph(child)), False
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in _THROUGH:
                yield from self.blocks(child)

    def _paragraph(self, element: Any) -> str:
        text = _text(element)
        if not text.strip():
            return text
        marker = self._marker(element)
        self.numbers += len(squeeze(marker))
        return marker + text

    def _marker(self, element: Any) -> str:
        properties = element.find(f"{_W}pPr/{_W}numPr")
        found = _number_of(properties) if properties is not None else None
        if properties is None:
            style = element.find(f"{_W}pPr/{_W}pStyle")
            found = self.numbering.styles.get(style.get(f"{_W}val")) if style is not None else None
        if not found or found[1] not in self.numbering.levels.get(found[0], {}):
            return ""
        levels = self.numbering.levels[found[0]]
        counts = self.counters.step(found[0], found[1], levels[found[1]][2])
        if levels[found[1]][0] in {"bullet", "none"}:
            return ""

        def shown(match: re.Match[str]) -> str:
            level = int(match.group(1)) - 1
            return shown_number(levels.get(level, ("decimal", "", 1))[0], counts.get(level, 1))

        return re.sub(r"%([1-9])", shown, levels[found[1]][1])

    def _table(self, table: Any) -> Iterator[tuple[str, bool]]:
        for line in table.iter(f"{_W}tr"):
            if next(line.iterancestors(f"{_W}tbl")) is not table:
                continue
            cells = [cell for cell in line.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is line]
            told = [[self._paragraph(p) for p in cell.iter(f"{_W}p") if not _nested(p)] for cell in cells]
            yield row(told), True
