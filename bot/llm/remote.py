"""The port ``ChatModel`` over HTTP: an OpenAI-compatible server of the agency (llama-server, vLLM).

Only addresses that the settings name are ever contacted.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

from bot.domain import ModelStamp
from bot.errors import GenerationFault, SettingsError
from bot.llm.manifest import ChatManifest
from bot.ports import Prompt

_CONNECT_SECONDS = 3.0


class RemoteModel:
    """One server, one lane."""

    def __init__(self, manifest: ChatManifest, base: str, allowed: tuple[str, ...], key: str = "") -> None:
        if base.rstrip("/") not in allowed:
            raise SettingsError(f"{base} 不在 ZHIYIN_REMOTE_MODELS 的清單；未連線")
        self.manifest = manifest
        self._lane = threading.Lock()
        # trust_env off: a proxy of the environment would be an address that the settings do not name.
        self._client = httpx.Client(
            base_url=base.rstrip("/"),
            trust_env=False,
            follow_redirects=False,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )

    @property
    def stamp(self) -> ModelStamp:
        """Vendor, name and version for the disclosure."""
        return self.manifest.stamp

    @property
    def capabilities(self) -> frozenset[str]:
        """What the model may be asked for."""
        return frozenset(self.manifest.capabilities)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def write(self, prompt: Prompt, *, deadline: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        """See ``ChatModel.write``. The server's errors, broken streams and time-outs are ``GenerationFault``."""
        chat = self.manifest.template == "chat" and bool(prompt.messages)
        body: dict[str, Any] = {
            "model": self.manifest.model or self.manifest.id,
            "max_tokens": prompt.max_tokens,
            "temperature": prompt.temperature,
            "seed": prompt.seed,
            "stream": True,
        }
        if prompt.stop:
            body["stop"] = list(prompt.stop)
        if chat:
            body["messages"] = [{"role": role, "content": content} for role, content in prompt.messages]
        else:
            body["prompt"] = prompt.shared + prompt.own
        path = "/v1/chat/completions" if chat else "/v1/completions"
        with self._lane:
            left = max(0.1, deadline - time.monotonic())
            timeout = httpx.Timeout(left, connect=min(left, _CONNECT_SECONDS))
            try:
                with self._client.stream("POST", path, json=body, timeout=timeout) as response:
                    if response.status_code != httpx.codes.OK:
                        raise GenerationFault(f"模型伺服器回應 {response.status_code}")
                    for line in response.iter_lines():
                        if cancelled() or time.monotonic() > deadline:
                            return
                        piece = _piece(line)
                        if piece is None:
                            return
                        if piece:
                            yield piece
            except httpx.HTTPError as exc:
                raise GenerationFault(f"連不上模型伺服器或連線中斷（{type(exc).__name__}）") from exc


def _piece(line: str) -> str | None:
    """The text of one server-sent event; None at the stream's end."""
    if not line.startswith("data:"):
        return ""
    data = line[5:].strip()
    if data == "[DONE]":
        return None
    try:
        event = json.loads(data)
        choice = event["choices"][0]
    except (ValueError, KeyError, IndexError, TypeError) as exc:
        raise GenerationFault("模型伺服器的回應不合格式") from exc
    return str(choice.get("text") or (choice.get("delta") or {}).get("content") or "")
