"""The part of a reply that the edition itself says: verdict, verbatim words, citations. No model has a hand in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot import replies
from bot.answering.quoting import body, point, quote, shown_quote
from bot.domain import MAX_CITATIONS, Citation, Clause, Finding, Passage, Verdict
from bot.ports import Edition

POINT_QUOTE = 70
FIRST_QUOTE = 300
SECOND_QUOTE = 170
SHORT_QUOTE = 90
SECOND_SHOWN = 0.22
"""Least score of a second place whose words are shown too."""
CITED = 0.06
_LIST_LEAD = re.compile(r"例如[：:]?$")


@dataclass(frozen=True, slots=True)
class Official:
    """What the edition says to one question."""

    text: str = field(repr=False)
    details: str = field(repr=False)
    basis: str
    citations: tuple[Citation, ...]
    verdict: Verdict | None
    explained: tuple[tuple[Clause, str], ...] = field(default=(), repr=False)
    """(clause, words) that a model may explain."""
    points: tuple[tuple[Clause, str], ...] = field(default=(), repr=False)
    """The same, narrowed to the sentence that answers; what a small model is given."""
    point: str = field(default="", repr=False)
    """The very words that answer, as far as known."""


def official_part(edition: Edition, finding: Finding, passages: Sequence[Passage]) -> Official:
    """Verdict first where the question is the official one, then the words that answer, then where they stand."""
    item = edition.official.get(finding.item) if finding.item else None
    ordered = _with_item_first(passages, finding.item)
    chosen = [passage for at, passage in enumerate(ordered) if at == 0 or passage.score >= CITED][:MAX_CITATIONS]
    blocks: list[str] = []
    citations: list[Citation] = []
    explained: list[tuple[Clause, str]] = []
    points: list[tuple[Clause, str]] = []
    shown = 0
    for at, passage in enumerate(chosen):
        clause = edition.clauses[passage.location]
        budget = FIRST_QUOTE if at == 0 else SECOND_QUOTE
        words = quote(body(clause), passage.words, budget)
        if passage.location in edition.official:
            answer = edition.official[passage.location]
            told = answer.words or answer.verdict_words
            words = quote(told, passage.words, budget)
        citations.append(Citation(clause.location, title_of(edition, clause), words))
        if at == 0:
            lead = item.verdict_words if item else lead_of(edition, clause)
            blocks.append(f"{lead}\n{_shown(edition, clause, words)}" if lead else _shown(edition, clause, words))
        elif shown < 2 and passage.score >= SECOND_SHOWN:
            lead = lead_of(edition, clause)
            blocks.append(f"{lead}{_shown(edition, clause, words)}（{replies.shown(clause.location)}）")
        else:
            continue
        shown += 1
        explained.append((clause, words))
        points.append((clause, point(words, passage.words, POINT_QUOTE)))
    return Official(
        text="\n".join(blocks),
        details=_details(edition, chosen),
        basis="依據：" + "、".join(replies.shown(citation.location) for citation in citations[:3]),
        citations=tuple(citations),
        verdict=item.verdict if item else None,
        explained=tuple(explained),
        points=tuple(points),
        point=chosen[0].words if chosen else "",
    )


def nearest_part(edition: Edition, passages: Sequence[Passage]) -> tuple[str, tuple[Citation, ...]]:
    """The nearest clauses of a question that the edition does not answer, short."""
    citations = []
    for passage in passages[:2]:
        clause = edition.clauses[passage.location]
        words = quote(body(clause), passage.words, SHORT_QUOTE)
        citations.append(Citation(clause.location, title_of(edition, clause), words))
    lines = [
        f"{replies.shown(citation.location)}{shown_quote(citation.quote, edition.clauses[citation.location].text)}"
        for citation in citations
    ]
    return "\n".join(lines), tuple(citations)


def _with_item_first(passages: Sequence[Passage], item: str | None) -> list[Passage]:
    if item is None or (passages and passages[0].location == item):
        return list(passages)
    own = next((passage for passage in passages if passage.location == item), Passage(item, 1.0))
    return [own, *(passage for passage in passages if passage.location != item)]


def title_of(edition: Edition, clause: Clause) -> str:
    """The clause's title, else that of the nearest heading above it."""
    here: Clause | None = clause
    while here is not None and not here.title:
        here = edition.clauses.get(here.parent) if here.parent else None
    return here.title if here else ""


def lead_of(edition: Edition, clause: Clause) -> str:
    """For an example in a list under a heading: which list it stands in; the tier's name comes so."""
    parent = edition.clauses.get(clause.parent) if clause.parent else None
    if parent is not None and parent.title and _LIST_LEAD.search(parent.text):
        return f"列在「{parent.title}」："
    return ""


def _shown(edition: Edition, clause: Clause, words: str) -> str:
    whole = edition.official[clause.location].words if clause.location in edition.official else body(clause)
    text = shown_quote(words, whole or clause.text)
    titled = clause.title and clause.location not in edition.official and clause.title not in words
    return f"{clause.title}：{text}" if titled and len(clause.title) <= 24 else text


def _details(edition: Edition, chosen: Sequence[Passage]) -> str:
    """The whole words of every place cited, and what the edition points to from there."""
    parts = []
    for passage in chosen:
        clause = edition.clauses[passage.location]
        note = f"\n（註：{clause.note}）" if clause.note else ""
        pointed = [reference.location or reference.law or "" for reference in clause.references]
        see = f"\n參照：{'、'.join(replies.shown(place) for place in pointed)}" if pointed else ""
        parts.append(f"{replies.shown(clause.location)}　{title_of(edition, clause)}\n{clause.text}{see}{note}")
    return "\n\n".join(parts)
