"""The embedded chat model and the same port over HTTP against llama-cpp-python's own server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.answering.prompting import build_prompt
from bot.app import App
from bot.domain import Kind, Message, Mode, Verdict
from bot.errors import GenerationFault, ModelFileError
from bot.llm.files import model_path
from bot.llm.fragments import Transitions
from bot.llm.llama import LlamaModel
from bot.llm.remote import RemoteModel
from bot.ports import Prompt

pytestmark = pytest.mark.model
FAR = 60.0


@pytest.fixture(scope="module")
def llama(app: App) -> LlamaModel:
    model = app.chat_model
    assert isinstance(model, LlamaModel)
    return model


def written(model: LlamaModel | RemoteModel, prompt: Prompt) -> str:
    return "".join(model.write(prompt, deadline=time.monotonic() + FAR, cancelled=bool))


def test_a_reused_prefix_changes_nothing(app: App, llama: LlamaModel) -> None:
    """Twenty alternating prompts, greedy: what is reused of the prompt before gives the text of a fresh start."""
    knowledge = app.library.current()
    assert app.explainer is not None
    template = app.explainer.template
    places = ["陸/一/(五)", "伍/一/(一)", "陸/一/(八)", "肆/二/(四)/3", "附件一/三"]
    clauses = [knowledge.edition.clauses[place] for place in places]
    prompts = [build_prompt(template, [(clause, clause.text[:90])], "這一條要我做什麼") for clause in clauses]
    fresh = []
    for prompt in prompts:
        llama.forget()
        fresh.append(written(llama, prompt))
    assert len(set(fresh)) == len(prompts)
    for _ in range(4):
        assert [written(llama, prompt) for prompt in prompts] == fresh


def test_only_pieces_of_the_source_are_written(llama: LlamaModel) -> None:
    source = "對外發布時，應揭露所使用人工智慧之廠商名稱、模型名稱及其版本。"
    prompt = Prompt(
        "原文：", f"{source}\n提問：要寫什麼\n回答：", max_tokens=30, sources=(source,), joining="應之，、。"
    )
    text = written(llama, prompt)
    assert text
    assert Transitions.over((source,), "應之，、。").follows("", "".join(text.split()))


def test_a_passed_deadline_stops_at_once(llama: LlamaModel) -> None:
    started = time.monotonic()
    long = Prompt("字" * 3000, "", max_tokens=200)
    assert "".join(llama.write(long, deadline=started + 0.05, cancelled=bool)) == ""
    assert time.monotonic() - started < 3
    assert written(llama, Prompt("一二三", "四", max_tokens=4))


def test_closing_gives_the_lane_back(llama: LlamaModel) -> None:
    stream = llama.write(Prompt("一二三", "四五六", max_tokens=50), deadline=time.monotonic() + FAR, cancelled=bool)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert written(llama, Prompt("一二三", "四", max_tokens=4))


def test_a_file_that_is_no_model(app: App, tmp_path: Path) -> None:
    path = tmp_path / "no.gguf"
    path.write_bytes(b"GGUF" + b"\0" * 64)
    with pytest.raises(ModelFileError, match="models verify"):
        LlamaModel(app.chat_manifest, path).load()


def test_a_whole_answer(app: App) -> None:
    reply = app.assistant.reply(Message("公務用的 AI 帳號可以用自己的信箱註冊嗎？"), Mode.ASK)
    assert reply.kind is Kind.ANSWER
    assert reply.verdict is Verdict.NO
    assert reply.text.startswith("不可以。\n「")
    assert (reply.model is not None) == ("請承辦人員檢視確認" in reply.text)


@pytest.fixture(scope="module")
def server(app: App) -> Iterator[str]:
    """llama-cpp-python's own server on loopback, with the embedded model."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = model_path(app.chat_manifest, app.settings.state)
    command = [
        sys.executable,
        "-m",
        "llama_cpp.server",
        "--model",
        str(path),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--n_ctx",
        "2048",
        "--verbose",
        "false",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                if httpx.get(f"{base}/v1/models", timeout=1).status_code == 200:
                    break
            except httpx.HTTPError:
                time.sleep(0.25)
        else:
            pytest.fail("the server did not start")
        yield base
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_port_over_http(app: App, server: str, llama: LlamaModel) -> None:
    remote = RemoteModel(app.chat_manifest, server, (server,))
    knowledge = app.library.current()
    clause = knowledge.edition.clauses["陸/一/(五)"]
    assert app.explainer is not None
    prompt = build_prompt(app.explainer.template, [(clause, clause.text)], "要揭露什麼")
    pieces = list(remote.write(prompt, deadline=time.monotonic() + FAR, cancelled=bool))
    remote.close()
    assert len(pieces) > 1
    assert "".join(pieces).strip()


def test_a_server_that_is_not_there(app: App) -> None:
    remote = RemoteModel(app.chat_manifest, "http://127.0.0.1:9", ("http://127.0.0.1:9",))
    with pytest.raises(GenerationFault):
        list(remote.write(Prompt("a", "b"), deadline=time.monotonic() + 2, cancelled=bool))
