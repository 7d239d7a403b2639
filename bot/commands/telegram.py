"""telegram: the bot in Telegram, or beside a sandbox."""

from __future__ import annotations

import argparse
import contextlib
import sys
import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.ready import DONE, ready_app
from bot.errors import SettingsError, UsageError

if TYPE_CHECKING:
    from bot.app import App
    from bot.chat.telegram.running import Parts
    from bot.commands.ready import Commands
    from bot.settings import Settings


def add(commands: Commands) -> None:
    """The command."""
    telegram = commands.add_parser("telegram", help="Telegram 機器人")
    telegram.add_argument("--webhook", metavar="網址", help="以 webhook 接收；預設為長輪詢")
    telegram.add_argument("--listen", metavar="位址:埠", default="127.0.0.1:8443", help="webhook 在本機接收的地方")
    telegram.add_argument("--certificate", metavar="檔案", help="webhook 自己的 TLS 憑證（不經反向代理時）")
    telegram.add_argument("--private-key", metavar="檔案", help="憑證的私鑰")
    telegram.add_argument("--sandbox", action="store_true", help="不用權杖，在本機試用整個機器人")
    telegram.add_argument("--port", type=int, default=0, help="試用時瀏覽器頁面的埠")
    telegram.add_argument("--no-model", action="store_true", help="不用聊天模型，只給指引原文")
    telegram.set_defaults(command=_telegram)


def _telegram(options: argparse.Namespace) -> int:
    if options.sandbox:
        return _sandbox(options)
    from bot.chat.telegram.running import serve
    from bot.chat.telegram.webhook import read_hook

    if not options.settings.telegram_token:
        raise SettingsError("沒有設定 TELEGRAM_BOT_TOKEN；沒有權杖時可用 zhiyin telegram --sandbox 試用")
    hook = None
    if options.webhook:
        hook = read_hook(options.webhook, options.listen, options.certificate, options.private_key)
    app = ready_app(options)
    app.warm()
    print("zhiyin: Telegram 機器人啟動中（Ctrl-C 結束）", file=sys.stderr, flush=True)
    serve(parts_of(app), hook)
    return DONE


def _sandbox(options: argparse.Namespace) -> int:
    """Everything the bot keeps lies in a folder that goes away afterwards."""
    from bot.chat.telegram.background import beside
    from bot.sandbox import cast
    from bot.sandbox.run import run_sandbox

    if options.webhook:
        raise UsageError("--sandbox 不能與 --webhook 一起用")
    with tempfile.TemporaryDirectory(prefix="zhiyin-sandbox-") as folder:
        options.settings = _tried(options.settings, Path(folder))
        app = ready_app(options)
        app.warm()

        def start(api: str, token: str) -> AbstractContextManager[object]:
            allowed = tuple(str(id_) for id_ in cast.ALLOW)
            settings = replace(
                app.settings,
                telegram_api=api,
                telegram_token=token,
                telegram_allow=allowed,
                telegram_admins=tuple(cast.ADMINISTRATORS),
            )
            return beside(replace(parts_of(app), settings=replace(settings, state=Path(folder))))

        with contextlib.suppress(KeyboardInterrupt):
            run_sandbox(start, port=options.port)
    return DONE


def _tried(settings: Settings, folder: Path) -> Settings:
    return replace(
        settings, database_url=f"sqlite:///{folder / 'records.sqlite3'}", key_file=folder / "installation.key"
    )


def parts_of(app: App) -> Parts:
    """The bot's parts from the application's."""
    from bot.chat.telegram.running import Parts
    from bot.chat.telegram.sealing import InstallationKey
    from bot.records.keys import KeyRing

    ring = KeyRing(app.settings.key_path)
    ring.make()
    *earlier, current = (key.secret for key in ring.by_id().values())
    key = InstallationKey(current, tuple(reversed(earlier)))
    library = app.library
    return Parts(app.settings, app.assistant, app.ledger, app.ledger, key, lambda: library.current().edition.manifest)
