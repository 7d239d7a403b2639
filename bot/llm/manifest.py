"""Manifests of chat models: who made them, under what terms, how they are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.domain import ModelStamp
from bot.errors import ModelFileError
from bot.rooms import RoomModel, read_yaml, rooms_root


class Limits(RoomModel):
    """How much a model may write, and how often it is asked again when nothing it wrote held."""

    max_tokens: int = Field(ge=1, le=2000)
    sentences: int = Field(ge=1, le=5)
    attempts: int = Field(ge=1, le=5)


class ChatManifest(RoomModel):
    """``models/chat/<id>.yaml``, or one that an operator added in the state folder."""

    schema_version: int = Field(alias="schema")
    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    vendor: str
    name: str
    version: str
    origin: str = Field(pattern=r"^[A-Z]{2}$")
    licence: str
    source: Literal["package", "file", "endpoint"]
    package: str | None = None
    file: str | None = None
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")
    model: str | None = None
    template: Literal["completion", "chat"]
    prompt: str
    context: int = Field(ge=512, le=131_072)
    limits: Limits
    vocabulary: Literal["quoted", "free"] = "free"
    capabilities: list[Literal["explain", "facts"]] = ["explain"]

    @property
    def stamp(self) -> ModelStamp:
        """What the disclosure says of it."""
        return ModelStamp(self.vendor, self.name, self.version)


def shipped_folder() -> Path:
    """The room's manifests."""
    return rooms_root() / "models" / "chat"


def added_folder(state: Path) -> Path:
    """Manifests of models that an operator added."""
    return state / "models" / "manifests"


def read_manifests(state: Path) -> dict[str, ChatManifest]:
    """Every known manifest by id; an added one wins over a shipped one of the same id."""
    found: dict[str, ChatManifest] = {}
    for folder in (shipped_folder(), added_folder(state)):
        for path in sorted(folder.glob("*.yaml")):
            manifest = read_yaml(path, ChatManifest)
            found[manifest.id] = manifest
    return found


def read_manifest(name: str, state: Path) -> ChatManifest:
    """The manifest ``name``; ``ModelFileError`` lists the known ones where there is none."""
    manifests = read_manifests(state)
    if name not in manifests:
        raise ModelFileError(f"沒有叫「{name}」的模型；可用的有 {'、'.join(sorted(manifests))}（zhiyin models list）")
    return manifests[name]
