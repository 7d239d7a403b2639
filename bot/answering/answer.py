"""One question -> what the edition says, and a model's explanation that holds against it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.answering.grounding import grounded, runs_away
from bot.answering.official import Official
from bot.answering.pointing import pointed_at
from bot.answering.prompting import build_prompt
from bot.domain import Clause, Finding, Passage, Verdict
from bot.errors import GenerationFault
from bot.ports import ChatModel, Knowledge, Prompt, PromptTemplate

_PARTS = re.compile(r"[？?；;\n]+|(?:，|,|。)?(?:還有|另外|以及|跟著|同時)(?=.{4,})")
_TWO = re.compile(r"[？?].+[？?]|兩個問題|還有|另外|分別|一樣嗎|差在哪|各要|各自")
_SHORTEST_PART = 6
PATIENCE_MS = 2_000
"""No further attempt begins after this; the official words are complete without the model."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The model's sentences that held, and how long they took (milliseconds)."""

    sentences: tuple[str, ...] = ()
    first_token: float = 0.0
    generate: float = 0.0
    prompt: Prompt | None = None
    rejected: tuple[str, ...] = ()


def find(knowledge: Knowledge, question: str) -> Finding:
    """Retrieval for a question, with a named place first and the parts of a double question merged."""
    finding = knowledge.retriever.find(question)
    named = pointed_at(question, knowledge.edition)
    if named is not None:
        others = [passage for passage in finding.passages if passage.location != named]
        return replace(
            finding,
            passages=(Passage(named, 1.0), *others)[:10],
            answerable=1.0,
            item=named if named in knowledge.edition.official else None,
        )
    if not _TWO.search(question):
        return finding
    parts = [part.strip() for part in _PARTS.split(question) if len(part.strip()) >= _SHORTEST_PART]
    if len(parts) < 2:
        return finding
    firsts = [knowledge.retriever.find(part) for part in parts[:3]]
    tops = [part.passages[0] for part in firsts if part.passages and part.answerable >= 0.5]
    merged = {passage.location: passage for passage in tops if passage.score >= 0.3}
    if len(merged) < 2:
        return finding
    rest = [passage for passage in finding.passages if passage.location not in merged]
    return replace(finding, passages=(*merged.values(), *rest)[:10], item=None)


class Explainer:
    """Asks the model to explain, until something it wrote holds or the attempts are used up."""

    def __init__(self, model: ChatModel, template: PromptTemplate) -> None:
        self.model, self.template = model, template

    def material(self, official: Official) -> Sequence[tuple[Clause, str]]:
        """What the model is given to explain: a small one the sentence that answers, a larger one all that is shown."""
        return official.points[:1] if self.template.quoted_only else official.explained

    def explain(
        self,
        knowledge: Knowledge,
        question: str,
        official: Official,
        *,
        deadline: float,
        cancelled: Callable[[], bool],
        tell: Callable[[str], None] | None = None,
    ) -> Explanation:
        """Sentences that passed every check, each told as soon as it did; none where nothing held."""
        started = time.perf_counter()
        first_token = 0.0
        rejected: list[str] = []
        clauses = self.material(official)
        quotes = [words for _, words in clauses]
        prompt: Prompt | None = None
        for attempt in range(self.template.attempts):
            if not clauses or cancelled() or time.monotonic() > deadline or _since(started) > PATIENCE_MS:
                break
            prompt = build_prompt(self.template, clauses, question, attempt)
            text, waited = self._write(prompt, deadline, cancelled)
            first_token = first_token or waited
            kept, fallen = grounded(
                text,
                quotes,
                question,
                official.text,
                knowledge.retriever.support,
                self.template.sentences,
                denied=official.verdict is Verdict.NO,
                point=official.point,
            )
            rejected += [rejection.check for rejection in fallen]
            if kept:
                for sentence in kept:
                    if tell:
                        tell(sentence)
                return Explanation(tuple(kept), first_token, _since(started), prompt, tuple(rejected))
            if fallen and fallen[-1].check == "adds nothing":
                break
        return Explanation((), first_token, _since(started), prompt, tuple(rejected))

    def _write(self, prompt: Prompt, deadline: float, cancelled: Callable[[], bool]) -> tuple[str, float]:
        started = time.perf_counter()
        waited = 0.0
        text = ""
        stream = self.model.write(prompt, deadline=deadline, cancelled=cancelled)
        try:
            for piece in stream:
                waited = waited or _since(started)
                text += piece
                if text.count("。") >= self.template.sentences or runs_away(text):
                    break
        except GenerationFault:
            return text, waited
        finally:
            close = getattr(stream, "close", None)
            if close:
                close()
        return text, waited


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def joined(sentences: Sequence[str]) -> str:
    """The explanation as one paragraph."""
    return "".join(sentences)
