"""Documents as agencies exchange them (txt, pdf, docx, odt) -> the text that the parser reads."""

from __future__ import annotations

from bot.errors import DocumentError
from bot.knowledge.reading.extracted import Extracted
from bot.knowledge.reading.limits import LARGEST_FILE, MOST_CHARACTERS, check_archive, kind_of

__all__ = ["Extracted", "read_document"]


def read_document(data: bytes, name: str = "") -> Extracted:
    """The document's text, told by its content and not by its name.

    Raises ``DocumentError``, one line that says what to do, for anything that cannot be taken in as it is.
    """
    if not data.strip():
        raise DocumentError("檔案是空的；請確認後重新提供")
    if len(data) > LARGEST_FILE:
        raise DocumentError(f"檔案超過 {LARGEST_FILE // 1_000_000} MB；請只提供指引本身的檔案")
    extracted = _read(data, kind_of(data, name))
    if len(extracted.text) > MOST_CHARACTERS:
        raise DocumentError(f"文件超過 {MOST_CHARACTERS // 10_000} 萬字；請只提供指引本身的檔案")
    return extracted


def _read(data: bytes, kind: str) -> Extracted:
    if kind == "pdf":
        from bot.knowledge.reading.pdf import read_pdf

        return read_pdf(data)
    if kind == "text":
        from bot.knowledge.reading.plain import read_plain

        return read_plain(data)
    check_archive(data)
    if kind == "docx":
        from bot.knowledge.reading.word import read_word

        return read_word(data)
    from bot.knowledge.reading.odt import read_odt

    return read_odt(data)
