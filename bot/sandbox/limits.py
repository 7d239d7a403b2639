"""How often a bot may send; Telegram states the figures in its Bots FAQ ("My bot is hitting limits")."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from bot.sandbox.faults import ApiError


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages and edits that are let through; the rest is 429. ``None``: no limit."""

    chat_per_second: float | None = 1.0
    chat_burst: int = 3
    """How many may come at once in one chat after a quiet time."""
    group_per_minute: int | None = 20
    all_per_second: int | None = 30
    drafts_per_second: float | None = 5.0
    draft_burst: int = 10


UNLIMITED = Limits(None, 1, None, None, None)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


@dataclass(slots=True)
class Meter:
    """Counts what was let through; ``admit`` raises ``ApiError`` 429 with whole seconds of ``retry_after``."""

    limits: Limits
    _chats: dict[tuple[str, int], _Bucket] = field(default_factory=dict)
    _groups: dict[int, deque[float]] = field(default_factory=dict)
    _all: deque[float] = field(default_factory=deque)

    def admit(self, chat: int, group: bool, now: float) -> None:
        """One message or edit."""
        limits = self.limits
        minute = self._groups.setdefault(chat, deque()) if group and limits.group_per_minute else None
        waits = [_window_wait(self._all, limits.all_per_second, 1.0, now)]
        if minute is not None:
            waits.append(_window_wait(minute, limits.group_per_minute, 60.0, now))
        wait = max(waits)
        if not wait:
            wait = self._bucket_wait(("message", chat), limits.chat_per_second, limits.chat_burst, now)
        if wait:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        self._all.append(now)
        if minute is not None:
            minute.append(now)

    def admit_draft(self, chat: int, now: float) -> None:
        """One state of a draft."""
        wait = self._bucket_wait(("draft", chat), self.limits.drafts_per_second, self.limits.draft_burst, now)
        if wait:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)

    def _bucket_wait(self, key: tuple[str, int], rate: float | None, burst: int, now: float) -> float:
        if rate is None:
            return 0.0
        bucket = self._chats.setdefault(key, _Bucket(float(burst), now))
        bucket.tokens = min(float(burst), bucket.tokens + max(0.0, now - bucket.at) * rate)
        bucket.at = now
        if bucket.tokens >= 1 - 1e-9:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / rate


def _window_wait(times: deque[float], most: int | None, seconds: float, now: float) -> float:
    if most is None:
        return 0.0
    while times and times[0] <= now - seconds:
        times.popleft()
    return times[0] + seconds - now if len(times) >= most else 0.0
