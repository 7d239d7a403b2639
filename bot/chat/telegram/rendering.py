"""A reply as Telegram shows it: HTML that no text can break, pieces under the length, buttons."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.chat.telegram import wording
from bot.chat.telegram.callbacks import Act, Buttons, Press
from bot.domain import Kind, Reply

LIMIT = 4_000
"""Longest piece, in UTF-16 units as Telegram counts (its own limit is 4,096)."""
_QUOTED, _LONG_QUOTE = 20, 60
"""From these lengths words in 「」 are set as a quote, and as one that opens on a tap."""
_QUOTE = re.compile(r"^(?P<head>.*?)「(?P<words>.+)」(?P<tail>(?:（[^（）]*(?:\([^()]*\)[^（）]*)*）)?.{0,2})$")
_SENTENCE_END = re.compile(r"(?<=[。！？；\n])")


@dataclass(frozen=True, slots=True)
class Shown:
    """One message to send."""

    html: str = field(repr=False)
    keyboard: InlineKeyboardMarkup | None = None


def escaped(text: str) -> str:
    """Text inside HTML; control characters, which Telegram refuses, are gone."""
    clean = "".join(character for character in text if character in "\n\t" or character.isprintable())
    return html.escape(clean, quote=False)


def units(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def pieces(text: str, limit: int = LIMIT) -> list[str]:
    """``text`` in pieces of at most ``limit`` units, cut at ends of sentences; inside one only where it is longer."""
    if units(text) <= limit:
        return [text]
    found: list[str] = []
    piece = ""
    for sentence in _SENTENCE_END.split(text):
        for part in _short(sentence, limit):
            if piece and units(piece) + units(part) > limit:
                found.append(piece.strip("\n"))
                piece = ""
            piece += part
    return [part for part in [*found, piece.strip("\n")] if part.strip()]


def _short(sentence: str, limit: int) -> list[str]:
    most = limit // 2
    return [sentence[at : at + most] for at in range(0, len(sentence), most)] or [""]


def marked(text: str, *, lead: bool = True) -> str:
    """Plain text as HTML: the first line bold, long quotes folded, the last block (basis, edition) in italics."""
    body, gap, foot = text.rpartition("\n\n")
    if not gap:
        body, foot = text, ""
    lines = [_line(line, bold=lead and at == 0) for at, line in enumerate(body.split("\n"))]
    shown = _joined(lines)
    return f"{shown}\n\n<i>{escaped(foot)}</i>" if foot.strip() else shown


def _line(line: str, *, bold: bool) -> str:
    quote = _QUOTE.match(line)
    if quote and len(quote["words"]) >= _QUOTED:
        kind = "blockquote expandable" if len(quote["words"]) >= _LONG_QUOTE else "blockquote"
        head = escaped(quote["head"])
        start = f"<b>{head}</b>\n" if head.strip() and bold else f"{head}\n" if head.strip() else ""
        return f"{start}<{kind}>「{escaped(quote['words'])}」{escaped(quote['tail'])}</blockquote>"
    if bold and line.strip() and len(line) <= 80:
        return f"<b>{escaped(line)}</b>"
    return escaped(line)


def _joined(lines: Sequence[str]) -> str:
    """Lines, none of them empty beside a block quote, which brings its own space."""
    return re.sub(r"</blockquote>\n+", "</blockquote>\n", "\n".join(lines)).strip("\n")


def folded(title: str, text: str) -> list[str]:
    """A heading and long text that opens on a tap, in as many messages as it needs."""
    found = []
    for at, piece in enumerate(pieces(text, LIMIT - 200)):
        head = f"<b>{escaped(title)}</b>\n" if at == 0 else ""
        found.append(f"{head}<blockquote expandable>{escaped(piece.strip())}</blockquote>")
    return found


def keyboard(reply: Reply, buttons: Buttons, chat: int) -> InlineKeyboardMarkup | None:
    """The buttons under a reply."""

    def button(label: str, act: Act, argument: str = "") -> InlineKeyboardButton:
        return InlineKeyboardButton(label, callback_data=buttons.data(Press(act, reply.id, argument), chat))

    if reply.kind in {Kind.REFUSED, Kind.ERROR, Kind.SMALL_TALK}:
        return None
    rows: list[list[InlineKeyboardButton]] = []
    if reply.kind is Kind.CLARIFY:
        rows.append([button(choice.text, Act.FACT, str(at)) for at, choice in enumerate(choices(reply))])
    first = [button(wording.BUTTON_SOURCES, Act.SOURCES)] if reply.details or reply.citations else []
    if reply.kind is Kind.ANSWER:
        first.append(button(wording.BUTTON_TRIAGE, Act.TRIAGE))
    if reply.kind in {Kind.TRIAGE, Kind.CLARIFY}:
        first.append(button(wording.BUTTON_CORRECT, Act.CORRECT))
    if reply.kind in {Kind.ANSWER, Kind.TRIAGE}:
        first.append(button(wording.BUTTON_WHY, Act.WHY))
    rows += [first] if first else []
    if reply.kind is not Kind.CLARIFY:
        rows.append([button("👍", Act.GOOD), button("👎", Act.BAD)])
    return InlineKeyboardMarkup([row for row in rows if row])


@dataclass(frozen=True, slots=True)
class Choice:
    """A button under a question: what it says, and the value it gives a fact (None: not known)."""

    text: str
    fact: str
    value: bool | None


def choices(reply: Reply) -> list[Choice]:
    """The buttons under a question: what the reply offers itself, else 是, 否, 不確定 for the first fact."""
    own = [Choice(choice.text, choice.fact, choice.value) for choice in getattr(reply, "choices", ())]
    if own or not reply.missing_facts:
        return own
    fact = reply.missing_facts[0]
    return [Choice(text, fact, value) for text, value in zip(wording.CHOICES, (True, False, None), strict=True)]


def reason_keyboard(reply: Reply, buttons: Buttons, chat: int) -> InlineKeyboardMarkup:
    """Why a reply did not help."""
    row = [
        InlineKeyboardButton(label, callback_data=buttons.data(Press(Act.REASON, reply.id, code), chat))
        for code, label in wording.REASONS.items()
    ]
    return InlineKeyboardMarkup([row[:2], row[2:]])


def sources(reply: Reply) -> list[str]:
    """The clauses of a reply in full, in messages."""
    text = reply.details or "\n\n".join(f"{c.title}（{c.location}）\n{c.quote}" for c in reply.citations)
    return folded(wording.SOURCES_TITLE.format(edition=reply.edition), text)
