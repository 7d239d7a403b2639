"""The commands: parse, call the application, print. What each does lies elsewhere."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.errors import OperatorError, OurFault, UsageError, ZhiyinError

if TYPE_CHECKING:
    from bot.app import App

DONE, FAILED, WRONG = 0, 1, 2
INTERRUPTED = 130
Command = Callable[[argparse.Namespace], int]


class _Parser(argparse.ArgumentParser):
    """Complaints in one line, exit code 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(f"用法有誤：{message}；說明請見 {self.prog} --help")


def run(arguments: Sequence[str]) -> int:
    """Runs one command line; never raises, except for what the interpreter itself raises."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        options = parser().parse_args(list(arguments))
        if not hasattr(options, "command"):
            parser().print_help()
            return WRONG
        from bot.settings import read_settings

        options.settings = read_settings()
        _configure(options.settings.log_level)
        command: Command = options.command
        return command(options)
    except (UsageError, OperatorError) as exc:
        return _complain(str(exc), WRONG)
    except OurFault as exc:
        return _complain(str(exc), FAILED)
    except ZhiyinError as exc:
        return _complain(str(exc), FAILED)
    except KeyboardInterrupt:
        return _complain("已中斷；已完成的部分保留，再執行一次即可接續。", INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as exc:
        return _complain(f"系統回報：{exc.strerror or type(exc).__name__}（{exc.filename or '無檔名'}）", FAILED)


def _complain(message: str, code: int) -> int:
    print(f"zhiyin: {message}", file=sys.stderr)
    return code


def _configure(level: str) -> None:
    from bot.app import configure_logging

    configure_logging(level)


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    top = _Parser(prog="zhiyin", description="指引：臺北市政府使用人工智慧作業指引的問答助理")
    commands = top.add_subparsers(metavar="指令", parser_class=_Parser)

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

    evaluate = commands.add_parser("eval", help="以標註題組評分")
    evaluate.add_argument("folder", nargs="?", metavar="資料夾", help="預設為專案自己的題組")
    evaluate.add_argument("--json", action="store_true")
    evaluate.add_argument("--show", action="store_true", help="列出每一個失分的題目")
    evaluate.add_argument("--peers", action="store_true", help="與其他工具並列")
    evaluate.add_argument("--no-model", action="store_true", help="不用聊天模型")
    evaluate.set_defaults(command=_evaluate)

    bench = commands.add_parser("bench", help="量測速度與記憶體")
    bench.add_argument("--json", action="store_true")
    bench.set_defaults(command=_bench)

    _add_kb(commands)
    _add_models(commands)

    doctor = commands.add_parser("doctor", help="檢查這個安裝")
    doctor.set_defaults(command=_doctor)

    setup = commands.add_parser("setup", help="準備模型檔與索引")
    setup.set_defaults(command=_setup)

    for name, help_text in (
        ("triage", "判定一個情境的風險等級"),
        ("records", "使用紀錄"),
        ("checklist", "填寫附件四檢核表"),
        ("telegram", "Telegram 機器人"),
    ):
        later = commands.add_parser(name, help=f"{help_text}（尚未完成）")
        later.add_argument("rest", nargs=argparse.REMAINDER)
        later.set_defaults(command=_later, name=name)
    return top


def _add_kb(commands: argparse._SubParsersAction[_Parser]) -> None:
    kb = commands.add_parser("kb", help="知識版本").add_subparsers(metavar="動作", required=True, parser_class=_Parser)
    listing = kb.add_parser("list", help="列出版本")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(command=_kb_list)
    show = kb.add_parser("show", help="顯示一條")
    show.add_argument("location", metavar="條號", help="例如 附件五/一、肆/二/(一)/1")
    show.add_argument("--json", action="store_true")
    show.set_defaults(command=_kb_show)
    build = kb.add_parser("build", help="由原文重做條文檔；--index 只重建索引")
    build.add_argument("--index", action="store_true")
    build.set_defaults(command=_kb_build)
    for name in ("import", "diff", "check", "review", "activate", "rollback"):
        later = kb.add_parser(name, help="（尚未完成）")
        later.add_argument("rest", nargs=argparse.REMAINDER)
        later.set_defaults(command=_later, name=f"kb {name}")


def _add_models(commands: argparse._SubParsersAction[_Parser]) -> None:
    models = commands.add_parser("models", help="聊天模型").add_subparsers(
        metavar="動作", required=True, parser_class=_Parser
    )
    listing = models.add_parser("list", help="列出模型")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(command=_models_list)
    add = models.add_parser("add", help="加入一個 GGUF 檔")
    add.add_argument("file", metavar="檔案")
    add.add_argument("--name", required=True, help="清單中的名稱，或新名稱")
    for option in ("vendor", "title", "version", "origin", "licence", "sha256"):
        add.add_argument(f"--{option}")
    add.add_argument("--template", choices=["chat", "completion"])
    add.set_defaults(command=_models_add)
    use = models.add_parser("use", help="選用一個模型")
    use.add_argument("name", metavar="名稱")
    use.set_defaults(command=_models_use)
    verify = models.add_parser("verify", help="核對模型檔的 sha256")
    verify.set_defaults(command=_models_verify)


def _app(options: argparse.Namespace) -> App:
    """The application, everything it needs prepared, progress on standard error."""
    from bot.app import App
    from bot.terminal import StepBars

    app = App(options.settings, use_model=not getattr(options, "no_model", False))
    with StepBars() as bars:
        app.prepare(bars)
    return app


def _ask(options: argparse.Namespace) -> int:
    from bot.domain import Kind, Message, Mode
    from bot.terminal import print_reply

    text = " ".join(options.text)
    if not text.strip():
        raise UsageError("問題是空的；例如 zhiyin ask 對外的海報要揭露什麼")
    reply = _app(options).assistant.reply(Message(text), Mode.ASK)
    if options.json:
        print(json.dumps(reply.to_record(), ensure_ascii=False))
    else:
        print_reply(reply)
    return FAILED if reply.kind is Kind.ERROR else DONE


def _chat(options: argparse.Namespace) -> int:
    from bot.terminal import chat

    return chat(_app(options), options.settings)


def _batch(options: argparse.Namespace) -> int:
    from bot.batch import run_batch, source_lines
    from bot.domain import Mode

    lines = source_lines(options.file)
    return run_batch(_app(options).assistant, lines, Mode(options.mode), sys.stdout, sys.stderr)


def _evaluate(options: argparse.Namespace) -> int:
    from pathlib import Path

    from bot.evaluation.report import evaluate
    from bot.rooms import own_eval_sets

    folder = Path(options.folder) if options.folder else own_eval_sets()
    return evaluate(lambda: _app(options), folder, as_json=options.json, show=options.show)


def _bench(options: argparse.Namespace) -> int:
    from bot.evaluation.bench import bench

    return bench(_app(options), as_json=options.json)


def _kb_list(options: argparse.Namespace) -> int:
    from bot.knowledge.listing import editions_table

    return editions_table(options.settings.state, as_json=options.json)


def _kb_show(options: argparse.Namespace) -> int:
    from bot.knowledge.listing import show_clause

    return show_clause(options.location, as_json=options.json)


def _kb_build(options: argparse.Namespace) -> int:
    from bot.app import App
    from bot.knowledge.editions import rebuild, shipped_folder
    from bot.knowledge.index import build
    from bot.terminal import StepBars

    if not options.index:
        parsed = rebuild(shipped_folder())
        print(f"條文 {len(parsed.clauses)} 條；不合編號的行 {len(parsed.unplaced)}")
        return DONE
    app = App(options.settings, use_model=False)
    app.ensure_state()
    with StepBars() as bars:
        head = build(app.library.edition_in_force(), app.embedder, app.library.index_folder, bars)
    print(json.dumps(head.card, ensure_ascii=False, indent=1))
    return DONE


def _models_list(options: argparse.Namespace) -> int:
    from bot.llm.listing import models_table

    return models_table(options.settings, as_json=options.json)


def _models_add(options: argparse.Namespace) -> int:
    from bot.llm.listing import add_model

    return add_model(options.settings, options)


def _models_use(options: argparse.Namespace) -> int:
    from bot.llm.listing import use_model

    return use_model(options.settings, options.name)


def _models_verify(options: argparse.Namespace) -> int:
    from bot.llm.listing import verify_models

    return verify_models(options.settings)


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor import examine

    return examine(options.settings)


def _setup(options: argparse.Namespace) -> int:
    _app(options)
    print("已就緒：模型檔與索引都在。", file=sys.stderr)
    return DONE


def _later(options: argparse.Namespace) -> int:
    raise UsageError(f"zhiyin {options.name} 尚未完成")
