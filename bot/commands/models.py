"""models: chat models."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands.ready import Parser

if TYPE_CHECKING:
    from bot.commands.ready import Commands


def add(commands: Commands) -> None:
    """models and its actions."""
    models = commands.add_parser("models", help="聊天模型").add_subparsers(
        metavar="動作", required=True, parser_class=Parser
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
