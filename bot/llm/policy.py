"""Which models may be used at all: by origin, and by what a file says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bot.errors import ModelFileError
from bot.llm.manifest import ChatManifest
from bot.rooms import RoomModel, read_yaml, rooms_root


class _Refused(RoomModel):
    origin: str
    reason: str


class PolicyFile(RoomModel):
    """``models/policy.yaml``."""

    schema_version: int = Field(alias="schema")
    allowed: list[str]
    refused: list[_Refused]
    refused_architectures: list[str]
    refused_names: list[str]


@dataclass(frozen=True, slots=True)
class Header:
    """What a GGUF file says of itself."""

    architecture: str
    name: str
    has_template: bool


def read_policy() -> PolicyFile:
    """The room's policy."""
    return read_yaml(rooms_root() / "models" / "policy.yaml", PolicyFile)


def check_origin(manifest: ChatManifest, policy: PolicyFile | None = None) -> None:
    """Raises ``ModelFileError`` with the reason where the origin is not allowed."""
    policy = policy or read_policy()
    for refused in policy.refused:
        if manifest.origin == refused.origin:
            raise ModelFileError(f"不得使用模型 {manifest.id}（來源 {manifest.origin}）：{refused.reason}")
    if manifest.origin not in policy.allowed:
        raise ModelFileError(f"不得使用模型 {manifest.id}：來源 {manifest.origin} 不在 models/policy.yaml 的允許清單")


def read_header(path: Path) -> Header:
    """The header of a GGUF file; ``ModelFileError`` where it is none or damaged."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as exc:
        raise ModelFileError(f"無法讀取模型檔 {path}（{type(exc).__name__}）") from exc
    if magic != b"GGUF":
        raise ModelFileError(f"{path.name} 不是 GGUF 檔；請提供 llama.cpp 的 GGUF 模型檔")
    from gguf import GGUFReader

    try:
        reader = GGUFReader(str(path))
        fields = {
            key: reader.fields[key].contents()
            for key in ("general.architecture", "general.name")
            if key in reader.fields
        }
        base = [
            str(f.contents())
            for key, f in reader.fields.items()
            if key.startswith("general.base_model") and key.endswith("name")
        ]
        template = "tokenizer.chat_template" in reader.fields
    except Exception as exc:  # the reader raises whatever its numpy views raise on damaged files
        raise ModelFileError(f"模型檔 {path.name} 已損壞或不完整；請重新取得") from exc
    name = " ".join([str(fields.get("general.name", "")), *base])
    return Header(str(fields.get("general.architecture", "")), name, template)


def check_header(header: Header, file_name: str, policy: PolicyFile | None = None) -> None:
    """Raises ``ModelFileError`` where the file is of a refused family, whatever its manifest claims."""
    policy = policy or read_policy()
    reason = policy.refused[0].reason if policy.refused else ""
    told = f"{header.name} {file_name}".lower()
    if header.architecture.lower() in policy.refused_architectures or any(
        word in told for word in policy.refused_names
    ):
        raise ModelFileError(f"不得使用 {file_name}（{header.architecture or '架構不明'}）：{reason}")
