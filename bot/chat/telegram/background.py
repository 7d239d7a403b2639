"""The bot in a thread of its own; for trying it out beside a sandbox."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bot.chat.telegram.running import Parts, Service, only_one


@contextmanager
def beside(parts: Parts) -> Iterator[Service]:
    """A bot that runs within the context; whatever ends it early is raised at the end."""
    started, failed, services = threading.Event(), list[BaseException](), list[Service]()

    def work() -> None:
        async def run() -> None:
            service = Service(parts)
            services.append(service)
            started.set()
            await service.run(signals=False)

        try:
            with only_one(parts.settings.state):
                asyncio.run(run())
        except BaseException as exc:  # raised again in the thread that waits
            failed.append(exc)
        finally:
            started.set()

    thread = threading.Thread(target=work, name="telegram")
    thread.start()
    started.wait()
    try:
        if not services:
            raise failed[0]
        yield services[0]
    finally:
        for service in services:
            service.stop()
        thread.join()
    if failed:
        raise failed[0]
