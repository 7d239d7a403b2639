"""A triage that goes on over several messages: what was described, and what was said of single facts since."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.domain import Choice, Kind, Reply
from bot.text import plain

_YES = re.compile(r"^(是|對|有|會|要|yes|y|ok|嗯|沒錯|正確)[的啊喔呀了。.!]*$", re.IGNORECASE)
_NO = re.compile(r"^(不是|不對|否|沒有|没有|沒|不會|不要|還沒|尚未|無|no|n)[的啊喔呀了。.!]*$", re.IGNORECASE)
_UNSURE = re.compile(r"^(不確定|不知道|不清楚|不曉得|\?|unknown)[的啊喔呀了。.!]*$", re.IGNORECASE)
_CORRECTION = re.compile(r"^更正\s*(?P<name>[\w一-鿿]+?)\s*[:=]?\s*(?P<value>是|有|否|沒有|不確定|yes|no|unknown)$")
_VALUES: Mapping[str, bool | None] = {
    "是": True,
    "有": True,
    "yes": True,
    "否": False,
    "沒有": False,
    "no": False,
    "不確定": None,
    "unknown": None,
}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One described use under way. ``labels``: how replies name the facts, for corrections typed by hand."""

    text: str = field(repr=False)
    given: Mapping[str, bool | None] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)

    def after(self, reply: Reply) -> Dialogue:
        """The dialogue once ``reply`` was shown."""
        return replace(self, choices=reply.choices)

    def answered(self, words: str) -> Dialogue | None:
        """The dialogue with the answer or correction that ``words`` are; None where they are neither."""
        told = plain(words).strip()
        if match := _CORRECTION.match(told):
            name = self._named(match["name"])
            return self.corrected(name, _VALUES[match["value"]]) if name else None
        choice = _chosen(told, self.choices)
        return self.corrected(choice.fact, choice.value) if choice else None

    def corrected(self, name: str, value: bool | None) -> Dialogue:
        """The dialogue with one fact set."""
        return replace(self, given={**self.given, name: value}, choices=())

    def _named(self, told: str) -> str | None:
        if told in self.labels:
            return told
        return next((name for name, label in self.labels.items() if told == label), None)


def goes_on(reply: Reply) -> bool:
    """Whether the reply belongs to a triage that can be answered or corrected."""
    return reply.kind in {Kind.CLARIFY, Kind.TRIAGE}


def _chosen(told: str, choices: Sequence[Choice]) -> Choice | None:
    for choice in choices:
        if told == plain(choice.text):
            return choice
    for pattern, value in ((_UNSURE, None), (_NO, False), (_YES, True)):
        if pattern.match(told):
            return next((choice for choice in choices if choice.value is value), None)
    return None
