"""Health, readiness and metrics on loopback; and how late the event loop wakes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from uvicorn import Config, Server

from bot.chat.telegram.desk import Desk
from bot.chat.telegram.intake import Intake
from bot.chat.telegram.metrics import Metrics

log = logging.getLogger(__name__)
_TICK, _WINDOW = 0.02, 10.0


class Watch:
    """Measures while the bot runs and answers who asks on loopback."""

    def __init__(self, metrics: Metrics, desk: Desk, intake: Intake, ready: Callable[[], bool]) -> None:
        self._metrics, self._desk, self._intake, self._ready = metrics, desk, intake, ready
        self.longest_lag = 0.0

    def application(self) -> Starlette:
        """``/healthz``: the process turns; ``/readyz``: it takes updates; ``/metrics``: for Prometheus."""

        async def health(request: Request) -> Response:
            return PlainTextResponse("ok\n")

        async def ready(request: Request) -> Response:
            return PlainTextResponse("ready\n") if self._ready() else PlainTextResponse("not ready\n", 503)

        async def metrics(request: Request) -> Response:
            self._metrics.waiting.labels("lookup").set(self._desk.lookup.waiting)
            self._metrics.waiting.labels("model").set(self._desk.model.waiting)
            self._metrics.unconfirmed.set(self._intake.running)
            return Response(self._metrics.text(), media_type="text/plain; version=0.0.4")

        return Starlette(routes=[Route("/healthz", health), Route("/readyz", ready), Route("/metrics", metrics)])

    async def lag(self) -> None:
        """Until cancelled: the longest delay of the loop in the last seconds, and since the start."""
        window, began = 0.0, time.monotonic()
        while True:
            at = time.monotonic()
            await asyncio.sleep(_TICK)
            late = time.monotonic() - at - _TICK
            window, self.longest_lag = max(window, late), max(self.longest_lag, late)
            if at - began > _WINDOW:
                self._metrics.loop_lag.set(window)
                window, began = 0.0, at


class Listening:
    """An HTTP server in the running loop that leaves signals alone."""

    def __init__(self, application: Starlette, host: str, port: int, **more: str | None) -> None:
        config = Config(application, host=host, port=port, log_level="critical", lifespan="off", **more)  # type: ignore[arg-type]
        self._server = Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> bool:
        """Whether it listens; a port that is taken is the caller's to judge."""
        self._task = asyncio.create_task(self._serve())
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn has no event
            await asyncio.sleep(0.01)
        return self._server.started

    async def _serve(self) -> None:
        self._server.config.load()
        self._server.lifespan = self._server.config.lifespan_class(self._server.config)
        try:
            await self._server.startup()
            if not self._server.should_exit:
                await self._server.main_loop()
        except SystemExit:
            return
        finally:
            if self._server.started:
                await self._server.shutdown()

    async def stop(self) -> None:
        """Ends it."""
        self._server.should_exit = True
        if self._task:
            await asyncio.wait({self._task}, timeout=5)
