"""Bots in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from bot.sandbox.server import Sandbox

ROOT = Path(__file__).resolve().parents[3]


class BotProcess:
    """Starts, kills, stops; what it wrote to standard error is in ``log``."""

    def __init__(self, sandbox: Sandbox, state: Path, model: float = 0.02, lookup: float = 0.0) -> None:
        self._sandbox, self.state = sandbox, state
        self._seconds = (str(model), str(lookup))
        self.log = state / "bot.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **changed: Any) -> None:
        """A new process."""
        api, token = changed.get("api", self._sandbox.base_url), changed.get("token", self._sandbox.token)
        self.state.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.telegram.bot_process", str(self.state), api, token, *self._seconds],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9."""
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)

    def memory(self) -> int:
        """Resident bytes."""
        assert self.process
        return resident(self.process.pid)


def resident(pid: int) -> int:
    """Resident bytes of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
