"""Which words of a clause to show: verbatim, around the words that answer, within a budget."""

from __future__ import annotations

import re

from bot.domain import Clause
from bot.text import sentence_spans

ELLIPSIS = "…"
_EXCEPTION = re.compile(r"除非|否則|但|惟|例外|不在此限|不受此限|者，")


def body(clause: Clause) -> str:
    """The clause's words without its heading, where other words follow it."""
    if not clause.title or not clause.text.startswith(clause.title):
        return clause.text
    rest = clause.text[len(clause.title) :]
    if not rest.startswith(("：", ":", "\n")):
        return clause.text
    stripped = rest.lstrip("：:\n ")
    return stripped or clause.text


def quote(text: str, words: str, budget: int) -> str:
    """A verbatim piece of ``text`` of at most ``budget`` characters that contains ``words`` where they fit.

    Whole sentences, neighbours added while they fit; a single sentence longer than the budget is cut at a comma.
    The result is always a substring of ``text``.
    """
    if len(text) <= budget:
        return text
    spans, first, at = _sentence_with(text, words)
    start, end = spans[first]
    last = first
    if end - start > budget:
        return _cut(text, start, end, at, budget)
    while True:
        if last + 1 < len(spans) and spans[last + 1][1] - start <= budget:
            last += 1
            end = spans[last][1]
        elif first > 0 and end - spans[first - 1][0] <= budget:
            first -= 1
            start = spans[first][0]
        else:
            return text[start:end].strip()


def point(text: str, words: str, budget: int) -> str:
    """The sentence that holds ``words``, narrowed to about ``budget`` characters; with an exception it stays whole."""
    spans, first, at = _sentence_with(text, words)
    start, end = spans[first]
    sentence = text[start:end].strip()
    if len(sentence) <= budget or _EXCEPTION.search(sentence):
        return sentence
    return _cut(text, start, end, at, budget)


def _sentence_with(text: str, words: str) -> tuple[list[tuple[int, int]], int, int]:
    """All sentences, the index of the one that holds ``words`` (the first where none does), and where they stand."""
    spans = sentence_spans(text) or [(0, len(text))]
    at = _position(text, words)
    return spans, next((i for i, (start, end) in enumerate(spans) if start <= at < end), 0), at


def _position(text: str, words: str) -> int:
    """Where ``words`` stand in ``text`` (white space ignored); 0 where they do not."""
    if not words:
        return 0
    pattern = r"\s*".join(re.escape(char) for char in words if not char.isspace())
    match = re.search(pattern, text)
    return match.start() if match else 0


def _cut(text: str, start: int, end: int, at: int, budget: int) -> str:
    """A piece of one long sentence that begins behind a comma and holds position ``at``."""
    commas = [start, *(m.end() for m in re.finditer(r"[，；：、]", text[:end]) if start < m.end() < end)]
    begin = max((comma for comma in commas if comma <= at), default=start)
    for comma in commas:
        if comma <= begin and at - comma <= budget // 3:
            begin = comma
            break
    piece = text[begin : min(end, begin + budget)]
    if begin + budget < end:
        stop = max(piece.rfind(mark) for mark in "，；、")
        if stop > budget // 2:
            piece = piece[: stop + 1]
    return piece.strip()


def shown_quote(piece: str, whole: str) -> str:
    """The piece in 「」, with … where the clause goes on before or behind it."""
    flat = " ".join(line.strip() for line in piece.splitlines() if line.strip()) if "☐" in piece else piece
    at = whole.find(piece)
    before = ELLIPSIS if at > 0 and whole[:at].strip() else ""
    after = ELLIPSIS if at >= 0 and whole[at + len(piece) :].strip() else ""
    return f"「{before}{flat}{after}」"
