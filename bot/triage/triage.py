"""One described use of AI in, one reply out: facts read, rules applied, the decision told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bot import replies
from bot.domain import MAX_CITATIONS, MAX_TEXT, Citation, Finding, Kind, Reply
from bot.ports import Edition, FactReader, FactReading
from bot.triage import wording
from bot.triage.decision import Decision, decide
from bot.triage.expressions import Values
from bot.triage.rulebook import Rulebook
from bot.triage.rules import Rules
from bot.triage.telling import choices, citations, details, short_text


class Readers(Protocol):
    """Rules, reader and router by edition."""

    def rules(self, edition: Edition) -> Rules: ...

    def reader(self, edition: Edition) -> FactReader: ...

    def router(self, edition: Edition) -> Router: ...


class Router(Protocol):
    """Tells a described use from a question."""

    def fits(self, text: str) -> bool: ...


class Triage:
    """Decides for any edition."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def rules(self, edition: Edition) -> Rules:
        """The edition's rules; ``RoomError`` where they are wrong."""
        return self._readers.rules(edition)

    def fits(self, edition: Edition, text: str) -> bool:
        """Whether the text describes a use of AI, rather than asking what the guideline says."""
        return self._readers.router(edition).fits(text)

    def decide(self, edition: Edition, text: str, given: Values | None = None) -> tuple[FactReading, Decision]:
        """What is read out of ``text``, and what the rules say of it; ``given`` are facts that the person set right."""
        reading = self._readers.reader(edition).read(text)
        return reading, decide(self.rules(edition), reading, given)

    def reply(
        self, id: str, edition: Edition, text: str, given: Values | None = None, doubtful: Sequence[str] = ()
    ) -> Reply:
        """Kind ``triage``, ``clarify``, or ``not_covered`` where no use is described.

        Words of ``doubtful`` sentences are not repeated as evidence.
        """
        reading, decision = self.decide(edition, text, given)
        shown = {name: words for name, words in decision.evidence.items() if not any(words in one for one in doubtful)}
        decision = replace(decision, evidence=shown)
        if not (reading.described or given or self.fits(edition, text)):
            mark = replies.edition_mark(edition.manifest)
            return Reply(id, Kind.NOT_COVERED, f"{replies.NOTHING_DESCRIBED}\n\n{mark}", edition.manifest.id)
        return told(id, edition, decision, self.rules(edition).book)


def told(id: str, edition: Edition, decision: Decision, book: Rulebook) -> Reply:
    """The reply that says ``decision``."""
    asked = decision.asked
    return Reply(
        id=id,
        kind=Kind.CLARIFY if asked else Kind.TRIAGE,
        text=short_text(decision, book, edition),
        edition=edition.manifest.id,
        details=details(decision, book, edition),
        tier=decision.tier,
        possible_tiers=decision.possible if asked else (),
        missing_facts=(asked.name,) if asked else (),
        facts={name: decision.facts.get(name) for name in book.by_name},
        facts_evidence=dict(decision.evidence),
        choices=choices(decision),
        breaches=decision.breaches,
        citations=citations(decision, book, edition),
    )


def with_verdict(reply: Reply, edition: Edition, finding: Finding) -> Reply:
    """The tier first, and with it what 附件五 says where the message asks exactly that."""
    item = edition.official.get(finding.item) if finding.item else None
    if item is None or reply.kind is not Kind.TRIAGE:
        return reply
    words = wording.VERDICT_TOO.format(words=item.verdict_words, location=replies.shown(item.location))
    body, _, foot = reply.text.rpartition("\n\n")
    text = f"{body}\n{words}\n\n{foot}"
    if len(text) > MAX_TEXT:
        return reply
    citation = Citation(item.location, item.question, item.verdict_words)
    others = tuple(one for one in reply.citations if one.location != item.location)
    found = (*others[:1], citation, *others[1:])[:MAX_CITATIONS]
    return replace(reply, text=text, verdict=item.verdict, citations=found)
