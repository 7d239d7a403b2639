"""The command's part: a furnished sandbox, the bot beside it, and a client until the person has had enough."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from bot.sandbox.cast import furnish
from bot.sandbox.server import Sandbox

StartBot = Callable[[str, str], AbstractContextManager[object]]
"""Base address (as ``ZHIYIN_TELEGRAM_API``) and token -> a bot that runs within the context; ``cast`` has the ids."""


def run_sandbox(start_bot: StartBot, *, port: int = 0, terminal: bool | None = None) -> None:
    """Runs until the client is closed (or Ctrl-C where there is no terminal); the page's address is printed.

    ``terminal``: the client in the terminal; default: where standard input and output are one. Raises ``OSError`` where
    the port is taken, and whatever ``start_bot`` raises.
    """
    with Sandbox(port) as sandbox:
        furnish(sandbox)
        print(f"zhiyin: 瀏覽器開 {sandbox.origin}/（只限這台電腦；Ctrl-C 結束）", file=sys.stderr, flush=True)
        with start_bot(sandbox.base_url, sandbox.token):
            if sys.stdin.isatty() and sys.stdout.isatty() if terminal is None else terminal:
                from bot.sandbox.terminal import SandboxApp

                SandboxApp(sandbox).run()
            else:
                _until_interrupted()


def _until_interrupted() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
