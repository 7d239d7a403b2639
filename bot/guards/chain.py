"""Ordered guards before and after an answer, as the room orders them. A guard that breaks is a refusal."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain import Entity, GuardMark, Message, ModelStamp, Outcome, Refusal
from bot.guards.attacks import Attacks, Verdict
from bot.guards.output import Checks, Leaving
from bot.guards.personal_data import PersonalData
from bot.guards.rooms import InputEntry, InputFile, OutputEntry, OutputFile, input_file, output_file
from bot.guards.secrets import Secrets
from bot.guards.validators import Checked
from bot.ports import Draft, Edition, InputJudgement, OutputJudgement
from bot.text import plain

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Caught:
    """What a guard found in a message; ``rest`` is what may go on. Without a refusal all of it does."""

    refusal: Refusal | None
    entities: tuple[Entity, ...] = ()
    masked: str = field(default="", repr=False)
    kinds: tuple[str, ...] = ()
    rest: str = field(default="", repr=False)
    doubtful: tuple[str, ...] = field(default=(), repr=False)


class InputChain:
    """The guards of ``guardrails/input.yaml``; what is found never goes on to retrieval, model, index or log."""

    def __init__(
        self, personal_data: PersonalData, secrets: Secrets, attacks: Attacks, order: InputFile | None = None
    ) -> None:
        self._personal_data, self._secrets, self._attacks = personal_data, secrets, attacks
        self._order = order or input_file()
        checks: Mapping[str, Callable[[InputEntry], Callable[[str], _Caught | None]]] = {
            "length": self._length,
            "secrets": lambda entry: self._secret,
            "personal_data": lambda entry: self._person,
            "attacks": lambda entry: self._attack,
        }
        self._guards = [(entry, Checked(entry.name, checks[entry.name](entry))) for entry in self._order.guards]

    def judge(self, message: Message) -> InputJudgement:
        """See ``InputGuards.judge``. Earlier turns that hold what would be refused are left out."""
        marks: list[GuardMark] = []
        try:
            return self._judged(message, marks)
        except Exception as exc:  # a guard that breaks is a refusal, whatever broke
            name = self._guards[len(marks)][0].name if len(marks) < len(self._guards) else "conversation"
            log.error("guard broke name=%s error=%s", name, type(exc).__name__)
            return InputJudgement((*marks, GuardMark(name, Outcome.BLOCK)), Refusal.NOT_ALLOWED, broken=True)

    def _judged(self, message: Message, marks: list[GuardMark]) -> InputJudgement:
        text, doubtful = message.text, tuple[str, ...]()
        for entry, guard in self._guards:
            caught = guard.found(text)
            if caught is None or caught.refusal is None:
                marks.append(GuardMark(entry.name, Outcome.PASS))
            elif entry.on_fail == "cut" and caught.rest:
                marks.append(GuardMark(entry.name, Outcome.FIX))
                text = caught.rest
            else:
                marks.append(GuardMark(entry.name, Outcome.BLOCK))
                return _refused(caught, marks)
            if caught is not None:
                doubtful = (*doubtful, *caught.doubtful)
        return InputJudgement(
            tuple(marks),
            text=plain(text),
            conversation=tuple(turn for turn in message.conversation if self._is_clean(turn)),
            doubtful=tuple(map(plain, doubtful)),
        )

    def _is_clean(self, turn: str) -> bool:
        return not (self._secrets.find(turn) or self._personal_data.find(turn) or self._attacks.judge(turn).is_attack)

    @staticmethod
    def _length(entry: InputEntry) -> Callable[[str], _Caught | None]:
        return lambda text: _Caught(Refusal.TOO_LONG) if len(text) > entry.longest else None

    def _secret(self, text: str) -> _Caught | None:
        found = self._secrets.find(text)
        return _Caught(Refusal.SECRET, found) if found else None

    def _person(self, text: str) -> _Caught | None:
        found = self._personal_data.find(text)
        if not found:
            return None
        kinds = tuple(dict.fromkeys(self._personal_data.name_of(entity.type) for entity in found))
        return _Caught(Refusal.PERSONAL_DATA, found, self._personal_data.masked(text, found), kinds)

    def _attack(self, text: str) -> _Caught | None:
        verdict: Verdict = self._attacks.judge(text)
        if not verdict.is_attack and not verdict.doubtful:
            return None
        return _Caught(Refusal.ATTACK if verdict.is_attack else None, rest=verdict.rest, doubtful=verdict.doubtful)


def _refused(caught: _Caught, marks: list[GuardMark]) -> InputJudgement:
    return InputJudgement(tuple(marks), caught.refusal, caught.entities, masked=caught.masked, kinds=caught.kinds)


class OutputChain:
    """The guards of ``guardrails/output.yaml``."""

    def __init__(self, personal_data: PersonalData, order: OutputFile | None = None) -> None:
        self._order = order or output_file()
        self._checks = Checks(personal_data, self._order)
        self._guards = [(entry, Checked(entry.name, self._checks.of(entry))) for entry in self._order.guards]

    def judge(self, draft: Draft, edition: Edition, stamp: ModelStamp | None) -> OutputJudgement:
        """See ``OutputGuards.judge``. Where the model's part is dropped the official words go alone."""
        leaving = Leaving(draft, edition, stamp)
        marks: list[GuardMark] = []
        for entry, guard in self._guards:
            try:
                found = guard.found(leaving)
            except Exception as exc:  # a guard that breaks is a refusal, whatever broke
                log.error("guard broke name=%s error=%s", entry.name, type(exc).__name__)
                return OutputJudgement((*marks, GuardMark(entry.name, Outcome.BLOCK)), "", blocked=True)
            outcome, leaving = _applied(entry, found, leaving)
            marks.append(GuardMark(entry.name, outcome))
            if outcome is Outcome.BLOCK and entry.on_fail == "block":
                return OutputJudgement(tuple(marks), "", blocked=True)
        return OutputJudgement(tuple(marks), leaving.draft.explanation)


def _applied(entry: OutputEntry, found: str | None, leaving: Leaving) -> tuple[Outcome, Leaving]:
    if not found:
        return Outcome.PASS, leaving
    if entry.on_fail == "fix":
        return Outcome.FIX, replace(leaving, draft=replace(leaving.draft, explanation=found))
    if entry.on_fail == "drop":
        return Outcome.BLOCK, replace(leaving, draft=replace(leaving.draft, explanation=""), stamp=None)
    return Outcome.BLOCK, leaving
