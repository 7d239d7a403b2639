"""The server: HTTP on loopback, a thread of its own, started and stopped with ``with``.

with Sandbox() as sandbox:
    ann = sandbox.user(1001, "王小明")
    ann.send(ann.private, "可以用私人信箱註冊嗎？")
    await sandbox.until(lambda: ann.private.from_bot)
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import people
from bot.sandbox.faults import JSON, ApiError, Fault, FaultKind, Faults, bad_request
from bot.sandbox.limits import Limits
from bot.sandbox.methods import METHODS
from bot.sandbox.page import Page
from bot.sandbox.people import Person
from bot.sandbox.published import Upload, canonical, read
from bot.sandbox.updates import Delivery
from bot.sandbox.world import Chat, World

Found = TypeVar("Found")
HOST = "127.0.0.1"
START_SECONDS = 20.0


class Sandbox:
    """One bot's Telegram; ``world`` holds everything, ``faults`` what goes wrong."""

    def __init__(self, port: int = 0, limits: Limits | None = None, **world: Any) -> None:
        self.world = World(limits=limits or Limits(), **world)
        self._socket = socket.create_server((HOST, port))
        self.port = int(self._socket.getsockname()[1])
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.application(), log_level="critical", lifespan="off", ws="none", http="h11", loop="asyncio"
            )
        )
        self._thread = threading.Thread(target=self._run, name="sandbox", daemon=True)
        self._delivery: Delivery | None = None

    @property
    def origin(self) -> str:
        """Address of the server; ``/`` is the page in the browser."""
        return f"http://{HOST}:{self.port}"

    @property
    def base_url(self) -> str:
        """What python-telegram-bot takes as ``base_url`` (and the setting ``ZHIYIN_TELEGRAM_API``)."""
        return f"{self.origin}/bot"

    @property
    def base_file_url(self) -> str:
        """What python-telegram-bot takes as ``base_file_url``."""
        return f"{self.origin}/file/bot"

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.world.token

    @property
    def faults(self) -> Faults:
        """What goes wrong on demand."""
        return self.world.faults

    def user(self, user_id: int, name: str = "承辦人", username: str | None = None, **more: Any) -> Person:
        """The person of that id, made where there is none (``people.add_person``)."""
        known = user_id in self.world.users
        return Person(self.world, user_id) if known else people.add_person(self.world, user_id, name, username, **more)

    def chat(self, chat_id: int) -> Chat:
        """The chat of that id."""
        return self.world.chats[chat_id]

    def group(self, number: int, title: str, members: list[Person], **more: Any) -> Chat:
        """A small group (``kind="group"``); see ``people.add_group`` for the rest."""
        return people.add_group(self.world, number, title, members, **{"administrators": [], "kind": "group", **more})

    def supergroup(self, number: int, title: str, members: list[Person], **more: Any) -> Chat:
        """A supergroup; ``forum=True`` gives it topics (``chat.add_topic``)."""
        return people.add_group(
            self.world, number, title, members, **{"administrators": [], "kind": "supergroup", **more}
        )

    def kick_bot(self, chat: Chat) -> None:
        """Removes the bot from a group."""
        people.kick_bot(self.world, chat)

    def add_bot(self, chat: Chat, rights: set[str] | None = None) -> None:
        """Puts the bot into a group, as administrator where rights are given."""
        people.put_bot(self.world, chat, rights)

    def revoke(self) -> None:
        """From now on the token is not valid: 401."""
        self.world.revoked = True

    def calls(self, method: str = "") -> list[tuple[float, str, int]]:
        """Time, method and status of the calls so far."""
        return [call for call in list(self.world.calls) if method in {"", call[1]}]

    async def until(self, predicate: Callable[[], Found], timeout: float = 10.0) -> Found:  # noqa: ASYNC109
        """The first true value of ``predicate``; ``TimeoutError`` after ``timeout`` seconds."""
        end = time.monotonic() + timeout
        while not (found := predicate()):
            if time.monotonic() > end:
                raise TimeoutError(f"did not come true within {timeout:g} s")
            await asyncio.sleep(0.01)
        return found

    def start(self) -> Sandbox:
        """Listens; returns when the server answers."""
        self._thread.start()
        end = time.monotonic() + START_SECONDS
        while not self._server.started and self._thread.is_alive() and time.monotonic() < end:
            time.sleep(0.005)
        if not self._server.started:
            raise RuntimeError("the sandbox did not start")
        return self

    def stop(self) -> None:
        """Closes every connection and ends the thread."""
        self._server.should_exit = self._server.force_exit = True
        if self._thread.is_alive():
            self._thread.join(START_SECONDS)
        self._socket.close()

    __enter__ = start

    def __exit__(self, *exc: object) -> None:
        self.stop()

    async def __aenter__(self) -> Sandbox:
        return self.start()

    async def __aexit__(self, *exc: object) -> None:
        await asyncio.to_thread(self.stop)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._delivery = Delivery(self.world, asyncio.get_running_loop())
        self.world.wakers.append(self._delivery.wake)
        delivering = asyncio.create_task(self._delivery.deliver())
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self.world.wakers.clear()
            delivering.cancel()

    def application(self) -> Starlette:
        """The routes: methods, downloads, and the page."""
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
                *Page(self.world).routes(),
            ]
        )

    async def _download(self, request: Request) -> Response:
        if request.path_params["token"] != self.token or self.world.revoked:
            return JSONResponse(ApiError(401, "Unauthorized").body(), 401)
        parts = request.path_params["path"].split("/")
        stored = self.world.files.get(parts[1]) if len(parts) == 3 else None
        if stored is None:
            return JSONResponse(ApiError(404, "Not Found").body(), 404)
        return Response(stored.content, media_type=stored.mime)

    async def _call(self, request: Request) -> Response:
        method = canonical(request.path_params["method"])
        fault = self.world.faults.next(method or "")
        try:
            result = await self._answer(request, method, fault)
        except ApiError as exc:
            response: Response = JSONResponse(exc.body(), exc.code)
        else:
            response = JSONResponse({"ok": True, "result": result})
        self.world.calls.append((self.world.now(), method or "?", response.status_code))
        if fault and fault.kind is FaultKind.DELAY:
            await asyncio.sleep(fault.seconds)
        if fault and fault.kind is FaultKind.GARBAGE:
            return HTMLResponse("<html><body>502 Bad Gateway</body></html>", 502)
        if fault and fault.kind in {FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER}:
            self._drop(request)
        return response

    async def _answer(self, request: Request, method: str | None, fault: Fault | None) -> Any:
        token = request.path_params["token"]
        if not re.fullmatch(r"\d+:[A-Za-z0-9_-]{3,}", token) or method is None:
            raise ApiError(404, "Not Found")
        if token != self.token or self.world.revoked:
            raise ApiError(401, "Unauthorized")
        call = read(method, *await _body(request))
        if fault and fault.kind is FaultKind.STATUS:
            raise ApiError(fault.code, "Internal Server Error")
        if fault and fault.kind is FaultKind.FLOOD:
            seconds = max(1, int(fault.seconds))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        if fault and fault.kind in {FaultKind.DROP_BEFORE, FaultKind.GARBAGE}:
            return None
        if method == "getUpdates":
            if self._delivery is None:
                raise ApiError(500, "Internal Server Error")
            return await self._delivery.get_updates(call)
        with self.world.lock:
            return METHODS[method](self.world, call)

    def _drop(self, request: Request) -> None:
        for connection in list(self._server.server_state.connections):
            if request.client and getattr(connection, "client", None) == tuple(request.client):
                connection.transport.abort()


async def _body(request: Request) -> tuple[JSON, dict[str, Upload]]:
    """Parameters and files of a call: query, form, multipart or JSON, as the Bot API takes them."""
    raw: JSON = dict(request.query_params)
    uploads: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").split(";")[0]
    if kind == "application/json":
        try:
            found = await request.json()
        except ValueError as exc:
            raise bad_request("can't parse JSON object") from exc
        return {**raw, **found}, uploads
    if kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form(max_files=20) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime = value.content_type or "application/octet-stream"
                    uploads[name] = Upload(value.filename or "file", mime, await value.read())
                else:
                    raw[name] = value
    return raw, uploads
