"""Spreadsheets in and out: csv, xlsx, ods. Cells that a spreadsheet would run as a formula are made plain text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.errors import StateError, UsageError

KINDS = (".csv", ".xlsx", ".ods")
LARGEST = 50 * 1024 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Table = list[list[str]]


def plain_cell(value: object) -> str:
    """As text that no spreadsheet runs as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def read_table(path: Path) -> Table:
    """The rows of the first sheet as text; ``UsageError`` in one line where that is not possible."""
    if path.suffix.lower() not in KINDS:
        raise UsageError(f"{path.name} 不是 csv、xlsx 或 ods 檔")
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path.name} 超過 {LARGEST // 1024 // 1024} MB；請分成幾個檔案")
        data = path.read_bytes()
    except FileNotFoundError as exc:
        raise UsageError(f"找不到檔案 {path}") from exc
    except OSError as exc:
        raise UsageError(f"無法讀取 {path}（{exc.strerror or type(exc).__name__}）") from exc
    try:
        return {".csv": _csv, ".xlsx": _xlsx, ".ods": _ods}[path.suffix.lower()](data)
    except UsageError:
        raise
    except Exception as exc:  # whatever the file library meets in a damaged file
        raise UsageError(f"{path.name} 已損壞、有密碼，或不是 {path.suffix} 檔；請重新另存後再試") from exc


def _csv(data: bytes) -> Table:
    for encoding in ("utf-8-sig", "big5"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    raise UsageError("csv 檔的編碼不是 UTF-8 也不是 Big5；請另存為 UTF-8")


def _xlsx(data: bytes) -> Table:
    from openpyxl import load_workbook

    _refuse_bomb(data)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        return _filled(
            [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        )
    finally:
        book.close()


def _ods(data: bytes) -> Table:
    from odfdo import Document

    _refuse_bomb(data)
    table = Document(io.BytesIO(data)).body.get_table(0)
    values = table.get_values() if table is not None else []
    return _filled([["" if cell is None else str(cell) for cell in row] for row in values])


def _refuse_bomb(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > 10 * LARGEST:
            raise UsageError("檔案解壓縮後過大，不處理")


def _filled(rows: Table) -> Table:
    return [row for row in rows if any(cell.strip() for cell in row)]


def write_tables(path: Path, tables: dict[str, Sequence[Sequence[object]]], picture: bytes | None = None) -> None:
    """Writes whole or not at all. A csv holds the first table only; ``picture`` (PNG) goes onto xlsx's second sheet."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        {".csv": _write_csv, ".xlsx": _write_xlsx, ".ods": _write_ods}[path.suffix.lower()](partial, tables, picture)
        partial.replace(path)
    except KeyError as exc:
        raise UsageError(f"--out 請用 csv、xlsx 或 ods 檔名，{path.name} 不是") from exc
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise StateError(f"無法寫入 {path}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc


def _cells(table: Sequence[Sequence[object]]) -> Iterator[list[str | int | float]]:
    for row in table:
        yield [cell if isinstance(cell, int | float) else plain_cell(cell) for cell in row]


def _write_csv(path: Path, tables: dict[str, Sequence[Sequence[object]]], picture: bytes | None) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_cells(next(iter(tables.values()))))


def _write_xlsx(path: Path, tables: dict[str, Sequence[Sequence[object]]], picture: bytes | None) -> None:
    from openpyxl import Workbook
    from openpyxl.drawing.image import Image
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name)
        for row in _cells(table):
            sheet.append([_clean(cell) for cell in row])
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font = Font(bold=True)
        for column in range(1, sheet.max_column + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 24
        for cell in (cell for row in sheet.iter_rows(min_row=2) for cell in row):
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    if picture and len(book.worksheets) > 1:
        book.worksheets[1].add_image(Image(io.BytesIO(picture)), "H2")
    book.save(path)


def _clean(cell: Any) -> Any:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    return ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell


def _write_ods(path: Path, tables: dict[str, Sequence[Sequence[object]]], picture: bytes | None) -> None:
    from odfdo import Document, Table

    document = Document("spreadsheet")
    document.body.clear()
    for name, rows in tables.items():
        table = Table(name)
        table.set_values([[_clean(cell) for cell in row] for row in _cells(rows)])
        document.body.append(table)
    document.save(path)
