"""How updates reach the bot: getUpdates with confirmation by offset, or a webhook with its secret."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from bot.sandbox.faults import JSON, ApiError, bad_request
from bot.sandbox.published import Upload
from bot.sandbox.world import Webhook, World

_KINDS = {
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "guest_message", "message_reaction",
    "message_reaction_count",
    "inline_query", "chosen_inline_result", "callback_query", "shipping_query", "pre_checkout_query",
    "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost", "managed_bot",
}  # fmt: skip
LONGEST_POLL = 50
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


@dataclass(slots=True)
class Delivery:
    """Lives in the server's event loop; ``wake`` may be called from any thread."""

    world: World
    loop: asyncio.AbstractEventLoop
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _poller: int = 0
    _again: list[JSON] = field(default_factory=list)

    def wake(self) -> None:
        """Waiting pollers and the webhook look again."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self.changed.set)

    async def get_updates(self, call: JSON) -> list[JSON]:
        """Confirmed by ``offset``; waits up to ``timeout`` seconds; 409 where another poller or a webhook is there."""
        world = self.world
        if world.webhook.url:
            reason = (
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
            raise ApiError(409, f"Conflict: {reason}")
        limit, timeout = call.get("limit", 100), min(call.get("timeout", 0), LONGEST_POLL)
        if not 1 <= limit <= 100 or timeout < 0:
            raise bad_request("limit must be 1-100, timeout not negative")
        with world.lock:
            if "allowed_updates" in call:
                world.allowed = allowed_kinds(call["allowed_updates"])
            self._confirm(call.get("offset", 0))
        self._poller += 1
        mine, end = self._poller, self.loop.time() + timeout
        self.changed.set()
        while True:
            if mine != self._poller:
                reason = "terminated by other getUpdates request; make sure that only one bot instance is running"
                raise ApiError(409, f"Conflict: {reason}")
            with world.lock:
                ready = [*self._again, *world.pending][:limit]
                self._again.clear()
            left = end - self.loop.time()
            if ready or left <= 0:
                return world.faults.shuffled(ready)
            await self._wait(left)

    async def _wait(self, seconds: float) -> None:
        self.changed.clear()
        try:
            await asyncio.wait_for(self.changed.wait(), seconds)
        except TimeoutError:
            return

    def _confirm(self, offset: int) -> None:
        world = self.world
        if offset < 0:
            world.pending = world.pending[offset:]
            return
        confirmed = [update for update in world.pending if update["update_id"] < offset]
        world.pending = world.pending[len(confirmed) :]
        self._again = [update for update in confirmed if world.faults.again()]

    async def deliver(self) -> None:
        """Sends updates to the webhook for as long as the server runs, at most ``max_connections`` at once."""
        pause = 0.0
        while True:
            hook = self.world.webhook
            if not hook.url or not self.world.pending or pause:
                await self._wait(pause or 3600)
                pause = 0.0
                continue
            with self.world.lock:
                batch = self.world.pending[: hook.most]
            done = await self._send(hook, self.world.faults.shuffled(batch))
            with self.world.lock:
                again = {update["update_id"] for update in batch if self.world.faults.again()}
                self.world.pending = [u for u in self.world.pending if u["update_id"] not in done - again]
            pause = 0.0 if len(done) == len(batch) else 0.5

    async def _send(self, hook: Webhook, batch: list[JSON]) -> set[int]:
        headers = {SECRET_HEADER: hook.secret} if hook.secret else {}
        trust = ssl.create_default_context(cadata=hook.certificate) if hook.certificate else True
        async with httpx.AsyncClient(verify=trust, timeout=60, trust_env=False) as client:

            async def one(update: JSON) -> int | None:
                try:
                    answer = await client.post(hook.url, json=update, headers=headers)
                except httpx.HTTPError as exc:
                    hook.last_error = (int(self.world.now()), type(exc).__name__)
                    return None
                if answer.is_success:
                    return int(update["update_id"])
                hook.last_error = (int(self.world.now()), f"Wrong response from the webhook: {answer.status_code}")
                return None

            return {number for number in await asyncio.gather(*map(one, batch)) if number is not None}


def allowed_kinds(found: list[object]) -> list[str] | None:
    """The kinds of updates that are wanted; None: all but those that must be asked for."""
    if any(kind not in _KINDS for kind in found):
        raise bad_request("unknown kind in allowed_updates")
    return [str(kind) for kind in found] or None


def set_webhook(world: World, call: JSON) -> bool:
    """setWebhook: https as at Telegram, plain http on loopback only (a proxy does the rest); no other hosts."""
    url, secret = call["url"], call.get("secret_token", "")
    if not url:
        return delete_webhook(world, call)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not _loopback(parts.hostname or ""):
        raise bad_request("bad webhook: the sandbox calls http and https on this machine only")
    if "secret_token" in call and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    most = call.get("max_connections", 40)
    if not 1 <= most <= 100:
        raise bad_request("max_connections must be 1-100")
    upload = call.get("certificate")
    certificate = upload.content.decode("ascii", "replace") if isinstance(upload, Upload) else ""
    if "allowed_updates" in call:
        world.allowed = allowed_kinds(call["allowed_updates"])
    if call.get("drop_pending_updates"):
        world.pending.clear()
    world.webhook = Webhook(url, secret, certificate, most, world.allowed)
    world.touch()
    return True


def _loopback(host: str) -> bool:
    try:
        return all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in socket.getaddrinfo(host, None))
    except (OSError, ValueError):
        return False


def delete_webhook(world: World, call: JSON) -> bool:
    """deleteWebhook."""
    world.webhook = Webhook()
    if call.get("drop_pending_updates"):
        world.pending.clear()
    world.touch()
    return True


def get_webhook_info(world: World, call: JSON) -> JSON:
    """getWebhookInfo."""
    hook = world.webhook
    found: JSON = {
        "url": hook.url,
        "has_custom_certificate": bool(hook.certificate),
        "pending_update_count": len(world.pending),
    }
    if hook.url:
        found |= {"max_connections": hook.most, "ip_address": "127.0.0.1"}
    if hook.allowed:
        found["allowed_updates"] = hook.allowed
    if hook.last_error:
        found |= {"last_error_date": hook.last_error[0], "last_error_message": hook.last_error[1]}
    return found
