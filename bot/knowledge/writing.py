"""Data files of editions, written whole or not at all, readable by people."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class _Dumper(yaml.SafeDumper):
    """Block style, spans in one line, long texts readable."""


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.Node:
    flow = bool(items) and all(
        isinstance(item, int) or (isinstance(item, list) and all(isinstance(part, int) for part in item))
        for item in items
    )
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=flow)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(list, _represent_list)


def write_yaml(path: Path, document: Mapping[str, Any], heading: str) -> None:
    """Writes the document whole or not at all, with ``heading`` as its first comment line."""
    text = f"# {heading}\n" + yaml.dump(
        dict(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1_000_000
    )
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def write_bytes(path: Path, content: bytes) -> None:
    """Writes and waits until it is on the disk."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def put_in_place(partial: Path, target: Path) -> None:
    """Makes a finished folder visible under its name; a former making of the same edition goes.

    Cut off in between, ``tidy`` brings the former making back.
    """
    if target.exists():
        old = target.with_name(f".old-{target.name}")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        partial.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        partial.rename(target)


def tidy(folder: Path) -> int:
    """Clears what imports that were cut off left in ``folder``; how many there were. Only while nobody imports."""
    left = 0
    for path in sorted(folder.glob(".old-*")):
        target = path.with_name(path.name.removeprefix(".old-"))
        if target.exists():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.rename(target)
        left += 1
    for path in folder.glob(".partial-*"):
        shutil.rmtree(path, ignore_errors=True)
        left += 1
    return left
