"""The page in the browser: what it shows (waiting for changes) and what a person does there.

On loopback only, and only for pages of this server: the host's name and the origin are looked at, so that no other
page that is open in the same browser can write here.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from bot.sandbox import people
from bot.sandbox.faults import JSON, FaultKind
from bot.sandbox.people import Person, SandboxError
from bot.sandbox.view import state
from bot.sandbox.world import Chat, Posted, World

if TYPE_CHECKING:
    from collections.abc import Awaitable

PAGE = Path(__file__).with_name("page.html")
WAIT_SECONDS = 20.0
UPLOAD_BYTES = 20_000_000
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


class Page:
    """The page's routes over one ``World``."""

    def __init__(self, world: World) -> None:
        self._world = world

    def routes(self) -> list[Route]:
        """For the server's application."""
        return [
            Route("/", _own(self._page)),
            Route("/client/state", _own(self._state)),
            Route("/client/file/{file_id}", _own(self._file)),
            Route("/client/act", _own(self._act), methods=["POST"]),
        ]

    async def _page(self, request: Request) -> Response:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return HTMLResponse(PAGE.read_text(encoding="utf-8"), headers=headers)

    async def _state(self, request: Request) -> Response:
        since = request.query_params.get("since", "")
        end = asyncio.get_running_loop().time() + WAIT_SECONDS
        while str(self._world.version) == since and asyncio.get_running_loop().time() < end:  # noqa: ASYNC110 - threads
            await asyncio.sleep(0.05)
        return JSONResponse(state(self._world), headers={"Cache-Control": "no-store"})

    async def _file(self, request: Request) -> Response:
        stored = self._world.files.get(request.path_params["file_id"])
        if stored is None:
            return Response(status_code=404)
        disposition = f"attachment; filename*=UTF-8''{quote(stored.name)}"
        headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
        return Response(stored.content, media_type="application/octet-stream", headers=headers)

    async def _act(self, request: Request) -> Response:
        try:
            wish = await request.json()
            act = ACTS[wish["act"]]
            act(self._world, Person(self._world, int(wish["as"])), wish)
        except SandboxError as exc:
            return JSONResponse({"error": str(exc)}, 400)
        except (KeyError, ValueError, TypeError):
            return JSONResponse({"error": "這個動作做不到：對象已不在，請重新整理頁面"}, 400)
        return JSONResponse({"ok": True})


def _own(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def checked(request: Request) -> Response:
        host = request.headers.get("host", "")
        origin = request.headers.get("origin")
        if host.rsplit(":", 1)[0] not in {"127.0.0.1", "localhost"} or (origin and origin != f"http://{host}"):
            return Response("only from this machine's own page", 403)
        if request.method == "POST" and request.headers.get("content-type", "").split(";")[0] != "application/json":
            return Response("JSON only", 415)
        return await handler(request)

    return checked


def _chat(world: World, wish: JSON) -> Chat:
    return world.chats[int(wish["chat"])]


def _message(world: World, wish: JSON) -> Posted:
    found = _chat(world, wish).find(int(wish["message"]))
    if found is None:
        raise SandboxError("這則訊息已經不在了")
    return found


def _send(world: World, person: Person, wish: JSON) -> None:
    person.send(_chat(world, wish), str(wish["text"]), wish.get("reply_to"), wish.get("thread"))


def _edit(world: World, person: Person, wish: JSON) -> None:
    person.edit(_message(world, wish), str(wish["text"]))


def _press(world: World, person: Person, wish: JSON) -> None:
    person.press(_message(world, wish), str(wish["data"]))


def _document(world: World, person: Person, wish: JSON) -> None:
    try:
        content = base64.b64decode(wish["content"], validate=True)
    except binascii.Error as exc:
        raise SandboxError("檔案沒有完整送達，請再選一次") from exc
    if not 0 < len(content) <= UPLOAD_BYTES:
        raise SandboxError("檔案是空的，或超過 20 MB")
    mime = str(wish.get("mime") or "application/octet-stream")
    person.send_document(
        _chat(world, wish), str(wish["name"]), content, mime, str(wish.get("text", "")), wish.get("thread")
    )


def _media(world: World, person: Person, wish: JSON) -> None:
    person.send_media(_chat(world, wish), str(wish["kind"]), wish.get("thread"))


def _inline(world: World, person: Person, wish: JSON) -> None:
    person.ask_inline(str(wish["text"]), _chat(world, wish).type)


def _choose(world: World, person: Person, wish: JSON) -> None:
    people.choose_inline(person, _chat(world, wish), str(wish["query"]), str(wish["result"]), wish.get("thread"))


def _bot(world: World, person: Person, wish: JSON) -> None:
    chat, wanted = _chat(world, wish), str(wish["bot"])
    if not chat.is_group:
        (person.block if wanted == "kicked" else person.unblock)()
    elif chat.members.get(person.id) not in {"administrator", "creator"}:
        raise SandboxError("要群組管理員才能改機器人的權限；請換成「陳主任」")
    elif wanted == "kicked":
        people.kick_bot(world, chat, person.id)
    else:
        people.put_bot(world, chat, {"can_delete_messages"} if wanted == "administrator" else None, person.id)


def _topic(world: World, person: Person, wish: JSON) -> None:
    chat, name = _chat(world, wish), str(wish["name"]).strip()
    if not chat.is_forum or not 1 <= len(name) <= 128:
        raise SandboxError("主題名稱要 1 到 128 字，且群組要分主題")
    chat.add_topic(name)


def _fault(world: World, person: Person, wish: JSON) -> None:
    world.faults.plan(FaultKind(wish["kind"]), str(wish.get("method", "*")), seconds=2.0, code=502)


ACTS: dict[str, Callable[[World, Person, Any], None]] = {
    "send": _send,
    "edit": _edit,
    "press": _press,
    "document": _document,
    "media": _media,
    "inline": _inline,
    "choose": _choose,
    "bot": _bot,
    "topic": _topic,
    "fault": _fault,
}
