"""A JSON Lines file of messages -> one reply record a line, in order. A bad line is answered with an error record."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from bot import replies
from bot.assistant import Assistant
from bot.domain import Kind, Message, Mode, Reply
from bot.errors import UsageError
from bot.person import system_user

TEXT_NAMES = ("text", "question", "scenario")


class BadLine(ValueError):
    """The line is no message; the text says why, without quoting it."""


def source_lines(name: str) -> Iterable[bytes]:
    """Lines of the file, or of standard input for ``-``; ``UsageError`` where it cannot be read."""
    if name == "-":
        return iter(sys.stdin.buffer)
    path = Path(name)
    if not path.is_file():
        raise UsageError(f"找不到檔案 {name}")
    try:
        path.open("rb").close()
    except OSError as exc:
        raise UsageError(f"無法讀取 {name}（{exc.strerror}）") from exc
    return _lines(path)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def parse_line(line: bytes, number: int) -> Message:
    """One message; ``BadLine`` says what is wrong."""
    try:
        raw = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise BadLine("不是 UTF-8 文字") from exc
    except (ValueError, RecursionError) as exc:
        raise BadLine("不是 JSON") from exc
    if not isinstance(raw, dict):
        raise BadLine("不是 JSON 物件")
    text = next((raw[name] for name in TEXT_NAMES if name in raw), None)
    if not isinstance(text, str) or not text.strip():
        raise BadLine("缺少文字（text、question 或 scenario）")
    conversation = raw.get("conversation", [])
    if not isinstance(conversation, list) or not all(isinstance(turn, str) for turn in conversation):
        raise BadLine("conversation 應為文字的清單")
    return Message(text, id=str(raw.get("id") or f"line-{number}"), conversation=tuple(conversation))


def line_id(line: bytes, number: int) -> str:
    """The id of a line that is no message, where one can be read."""
    try:
        raw = json.loads(line.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return f"line-{number}"
    return str(raw.get("id") or f"line-{number}") if isinstance(raw, dict) else f"line-{number}"


def run_batch(assistant: Assistant, lines: Iterable[bytes], mode: Mode, out: TextIO, progress: TextIO) -> int:
    """Writes one record a line; exit code 1 where a line was bad, else 0."""
    bad = 0
    who = system_user()
    answered = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            reply = assistant.reply(parse_line(line, number), mode, channel="batch", who=who)
        except BadLine as exc:
            bad += 1
            reply = Reply(line_id(line, number), Kind.ERROR, f"第 {number} 行{exc}；已略過，其餘照常處理。", "")
            print(f"zhiyin: 第 {number} 行{exc}", file=progress)
        bad += reply.kind is Kind.ERROR and reply.text == replies.EMPTY
        answered += 1
        out.write(json.dumps(reply.to_record(), ensure_ascii=False) + "\n")
        out.flush()
        if answered % 50 == 0:
            print(f"zhiyin: 已處理 {answered} 則", file=progress)
    return 1 if bad else 0
