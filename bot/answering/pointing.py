"""A place of the edition that the person names: 「附件五第三題」, 「陸、二、（四）」, 「第伍條第一項」."""

from __future__ import annotations

import re

from bot.ports import Edition
from bot.text import chinese_number

_NUMBER = r"[（(]?([一二三四五六七八九十]{1,3}|[0-9]{1,2})[）)]?"
_STEP = re.compile(rf"[、，,／/之的第條項 ]{{0,3}}{_NUMBER}[條項款題點]?(?![0-9年月日個種類級次成])")
_START = re.compile(
    r"附件[一二三四五六七八九十]|第(?P<article>[壹貳參肆伍陸柒捌玖拾])條|"
    r"(?<![大登退隊著軍])(?P<section>[壹貳參肆伍陸柒捌玖])"
    r"(?=[、，／/ ]?[（(]?[一二三四五六七八九十0-9]|[、／/]|章|講|說|寫|規定|(?:裡|這)[面段條章]|在講)"
)


def pointed_at(text: str, edition: Edition) -> str | None:
    """The deepest location that the text names and the edition has; None where it names none."""
    for match in _START.finditer(text):
        location = match.group("article") or match.group("section") or match.group()
        if location not in edition.clauses:
            continue
        at = match.end()
        while step := _STEP.match(text, at):
            child = _child(edition, location, step.group(1))
            if child is None:
                break
            location, at = child, step.end()
        return location
    return None


def _child(edition: Edition, location: str, number: str) -> str | None:
    """The child with that number, however it is written there."""
    value = int(number) if number.isdigit() else chinese_number(number)
    for clause in edition.clauses.values():
        if clause.parent != location:
            continue
        own = clause.location.rsplit("/", 1)[-1].strip("()")
        if (int(own) if own.isdigit() else chinese_number(own)) == value:
            return clause.location
    return None
