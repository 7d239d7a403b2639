"""The product on one screen: guards in, route, answer or triage, guards out, record."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

from bot import replies
from bot.answering.answer import Explainer, Explanation, find, joined
from bot.answering.followup import made_whole
from bot.answering.official import Official, nearest_part, official_part
from bot.domain import (
    MAX_MESSAGE,
    MAX_TEXT,
    Finding,
    GuardMark,
    Kind,
    Message,
    Mode,
    ModelStamp,
    Outcome,
    Refusal,
    Reply,
    Timings,
)
from bot.errors import ZhiyinError
from bot.ports import (
    Draft,
    InputGuards,
    InputJudgement,
    Knowledge,
    KnowledgeSource,
    OutputGuards,
    OutputJudgement,
    Recorder,
)

log = logging.getLogger(__name__)
ANSWERABLE = 0.5


class Watcher(Protocol):
    """Is told parts of a reply while it is made; for chats that stream."""

    def official(self, text: str) -> None:
        """The official part, final."""
        ...

    def sentence(self, text: str) -> None:
        """One more sentence of the model that held."""
        ...


@dataclass(slots=True)
class _Clock:
    """Milliseconds since the start, and per part."""

    started: float = field(default_factory=time.perf_counter)
    guard: float = 0.0
    retrieve: float = 0.0

    def since(self, at: float) -> float:
        return (time.perf_counter() - at) * 1000

    def timings(self, explanation: Explanation | None = None) -> Timings:
        told = explanation or Explanation()
        return Timings(self.since(self.started), self.retrieve, told.first_token, told.generate, self.guard)


class Assistant:
    """Makes one reply for one message. Safe to use from several threads; the model has one lane of its own."""

    def __init__(
        self,
        knowledge: KnowledgeSource,
        guards_in: InputGuards,
        guards_out: OutputGuards,
        explainer: Explainer | None,
        recorder: Recorder | None = None,
        deadline_seconds: float = 20.0,
    ) -> None:
        self._knowledge, self._in, self._out = knowledge, guards_in, guards_out
        self._explainer, self._recorder = explainer, recorder
        self._seconds = deadline_seconds

    def reply(
        self,
        message: Message,
        mode: Mode = Mode.AUTO,
        *,
        channel: str = "cli",
        who: str = "",
        watcher: Watcher | None = None,
        cancelled: Callable[[], bool] = bool,
    ) -> Reply:
        """One reply record; never raises for anything the message contains."""
        message = message if message.id else replace(message, id=uuid.uuid4().hex[:12])
        clock = _Clock()
        edition = "unknown"
        try:
            knowledge = self._knowledge.current()
            edition = knowledge.edition.manifest.id
            reply, prompt_sha = self._made(message, mode, knowledge, clock, watcher, cancelled)
        except ZhiyinError:
            raise
        except Exception as exc:  # a defect of ours must not take the process down nor show anybody's words
            code = uuid.uuid4().hex[:8]
            log.error("reply failed code=%s error=%s", code, type(exc).__name__)
            reply = Reply(message.id, Kind.ERROR, replies.BROKEN.format(code=code), edition, timings_ms=clock.timings())
            prompt_sha = None
        return self._recorded(reply, channel, who, prompt_sha)

    def _recorded(self, reply: Reply, channel: str, who: str, prompt_sha: str | None) -> Reply:
        """The reply once its row is kept; without a row nothing is answered (``docs/records.md`` says why)."""
        if self._recorder is None:
            return reply
        try:
            self._recorder.keep(reply, channel=channel, who=who, prompt_sha256=prompt_sha)
        except Exception as exc:  # fails closed, whatever it is that broke
            code = uuid.uuid4().hex[:8]
            mend = str(exc) if isinstance(exc, ZhiyinError) else "-"
            log.error("reply withheld, no record code=%s error=%s mend=%s", code, type(exc).__name__, mend)
            text = replies.NOT_RECORDED.format(code=code)
            return Reply(reply.id, Kind.ERROR, text, reply.edition, timings_ms=reply.timings_ms)
        return reply

    def _made(
        self,
        message: Message,
        mode: Mode,
        knowledge: Knowledge,
        clock: _Clock,
        watcher: Watcher | None,
        cancelled: Callable[[], bool],
    ) -> tuple[Reply, str | None]:
        edition = knowledge.edition.manifest.id
        if not message.text.strip():
            return Reply(message.id, Kind.ERROR, replies.EMPTY, edition, timings_ms=clock.timings()), None
        if len(message.text) > MAX_MESSAGE:
            text = replies.TOO_LONG.format(length=len(message.text), limit=MAX_MESSAGE)
            marks = (GuardMark("length", Outcome.BLOCK),)
            return (
                Reply(
                    message.id,
                    Kind.REFUSED,
                    text,
                    edition,
                    refusal=Refusal.TOO_LONG,
                    guards=marks,
                    timings_ms=clock.timings(),
                ),
                None,
            )
        at = time.perf_counter()
        judged = self._in.judge(message)
        clock.guard += clock.since(at)
        if judged.refusal is not None:
            return self._refused(message, judged, knowledge, clock), None
        return self._answered(message, judged, knowledge, clock, watcher, cancelled)

    def _refused(self, message: Message, judged: InputJudgement, knowledge: Knowledge, clock: _Clock) -> Reply:
        if judged.refusal is Refusal.PERSONAL_DATA:
            text = replies.personal_data_refused(judged.kinds, judged.masked)
        else:
            title = knowledge.edition.manifest.title
            text = replies.REFUSALS.get(judged.refusal or Refusal.ATTACK, replies.GUARD_BROKEN).format(title=title)
        return Reply(
            message.id,
            Kind.REFUSED,
            text,
            knowledge.edition.manifest.id,
            refusal=judged.refusal,
            entities=judged.entities,
            guards=judged.marks,
            timings_ms=clock.timings(),
        )

    def _answered(
        self,
        message: Message,
        judged: InputJudgement,
        knowledge: Knowledge,
        clock: _Clock,
        watcher: Watcher | None,
        cancelled: Callable[[], bool],
    ) -> tuple[Reply, str | None]:
        question = made_whole(judged.text, judged.conversation)
        at = time.perf_counter()
        finding = find(knowledge, question)
        clock.retrieve = clock.since(at)
        retrieved = tuple(passage.location for passage in finding.passages)
        bare = _bare(message, finding, knowledge)
        if bare is not None:
            return replace(bare, guards=judged.marks, timings_ms=clock.timings()), None
        official = official_part(knowledge.edition, finding, finding.passages)
        if watcher:
            watcher.official(official.text)
        explanation = self._explain(knowledge, question, official, watcher, cancelled)
        stamp = self._explainer.model.stamp if self._explainer and explanation.sentences else None
        at = time.perf_counter()
        checked = self._checked(official, explanation, question, knowledge, stamp)
        clock.guard += clock.since(at)
        marks = (*judged.marks, *checked.marks)
        if checked.blocked:
            text = replies.GUARD_BROKEN
            refused = Reply(
                message.id, Kind.ERROR, text, knowledge.edition.manifest.id, guards=marks, timings_ms=clock.timings()
            )
            return refused, None
        return (
            Reply(
                id=message.id,
                kind=Kind.ANSWER,
                text=compose(official, checked.explanation, stamp if checked.explanation else None, knowledge),
                edition=knowledge.edition.manifest.id,
                details=official.details,
                verdict=official.verdict,
                citations=official.citations,
                retrieved=retrieved,
                guards=marks,
                model=stamp if checked.explanation else None,
                timings_ms=clock.timings(explanation),
            ),
            explanation.prompt.sha256 if explanation.prompt else None,
        )

    def _explain(
        self,
        knowledge: Knowledge,
        question: str,
        official: Official,
        watcher: Watcher | None,
        cancelled: Callable[[], bool],
    ) -> Explanation:
        if self._explainer is None:
            return Explanation()
        return self._explainer.explain(
            knowledge,
            question,
            official,
            deadline=time.monotonic() + self._seconds,
            cancelled=cancelled,
            tell=watcher.sentence if watcher else None,
        )

    def _checked(
        self,
        official: Official,
        explanation: Explanation,
        question: str,
        knowledge: Knowledge,
        stamp: ModelStamp | None,
    ) -> OutputJudgement:
        draft = Draft(
            official=official.text,
            explanation=joined(explanation.sentences),
            details=official.details,
            footer=replies.disclosure(stamp, knowledge.edition.manifest) if stamp else "",
            verdict=official.verdict,
            quotes=tuple((citation.location, citation.quote) for citation in official.citations),
            prompt=explanation.prompt,
            asked=question,
        )
        return self._out.judge(draft, knowledge.edition, stamp)


def compose(official: Official, explanation: str, stamp: ModelStamp | None, knowledge: Knowledge) -> str:
    """The reply's text within its length: official words, explanation, basis, disclosure or edition."""
    manifest = knowledge.edition.manifest
    foot = replies.disclosure(stamp, manifest) if stamp else replies.edition_mark(manifest)
    tail = "\n".join(part for part in (official.basis, foot) if part)
    middle = f"\n\n{explanation}" if explanation else ""
    text = f"{official.text}{middle}\n\n{tail}"
    if len(text) > MAX_TEXT and explanation:
        return compose(official, "", None, knowledge)
    if len(text) > MAX_TEXT:
        room = MAX_TEXT - len(tail) - 3
        text = f"{official.text[:room]}…\n\n{tail}"
    return text


