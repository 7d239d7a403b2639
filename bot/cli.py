"""The command line: parse, run, and one clear line for everything that goes wrong."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.commands import editions, house, measuring, models, records, replying, telegram
from bot.commands.ready import DONE, FAILED, INTERRUPTED, WRONG, Parser, add_later
from bot.errors import OperatorError, OurFault, UsageError, ZhiyinError

Command = Callable[[argparse.Namespace], int]


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
    except Exception as exc:  # a traceback would end with the exception's text, and that can hold somebody's words
        return _complain(f"程式出了狀況：{type(exc).__name__}（{_place(exc)}）；請回報這一行", FAILED)


def _place(exc: BaseException) -> str:
    """File and line where it broke."""
    frames = traceback.extract_tb(exc.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def _complain(message: str, code: int) -> int:
    print(f"zhiyin: {message}", file=sys.stderr)
    return code


def _configure(level: str) -> None:
    from bot.app import configure_logging

    configure_logging(level)


def parser() -> Parser:
    """Every command and option."""
    top = Parser(prog="zhiyin", description="指引：臺北市政府使用人工智慧作業指引的問答助理")
    commands = top.add_subparsers(metavar="指令", parser_class=Parser)
    for group in (replying, measuring, editions, models, records, telegram, house):
        group.add(commands)
    add_later(commands, {"triage": "判定一個情境的風險等級", "checklist": "填寫附件四檢核表"})
    return top
