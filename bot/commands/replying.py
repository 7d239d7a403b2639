"""ask, chat, batch: messages in, replies out."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from bot.commands.ready import DONE, FAILED, ready_app
from bot.errors import UsageError
from bot.person import system_user

if TYPE_CHECKING:
    from bot.commands.ready import Commands


def add(commands: Commands) -> None:
    """The three commands."""
    ask = commands.add_parser("ask", help="問一題")
    ask.add_argument("text", nargs="+", metavar="問題")
    ask.add_argument("--json", action="store_true", help="印出回覆紀錄（JSON）")
    ask.add_argument("--no-model", action="store_true", help="不用聊天模型，只給指引原文")
    ask.set_defaults(command=_ask)

    chat = commands.add_parser("chat", help="在終端機對話")
    chat.add_argument("--no-model", action="store_true", help="不用聊天模型")
    chat.set_defaults(command=_chat)

    batch = commands.add_parser("batch", help="JSON Lines 檔，一行一則")
    batch.add_argument("file", metavar="檔案", help="- 表示標準輸入")
    batch.add_argument("--mode", choices=["auto", "ask", "triage"], default="auto")
    batch.add_argument("--no-model", action="store_true", help="不用聊天模型")
    batch.set_defaults(command=_batch)


def _ask(options: argparse.Namespace) -> int:
    from bot.domain import Kind, Message, Mode
    from bot.terminal import print_reply

    text = " ".join(options.text)
    if not text.strip():
        raise UsageError("問題是空的；例如 zhiyin ask 對外的海報要揭露什麼")
    reply = ready_app(options).assistant.reply(Message(text), Mode.ASK, who=system_user())
    if options.json:
        print(json.dumps(reply.to_record(), ensure_ascii=False))
    else:
        print_reply(reply)
    return FAILED if reply.kind is Kind.ERROR else DONE


def _chat(options: argparse.Namespace) -> int:
    from bot.terminal import chat

    return chat(ready_app(options), options.settings)


def _batch(options: argparse.Namespace) -> int:
    from bot.batch import run_batch, source_lines
    from bot.domain import Mode

    lines = source_lines(options.file)
    return run_batch(ready_app(options).assistant, lines, Mode(options.mode), sys.stdout, sys.stderr)
