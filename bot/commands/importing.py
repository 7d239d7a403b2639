"""kb import, kb diff: a document becomes an edition, and what it changes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from bot.commands.ready import DONE
from bot.errors import DocumentError

if TYPE_CHECKING:
    from bot.commands.ready import Commands


def add(kb: Commands) -> None:
    """Both actions, under kb."""
    taking = kb.add_parser("import", help="匯入一份指引（txt、pdf、docx、odt）")
    taking.add_argument("file", metavar="檔案")
    taking.add_argument("--title", default="", help="名稱；未給時由文件讀出")
    taking.add_argument("--number", default="", help="發文字號；未給時由文件讀出")
    taking.add_argument("--date", default="", help="日期，例如 115-03-01；未給時由文件讀出")
    taking.add_argument("--collection", default="", help="另一份指引的代號，例如 executive-yuan")
    taking.add_argument("--family", default="", help="編號方式（knowledge/family.yaml）；未給時自行判斷")
    taking.add_argument("--corrections", metavar="檔案", help="更正檔；未給時用版本資料夾中的 corrections.yaml")
    taking.add_argument("--json", action="store_true")
    taking.set_defaults(command=_kb_import)
    comparing = kb.add_parser("diff", help="比較兩個版本")
    comparing.add_argument("before", metavar="原版本")
    comparing.add_argument("after", metavar="新版本")
    comparing.add_argument("--html", metavar="檔案", help="另存成一個網頁檔")
    comparing.add_argument("--json", action="store_true")
    comparing.set_defaults(command=_kb_diff)


def _read(name: str) -> bytes:
    from pathlib import Path

    from bot.knowledge.reading.limits import LARGEST_FILE

    try:
        with Path(name).open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as exc:
        raise DocumentError(f"無法讀取檔案（{exc.strerror or type(exc).__name__}）；請檢查路徑與權限") from exc


def _kb_import(options: argparse.Namespace) -> int:
    from bot.app import App
    from bot.knowledge.importing import import_document
    from bot.knowledge.recognising import Given
    from bot.knowledge.report import print_import

    data = _read(options.file)
    app = App(options.settings, use_model=False)
    app.ensure_state()
    imported = import_document(
        data,
        options.file,
        options.settings.state,
        app.library.edition_in_force(),
        is_frozen=app.library.pointer.was_in_force,
        given=Given(
            title=options.title,
            number=options.number,
            date=options.date,
            collection=options.collection,
            family=options.family,
            corrections=_read(options.corrections) if options.corrections else None,
        ),
    )
    print_import(imported, as_json=options.json)
    return DONE


def _kb_diff(options: argparse.Namespace) -> int:
    from pathlib import Path

    from bot.knowledge.diff import compare
    from bot.knowledge.editions import edition_folder, read_edition
    from bot.knowledge.report import print_diff

    state = options.settings.state
    before, after = (read_edition(edition_folder(state, name)) for name in (options.before, options.after))
    html = Path(options.html) if options.html else None
    print_diff(compare(before, after), before, after, as_json=options.json, html=html)
    return DONE
