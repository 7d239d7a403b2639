"""eval, bench: figures."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands.ready import ready_app

if TYPE_CHECKING:
    from bot.commands.ready import Commands


def add(commands: Commands) -> None:
    """Both commands."""
    evaluate = commands.add_parser("eval", help="以標註題組評分")
    evaluate.add_argument("folder", nargs="?", metavar="資料夾", help="預設為專案自己的題組")
    evaluate.add_argument("--json", action="store_true")
    evaluate.add_argument("--show", action="store_true", help="列出每一個失分的題目")
    evaluate.add_argument("--peers", action="store_true", help="與其他工具並列")
    evaluate.add_argument("--no-model", action="store_true", help="不用聊天模型")
    evaluate.set_defaults(command=_evaluate, recording=False)

    bench = commands.add_parser("bench", help="量測速度與記憶體")
    bench.add_argument("--json", action="store_true")
    bench.set_defaults(command=_bench, recording=False)


def _evaluate(options: argparse.Namespace) -> int:
    from pathlib import Path

    from bot.evaluation.report import evaluate
    from bot.rooms import own_eval_sets

    folder = Path(options.folder) if options.folder else own_eval_sets()
    return evaluate(lambda: ready_app(options), folder, as_json=options.json, show=options.show)


def _bench(options: argparse.Namespace) -> int:
    from bot.evaluation.bench import bench

    return bench(ready_app(options), as_json=options.json)
