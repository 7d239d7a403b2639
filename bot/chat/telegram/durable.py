"""Every update is a workflow of dbos that knows its number only; what a process leaves behind, the next one ends."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bot.errors import StateError

log = logging.getLogger(__name__)
VERSION = "telegram-1"
"""Workflows of another version would not be taken up again; the text of the workflow below rarely changes."""
_FINISHED_KEPT_SECONDS = 3600


class Workflows:
    """The engine. ``answer`` gets an update's number and must not raise; it is called again until it returned once."""

    def __init__(self, url: str, answer: Callable[[int], Awaitable[None]]) -> None:
        self._url, self._answer = url, answer
        self._running: set[int] = set()

    def start(self) -> None:
        """Launches the engine in the running loop; what was left behind begins again. ``StateError`` if it cannot."""
        from dbos import DBOS

        DBOS(
            config={
                "name": "zhiyin",
                "system_database_url": self._url,
                "application_version": VERSION,
                "executor_id": "zhiyin",
                "enable_otlp": False,
                "log_level": "CRITICAL",
                "max_executor_threads": 16,
                "scheduler_polling_interval_sec": 3600.0,
            }
        )

        @DBOS.workflow(name="answer_update", max_recovery_attempts=None)
        async def answer_update(update_id: int) -> None:
            await self._answered(update_id)

        self._workflow = answer_update
        try:
            DBOS.launch()
        except Exception as exc:
            raise StateError(f"無法開啟工作佇列的資料庫（{type(exc).__name__}）；請檢查磁碟空間與權限") from exc

    async def _answered(self, update_id: int) -> None:
        if update_id in self._running:
            return
        self._running.add(update_id)
        try:
            await self._answer(update_id)
        finally:
            self._running.discard(update_id)

    async def begin(self, update_id: int) -> None:
        """Starts the workflow of an update; once, however often it is called."""
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(f"update-{update_id}"):
            await DBOS.start_workflow_async(self._workflow, update_id)

    async def begin_again(self, update_id: int) -> None:
        """Starts what waits though its workflow never began or has ended; one that is pending goes on by itself."""
        from dbos import DBOS, SetWorkflowID

        status = await DBOS.get_workflow_status_async(f"update-{update_id}")
        if status is None:
            await self.begin(update_id)
        elif status.status not in {"PENDING", "ENQUEUED"}:
            with SetWorkflowID(f"update-{update_id}-{time.time_ns()}"):
                await DBOS.start_workflow_async(self._workflow, update_id)

    async def forget_old(self) -> None:
        """Drops finished workflows."""
        from dbos import DBOS

        before = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(time.time() - _FINISHED_KEPT_SECONDS))
        done = await DBOS.list_workflows_async(status="SUCCESS", end_time=before, limit=5000, load_input=False)
        if done:
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in done])

    async def stop(self) -> None:
        """Ends the engine; what is not finished stays pending."""
        from dbos import DBOS

        loop = asyncio.get_running_loop()
        # dbos makes its threads the loop's default ones and ends them with itself.
        loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="closing"))
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)


def workflows_url(database_url: str, state: Path) -> str:
    """Where dbos keeps its tables: beside the others on PostgreSQL, in a file of its own otherwise."""
    return database_url if database_url.startswith("postgresql") else f"sqlite:///{state / 'workflows.sqlite3'}"