def _bare(message: Message, finding: Finding, knowledge: Knowledge) -> Reply | None:
    """The replies that quote no answer: the edition's own data, small talk, off topic, not covered."""
    manifest = knowledge.edition.manifest
    mark = replies.edition_mark(manifest)
    retrieved = tuple(passage.location for passage in finding.passages)
    if finding.is_manifest:
        text = replies.MANIFEST.format(
            title=manifest.title, date=manifest.spoken_date, number=manifest.number, issuer=manifest.issuer
        )
        return Reply(message.id, Kind.ANSWER, f"{text}\n\n{mark}", manifest.id, retrieved=retrieved)
    if finding.answerable >= ANSWERABLE:
        return None
    if finding.small_talk > max(finding.off_topic, 0.4):
        text = replies.SMALL_TALK.format(title=manifest.title)
        return Reply(message.id, Kind.SMALL_TALK, text, manifest.id, retrieved=retrieved)
    if finding.off_topic > 0.5:
        text = f"{replies.OFF_TOPIC.format(title=manifest.title)}\n\n{mark}"
        return Reply(message.id, Kind.NOT_COVERED, text, manifest.id, retrieved=retrieved)
    near, citations = nearest_part(knowledge.edition, finding.passages)
    text = f"{replies.NOT_COVERED}{replies.NEAREST}\n{near}\n{replies.NOT_GUESSING}\n\n{mark}"
    return Reply(message.id, Kind.NOT_COVERED, text, manifest.id, citations=citations, retrieved=retrieved)
