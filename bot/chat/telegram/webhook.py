"""Webhooks: an address nobody guesses, a secret in the header, a body of bounded size."""

from __future__ import annotations

import hmac
import json
import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.chat.telegram.intake import Intake
from bot.chat.telegram.polling import WRONG_TOKEN, TelegramFault
from bot.chat.telegram.sealing import InstallationKey
from bot.errors import SettingsError, StateError

log = logging.getLogger(__name__)
LONGEST_BODY = 1_000_000
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


@dataclass(frozen=True, slots=True)
class Hook:
    """Where Telegram reaches the bot, and where it listens."""

    url: str
    host: str
    port: int
    certificate: Path | None = None
    private_key: Path | None = None


def read_hook(url: str, listen: str, certificate: str | None, private_key: str | None) -> Hook:
    """The options of the command line; ``SettingsError`` says what is wrong."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError("--webhook 請填 Telegram 連得到的 https:// 位址")
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise SettingsError("--webhook 請用 https://；http:// 只能用在本機")
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise SettingsError("--listen 請填 位址:埠，例如 127.0.0.1:8443")
    if bool(certificate) != bool(private_key):
        raise SettingsError("--certificate 與 --private-key 要一起給")
    files = [Path(name) if name else None for name in (certificate, private_key)]
    for file in files:
        if file and not file.is_file():
            raise SettingsError(f"找不到 {file}")
    return Hook(url.rstrip("/"), host.strip("[]"), int(port), files[0], files[1])


class Webhook:
    """The receiving side."""

    def __init__(self, hook: Hook, key: InstallationKey, bot: Bot, intake: Intake) -> None:
        self._hook, self._bot, self._intake = hook, bot, intake
        self.path = "/" + key.signature("webhook path", str(bot.id), 40)
        self._secret = key.signature("webhook secret", str(bot.id), 43)

    def application(self) -> Starlette:
        """One address; everything else is not there. A proxy may put a folder before it."""
        return Starlette(routes=[Route("/{path:path}", self._receive, methods=["POST"])])

    async def register(self, allowed: list[str]) -> None:
        """Tells Telegram; ``TelegramFault`` where it refuses."""
        certificate = self._hook.certificate.read_bytes() if self._hook.certificate else None
        try:
            await self._bot.set_webhook(
                self._hook.url + self.path,
                certificate=certificate,
                allowed_updates=allowed,
                secret_token=self._secret,
            )
        except InvalidToken as exc:
            raise TelegramFault(WRONG_TOKEN) from exc
        except BadRequest as exc:
            raise TelegramFault(
                "Telegram 不接受這個 --webhook 位址；請檢查 https、連接埠（443、80、88、8443）與憑證"
            ) from exc
        except TelegramError as exc:
            raise TelegramFault(f"無法向 Telegram 登記 webhook（{type(exc).__name__}）；請檢查網路後再啟動") from exc

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        mine = request.url.path.endswith(self.path)
        if not mine or not hmac.compare_digest(given.encode(), self._secret.encode()):
            return Response(status_code=404)
        body = await _bounded(request)
        if body is None:
            return Response(status_code=413)
        try:
            update = Update.de_json(json.loads(body), self._bot)
        except (ValueError, TypeError, KeyError, AttributeError):
            return Response(status_code=400)
        try:
            await self._intake.take([update])
        except StateError as exc:
            log.error("%s", exc)
            return Response(status_code=503)
        return Response(status_code=200)


async def _bounded(request: Request) -> bytes | None:
    """The body, None where it is longer than ``LONGEST_BODY``."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LONGEST_BODY:
            return None
    return body
