"""triage: one scenario, or an inventory of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.ready import DONE, FAILED, ready_app
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.app import App
    from bot.commands.ready import Commands

VALUES = {"yes": True, "no": False, "unknown": None}


def add(commands: Commands) -> None:
    """The command."""
    triage = commands.add_parser("triage", help="判定情境的風險等級")
    triage.add_argument("text", nargs="*", metavar="情境")
    triage.add_argument("--json", action="store_true", help="印出回覆紀錄（JSON）")
    triage.add_argument("--details", action="store_true", help="連同逐項說明")
    triage.add_argument(
        "--fact", action="append", default=[], metavar="名稱=yes/no/unknown", help="補充或更正一項事實，可重複"
    )
    triage.add_argument("--file", metavar="檔案", help="情境清冊（csv、xlsx、ods），一列一個")
    triage.add_argument("--out", metavar="檔案", help="清冊的結果")
    triage.set_defaults(command=_triage)


def _triage(options: argparse.Namespace) -> int:
    if options.file or options.out:
        return _inventory(options)
    text = " ".join(options.text)
    if not text.strip():
        raise UsageError("情境是空的；例如 zhiyin triage 用 AI 寫活動新聞稿，主管看過再發")
    options.no_model = True
    app = ready_app(options)
    return _one(app, text, _facts(app, options.fact), options)


def _one(app: App, text: str, facts: dict[str, bool | None], options: argparse.Namespace) -> int:
    from bot.domain import Kind, Message, Mode
    from bot.person import system_user
    from bot.terminal import print_reply

    reply = app.assistant.reply(Message(text), Mode.TRIAGE, facts=facts, who=system_user())
    if options.json:
        print(json.dumps(reply.to_record(), ensure_ascii=False))
    else:
        print_reply(reply)
        if options.details and reply.details:
            print(f"\n{reply.details}")
    return FAILED if reply.kind is Kind.ERROR else DONE


def _facts(app: App, given: list[str]) -> dict[str, bool | None]:
    """``NAME=VALUE`` of the command line; ``UsageError`` for what does not exist."""
    known = app.triage.rules(app.library.current().edition).book.by_name if given else {}
    facts: dict[str, bool | None] = {}
    for entry in given:
        name, _, value = entry.partition("=")
        if name not in known:
            raise UsageError(f"沒有「{name}」這項事實；可用：{'、'.join(known)}")
        if value not in VALUES:
            raise UsageError(f"--fact {name} 的值要是 yes、no 或 unknown")
        facts[name] = VALUES[value]
    return facts


def _inventory(options: argparse.Namespace) -> int:
    if not (options.file and options.out):
        raise UsageError("清冊需要同時有 --file 與 --out")
    if options.text or options.fact:
        raise UsageError("--file 不能和情境文字或 --fact 一起用")
    from bot.domain import Message
    from bot.terminal import StepBars
    from bot.triage.inventory import Classifier, run

    options.no_model = True
    app = ready_app(options)
    edition, guards = app.library.current().edition, app.guards[0]
    classifier = Classifier(
        edition,
        app.fact_readers.rules(edition),
        app.fact_readers.reader(edition),
        lambda text: guards.judge(Message(text)).refusal is not None,
    )
    with StepBars() as bars:
        counts = run(Path(options.file), Path(options.out), classifier, bars)
    if options.json:
        print(json.dumps({unit: dict(count) for unit, count in counts.items()}, ensure_ascii=False))
    else:
        print(f"已寫入 {options.out}：{sum(sum(count.values()) for count in counts.values())} 列")
    return DONE
