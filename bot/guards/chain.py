"""Ordered guards before and after an answer. A guard that breaks is a refusal."""

from __future__ import annotations

from bot.domain import GuardMark, Message, ModelStamp, Outcome, Refusal
from bot.guards.personal_data import PersonalData
from bot.guards.secrets import Secrets
from bot.ports import Draft, Edition, InputJudgement, OutputJudgement
from bot.text import plain


class InputChain:
    """Secrets, then personal data; what is found never goes on to retrieval, model or index."""

    def __init__(self, personal_data: PersonalData, secrets: Secrets) -> None:
        self._personal_data, self._secrets = personal_data, secrets

    def judge(self, message: Message) -> InputJudgement:
        """See ``InputGuards.judge``. Earlier turns that hold personal data or secrets are left out."""
        if secrets := self._secrets.find(message.text):
            marks = (GuardMark("secrets", Outcome.BLOCK),)
            return InputJudgement(marks, Refusal.SECRET, secrets)
        passed = GuardMark("secrets", Outcome.PASS)
        if found := self._personal_data.find(message.text):
            return InputJudgement(
                (passed, GuardMark("personal_data", Outcome.BLOCK)),
                Refusal.PERSONAL_DATA,
                found,
                masked=self._personal_data.masked(message.text, found),
                kinds=tuple(dict.fromkeys(self._personal_data.name_of(entity.type) for entity in found)),
            )
        return InputJudgement(
            (passed, GuardMark("personal_data", Outcome.PASS)),
            text=plain(message.text),
            conversation=tuple(turn for turn in message.conversation if self._is_clean(turn)),
        )

    def _is_clean(self, turn: str) -> bool:
        return not (self._secrets.find(turn) or self._personal_data.find(turn))


class OutputChain:
    """Everything that looks at a draft before it leaves."""

    def judge(self, draft: Draft, edition: Edition, stamp: ModelStamp | None) -> OutputJudgement:
        """See ``OutputGuards.judge``."""
        return OutputJudgement((GuardMark("disclosure", Outcome.PASS),), draft.explanation)
