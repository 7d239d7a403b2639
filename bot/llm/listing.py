"""Chat models on the command line: list, add, use, verify."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.errors import ModelFileError, UsageError
from bot.llm.files import add, choose, chosen, model_path, sha256_file
from bot.llm.manifest import ChatManifest, read_manifest, read_manifests
from bot.llm.policy import check_origin
from bot.settings import DEFAULT_MODEL, Settings


def models_table(settings: Settings, *, as_json: bool) -> int:
    """Prints every manifest, whether its file is here, and which one is in use."""
    in_use = _in_use(settings)
    rows: list[dict[str, Any]] = []
    for manifest in read_manifests(settings.state).values():
        present = manifest.source == "endpoint" or model_path(manifest, settings.state).is_file()
        rows.append(
            {
                "id": manifest.id,
                "vendor": manifest.vendor,
                "name": manifest.name,
                "version": manifest.version,
                "origin": manifest.origin,
                "licence": manifest.licence,
                "source": manifest.source,
                "present": present,
                "in_use": manifest.id == in_use,
            }
        )
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        mark = "●" if row["in_use"] else " "
        here = "可用" if row["present"] else "未下載" if row["source"] == "package" else "需自備檔案"
        print(f"{mark} {row['id']}　{row['vendor']} {row['name']}（{row['version']}，{row['origin']}）　{here}")
    return 0


def _in_use(settings: Settings) -> str:
    if settings.model != DEFAULT_MODEL:
        return settings.model
    return chosen(settings.state) or settings.model


def add_model(settings: Settings, options: Namespace) -> int:
    """Takes a GGUF file in under a known or a new name; prints its sha256."""
    file = Path(options.file)
    if not file.is_file():
        raise UsageError(f"找不到檔案 {options.file}")
    manifest = _manifest_for(settings, options, file)
    kept = add(file, manifest, settings.state, sha256=options.sha256, progress=_progress)
    print(f"已加入 {kept.id}（{kept.vendor} {kept.name} {kept.version}），sha256 {kept.sha256}")
    print(f"要使用它：zhiyin models use {kept.id}")
    return 0


def _manifest_for(settings: Settings, options: Namespace, file: Path) -> ChatManifest:
    given = {
        key: value
        for key, value in {
            "vendor": options.vendor,
            "name": options.title,
            "version": options.version,
            "origin": options.origin,
            "licence": options.licence,
            "template": options.template,
        }.items()
        if value
    }
    known = read_manifests(settings.state).get(options.name)
    if known is not None:
        document = {**known.model_dump(by_alias=True), **given}
    else:
        missing = [f"--{name}" for name in ("vendor", "version", "origin", "licence") if not getattr(options, name)]
        if missing:
            raise UsageError(f"{options.name} 是新名稱，還需要 {'、'.join(missing)}")
        template = given.get("template", "chat")
        document = {
            "schema": 1,
            "id": options.name,
            "name": options.title or options.name,
            "source": "file",
            "file": file.name,
            "template": template,
            "prompt": "explain-chat" if template == "chat" else "explain-completion",
            "context": 8192,
            "limits": {"max_tokens": 300 if template == "chat" else 120, "sentences": 3, "attempts": 1},
            "vocabulary": "free" if template == "chat" else "quoted",
            "capabilities": ["explain"],
            **given,
        }
    try:
        return ChatManifest.model_validate(document)
    except ValidationError as exc:
        wrong = "、".join(".".join(str(part) for part in fault["loc"]) for fault in exc.errors())
        raise UsageError(f"模型資料有誤：{wrong}（來源請填兩碼國別，例如 TW）") from exc


def use_model(settings: Settings, name: str) -> int:
    """Chooses a model whose file is here; ``ModelFileError`` otherwise."""
    manifest = read_manifest(name, settings.state)
    check_origin(manifest)
    if manifest.source == "file" and not model_path(manifest, settings.state).is_file():
        raise ModelFileError(f"還沒有 {name} 的檔案；請先執行 zhiyin models add 檔案 --name {name}")
    choose(name, settings.state)
    print(f"已選用 {name}；下次啟動生效")
    if settings.model not in {DEFAULT_MODEL, name}:
        print(f"注意：ZHIYIN_MODEL 目前設為 {settings.model}，會優先", file=sys.stderr)
    return 0


def verify_models(settings: Settings) -> int:
    """Checks every model file that is here; exit code 1 where one does not hold."""
    wrong = 0
    for manifest in read_manifests(settings.state).values():
        if manifest.source == "endpoint" or not model_path(manifest, settings.state).is_file():
            continue
        path = model_path(manifest, settings.state)
        actual = sha256_file(path, _progress)
        holds = manifest.sha256 is None or actual == manifest.sha256
        wrong += not holds
        print(
            f"{'✓' if holds else '✗'} {manifest.id}　{path.name}　{actual[:16]}…" + ("" if holds else "　sha256 不符")
        )
    return 1 if wrong else 0


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done >= total else ""
        print(f"\r核對 {100 * done // max(total, 1)}%", end=end, file=sys.stderr, flush=True)
