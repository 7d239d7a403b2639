"""Ordered guards before and after an answer. A guard that breaks is a refusal."""

from __future__ import annotations

from bot.domain import GuardMark, Message, ModelStamp, Outcome
from bot.ports import Draft, Edition, InputJudgement, OutputJudgement
from bot.text import plain


class InputChain:
    """Everything that looks at a message first."""

    def judge(self, message: Message) -> InputJudgement:
        """See ``InputGuards.judge``."""
        return InputJudgement((GuardMark("length", Outcome.PASS),), text=plain(message.text))


class OutputChain:
    """Everything that looks at a draft before it leaves."""

    def judge(self, draft: Draft, edition: Edition, stamp: ModelStamp | None) -> OutputJudgement:
        """See ``OutputGuards.judge``."""
        return OutputJudgement((GuardMark("disclosure", Outcome.PASS),), draft.explanation)
