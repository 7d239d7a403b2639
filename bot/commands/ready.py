"""What every command shares: exit codes, the parser that complains in one line, an application made ready."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.app import App

DONE, FAILED, WRONG = 0, 1, 2
INTERRUPTED = 130


class Parser(argparse.ArgumentParser):
    """Complaints in one line, exit code 2."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise UsageError(f"用法有誤：{message}；說明請見 {self.prog} --help")


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Parser]


def add_later(commands: Commands, names: Mapping[str, str], prefix: str = "") -> None:
    """Commands whose part is not built yet: each says so in one line and exits 2."""

    def say(options: argparse.Namespace) -> int:
        raise UsageError(f"zhiyin {options.name} 尚未完成")

    for name, title in names.items():
        later = commands.add_parser(name, help=f"{title}（尚未完成）")
        later.add_argument("rest", nargs=argparse.REMAINDER)
        later.set_defaults(command=say, name=f"{prefix}{name}")


def ready_app(options: argparse.Namespace) -> App:
    """The application, everything it needs prepared, progress on standard error."""
    from bot.app import App
    from bot.terminal import StepBars

    app = App(
        options.settings,
        use_model=not getattr(options, "no_model", False),
        recording=getattr(options, "recording", True),
    )
    with StepBars() as bars:
        app.prepare(bars)
    return app
