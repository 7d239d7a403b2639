"""Manifests, policy, model files: what is refused, and that nothing half-done is left."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from gguf import GGUFWriter

from bot.errors import ModelFileError, SettingsError, StateError
from bot.llm.files import add, choose, chosen, ensure, model_path, sha256_file
from bot.llm.manifest import ChatManifest, read_manifest, read_manifests
from bot.llm.policy import check_header, check_origin, read_header
from bot.llm.remote import RemoteModel


def manifest(**changes: object) -> ChatManifest:
    base = {
        "schema": 1,
        "id": "small",
        "vendor": "試驗社",
        "name": "Small",
        "version": "1",
        "origin": "TW",
        "licence": "MIT",
        "source": "file",
        "file": "small.gguf",
        "template": "completion",
        "prompt": "explain-completion",
        "context": 512,
        "limits": {"max_tokens": 10, "sentences": 1, "attempts": 1},
    }
    return ChatManifest.model_validate({**base, **changes})


def gguf(path: Path, architecture: str = "llama", name: str = "small", template: str | None = None) -> Path:
    writer = GGUFWriter(str(path), architecture)
    writer.add_name(name)
    if template:
        writer.add_chat_template(template)
    writer.add_tensor("blk.0", np.zeros((2, 2), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def test_a_model_is_added_with_its_sha256(tmp_path: Path) -> None:
    file = gguf(tmp_path / "small.gguf")
    kept = add(file, manifest(), tmp_path / "state")
    assert kept.sha256 == sha256_file(file)
    assert ensure(kept, tmp_path / "state") == model_path(kept, tmp_path / "state")
    assert read_manifests(tmp_path / "state")["small"] == kept


@pytest.mark.parametrize(
    ("architecture", "name", "told"),
    [("qwen2", "any", "qwen2"), ("llama", "DeepSeek R1 Distill", "不得使用"), ("llama", "Yi-34B", "不得使用")],
)
def test_a_refused_family_is_refused_whatever_the_manifest_says(
    tmp_path: Path, architecture: str, name: str, told: str
) -> None:
    file = gguf(tmp_path / "small.gguf", architecture, name)
    with pytest.raises(ModelFileError, match=told):
        add(file, manifest(), tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_an_allowed_header_passes(tmp_path: Path) -> None:
    check_header(read_header(gguf(tmp_path / "small.gguf", "gemma3", "Gemma 3")), "small.gguf")


@pytest.mark.parametrize(("origin", "told"), [("CN", "行政院"), ("RU", "允許清單")])
def test_origins(origin: str, told: str) -> None:
    with pytest.raises(ModelFileError, match=told):
        check_origin(manifest(origin=origin))


def test_a_wrong_sha256_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="sha256"):
        add(gguf(tmp_path / "small.gguf"), manifest(), tmp_path / "state", sha256="0" * 64)


@pytest.mark.parametrize(
    "content", [b"", b"GGML....", b"GGUF", b"GGUF" + b"\xff" * 40], ids=["empty", "other", "cut", "junk"]
)
def test_what_is_no_whole_gguf_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "small.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelFileError):
        add(file, manifest(), tmp_path / "state")


def test_a_chat_manifest_needs_a_chat_template(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="對話範本"):
        add(gguf(tmp_path / "small.gguf"), manifest(template="chat"), tmp_path / "state")
    kept = add(gguf(tmp_path / "two.gguf", template="{{ messages }}"), manifest(template="chat"), tmp_path / "state")
    assert kept.file == "two.gguf"


def test_an_unknown_model_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="gemma-3-270m"):
        read_manifest("nobody", tmp_path)


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChatManifest:
    whole = gguf(tmp_path / "whole.gguf").read_bytes()
    parts = []
    for at in range(3):
        part = tmp_path / f"part{at}"
        part.write_bytes(whole[at * len(whole) // 3 : (at + 1) * len(whole) // 3])
        parts.append(part)
    package = ModuleType("weights_of_a_test")
    package.chunk_paths = lambda: parts  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "weights_of_a_test", package)
    return manifest(source="package", package="weights_of_a_test", sha256=sha256_file(tmp_path / "whole.gguf"))


def test_a_package_is_assembled_once_with_progress(tmp_path: Path, packaged: ChatManifest) -> None:
    told: list[tuple[int, int]] = []
    path = ensure(packaged, tmp_path / "state", lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    told.clear()
    assert ensure(packaged, tmp_path / "state", lambda done, total: told.append((done, total))) == path
    assert not told


def test_a_damaged_file_is_noticed(tmp_path: Path, packaged: ChatManifest) -> None:
    path = ensure(packaged, tmp_path / "state")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelFileError, match="sha256"):
        ensure(packaged, tmp_path / "state")


def test_a_cut_off_assembly_leaves_nothing(tmp_path: Path, packaged: ChatManifest) -> None:
    def cut(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure(packaged, tmp_path / "state", cut)
    assert not list((tmp_path / "state" / "models").iterdir())
    assert ensure(packaged, tmp_path / "state").is_file()


def test_a_folder_in_the_way_is_one_clear_line(tmp_path: Path, packaged: ChatManifest) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StateError):
        ensure(packaged, tmp_path / "state")


def test_the_choice_is_kept(tmp_path: Path) -> None:
    assert chosen(tmp_path) is None
    choose("gemma-3-270m", tmp_path)
    assert chosen(tmp_path) == "gemma-3-270m"


def test_only_named_servers_are_contacted() -> None:
    with pytest.raises(SettingsError, match="ZHIYIN_REMOTE_MODELS"):
        RemoteModel(manifest(source="endpoint", file=None), "http://127.0.0.1:9", ("http://127.0.0.1:8",))
