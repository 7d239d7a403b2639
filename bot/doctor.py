"""Checks of this installation, one line each, with how to mend what fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING

from bot.errors import ZhiyinError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.app import App

_SPACE_NEEDED = 600 * 1024 * 1024
Check = Callable[[], str]


def examine(settings: Settings) -> int:
    """Prints one line a check; exit code 1 if any fails."""
    failed = 0
    for name, check in _checks(settings):
        try:
            told = check()
            print(f"✓ {name}：{told}")
        except ZhiyinError as exc:
            failed += 1
            print(f"✗ {name}：{exc}")
        except Exception as exc:  # the doctor reports whatever is broken, it never breaks itself
            failed += 1
            print(f"✗ {name}：{type(exc).__name__}；請重新安裝（make setup）")
    return 1 if failed else 0


def _checks(settings: Settings) -> Iterator[tuple[str, Check]]:
    from bot.app import App

    app = App(settings)
    yield "Python", _python
    yield "狀態資料夾", lambda: _state(app)
    yield "磁碟空間", lambda: _space(settings.state)
    yield "知識版本", lambda: _edition(app)
    yield "聊天模型", lambda: _model(app)
    yield "嵌入模型", lambda: f"{app.embedder.manifest.name}（{app.embedder.manifest.version}）{_exists(app)}"
    yield "索引", lambda: _index(app)
    yield "安全設定", lambda: _safety(settings)


def _python() -> str:
    if sys.version_info[:2] != (3, 11):
        raise ZhiyinError("需要 Python 3.11；請以 python3.11 建立 .venv")
    return sys.version.split()[0]


def _state(app: App) -> str:
    app.ensure_state()
    return str(app.settings.state.resolve())


def _space(state: Path) -> str:
    free = disk_usage(state if state.exists() else Path()).free
    if free < _SPACE_NEEDED:
        raise ZhiyinError(f"只剩 {free // 2**20} MB，需要約 {_SPACE_NEEDED // 2**20} MB；請清出空間")
    return f"剩 {free // 2**30} GB"


def _edition(app: App) -> str:
    edition = app.library.edition_in_force()
    return f"{edition.manifest.id}，{len(edition.clauses)} 條，{len(edition.official)} 則問答，檔案完整"


def _model(app: App) -> str:
    manifest = app.chat_manifest
    app.ensure_model()
    return f"{manifest.vendor} {manifest.name}（{manifest.version}）"


def _exists(app: App) -> str:
    app.embedder.model_file()
    return "，檔案在"


def _index(app: App) -> str:
    from bot.knowledge.index import is_built

    edition = app.library.edition_in_force()
    if not is_built(edition, app.embedder, app.library.index_folder):
        raise ZhiyinError("尚未建立或已過期；請執行 zhiyin setup")
    return "與目前的知識一致"


def _safety(settings: Settings) -> str:
    key = settings.key_path
    if key.exists() and key.stat().st_mode & 0o077:
        raise ZhiyinError(f"{key} 的權限太寬；請執行 chmod 600 {key}")
    return "未開放外部模型" if not settings.remote_models else f"允許 {len(settings.remote_models)} 個模型伺服器"
