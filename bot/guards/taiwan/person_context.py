"""What the words beside a possible name say: somebody's role, an office, an artist, a place or a firm."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.guards.taiwan.base import any_of
from bot.guards.taiwan.names import NamesFile

_LINK = r"(?:\s|[:=「『\"'(\[<【]|是|為|叫做|叫|即){0,4}$"
_FIELD = r"[\"']?\s{0,3}[:=\t|][\s\"']{0,3}$"
_EDGE = re.compile(r"[\s,.;:、。「」『』()\[\]{}<>《》〈〉【】\"'|/\\!?=→─—_+&@#%-]")
_LONG_NUMBER = re.compile(r"[0-9](?:[\- .]?[0-9]){7}")
_WINDOW = 16


@dataclass(frozen=True, slots=True)
class Weights:
    """What each kind of evidence adds to a name's gain (natural logarithms, set on invented and labelled texts)."""

    label: float = 9.0
    role_linked: float = 7.0
    role: float = 6.0
    edge: float = 1.5
    title: float = 6.0
    follower: float = 1.5
    number: float = 1.5
    thing: float = -7.0


class Surroundings:
    """Weighs what stands around a span; ``None`` for a name in a public role or of a thing."""

    def __init__(self, names: NamesFile, weights: Weights | None = None) -> None:
        self.weights = weights or Weights()
        roles, public = names.roles, names.public
        self._label = re.compile(any_grouped(roles.labels + roles.persons) + _FIELD, re.IGNORECASE)
        self._role = re.compile(any_grouped(roles.persons + roles.labels) + f"(?P<link>{_LINK})", re.IGNORECASE)
        self._title = any_of(roles.titles)
        self._follower = any_of(roles.followers)
        self._public_before = re.compile(
            any_grouped(public.offices + public.arts) + r"[\s:「『《(\"']{0,2}$", re.IGNORECASE
        )
        self._office_behind = any_of(public.offices)
        self._work_behind = re.compile(r"[」』》\"']?" + any_grouped(word for word in public.behind if len(word) > 1))
        self._thing_behind = re.compile(any_grouped(word for word in public.things if len(word) > 1))
        self._thing_mark = re.compile(any_grouped(word for word in public.things + public.behind if len(word) == 1))

    def weigh(self, text: str, start: int, end: int) -> float | None:
        """What the surroundings add to the gain of the name at ``start``..``end``."""
        weights = self.weights
        before, after = text[max(0, start - _WINDOW) : start], text[end : end + 8]
        role = self._role_weight(before)
        if self._public_before.search(before) or self._office_behind.match(after):
            return None
        if role == 0.0 and (self._work_behind.match(after) or self._thing_behind.match(after)):
            return None
        total = role
        if self._thing_mark.match(after):
            total += weights.thing
        if not before or _EDGE.match(before[-1]):
            total += weights.edge
        if not after or _EDGE.match(after):
            total += weights.edge
        if self._title.match(after.lstrip()):
            total += weights.title
        elif self._follower.match(after):
            total += weights.follower
        if _LONG_NUMBER.search(text, max(0, start - 30), end + 30):
            total += weights.number
        return total

    def has_role(self, text: str, start: int) -> bool:
        """Whether a private role stands right before ``start``."""
        return self._role_weight(text[max(0, start - _WINDOW) : start]) > 0.0

    def _role_weight(self, before: str) -> float:
        if self._label.search(before):
            return self.weights.label
        match = self._role.search(before)
        if not match:
            return 0.0
        return self.weights.role_linked if match["link"] else self.weights.role


def any_grouped(words: Iterable[str]) -> str:
    """``any_of`` as a piece of a larger pattern."""
    return f"(?:{any_of(tuple(words)).pattern})"
