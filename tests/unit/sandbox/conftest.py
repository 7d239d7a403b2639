"""A sandbox and a plain HTTP client that says exactly what it is told to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from bot.sandbox.limits import UNLIMITED
from bot.sandbox.server import Sandbox

Call = Any


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(limits=UNLIMITED) as running:
        running.user(1001, "王小明", started=True)
        yield running


@pytest.fixture
async def call(sandbox: Sandbox) -> AsyncIterator[Call]:
    async with httpx.AsyncClient(timeout=20, trust_env=False) as client:

        async def post(method: str, **parameters: Any) -> tuple[int, Any]:
            """Status, and the result or the description of the error."""
            answer = await client.post(f"{sandbox.base_url}{sandbox.token}/{method}", json=parameters)
            body = answer.json()
            return answer.status_code, body["result"] if body["ok"] else body["description"]

        yield post
