"""What a clause is called."""

from __future__ import annotations

import re

from bot.knowledge.family import Family

_HEADING_STOPS = re.compile(r"[，。；：？、]")
_LONGEST_TITLE = 45


def is_heading(text: str) -> bool:
    """Whether the text is short and unpunctuated, as headings are."""
    return bool(text) and len(text) <= _LONGEST_TITLE and not _HEADING_STOPS.search(text.rstrip("：:"))


def title_of(text: str, heading: str | None, style: str, family: Family) -> str:
    """The clause's own heading, verbatim; empty where it has none."""
    question, answer, _ = text.partition("\n" + family.answer)
    if answer:
        return question
    head = re.match(r"[^，。；？\n]{1,45}?(?=[：:])", text)
    if heading or head:
        return family.aside.sub("", (heading or (head.group() if head else "")).rstrip("：:")).strip()
    first = text.split("\n", 1)[0]
    if style in {"section", "row"} or (text and text == first and style == "ordinal"):
        return first if len(first) <= _LONGEST_TITLE and not _HEADING_STOPS.search(first) else ""
    return ""
