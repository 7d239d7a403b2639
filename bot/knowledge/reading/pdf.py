"""PDFs with a text layer, by pdfplumber: lines, paragraphs by their right edge, ruled tables, no running heads."""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.errors import DocumentError
from bot.knowledge.reading.extracted import Extracted, joined, paragraph, row
from bot.knowledge.reading.limits import MOST_PAGES
from bot.text import squeeze

_LEAST_CHARACTERS = 20
"""A page, on average: below it the pages are pictures."""
_EDGE_LINES = 2
_REPEATED = 0.6
_ROOM_LEFT = 2.2
"""A line that ends so many characters short of the right edge ends its paragraph."""
_WIDE_GAP = 1.7
_BEGINS = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）、]|[☐□▢■☑]|[0-9]{1,2}\.|答：|請簡述")
"""What begins a paragraph of its own in a cell."""


@dataclass(slots=True)
class _Line:
    text: str
    left: float
    right: float
    top: float
    bottom: float
    is_row: bool = False


def read_pdf(data: bytes) -> Extracted:
    """Raises ``DocumentError`` for scans, locked, damaged and very long files."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    from bot.knowledge.reading.glyphs import Fonts

    try:
        with pdfplumber.open(io.BytesIO(data)) as document:
            count = len(document.pages)
            if count > MOST_PAGES:
                raise DocumentError(f"這份 PDF 有 {count} 頁，超過上限 {MOST_PAGES} 頁；請只提供指引本身的頁面")
            document.rsrcmgr = Fonts()
            pages = [_lines(page) for page in document.pages]
    except DocumentError:
        raise
    except Exception as exc:  # pdfminer raises many kinds for damaged files
        locked = isinstance(exc, PDFPasswordIncorrect) or any(isinstance(a, PDFPasswordIncorrect) for a in exc.args)
        if locked:
            raise DocumentError("這份 PDF 設有密碼；請移除密碼再試") from exc
        raise DocumentError("這份 PDF 損壞，無法讀取；請重新取得原檔再試") from exc
    whole = sum(len(squeeze(line.text)) for page in pages for line in page)
    if whole < _LEAST_CHARACTERS * max(len(pages), 1):
        raise DocumentError("這份 PDF 沒有文字層，應是掃描檔；請提供由文書軟體轉出的 PDF、docx 或 odt")
    heads = _running(pages)
    kept = [[line for line in page if not _is_running(line, page, heads)] for page in pages]
    left_out = whole - sum(len(squeeze(line.text)) for page in kept for line in page)
    notes = (f"略去頁首、頁尾與頁碼共 {left_out} 字",) if left_out else ()
    return Extracted(_paragraphs(kept), "pdf", _bare(whole, pages), left_out, notes)


def _bare(whole: int, pages: list[list[_Line]]) -> int:
    """The count without the marks that part the paragraphs of a cell."""
    return whole - sum(len(mark) for page in pages for line in page for mark in re.findall(r"</?p>", line.text))


def _lines(page: Any) -> list[_Line]:
    """The page's lines from top to bottom; a row of a ruled table is one line."""
    found: list[_Line] = []
    rest = page
    for table in page.find_tables():
        rows = table.extract()
        if not rows or max(len(cells) for cells in rows) < 2:
            continue
        for cells, shape in zip(rows, table.rows, strict=False):
            text = row([_unwrapped(_clean(cell or "")) for cell in cells])
            left, top, right, bottom = shape.bbox
            found.append(_Line(text, left, right, top, bottom, is_row=True))
        rest = rest.outside_bbox(table.bbox)
    for line in rest.extract_text_lines(strip=True, return_chars=False):
        found.append(_Line(_clean(line["text"]), line["x0"], line["x1"], line["top"], line["bottom"]))
    return sorted((line for line in found if line.text.strip()), key=lambda line: (line.top, line.left))


def _unwrapped(cell: str) -> list[str]:
    """The paragraphs of a cell, which the page only shows as lines."""
    parts: list[str] = []
    for line in (line.strip() for line in cell.split("\n")):
        if not parts or _BEGINS.match(line) or parts[-1].endswith(("。", "：", ":")):
            parts.append(line)
        else:
            parts[-1] += (" " if parts[-1][-1:].isascii() and line[:1].isascii() else "") + line
    return parts


def _clean(text: str) -> str:
    """Radicals and compatibility forms that fonts put in the place of characters become the characters."""
    return "".join(
        unicodedata.normalize("NFKC", char) if "\u2e80" <= char <= "\u2fdf" or "\uf900" <= char <= "\ufaff" else char
        for char in text
    )


def _outline(line: _Line) -> str:
    return re.sub(r"[0-9]+", "#", squeeze(line.text))


def _running(pages: list[list[_Line]]) -> set[str]:
    """What stands at the edge of most pages, numbers aside."""
    if len(pages) < 3:
        return {"#", "-#-", "–#–"}
    seen = Counter(outline for page in pages for outline in {_outline(line) for line in _edges(page)})
    return {"#", "-#-", "–#–"} | {outline for outline, count in seen.items() if count >= _REPEATED * len(pages)}


def _edges(page: list[_Line]) -> list[_Line]:
    lines = [line for line in page if not line.is_row]
    return [*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:]]


def _is_running(line: _Line, page: list[_Line], heads: set[str]) -> bool:
    return not line.is_row and _outline(line) in heads and any(line is edge for edge in _edges(page))


def _paragraphs(pages: list[list[_Line]]) -> str:
    """Lines joined to paragraphs by a line break; where a paragraph ends a block ends."""
    lines = [line for page in pages for line in page]
    plain = [line for line in lines if not line.is_row]
    rights = sorted(line.right for line in plain)
    edge = rights[int(0.95 * (len(rights) - 1))] if rights else 0.0
    size = sorted(line.bottom - line.top for line in plain)[len(plain) // 2] if plain else 0.0
    gaps = sorted(b.top - a.top for page in pages for a, b in pairwise(page) if b.top > a.top)
    usual = gaps[len(gaps) // 2] if gaps else 0.0
    blocks: list[tuple[str, bool]] = []
    text = ""
    for at, line in enumerate(lines):
        if line.is_row:
            if text:
                blocks.append((paragraph(text), False))
                text = ""
            blocks.append((line.text, True))
            continue
        text = f"{text}\n{line.text}" if text else line.text
        follower = lines[at + 1] if at + 1 < len(lines) else None
        wide = follower is not None and follower.top - line.top > _WIDE_GAP * usual
        if follower is None or follower.is_row or wide or line.right < edge - _ROOM_LEFT * size:
            blocks.append((paragraph(text), False))
            text = ""
    return joined(blocks)
