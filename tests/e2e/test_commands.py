"""The commands as a person runs them: processes, exit codes, one clear line where something is wrong."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from bot.app import App
from tests.conftest import ROOT, STATE

pytestmark = pytest.mark.model


def zhiyin(*arguments: str, stdin: bytes = b"", cwd: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "ZHIYIN_STATE": str(STATE), **environ}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=env,
        timeout=240,
        check=False,
    )


def one_line(result: subprocess.CompletedProcess[bytes]) -> str:
    told = result.stderr.decode().strip()
    assert "Traceback" not in told
    assert len(told.splitlines()) == 1, told
    return told


def test_help_is_immediate() -> None:
    spent = []
    for _ in range(3):
        started = time.perf_counter()
        assert zhiyin("--help").returncode == 0
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.5


def test_ask_as_json(app: App) -> None:
    result = zhiyin("ask", "機密公文可以請 ChatGPT 擬嗎", "--json")
    assert result.returncode == 0
    record = json.loads(result.stdout)
    assert (record["kind"], record["verdict"], record["edition"]) == ("answer", "no", "113-09-09")
    assert record["citations"][0]["location"] == "附件五/三"


def test_without_a_terminal_it_answers_line_by_line(app: App) -> None:
    result = zhiyin("chat", "--no-model", stdin="機密公文可以請 ChatGPT 擬嗎\n那行政處分書呢？\n".encode())
    text = result.stdout.decode()
    assert result.returncode == 0
    assert text.count("不可以。") == 2


def test_without_lines_it_answers_the_samples_of_the_readme(app: App) -> None:
    from bot.terminal import SAMPLES

    result = zhiyin("chat", "--no-model")
    assert result.returncode == 0
    assert all(sample in result.stdout.decode() for sample in SAMPLES)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(sample in readme for sample in SAMPLES)


def test_batch_answers_in_order_and_goes_on(app: App, tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    lines = [
        json.dumps({"id": "a", "text": "AI 說錯了誰負責"}, ensure_ascii=False).encode(),
        b"\xff\xfe broken",
        b"[1, 2]",
        json.dumps({"id": "d", "text": "😀😀"}, ensure_ascii=False).encode(),
        json.dumps({"id": "e", "text": "字" * 20_000}, ensure_ascii=False).encode(),
        json.dumps({"id": "f", "text": "\x00\x07\x1b[31m"}).encode(),
    ]
    file.write_bytes(b"\n".join(lines))
    result = zhiyin("batch", str(file), "--no-model")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
    assert [record["id"] for record in records] == ["a", "line-2", "line-3", "d", "e", "f"]
    assert [record["kind"] for record in records][:3] == ["answer", "error", "error"]
    assert records[4]["refusal"] == "too_long"
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "  "], "空"),
        (["ask"], "用法"),
        (["nonsense"], "用法"),
        (["batch", "no-such-file.jsonl"], "找不到檔案"),
        (["eval", "no-such-folder"], "找不到資料夾"),
        (["kb", "show", "壹/九"], "沒有"),
        (["models", "use", "nobody"], "沒有叫"),
        (["models", "use", "breeze-2-8b"], "models add"),
        (["models", "add", "no-file", "--name", "x"], "找不到檔案"),
        (["records"], "用法"),
        (["records", "export", "--format", "xlsx"], "--out"),
        (["records", "export", "--out", "/no/such/folder/x.csv"], "無法寫入"),
        (["records", "purge", "--before", "soon"], "日期"),
        (["records", "stats", "--from", "2026-02-01", "--to", "2026-01-01"], "--to"),
        (["records", "verify", "--expect", "x"], "鏈頭"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_one_line_and_exit_code_2(arguments: list[str], told: str) -> None:
    result = zhiyin(*arguments)
    assert result.returncode == 2
    assert told in one_line(result)


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"ZHIYIN_RETENTION_DAYS": "soon"}, "ZHIYIN_RETENTION_DAYS"),
        ({"ZHIYIN_CONFIG": "/no/such/file"}, "ZHIYIN_CONFIG"),
        ({"ZHIYIN_MODEL": "nobody"}, "沒有叫"),
        ({"ZHIYIN_STATE": "/proc/none"}, "ZHIYIN_STATE"),
        ({"ZHIYIN_DATABASE_URL": "mysql://u:p@h/d"}, "ZHIYIN_DATABASE_URL"),
        ({"ZHIYIN_DATABASE_URL": "postgresql://u:p@127.0.0.1:1/d"}, "使用紀錄"),
        ({"ZHIYIN_DATABASE_URL": "sqlite:////proc/none/r"}, "使用紀錄"),
    ],
    ids=["number", "file", "model", "state", "database", "server", "database file"],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(environ: dict[str, str], told: str) -> None:
    result = zhiyin("ask", "AI 說錯了誰負責", **environ)
    assert result.returncode == 2
    assert told in one_line(result)


@pytest.mark.timeout(900)
def test_an_interrupted_set_up_is_taken_up_again(app: App, tmp_path: Path) -> None:
    env = {**os.environ, "ZHIYIN_STATE": str(tmp_path / "state")}
    command = [sys.executable, "-m", "bot", "setup"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(5)
    process.send_signal(2)
    _, told = process.communicate(timeout=60)
    assert process.returncode in {0, 130}
    assert b"Traceback" not in told
    assert subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=700, check=False).returncode == 0
    again = time.perf_counter()
    assert subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=60, check=False).returncode == 0
    assert time.perf_counter() - again < 15


def test_doctor(app: App) -> None:
    result = zhiyin("doctor")
    assert result.returncode == 0, result.stdout.decode()
    broken = zhiyin("doctor", ZHIYIN_MODEL="nobody")
    assert broken.returncode == 1
    assert "✗" in broken.stdout.decode()


def test_the_records_from_question_to_purge(app: App, tmp_path: Path) -> None:
    """A state folder of its own, with the prepared index and model."""
    for name in ("index", "models"):
        (tmp_path / name).symlink_to((STATE / name).resolve())
    own = {"ZHIYIN_STATE": str(tmp_path)}
    assert zhiyin("ask", "--no-model", "機密公文可以請 ChatGPT 擬嗎", **own).returncode == 0
    assert zhiyin("batch", "-", "--no-model", stdin=b'{"id":"a","text":"0912345678"}', **own).returncode == 0
    told = json.loads(zhiyin("records", "stats", "--json", **own).stdout)
    assert (told["replies"], told["kind"], told["people"]) == (2, {"answer": 1, "refused": 1}, 1)
    lines = zhiyin("records", "export", "--format", "jsonl", **own).stdout.splitlines()
    assert [json.loads(line)["channel"] for line in lines] == ["cli", "batch"]
    assert zhiyin("records", "export", "--out", str(tmp_path / "out.xlsx"), **own).returncode == 0
    assert (tmp_path / "out.xlsx").read_bytes().startswith(b"PK")
    head = json.loads(zhiyin("records", "verify", "--json", **own).stdout)["head"]
    assert zhiyin("records", "rotate", **own).returncode == 0
    assert zhiyin("records", "purge", "--before", "2999-01-01", **own).returncode == 0
    found = zhiyin("records", "verify", "--json", "--expect", head, **own)
    assert (found.returncode, json.loads(found.stdout)["tombstones"]) == (0, 2)
    with closing(sqlite3.connect(tmp_path / "records.sqlite3")) as connection, connection:
        connection.execute("DELETE FROM entries WHERE seq = 2")
    broken = zhiyin("records", "verify", **own)
    assert (broken.returncode, "缺漏" in broken.stdout.decode()) == (1, True)


@pytest.mark.system
@pytest.mark.timeout(600)
def test_no_connection_leaves_the_machine(app: App, tmp_path: Path) -> None:
    """strace over a whole question, with every library's telemetry included."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    env = {**os.environ, "ZHIYIN_STATE": str(STATE)}
    command = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-e",
        "trace=connect,sendto",
        "-o",
        str(trace),
        sys.executable,
        "-m",
        "bot",
    ]
    result = subprocess.run(
        [*command, "ask", "AI 說錯了誰負責"], cwd=ROOT, env=env, capture_output=True, timeout=500, check=False
    )
    if result.returncode and b"ptrace" in result.stderr:
        pytest.skip("strace may not trace here")
    assert result.returncode == 0
    outward = [
        line
        for line in trace.read_text(encoding="utf-8", errors="replace").splitlines()
        if "AF_INET" in line and "127.0.0.1" not in line and '"::1"' not in line
    ]
    assert outward == []


