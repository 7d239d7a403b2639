"""What goes wrong on demand: an error as the Bot API words it, and a plan of faults."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JSON = dict[str, Any]


class ApiError(Exception):
    """The answer ``ok: false``; ``code`` is the HTTP status, ``parameters`` Telegram's ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> JSON:
        """The response's body."""
        found: JSON = {"ok": False, "error_code": self.code, "description": self.description}
        return {**found, "parameters": self.parameters} if self.parameters else found


def bad_request(reason: str) -> ApiError:
    """400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {reason}")


class FaultKind(StrEnum):
    """What can happen to one call."""

    DELAY = "delay"
    """The answer comes ``seconds`` later; the effect takes place at once."""
    DROP_BEFORE = "drop_before"
    """The connection dies, nothing has happened."""
    DROP_AFTER = "drop_after"
    """The connection dies after the effect took place: the caller cannot know."""
    STATUS = "status"
    """An answer with ``code`` (5xx), nothing has happened."""
    GARBAGE = "garbage"
    """502 with an HTML page, as a broken proxy sends it; nothing has happened."""
    FLOOD = "flood"
    """429 with ``retry_after`` of ``seconds``; nothing has happened."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault for the next ``times`` calls of ``method`` (``*``: any but getUpdates)."""

    kind: FaultKind
    method: str = "*"
    times: int = 1
    seconds: float = 0.5
    code: int = 500

    def concerns(self, method: str) -> bool:
        """Whether this fault may hit a call of ``method``."""
        return self.method in {method, "*"} and (method != "getUpdates" or self.method == method)


@dataclass(slots=True)
class Faults:
    """The plan: faults in order first, then by chance with a seed; faults of updates by chance."""

    planned: list[list[Any]] = field(default_factory=list)
    chance: float = 0.0
    kinds: tuple[FaultKind, ...] = tuple(FaultKind)
    duplicates: float = 0.0
    """Chance that an update that was confirmed is delivered once more."""
    shuffles: float = 0.0
    """Chance that the updates of one answer come in another order."""
    seed: int = 0
    hits: list[tuple[str, FaultKind]] = field(default_factory=list)
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def plan(
        self, kind: FaultKind | str, method: str = "*", times: int = 1, seconds: float = 0.5, code: int = 500
    ) -> None:
        """The next ``times`` calls of ``method`` meet ``kind``."""
        self.planned.append([Fault(FaultKind(kind), method, times, seconds, code), times])

    def at_random(self, chance: float, seed: int = 0, kinds: tuple[FaultKind, ...] = tuple(FaultKind)) -> None:
        """From now on every call meets a fault of ``kinds`` with ``chance``."""
        self.chance, self.kinds, self._random = chance, kinds, random.Random(seed)

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self.planned.clear()
        self.chance = self.duplicates = self.shuffles = 0.0

    def next(self, method: str) -> Fault | None:
        """The fault that this call meets, which is then used up."""
        for entry in self.planned:
            fault: Fault = entry[0]
            if fault.concerns(method):
                entry[1] -= 1
                if entry[1] <= 0:
                    self.planned.remove(entry)
                self.hits.append((method, fault.kind))
                return fault
        if method != "getUpdates" and self.chance and self._random.random() < self.chance:
            kind = self._random.choice(self.kinds)
            self.hits.append((method, kind))
            return Fault(kind, method, seconds=1.0 if kind is FaultKind.FLOOD else 0.2)
        return None

    def again(self) -> bool:
        """Whether a confirmed update comes once more."""
        return self.duplicates > 0 and self._random.random() < self.duplicates

    def shuffled(self, updates: list[JSON]) -> list[JSON]:
        """The updates, now and then in another order."""
        if self.shuffles and len(updates) > 1 and self._random.random() < self.shuffles:
            return self._random.sample(updates, len(updates))
        return updates
