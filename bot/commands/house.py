"""doctor, setup: the installation."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from bot.commands.ready import DONE, ready_app

if TYPE_CHECKING:
    from bot.commands.ready import Commands


def add(commands: Commands) -> None:
    """Both commands."""
    doctor = commands.add_parser("doctor", help="檢查這個安裝")
    doctor.set_defaults(command=_doctor)

    setup = commands.add_parser("setup", help="準備模型檔與索引")
    setup.set_defaults(command=_setup)


def _doctor(options: argparse.Namespace) -> int:
    from bot.doctor import examine

    return examine(options.settings)


def _setup(options: argparse.Namespace) -> int:
    ready_app(options)
    print("已就緒：模型檔與索引都在。", file=sys.stderr)
    return DONE
