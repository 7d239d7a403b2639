"""Documents as agencies exchange them: the same clauses from every format, and one clear line for what is refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from bot.errors import DocumentError
from bot.knowledge.editions import FolderEdition
from bot.knowledge.family import read_family
from bot.knowledge.guideline import parse
from bot.knowledge.matching import key
from bot.knowledge.reading import read_document
from bot.knowledge.reading.limits import LARGEST_FILE, MOST_PAGES
from bot.knowledge.reading.numbering import shown_number
from tests.rendering import as_docx, as_odt, as_pdf

FORMATS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-8 with mark and windows lines": lambda text: text.replace("\n", "\r\n").encode("utf-8-sig"),
    "utf-16": lambda text: text.encode("utf-16"),
    "docx": as_docx,
    "odt": as_odt,
    "pdf": as_pdf,
}


@pytest.fixture(scope="module")
def source(edition: FolderEdition) -> str:
    return (edition.folder / "source.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_clauses(form: str, source: str, edition: FolderEdition) -> None:
    extracted = read_document(FORMATS[form](source))
    parsed = parse(extracted.text, read_family())
    assert [clause.location for clause in parsed.clauses] == list(edition.clauses)
    assert {c.location: key(c) for c in parsed.clauses} == {at: key(c) for at, c in edition.clauses.items()}
    assert {c.location: c.title for c in parsed.clauses} == {at: c.title for at, c in edition.clauses.items()}
    assert parsed.unplaced == ()
    assert extracted.is_whole


def test_big5_is_read() -> None:
    assert read_document("壹、目的\n\n本指引適用於本府。\n".encode("cp950")).text.startswith("壹、目的")


def test_running_heads_and_page_numbers_are_left_out_and_counted(source: str) -> None:
    extracted = read_document(as_pdf(source, header="機密等級：普通"))
    assert "機密等級：普通" not in extracted.text
    assert extracted.left_out > 100
    assert "頁首" in extracted.notes[0]


def test_text_without_blank_lines_keeps_its_headings() -> None:
    text = "壹、目的\n為提升效率，特訂定本指引。\n貳、適用對象\n一、本府各機關。\n二、公立學校。\n"
    clauses = parse(read_document(text.encode()).text, read_family()).clauses
    assert [(c.location, c.title) for c in clauses][:2] == [("壹", "目的"), ("貳", "適用對象")]
    assert len(clauses) == 4


def test_automatic_numbers_of_word_are_spelt_out() -> None:
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    numbering = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "77")
    for level, (style, text) in enumerate(
        [("ideographLegalTraditional", "%1、"), ("taiwaneseCountingThousand", "（%2）")]
    ):
        element = OxmlElement("w:lvl")
        element.set(qn("w:ilvl"), str(level))
        for name, value in (("w:start", "1"), ("w:numFmt", style), ("w:lvlText", text)):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            element.append(child)
        abstract.append(element)
    numbering.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "77")
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), "77")
    number.append(reference)
    numbering.append(number)
    for level, text in [(0, "目的"), (1, "提升效率。"), (1, "保護資料。"), (0, "範圍"), (1, "各機關。")]:
        properties = document.add_paragraph(text)._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = 77
        properties.get_or_add_ilvl().val = level
    stream = io.BytesIO()
    document.save(stream)
    extracted = read_document(stream.getvalue())
    lines = [line for line in extracted.text.split("\n") if line]
    assert lines == ["壹、目的", "（一）提升效率。", "（二）保護資料。", "貳、範圍", "（一）各機關。"]
    assert extracted.is_whole


def test_tracked_changes_are_read_as_accepted() -> None:
    data = as_docx("壹、目的\n\n舊字應刪除。\n")
    inserted = "<w:ins w:id='1' w:author='a'><w:r><w:t>新增句。</w:t></w:r></w:ins>"
    deleted = "<w:del w:id='2' w:author='a'><w:r><w:delText>不見了</w:delText></w:r></w:del>"
    extracted = read_document(
        repacked(
            data,
            "word/document.xml",
            lambda xml: xml.replace("</w:t></w:r></w:p>", f"</w:t></w:r>{inserted}{deleted}</w:p>"),
        )
    )
    assert "新增句。" in extracted.text
    assert "不見了" not in extracted.text
    assert any("追蹤修訂" in note for note in extracted.notes)
    assert extracted.is_whole


@pytest.mark.parametrize(
    ("style", "number", "shown"),
    [
        ("taiwaneseCountingThousand", 12, "十二"),
        ("ideographLegalTraditional", 11, "拾壹"),
        ("壹, 貳, 參, ...", 10, "拾"),
        ("decimal", 3, "3"),
        ("bullet", 3, ""),
        ("lowerLetter", 2, "b"),
    ],
)
def test_number_styles(style: str, number: int, shown: str) -> None:
    assert shown_number(style, number) == shown


def repacked(data: bytes, name: str, change: Callable[[str], str], also: dict[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content.decode()).encode() if part == name else content)
        for extra, content in (also or {}).items():
            new.writestr(extra, content)
    return stream.getvalue()


def same(text: str) -> str:
    return text


def bomb() -> bytes:
    return repacked(as_docx("壹、目的"), "", same, {"word/media/a.bin": b"\x00" * 60_000_000})


def lying_bomb() -> bytes:
    """Its directory says that a part is small."""
    data = bytearray(bomb())
    size = (60_000_000).to_bytes(4, "little")
    while (at := bytes(data).rfind(size)) >= 0:
        data[at : at + 4] = (1_000).to_bytes(4, "little")
    return bytes(data)


def locked_zip() -> bytes:
    data = bytearray(as_docx("壹、目的"))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def scanned() -> bytes:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    with PdfPages(stream) as pages:
        figure = Figure()
        figure.add_axes((0, 0, 1, 1)).imshow([[0, 1], [1, 0]])
        figure.axes[0].axis("off")
        pages.savefig(figure)
    return stream.getvalue()


ENTITY = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

CONTENT = "[Content_Types].xml"
BAD: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "empty": (lambda: b" \n", "a.txt", "空的"),
    "too large": (lambda: b"a" * (LARGEST_FILE + 1), "a.txt", "MB"),
    "novel": (lambda: "壹、人工智慧\n\n".encode() * 50_000, "a.txt", "萬字"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "a.txt", "不是文字檔|編碼"),
    "old word": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.doc", "舊版"),
    "rtf": (lambda: b"{\\rtf1 hello}", "a.rtf", "RTF"),
    "macro by name": (lambda: as_docx("壹、目的"), "a.docm", "巨集"),
    "macro by content": (lambda: repacked(as_docx("壹"), "", same, {"word/vbaProject.bin": b"x"}), "a.docx", "巨集"),
    "macro by type": (
        lambda: repacked(as_docx("壹"), CONTENT, lambda x: x.replace("<Types", "<Types a='macroEnabled'", 1)),
        "a.docx",
        "巨集",
    ),
    "macro in odt": (lambda: repacked(as_odt("壹"), "", same, {"Basic/Standard/M.xml": b"<x/>"}), "a.odt", "巨集"),
    "entities in docx": (lambda: repacked(as_docx("壹"), "word/document.xml", lambda x: ENTITY + x), "a.docx", "實體"),
    "entities in odt": (lambda: repacked(as_odt("壹"), "content.xml", lambda x: ENTITY + x), "a.odt", "實體"),
    "bomb": (bomb, "a.docx", "大得異常"),
    "bomb that lies": (lying_bomb, "a.docx", "損壞|大得異常"),
    "locked docx": (locked_zip, "a.docx", "密碼"),
    "zip of something": (lambda: repacked(as_docx("壹"), "", same)[:400], "a.docx", "損壞"),
    "spreadsheet": (lambda: _zip({"xl/workbook.xml": b"<x/>"}), "a.docx", "不是 .docx"),
    "broken docx": (lambda: repacked(as_docx("壹"), "word/document.xml", lambda x: x[: len(x) // 2]), "a.docx", "損壞"),
    "broken odt": (lambda: repacked(as_odt("壹"), "content.xml", lambda x: x[: len(x) // 2]), "a.odt", "損壞"),
    "locked pdf": (lambda: as_pdf("壹、目的\n\n特訂定本指引。", password="open sesame"), "a.pdf", "密碼"),
    "broken pdf": (lambda: as_pdf("壹、目的")[:300], "a.pdf", "損壞"),
    "scan": (scanned, "a.pdf", "掃描"),
    "long pdf": (lambda: as_pdf("壹、目的", pages=500), "a.pdf", f"上限 {MOST_PAGES} 頁"),
}  # fmt: skip


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_taken_in_is_refused_in_one_line(case: str) -> None:
    make, name, reason = BAD[case]
    with pytest.raises(DocumentError, match=reason) as caught:
        read_document(make(), name)
    told = str(caught.value)
    assert "\n" not in told
    assert "；請" in told or "，請" in told
