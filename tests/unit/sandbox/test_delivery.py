"""Updates: confirmation, waiting, two pollers, webhooks, privacy mode, and faults on demand."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.faults import FaultKind, Faults
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.unit.sandbox.conftest import Call


@pytest.fixture
def ann(sandbox: Sandbox) -> Person:
    return sandbox.user(1001)


async def test_updates_come_until_they_are_confirmed(ann: Person, call: Call) -> None:
    for text in ("一", "二", "三"):
        ann.send(ann.private, text)
    first = (await call("getUpdates"))[1]
    assert [update["message"]["text"] for update in first] == ["一", "二", "三"]
    assert (await call("getUpdates"))[1] == first
    rest = (await call("getUpdates", offset=first[1]["update_id"]))[1]
    assert rest == first[1:]
    assert (await call("getUpdates", offset=first[2]["update_id"] + 1))[1] == []


async def test_a_poller_waits_and_wakes(ann: Person, call: Call) -> None:
    waiting = asyncio.create_task(call("getUpdates", timeout=10))
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    ann.send(ann.private, "一")
    assert (await waiting)[1][0]["message"]["text"] == "一"
    assert time.monotonic() - begun < 2


async def test_a_second_poller_ends_the_first(call: Call) -> None:
    first = asyncio.create_task(call("getUpdates", timeout=10))
    await asyncio.sleep(0.2)
    second = asyncio.create_task(call("getUpdates", timeout=1))
    status, description = await first
    assert (status, "only one bot instance" in description) == (409, True)
    assert await second == (200, [])


async def test_only_the_kinds_that_are_wanted(ann: Person, call: Call) -> None:
    await call("getUpdates", allowed_updates=["edited_message"])
    message = ann.send(ann.private, "一")
    ann.edit(message, "二")
    assert [list(update)[1] for update in (await call("getUpdates"))[1]] == ["edited_message"]


GROUP_TEXTS = {
    "plain words": ("大家好", False),
    "a mention": ("@zhiyin_sandbox_bot 可以嗎", True),
    "a command": ("/ask 可以嗎", True),
    "a command for us": ("/ask@zhiyin_sandbox_bot 可以嗎", True),
    "a command for another": ("/ask@other_bot 可以嗎", False),
}


@pytest.mark.parametrize("rights", [set(), {"can_delete_messages"}], ids=["member", "administrator"])
@pytest.mark.parametrize(("text", "reaches"), GROUP_TEXTS.values(), ids=GROUP_TEXTS.keys())
async def test_privacy_mode(
    sandbox: Sandbox, ann: Person, call: Call, text: str, reaches: bool, rights: set[str]
) -> None:
    group = sandbox.supergroup(7, "小組", [ann], bot_rights=rights)
    ann.send(group, text)
    updates = (await call("getUpdates", allowed_updates=["message"]))[1]
    assert ("message" in updates[-1]) == (reaches or bool(rights))


async def test_a_reply_to_the_bot_reaches_it_and_carries_the_thread(sandbox: Sandbox, ann: Person, call: Call) -> None:
    group = sandbox.supergroup(7, "小組", [ann])
    await call("sendMessage", chat_id=group.id, text="答")
    ann.send(group, "那這樣呢", reply_to=group.from_bot[0])
    message = (await call("getUpdates"))[1][-1]["message"]
    assert message["message_thread_id"] == group.from_bot[0].id
    assert "is_topic_message" not in message
    assert (await call("sendMessage", chat_id=group.id, text="再答", message_thread_id=message["message_thread_id"]))[
        0
    ] == 200


async def test_topics_stay_apart(sandbox: Sandbox, ann: Person, call: Call) -> None:
    forum = sandbox.supergroup(7, "小組", [ann], forum=True)
    topic = forum.add_topic("採購")
    ann.send(forum, "/ask 一", thread=topic)
    message = (await call("getUpdates"))[1][-1]["message"]
    assert (message["message_thread_id"], message["is_topic_message"]) == (topic, True)
    await call("sendMessage", chat_id=forum.id, text="答", reply_parameters={"message_id": message["message_id"]})
    assert forum.from_bot[-1].thread == topic
    assert (await call("sendMessage", chat_id=forum.id, text="答", message_thread_id=topic + 50))[0] == 400


async def test_a_draft_goes_when_the_message_comes(ann: Person, call: Call) -> None:
    for text in ("", "可", "可以"):
        assert (await call("sendMessageDraft", chat_id=1001, draft_id=7, text=text))[0] == 200
    assert ann.private.draft is not None
    assert [draft.text for draft in ann.private.drafts] == ["", "可", "可以"]
    assert ann.private.messages == []
    await call("sendMessage", chat_id=1001, text="可以")
    assert ann.private.draft is None


FAULTS: dict[str, tuple[str, dict[str, Any], str, int]] = {
    "server error": ("status", {"code": 503}, "503", 0),
    "a proxy's page": ("garbage", {}, "502", 0),
    "flood": ("flood", {"seconds": 3}, "429", 0),
    "dropped before": ("drop_before", {}, "RemoteProtocolError", 0),
    "dropped after": ("drop_after", {}, "RemoteProtocolError", 1),
    "late": ("delay", {"seconds": 0.3}, "200", 1),
}


@pytest.mark.parametrize(("kind", "more", "outcome", "sent"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_fault_meets_the_call_it_was_planned_for(
    sandbox: Sandbox, ann: Person, call: Call, kind: str, more: dict[str, Any], outcome: str, sent: int
) -> None:
    sandbox.faults.plan(kind, "sendMessage", **more)
    assert (await call("getMe"))[0] == 200
    begun = time.monotonic()
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            url = f"{sandbox.base_url}{sandbox.token}/sendMessage"
            found = str((await client.post(url, json={"chat_id": 1001, "text": "字"})).status_code)
        except httpx.RemoteProtocolError as exc:
            found = type(exc).__name__
    assert (found, len(ann.private.from_bot)) == (outcome, sent)
    assert time.monotonic() - begun >= (more["seconds"] if kind == "delay" else 0)
    assert (await call("sendMessage", chat_id=1001, text="字"))[0] == 200


def test_faults_by_chance_are_the_same_with_the_same_seed() -> None:
    rows = []
    for seed in (1, 1, 2):
        faults = Faults()
        faults.at_random(0.3, seed, (FaultKind.DROP_AFTER, FaultKind.STATUS))
        rows.append([faults.next("sendMessage") for _ in range(300)])
        assert faults.next("getUpdates") is None
    assert rows[0] == rows[1] != rows[2]
    met = [fault.kind for fault in rows[0] if fault]
    assert 50 < len(met) < 130
    assert set(met) == {FaultKind.DROP_AFTER, FaultKind.STATUS}


async def test_confirmed_updates_come_again_and_out_of_order(sandbox: Sandbox, ann: Person, call: Call) -> None:
    sandbox.faults.duplicates = sandbox.faults.shuffles = 1.0
    for number in range(6):
        ann.send(ann.private, str(number))
    ids = [update["update_id"] for update in (await call("getUpdates"))[1]]
    assert sorted(ids) != ids
    again = (await call("getUpdates", offset=max(ids) + 1))[1]
    assert sorted(update["update_id"] for update in again) == sorted(ids)


async def test_a_webhook_gets_updates_with_its_secret_until_it_says_yes(
    sandbox: Sandbox, ann: Person, call: Call
) -> None:
    got: list[tuple[str | None, str]] = []

    async def hook(request: Request) -> Response:
        got.append((request.headers.get("x-telegram-bot-api-secret-token"), (await request.json())["message"]["text"]))
        return Response(status_code=500 if len(got) == 1 else 200)

    app = Starlette(routes=[Route("/hook", hook, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await sandbox.until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    await call("setWebhook", url=f"http://127.0.0.1:{port}/hook", secret_token="geheim_1")
    ann.send(ann.private, "一")
    await sandbox.until(lambda: len(got) == 2)
    await sandbox.until(lambda: not sandbox.world.pending)
    assert got == [("geheim_1", "一")] * 2
    assert "500" in (await call("getWebhookInfo"))[1]["last_error_message"]
    assert (await call("getUpdates"))[0] == 409
    await call("deleteWebhook")
    assert (await call("getUpdates"))[0] == 200
    server.should_exit = True
    await serving
