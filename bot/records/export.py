"""The rows as files for the agency's own database: CSV, XLSX or JSON lines. Nothing in a cell is ever a formula."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Any

from bot.domain import Complaint
from bot.errors import RecordsFault
from bot.replies import COMPLAINTS

TAIWAN = timezone(timedelta(hours=8))
"""Times are shown as they are lived in Taipei; there is no daylight saving."""
FORMATS = ("csv", "xlsx", "jsonl")
COLUMNS = (
    "seq", "time", "type", "key_id", "who", "reply", "channel", "kind", "verdict", "tier", "locations", "guards",
    "refusal", "entities", "model_vendor", "model_name", "model_version", "edition", "prompt_sha256", "total_ms",
    "retrieve_ms", "first_token_ms", "generate_ms", "guard_ms", "rating", "reason", "act", "object", "hash",
)  # fmt: skip
_LISTS = ("locations", "guards", "entities")
_FORMULA = re.compile(r"^[\s\u200b\ufeff]*[=+\-@＝＋－＠\t\r\n]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def exported(
    rows: Iterable[Mapping[str, Any]], ratings: Mapping[str, tuple[str, str | None]]
) -> Iterator[dict[str, Any]]:
    """Rows as they are handed over: lists as lists, times of Taipei, a reply's latest rating beside it."""
    for row in rows:
        shown = {name: row.get(name) for name in COLUMNS}
        for name in _LISTS:
            shown[name] = json.loads(row[name]) if row[name] else []
        moment = datetime.fromisoformat(row["time"].replace("Z", "+00:00")).astimezone(TAIWAN)
        shown["time"] = moment.isoformat(timespec="milliseconds")
        if row["type"] == "reply":
            shown["rating"], shown["reason"] = ratings.get(row["reply"], (None, None))
        yield shown


def write(rows: Iterable[Mapping[str, Any]], form: str, out: IO[bytes]) -> int:
    """Writes what ``exported`` gives in one of ``FORMATS``; gives how many rows."""
    return {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl}[form](rows, out)


def write_file(rows: Iterable[Mapping[str, Any]], form: str, path: Path) -> int:
    """The same into a file that only its owner reads, whole or not at all."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            count = write(rows, form, file)
        partial.replace(path)
    except OSError as exc:
        raise RecordsFault(f"無法寫入 {path}（{exc.strerror or type(exc).__name__}）；請檢查資料夾與權限") from exc
    finally:
        partial.unlink(missing_ok=True)
    return count


def cell(value: Any) -> Any:
    """A value as a spreadsheet may have it: numbers as they are, text that cannot be taken for a formula."""
    if value is None or isinstance(value, int | float):
        return value
    text = "、".join(value) if isinstance(value, list) else str(value)
    text = _CONTROL.sub("", text)
    return f"'{text}" if _FORMULA.match(text) else text


def _reason(row: Mapping[str, Any]) -> dict[str, Any]:
    """For spreadsheets, which people read: the reason of a rating in words."""
    spoken = row["reason"] in set(Complaint) and row["type"] in {"reply", "feedback"}
    return {**row, "reason": COMPLAINTS[Complaint(row["reason"])] if spoken else row["reason"]}


def _csv(rows: Iterable[Mapping[str, Any]], out: IO[bytes]) -> int:
    """UTF-8 with a byte order mark: without it Excel takes Chinese for something else."""
    out.write(b"\xef\xbb\xbf")
    writer = csv.writer(_Encoded(out))
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        writer.writerow([cell(value) for value in _reason(row).values()])
        count += 1
    return count


class _Encoded:
    """What csv writes to."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out

    def write(self, text: str) -> int:
        return self._out.write(text.encode("utf-8", "replace"))


def _xlsx(rows: Iterable[Mapping[str, Any]], out: IO[bytes]) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("使用紀錄")
    sheet.freeze_panes = "A2"
    sheet.append(COLUMNS)
    count = 0
    for row in rows:
        count += 1
        line = []
        for value in _reason(row).values():
            made = WriteOnlyCell(sheet, cell(value))
            if isinstance(made.value, str):
                made.data_type = "s"
            line.append(made)
        sheet.append(line)
    book.save(out)
    return count


def _jsonl(rows: Iterable[Mapping[str, Any]], out: IO[bytes]) -> int:
    count = 0
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count
