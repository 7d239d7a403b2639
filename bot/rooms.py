"""Where the rooms lie, and how their files are read: strictly, with the file's name in every complaint."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import RoomError


class RoomModel(BaseModel):
    """Base of everything read from a room: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Read = TypeVar("Read", bound=BaseModel)


@cache
def rooms_root() -> Path:
    """The folder that holds the rooms of data: the checkout's, or the installed package's."""
    package = Path(__file__).resolve().parent
    for candidate in (package.parent, package / "_rooms"):
        if (candidate / "knowledge").is_dir() and (candidate / "guardrails").is_dir():
            return candidate
    raise RoomError(f"找不到 knowledge/ 與 guardrails/ 資料夾（於 {package.parent}）；請重新安裝 zhiyin")


def own_eval_sets() -> Path:
    """The labelled sets the project ships."""
    root = rooms_root()
    installed = root / "eval"
    return installed if installed.is_dir() else root / "tests" / "eval"


def read_text(path: Path) -> str:
    """The file's text; ``RoomError`` where it is missing or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        raise RoomError(f"缺少檔案 {path}；請重新安裝或還原") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise RoomError(f"無法讀取 {path}（{type(exc).__name__}）；請檢查權限與編碼（UTF-8）") from exc


def read_yaml(path: Path, model: type[Read]) -> Read:
    """The YAML file as ``model``; ``RoomError`` names the file and every wrong field."""
    text = read_text(path)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        where = f"第 {mark.line + 1} 行" if mark is not None else "格式"
        raise RoomError(f"{path}：{where}不是正確的 YAML") from exc
    try:
        return model.model_validate(raw)
    except ValidationError as exc:
        faults = "；".join(
            f"{'.'.join(str(part) for part in fault['loc']) or '（整份）'}：{fault['msg']}"
            for fault in exc.errors()[:5]
        )
        raise RoomError(f"{path}：{faults}") from exc
