"""records: the usage records."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.ready import DONE, FAILED, Parser
from bot.errors import UsageError
from bot.person import system_user

if TYPE_CHECKING:
    from bot.commands.ready import Commands
    from bot.records.chain import Mark, Verification
    from bot.records.ledger import Ledger

_SAID = {
    "missing": "之前有缺漏的紀錄",
    "changed": "內容與寫入時不同",
    "unlinked": "沒有接在前一筆之後（順序被調換或插入）",
    "forged": "雜湊不是以本安裝的金鑰產生",
    "unknown_key": "所用的金鑰不在金鑰檔中",
    "emptied": "被清空，但與刪除紀錄不符",
    "purged_unsound": "這次刪除清掉了與寫入時不同的紀錄",
    "head": "與鏈頭或旁證不符",
    "tail": "之後的紀錄不見了（尾端遭截斷，或主機斷電）",
}


def add(commands: Commands) -> None:
    """records and its actions."""
    records = commands.add_parser("records", help="使用紀錄").add_subparsers(
        metavar="動作", required=True, parser_class=Parser
    )
    export = records.add_parser("export", help="匯出，供機關的資料庫留存")
    export.add_argument("--format", choices=["csv", "xlsx", "jsonl"], help="預設依檔名，否則為 csv")
    export.add_argument("--out", metavar="檔案", help="預設為標準輸出（xlsx 需要檔案）")
    stats = records.add_parser("stats", help="統計")
    stats.add_argument("--json", action="store_true")
    for ranged in (export, stats):
        ranged.add_argument("--from", dest="start", type=_day, metavar="日期", help="含這一天，例如 2026-11-01")
        ranged.add_argument("--to", dest="end", type=_day, metavar="日期", help="含這一天")
    verify = records.add_parser("verify", help="檢查有無缺漏或更動")
    verify.add_argument("--json", action="store_true")
    verify.add_argument("--expect", type=_noted, metavar="編號:雜湊", help="先前抄下的鏈頭，也要在其中")
    purge = records.add_parser("purge", help="刪除逾保存期限的紀錄")
    purge.add_argument("--before", type=_day, metavar="日期", help="刪除這一天之前的；預設依 ZHIYIN_RETENTION_DAYS")
    rotate = records.add_parser("rotate", help="更換金鑰")
    for parser, command in ((export, _export), (stats, _stats), (verify, _verify), (purge, _purge), (rotate, _rotate)):
        parser.set_defaults(command=command)


def _day(text: str) -> datetime:
    from bot.records.export import TAIWAN

    try:
        day = date.fromisoformat(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError("日期請寫成 2026-11-01") from exc
    return datetime(day.year, day.month, day.day, tzinfo=TAIWAN)


def _noted(text: str) -> Mark:
    from bot.records.chain import Mark

    found = re.fullmatch(r"([1-9][0-9]{0,17}):([0-9a-f]{64})", text)
    if not found:
        raise argparse.ArgumentTypeError("請寫成 編號:雜湊，即 records verify 印出的鏈頭")
    return Mark(int(found[1]), found[2])


def _ledger(options: argparse.Namespace) -> Ledger:
    from bot.app import App

    app = App(options.settings, use_model=False)
    app.ensure_state()
    return app.ledger


def _end(options: argparse.Namespace) -> datetime | None:
    if options.end is not None and options.start is not None and options.end < options.start:
        raise UsageError("--to 早於 --from")
    return options.end + timedelta(days=1) if options.end else None


def _export(options: argparse.Namespace) -> int:
    from bot.records.export import FORMATS, exported, write, write_file

    suffix = Path(options.out).suffix.lstrip(".").lower() if options.out else ""
    form = options.format or (suffix if suffix in FORMATS else "csv")
    if form == "xlsx" and not options.out:
        raise UsageError("xlsx 不印在畫面上；請加 --out 檔名.xlsx")
    ledger, end = _ledger(options), _end(options)
    rows = exported(ledger.rows(options.start, end), ledger.ratings())
    if options.out:
        count = write_file(rows, form, Path(options.out))
    else:
        count = write(rows, form, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    print(f"zhiyin: 已匯出 {count} 筆", file=sys.stderr)
    return DONE


def _stats(options: argparse.Namespace) -> int:
    from bot.records.statistics import as_json, figures, spoken

    ledger = _ledger(options)
    told = figures(ledger.rows(options.start, _end(options)), ledger.ratings())
    print(as_json(told) if options.json else spoken(told))
    return DONE


def _verify(options: argparse.Namespace) -> int:
    found = _ledger(options).verify(options.expect)
    print(json.dumps(_record(found), ensure_ascii=False) if options.json else _told(found))
    return DONE if found.ok else FAILED


def _record(found: Verification) -> dict[str, object]:
    return {
        "ok": found.ok,
        "rows": found.rows,
        "tombstones": found.tombstones,
        "head": f"{found.seq}:{found.hash}",
        "count": found.count,
        "faults": [{"seq": fault.seq, "what": fault.what} for fault in found.faults],
    }


def _told(found: Verification) -> str:
    lines = [f"✗ 第 {fault.seq} 筆：{_SAID[fault.what]}" for fault in found.faults]
    mark = "✓ 沒有缺漏或更動" if found.ok else f"✗ 有 {found.count} 處不符；請保全資料庫與備份，交由資訊單位查核"
    lines.append(f"{mark}：共 {found.rows} 筆，其中已依期限刪除 {found.tombstones} 筆")
    return "\n".join([*lines, f"鏈頭 {found.seq}:{found.hash}"])


def _purge(options: argparse.Namespace) -> int:
    count = _ledger(options).purge(before=options.before, who=system_user())
    print(f"已刪除 {count} 筆的內容，雜湊保留；這次刪除也已記錄。" if count else "沒有需要刪除的紀錄。")
    return DONE


def _rotate(options: argparse.Namespace) -> int:
    key = _ledger(options).rotate(who=system_user())
    print(f"已改用新金鑰 {key}；舊金鑰留在金鑰檔中供檢查，請備份 {options.settings.key_path}。")
    return DONE
