"""Environment (and the file named by ``ZHIYIN_CONFIG``) -> one frozen ``Settings``; every fault is reported at once.

``docs/settings.md`` describes each name; a test compares the two.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.errors import SettingsError

DEFAULT_MODEL = "gemma-3-270m"
DEFAULT_EMBEDDING = "multilingual-e5-small"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings; secrets do not show in ``repr``."""

    state: Path = Path(".state")
    model: str = DEFAULT_MODEL
    embedding: str = DEFAULT_EMBEDDING
    database_url: str = field(default="", repr=False)
    telegram_token: str = field(default="", repr=False)
    telegram_api: str = "https://api.telegram.org/bot"
    telegram_allow: tuple[str, ...] = ()
    telegram_admins: tuple[int, ...] = ()
    telegram_inline: bool = False
    health_port: int = 8080
    two_person: bool | None = None
    remote_models: tuple[str, ...] = ()
    key_file: Path | None = None
    retention_days: int = 365
    paused: bool = False
    eval_dir: Path | None = None
    deadline_seconds: float = 20.0
    threads: int = 0
    log_level: str = "WARNING"

    @property
    def key_path(self) -> Path:
        """Where the installation's key lies."""
        return self.key_file or self.state / "installation.key"

    @property
    def records_url(self) -> str:
        """SQLAlchemy address of the records."""
        return self.database_url or f"sqlite:///{self.state / 'records.sqlite3'}"

    @property
    def needs_two_persons(self) -> bool:
        """Whether acts on editions need two persons: as set, else as soon as administrators are named."""
        return bool(self.telegram_admins) if self.two_person is None else self.two_person


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("請填 1 或 0")


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError as exc:
            raise ValueError(f"請填 {low} 到 {high} 的整數") from exc
        if not low <= number <= high:
            raise ValueError(f"請填 {low} 到 {high} 的整數")
        return number

    return read


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError as exc:
        raise ValueError("請填秒數") from exc
    if not 0.1 <= number <= 600:
        raise ValueError("請填 0.1 到 600 的秒數")
    return number


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _ids(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(item) for item in _items(text))
    except ValueError as exc:
        raise ValueError("請填以逗號分開的使用者編號（整數）") from exc


def _level(text: str) -> str:
    if text.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        raise ValueError("請填 DEBUG、INFO、WARNING 或 ERROR")
    return text.upper()


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("這是檔案，不是資料夾")
    return path


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("請填 http:// 或 https:// 開頭的位址")
    return text.rstrip("/")


def _addresses(text: str) -> tuple[str, ...]:
    return tuple(_address(item) for item in _items(text))


NAMES: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "ZHIYIN_STATE": ("state", _folder),
    "ZHIYIN_MODEL": ("model", str),
    "ZHIYIN_EMBEDDING": ("embedding", str),
    "ZHIYIN_DATABASE_URL": ("database_url", str),
    "TELEGRAM_BOT_TOKEN": ("telegram_token", str),
    "ZHIYIN_TELEGRAM_API": ("telegram_api", _address),
    "ZHIYIN_TELEGRAM_ALLOW": ("telegram_allow", _items),
    "ZHIYIN_TELEGRAM_ADMINS": ("telegram_admins", _ids),
    "ZHIYIN_TELEGRAM_INLINE": ("telegram_inline", _flag),
    "ZHIYIN_HEALTH_PORT": ("health_port", _whole(0, 65_535)),
    "ZHIYIN_TWO_PERSON": ("two_person", _flag),
    "ZHIYIN_REMOTE_MODELS": ("remote_models", _addresses),
    "ZHIYIN_KEY_FILE": ("key_file", Path),
    "ZHIYIN_RETENTION_DAYS": ("retention_days", _whole(1, 36_500)),
    "ZHIYIN_PAUSED": ("paused", _flag),
    "ZHIYIN_EVAL_DIR": ("eval_dir", Path),
    "ZHIYIN_DEADLINE": ("deadline_seconds", _seconds),
    "ZHIYIN_THREADS": ("threads", _whole(0, 256)),
    "ZHIYIN_LOG_LEVEL": ("log_level", _level),
}
"""Name in the environment -> field and reader."""

_SECRET_NAMES = {"TELEGRAM_BOT_TOKEN", "ZHIYIN_DATABASE_URL"}


def _from_file(path: Path) -> dict[str, str]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError) as exc:
        raise SettingsError(f"ZHIYIN_CONFIG：無法讀取 {path}（{type(exc).__name__}）") from exc
    except yaml.YAMLError as exc:
        raise SettingsError(f"ZHIYIN_CONFIG：{path} 不是正確的 YAML") from exc
    if not isinstance(raw, dict):
        raise SettingsError(f"ZHIYIN_CONFIG：{path} 應為「名稱: 值」的清單")
    unknown = sorted(str(name) for name in raw if name not in NAMES)
    if unknown:
        raise SettingsError(f"ZHIYIN_CONFIG：{path} 有不認得的名稱 {'、'.join(unknown)}；可用名稱見 docs/settings.md")
    return {name: "" if value is None else str(value) for name, value in raw.items()}


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environ`` (default: the process's), the environment winning over the file.

    Raises ``SettingsError`` with every fault in one message; values of secrets are never shown.
    """
    env = os.environ if environ is None else environ
    given: dict[str, str] = {}
    if config := env.get("ZHIYIN_CONFIG", ""):
        given.update(_from_file(Path(config).expanduser()))
    given.update({name: value for name, value in env.items() if name in NAMES})
    values: dict[str, Any] = {}
    faults: list[str] = []
    for name, text in given.items():
        if not text.strip():
            continue
        target, reader = NAMES[name]
        try:
            values[target] = reader(text.strip())
        except ValueError as exc:
            shown = "（值不顯示）" if name in _SECRET_NAMES else f"目前是 {text.strip()[:60]!r}"
            faults.append(f"{name}：{exc}，{shown}")
    if faults:
        raise SettingsError("設定有誤：" + "；".join(faults))
    return Settings(**values)
