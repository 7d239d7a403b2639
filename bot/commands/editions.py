"""kb: knowledge editions."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bot.commands import importing, switching
from bot.commands.ready import DONE, Parser, add_later

if TYPE_CHECKING:
    from bot.commands.ready import Commands


def add(commands: Commands) -> None:
    """kb and its actions."""
    kb = commands.add_parser("kb", help="知識版本").add_subparsers(metavar="動作", required=True, parser_class=Parser)
    listing = kb.add_parser("list", help="列出版本")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(command=_kb_list)
    show = kb.add_parser("show", help="顯示一條")
    show.add_argument("location", metavar="條號", help="例如 附件五/一、肆/二/(一)/1")
    show.add_argument("--edition", metavar="版本", help="未給時為現行版本")
    show.add_argument("--json", action="store_true")
    show.set_defaults(command=_kb_show)
    rules = kb.add_parser("rules", help="判級規則（表格；--picture 為 Mermaid 流程圖）")
    rules.add_argument("--picture", action="store_true")
    rules.set_defaults(command=_kb_rules)
    build = kb.add_parser("build", help="由原文重做條文檔；--index 只重建索引")
    build.add_argument("--index", action="store_true")
    build.set_defaults(command=_kb_build)
    importing.add(kb)
    switching.add(kb)
    add_later(kb, {"review": "複核"}, "kb ")


def _kb_list(options: argparse.Namespace) -> int:
    from bot.knowledge.listing import editions_table

    return editions_table(options.settings.state, as_json=options.json)


def _kb_show(options: argparse.Namespace) -> int:
    from bot.knowledge.listing import show_clause

    return show_clause(options.settings.state, options.location, edition_id=options.edition, as_json=options.json)


def _kb_rules(options: argparse.Namespace) -> int:
    from bot.knowledge.editions import read_edition, shipped_folder
    from bot.triage.rulebook import read_rulebook
    from bot.triage.table import rules_picture, rules_table

    book = read_rulebook(read_edition(shipped_folder()))
    print(rules_picture(book) if options.picture else rules_table(book))
    return DONE


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