def test_an_installed_wheel_works_elsewhere(app: App, tmp_path: Path) -> None:
    """Built, unpacked into a folder of its own, run far from the checkout: the rooms travelled with it."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    assert subprocess.run(build, capture_output=True, timeout=200, check=False).returncode == 0
    target = tmp_path / "site"
    wheel = next(tmp_path.glob("*.whl"))
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    assert subprocess.run(install, capture_output=True, timeout=200, check=False).returncode == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {**os.environ, "ZHIYIN_STATE": str(STATE), "PYTHONPATH": str(target), "PYTHONSAFEPATH": "1"}
    probe = "import bot, sys; sys.stdout.write(bot.__file__)"
    where = subprocess.run([sys.executable, "-c", probe], cwd=elsewhere, env=env, capture_output=True, check=True)
    assert str(target) in where.stdout.decode()
    scripts = {path.name for path in (ROOT / "bot" / "records" / "migrations").rglob("*.py")}
    assert {path.name for path in (target / "bot" / "records" / "migrations").rglob("*.py")} == scripts
    result = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--no-model", "機密公文可以請 ChatGPT 擬嗎"],
        cwd=elsewhere,
        env=env,
        capture_output=True,
        timeout=200,
        check=False,
    )
    assert result.returncode == 0, result.stderr.decode()
    assert result.stdout.decode().startswith("不可以。")
