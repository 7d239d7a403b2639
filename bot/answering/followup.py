"""A follow-up question made whole with the question before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEANS = re.compile(
    r"^(?:那|那麼|所以|還有|另外|如果|要是|萬一|改成|換成|可是|但是|但|不過|為什麼|為何|憑什麼|why|然後|也|這樣|這個|它|他|"
    r"同樣|一樣|例如|比如|舉例|誰|哪一條|多久|怎麼)|呢[？?]?$"
)
_LONGEST = 24


def leans_on_earlier(text: str) -> bool:
    """Whether the text reads like a follow-up: short, and beginning or ending as one."""
    return len(text) <= _LONGEST and bool(_LEANS.search(text.strip().lower()))


def made_whole(text: str, conversation: Sequence[str]) -> str:
    """The question with what it leans on; unchanged where it stands by itself.

    「那新聞稿呢？」 after 「週報可以用 AI 寫嗎？」 takes the earlier question's words behind its own object.
    """
    earlier = [turn for turn in conversation if turn.strip()]
    if not earlier or not leans_on_earlier(text):
        return text
    base = next((turn for turn in reversed(earlier) if not leans_on_earlier(turn)), earlier[-1])
    topic = re.match(r"^那麼?(?P<object>.{1,16}?)呢[？?]?$", text.strip())
    if topic:
        return f"{topic.group('object')}，{_without_object(base)}"
    return f"{base} {text}"


def _without_object(question: str) -> str:
    """The earlier question from its verb on: 「週報可以用 AI 寫嗎？」 -> 「可以用 AI 寫嗎？」."""
    match = re.search(r"可以|可否|能不能|能否|可不可以|要不要|需要|應該|算|屬於", question)
    return question[match.start() :] if match else question
