"""kb check, activate, rollback, history: an edition takes force, and goes back."""

from __future__ import annotations

import argparse
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.commands.ready import DONE, FAILED
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.app import App
    from bot.commands.ready import Commands
    from bot.knowledge.desk import Outcome

TAIPEI = ZoneInfo("Asia/Taipei")
_ROC = re.compile(r"^(\d{2,3})-(\d{1,2})-(\d{1,2})$")
LEVELS = {"red": "✗ 擋下", "eye": "👁 待人看", "green": "✓"}
ACTS = {
    "activated": "已生效：{id}（前一版 {previous}）",
    "scheduled": "已排定：{scheduled_id} 於 {scheduled_at} 生效；在那之前仍是 {id}",
    "requested": "已送出請求：{requested_id}。還需要另一位管理者執行同一個指令確認；目前仍是 {id}",
    "called_off": "已取消排定或待確認的切換；生效的仍是 {id}",
    "rolled_back": "已還原：{id}",
}


def add(kb: Commands) -> None:
    """The actions, under kb."""
    check = kb.add_parser("check", help="檢查一個版本能不能生效")
    check.add_argument("id", metavar="版本")
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_check)
    activate = kb.add_parser("activate", help="讓一個版本生效")
    activate.add_argument("id", metavar="版本")
    activate.add_argument("--yes", action="store_true", help="確定要切換")
    activate.add_argument("--at", metavar="時間", help="之後才生效，如 2026-12-01T08:00 或 115-12-01")
    activate.add_argument("--acknowledge", action="append", default=[], metavar="項目", help="已看過的項目，可重複")
    activate.add_argument("--override", default="", metavar="理由", help="有擋下的項目仍要生效（須兩人）")
    activate.add_argument("--json", action="store_true")
    activate.set_defaults(command=_activate)
    rollback = kb.add_parser("rollback", help="還原到前一個版本")
    rollback.add_argument("--reason", default="", metavar="理由")
    rollback.add_argument("--json", action="store_true")
    rollback.set_defaults(command=_rollback)
    history = kb.add_parser("history", help="生效版本的變更")
    history.add_argument("--json", action="store_true")
    history.set_defaults(command=_history)


def _app(options: argparse.Namespace) -> App:
    from bot.app import App

    app = App(options.settings, use_model=False)
    app.ensure_state()
    return app


def _check(options: argparse.Namespace) -> int:
    items = _app(options).desk.check(options.id)
    is_good = not any(item.level.value == "red" for item in items)
    if options.json:
        print(json.dumps({"ok": is_good, "items": [item.to_record() for item in items]}, ensure_ascii=False))
    else:
        for item in items:
            print(f"{LEVELS[item.level.value]}　{item.name}　{item.location}　{item.message}")
    return DONE if is_good else FAILED


def _activate(options: argparse.Namespace) -> int:
    from bot.knowledge.desk import Asked
    from bot.person import system_user
    from bot.terminal import StepBars

    if not options.yes:
        raise UsageError(f"切換會影響所有人看到的答案；確定的話請加 --yes（先看 zhiyin kb check {options.id}）")
    asked = Asked(system_user(), tuple(options.acknowledge), options.override, _moment(options.at))
    with StepBars() as bars:
        outcome = _app(options).desk.activate(options.id, asked, bars)
    return _told(outcome, options)


def _rollback(options: argparse.Namespace) -> int:
    from bot.person import system_user

    return _told(_app(options).desk.rollback(system_user(), options.reason), options)


def _history(options: argparse.Namespace) -> int:
    rows = _app(options).library.pointer.history()
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
        return DONE
    for row in rows:
        print(f"{row['at']}　{row['act']}　{row['from']} → {row['to']}　{row['who']}　{row['reason']}")
    return DONE


def _told(outcome: Outcome, options: argparse.Namespace) -> int:
    from dataclasses import asdict

    pointer: dict[str, Any] = asdict(outcome.pointer)
    if options.json:
        print(json.dumps({"act": outcome.act, **pointer}, ensure_ascii=False))
    else:
        print(ACTS[outcome.act].format(**pointer))
    return DONE


def _moment(text: str | None) -> datetime | None:
    """A time in Taipei: ISO, or a 民國 date (its midnight)."""
    if not text:
        return None
    try:
        if match := _ROC.match(text):
            year, month, day = (int(part) for part in match.groups())
            return datetime(year + 1911, month, day, tzinfo=TAIPEI)
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise UsageError(f"「{text}」不是時間；請用 2026-12-01T08:00 或 115-12-01 的寫法") from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=TAIPEI)
