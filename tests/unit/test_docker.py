"""docker/: linted, the compose file by its published schema, and what the image promises read from the files."""

from __future__ import annotations

import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from bot.settings import NAMES
from tests.conftest import ROOT

DOCKER = ROOT / "docker"
COMPOSE: Any = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
FINAL_STAGE = (DOCKER / "Dockerfile").read_text(encoding="utf-8").split("FROM ${PYTHON_IMAGE}\n")[1]


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of this environment."""
    return ran([str(Path(sys.executable).with_name(name)), *arguments])


def ran(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("name", ["Dockerfile", "proxy/Dockerfile"])
def test_hadolint_has_nothing_to_say(name: str) -> None:
    found = tool("hadolint", str(DOCKER / name))
    assert (found.returncode, found.stdout) == (0, "")


def test_hadolint_would_say_something(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /x && sudo apt-get install y\n", encoding="utf-8")
    assert tool("hadolint", str(tmp_path / "Dockerfile")).returncode == 1


def schema_holds(path: Path) -> bool:
    return tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)).returncode == 0


def test_the_compose_file_keeps_its_schema(tmp_path: Path) -> None:
    assert schema_holds(DOCKER / "compose.yaml")
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(yaml.safe_dump(COMPOSE | {"services": {"bot": {"image": 5}}}), encoding="utf-8")
    assert not schema_holds(wrong)


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_held_tight(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"mem_limit", "cpus", "pids_limit"} <= set(service)
    assert "ports" not in service
    assert "privileged" not in service


def test_only_the_proxy_sees_the_outside() -> None:
    outside = [name for name, service in COMPOSE["services"].items() if "outside" in service["networks"]]
    assert outside == ["proxy"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    allowed = (DOCKER / "proxy/allowed").read_text(encoding="utf-8").split()
    assert [
        bool(re.fullmatch(allowed[0], host)) for host in ("api.telegram.org", "api.telegram.org.tw", "apiXtelegram.org")
    ] == [
        True,
        False,
        False,
    ]
    assert len(allowed) == 1
    assert "FilterDefaultDeny Yes" in (DOCKER / "proxy/tinyproxy.conf").read_text(encoding="utf-8")


def test_no_secret_stands_in_the_environment() -> None:
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("TOKEN|PASSWORD|DATABASE_URL", name) or str(value).startswith("/run/secrets/")
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {"docker/secrets", ".state", ".git"} <= set(ignored)
    assert "docker/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split()


def test_the_final_image_has_no_compiler_and_no_root() -> None:
    assert re.search(r"^USER 10001:10001$", FINAL_STAGE, re.MULTILINE)
    assert "HEALTHCHECK" in FINAL_STAGE
    installed = re.findall(r"apt-get install --yes --no-install-recommends (.*?) \\", FINAL_STAGE)
    assert installed == ["libgomp1"]


def test_settings_that_are_named_exist() -> None:
    text = "".join((DOCKER / name).read_text(encoding="utf-8") for name in ("Dockerfile", "compose.yaml", "README.md"))
    named = set(re.findall(r"\b(?:ZHIYIN|TELEGRAM)_[A-Z_]+\b", text)) - {"ZHIYIN_CONFIG"}
    assert len(named) > 3
    assert named <= set(NAMES)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1)])
def test_the_healthcheck(status: int, code: int) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *parts: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        environment = {
            "HEALTH_URL": f"http://127.0.0.1:{server.server_port}/health",
            "HTTPS_PROXY": "http://192.0.2.1:1",
        }
        found = ran([sys.executable, str(DOCKER / "healthcheck.py")], environment)
    assert found.returncode == code


def test_the_healthcheck_where_nothing_listens() -> None:
    command = [sys.executable, str(DOCKER / "healthcheck.py")]
    found = ran(command, {"HEALTH_URL": "http://127.0.0.1:1/health"})
    assert found.returncode == 1
    assert len(found.stderr.splitlines()) == 1
