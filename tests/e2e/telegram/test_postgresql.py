"""The same bot on PostgreSQL, stopped and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.e2e.telegram.assistants import QUESTION
from tests.e2e.telegram.conftest import Ask, Bot

pytestmark = pytest.mark.system


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    named = shutil.which("initdb")
    return Path(named).parent if named else found[-1] if found else None


@pytest.fixture
def url() -> Iterator[str]:
    """A PostgreSQL of its own on a socket in a folder."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed")
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:
        if user:
            shutil.chown(folder, "postgres")
        data = f"{folder}/data"

        def run(*command: str) -> None:
            subprocess.run([*user, *command], check=True, capture_output=True, cwd=folder)

        run(f"{binaries}/initdb", "-D", data, "-U", "zhiyin", "--auth=trust")
        options = f"-k {folder} -c listen_addresses=127.0.0.1 -p 15439"
        run(f"{binaries}/pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{folder}/log", "start")
        try:
            yield "postgresql+psycopg://zhiyin@127.0.0.1:15439/postgres"
        finally:
            run(f"{binaries}/pg_ctl", "-D", data, "-m", "immediate", "stop")


async def test_questions_and_members_on_postgresql(
    bot: Bot, ann: Person, admin: Person, ask: Ask, sandbox: Sandbox, url: str
) -> None:
    async with bot(database_url=url):
        assert (await ask(ann, QUESTION)).text.startswith("不可以。")
        await ask(admin, "/allow 77 編輯 社會局")
    async with bot(database_url=url) as service:
        assert "77 編輯 社會局" in (await ask(admin, "/members")).text
        await sandbox.until(lambda: not service.intake.running)
        assert await service.inbox.waiting() == []
    assert len(ann.private.from_bot) == 1
