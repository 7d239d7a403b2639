"""Guideline texts as the documents that agencies exchange: docx, odt and pdf, with tables, running heads and wraps."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

_TAG = re.compile(r"</?(?:u|b|p|br|div)[^>]*>")
_BOX = re.compile(r"<input[^>]*>")
_NO_END = re.compile(r"(?<![。：:？])\n(?![\n一二三四五六七八九十（(0-9])")

Block = tuple[str, list[list[list[str]]]]
"""A paragraph with no rows, or no paragraph and the rows of a table (cells of paragraphs)."""


def blocks(source: str) -> Iterator[Block]:
    """Paragraphs and tables of a source."""
    rows: list[list[list[str]]] = []
    in_table = False
    for line in source.split("\n"):
        if line.count("\t") >= 2 or (in_table and "\t" in line):
            in_table = True
            rows.append([_cell(cell) for cell in line.split("\t")])
            continue
        if in_table and (_BOX.search(line) or line.strip().startswith(("請簡述", "<p>"))):
            rows[-1][-1] += _cell(line)
            continue
        if in_table and not line.strip():
            continue
        if in_table:
            yield "", rows
            rows, in_table = [], False
        text = _BOX.sub("☐", _TAG.sub("", line)).strip()
        if text:
            yield text, []
    if rows:
        yield "", rows


def _cell(text: str) -> list[str]:
    parts = re.split(r"</?p>|<br[^>]*>", text)
    return [_BOX.sub("☐", _TAG.sub("", part)).strip() for part in parts if part.strip()]


def as_docx(source: str, header: str = "臺北市政府資訊局") -> bytes:
    """A Word document with a running head."""
    import docx

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = header
    for text, rows in blocks(source):
        if not rows:
            document.add_paragraph(text)
            continue
        table = document.add_table(rows=0, cols=max(len(row) for row in rows))
        for row in rows:
            cells = table.add_row().cells
            for cell, parts in zip(cells, row, strict=False):
                cell.text = parts[0] if parts else ""
                for part in parts[1:]:
                    cell.add_paragraph(part)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_odt(source: str) -> bytes:
    """An OpenDocument text."""
    from odfdo import Cell, Document, Paragraph, Row, Table

    document = Document("text")
    document.body.clear()
    for number, (text, rows) in enumerate(blocks(source)):
        if not rows:
            document.body.append(Paragraph(text))
            continue
        table = Table(f"表{number}")
        for parts in rows:
            row = Row()
            for part in parts:
                cell = Cell()
                for paragraph in part:
                    cell.append(Paragraph(paragraph))
                row.append(cell)
            table.append(row)
        document.body.append(table)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_pdf(source: str, header: str = "臺北市政府資訊局", password: str = "", pages: int = 0) -> bytes:
    """A PDF with wrapped lines, ruled tables, running heads and page numbers; at least so many pages."""
    from reportlab.lib.enums import TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("MSung-Light"))
    font = {"fontName": "MSung-Light", "fontSize": 12, "leading": 20}
    style = ParagraphStyle("text", **font, wordWrap="CJK", alignment=TA_JUSTIFY)

    def edge(canvas: object, document: object) -> None:
        canvas.setFont("MSung-Light", 9)  # type: ignore[attr-defined]
        canvas.drawString(72, 800, header)  # type: ignore[attr-defined]
        canvas.drawCentredString(297, 30, f"- {document.page} -")  # type: ignore[attr-defined]

    def shown(text: str) -> Paragraph:
        # The font knows no ballot box.
        return Paragraph(text.replace("&", "&amp;").replace("<", "&lt;").replace("☐", "□"), style)

    story: list[object] = []
    for text, rows in blocks(source):
        if not rows:
            story += [shown(text), Spacer(1, 8)]
            continue
        width = max(len(row) for row in rows)
        filled = [[*row, *([[]] * (width - len(row)))] for row in rows]
        cells = [[[shown(part) for part in cell] for cell in row] for row in filled]
        table = Table(cells, colWidths=[50, 80, 320][:width])
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, (0, 0, 0))]))
        story += [table, Spacer(1, 8)]
    for _ in range(pages):
        story += [PageBreak(), shown("附錄")]
    stream = io.BytesIO()
    lock = StandardEncryption(password) if password else None
    SimpleDocTemplate(stream, pagesize=A4, encrypt=lock).build(story, onFirstPage=edge, onLaterPages=edge)
    return stream.getvalue()
