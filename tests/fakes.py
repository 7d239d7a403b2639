"""Real implementations of the ports that do little: for tests of the core without models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain import Finding, Message, ModelStamp, Passage, Reply
from bot.errors import GenerationFault
from bot.ports import Draft, Edition, InputJudgement, Knowledge, OutputJudgement, Prompt

STAMP = ModelStamp("試驗社", "Scripted", "1")


@dataclass
class ScriptedModel:
    """Writes the given texts one after another, in pieces of two characters; an exception in the script is raised."""

    script: Sequence[str | Exception]
    stamp: ModelStamp = STAMP
    capabilities: frozenset[str] = frozenset({"explain"})
    prompts: list[Prompt] = field(default_factory=list)

    def write(self, prompt: Prompt, *, deadline: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        text = self.script[len(self.prompts) % len(self.script)]
        self.prompts.append(prompt)
        if isinstance(text, Exception):
            raise GenerationFault("scripted") from text
        for at in range(0, len(text), 2):
            if cancelled():
                return
            yield text[at : at + 2]


@dataclass
class FixedRetriever:
    """Finds what it was told; support is the share of shared character pairs."""

    finding: Finding
    asked: list[str] = field(default_factory=list)

    def find(self, question: str) -> Finding:
        self.asked.append(question)
        return self.finding

    def support(self, sentences: Sequence[str], quotes: Sequence[str]) -> Sequence[float]:
        return [1.0 for _ in sentences]


def finding_of(*locations: str, item: str | None = None, answerable: float = 1.0) -> Finding:
    """A finding with falling scores."""
    passages = tuple(Passage(location, 0.9 / (at + 1)) for at, location in enumerate(locations))
    return Finding(passages, answerable, off_topic=0.0, small_talk=0.0, item=item)


@dataclass
class OneShelf:
    """Hands out one edition with a fixed retriever."""

    edition: Edition
    retriever: FixedRetriever

    def current(self) -> Knowledge:
        return Knowledge(self.edition, self.retriever)


class OpenGuards:
    """Input guards that let everything pass."""

    def judge(self, message: Message) -> InputJudgement:
        return InputJudgement((), text=message.text, conversation=message.conversation)


class BrokenGuards:
    """Input guards that break."""

    def judge(self, message: Message) -> InputJudgement:
        raise RuntimeError("broken")


class OpenOutput:
    """Output guards that let everything pass."""

    def judge(self, draft: Draft, edition: Edition, stamp: ModelStamp | None) -> OutputJudgement:
        return OutputJudgement((), draft.explanation)


@dataclass
class ListRecorder:
    """Keeps what it is given."""

    rows: list[tuple[Reply, str]] = field(default_factory=list)

    def keep(self, reply: Reply, *, channel: str, who: str, prompt_sha256: str | None) -> None:
        self.rows.append((reply, channel))
