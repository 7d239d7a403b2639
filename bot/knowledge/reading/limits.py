"""What a document may be before anything of it is parsed: kind, size, macros, entities, passwords."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from bot.errors import DocumentError

LARGEST_FILE = 20_000_000
LARGEST_CONTENT = 100_000_000
"""Bytes of all parts of a packed document together."""
MOST_PARTS = 2_000
HIGHEST_RATIO = 200
"""Of a part above a megabyte; text packs to a tenth or so, only a bomb to a thousandth."""
MOST_PAGES = 200
MOST_CHARACTERS = 300_000
"""Twenty times the guideline; a longer text is some other thing."""
_MACROS = re.compile(r"(?:^|/)vbaProject\.bin$|(?:^|/)vbaData\.xml$|^Basic/|^Scripts/|(?:^|/)activeX/", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(data: bytes, name: str) -> str:
    """``pdf``, ``docx``, ``odt`` or ``text``; ``DocumentError`` for what is none of them."""
    suffix = PurePath(name).suffix.lower()
    if suffix in {".docm", ".dotm", ".xlsm"}:
        raise DocumentError("這是含巨集的文件，不能匯入；請另存成 .docx、.odt 或 PDF 再試")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE):
        raise DocumentError("這是舊版 .doc 或加了密碼的文件；請移除密碼並另存成 .docx、.odt 或 PDF 再試")
    if data.startswith(b"{\\rtf"):
        raise DocumentError("不支援 RTF；請另存成 .docx、.odt、PDF 或純文字再試")
    if data.startswith(b"PK"):
        return _packed_kind(data)
    return "text"


def _packed_kind(data: bytes) -> str:
    with _opened(data) as archive:
        names = set(archive.namelist())
    if "word/document.xml" in names:
        return "docx"
    if "content.xml" in names:
        return "odt"
    raise DocumentError("這個壓縮檔不是 .docx 或 .odt 文件；請提供指引本身的檔案")


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as exc:
        raise DocumentError("檔案損壞，無法開啟；請重新取得原檔再試") from exc


def check_archive(data: bytes) -> None:
    """``DocumentError`` where a packed document is a bomb, holds macros or entities, is locked or damaged."""
    with _opened(data) as archive:
        parts = archive.infolist()
        if len(parts) > MOST_PARTS:
            raise DocumentError("文件的內部檔案數異常，已拒絕；請重新另存再試")
        if any(part.flag_bits & 1 for part in parts):
            raise DocumentError("文件設有密碼；請移除密碼再試")
        if any(_MACROS.search(part.filename) for part in parts):
            raise DocumentError("這是含巨集的文件，不能匯入；請另存成不含巨集的 .docx、.odt 或 PDF 再試")
        total = 0
        for part in parts:
            total += _check_part(archive, part, LARGEST_CONTENT - total)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Bytes of the part, really unpacked: what the directory says of sizes is not believed."""
    if part.file_size > left or (
        part.file_size > 1_000_000 and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
    ):
        raise DocumentError("文件解開後大得異常（可能是壓縮炸彈），已拒絕；請重新另存再試")
    try:
        with archive.open(part) as stream:
            content = stream.read(left + 1)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as exc:
        raise DocumentError("檔案損壞，無法開啟；請重新取得原檔再試") from exc
    except Exception as exc:  # zlib and lzma have errors of their own
        raise DocumentError("檔案損壞，無法開啟；請重新取得原檔再試") from exc
    if len(content) > left:
        raise DocumentError("文件解開後大得異常（可能是壓縮炸彈），已拒絕；請重新另存再試")
    if part.filename.lower().endswith((".xml", ".rels")):
        _check_xml(part.filename, content)
    return len(content)


def _check_xml(name: str, content: bytes) -> None:
    flat = content.replace(b"\x00", b"")
    if b"<!DOCTYPE" in flat or b"<!ENTITY" in flat:
        raise DocumentError("文件內含 XML 實體宣告，已拒絕；請以文書軟體重新另存再試")
    if b"macroEnabled" in flat and name == "[Content_Types].xml":
        raise DocumentError("這是含巨集的文件，不能匯入；請另存成不含巨集的 .docx、.odt 或 PDF 再試")
    if name == "META-INF/manifest.xml" and b"encryption-data" in flat:
        raise DocumentError("文件設有密碼；請移除密碼再試")
