"""Pointers inside a clause: to other places of the edition and to articles of statutes."""

from __future__ import annotations

import re

from bot.domain import Reference
from bot.knowledge.family import Family

_NUMBER = r"第\s*([0-9]+(?:-[0-9]+)?)\s*"
_LAW = re.compile(
    rf"([\u4e00-\u9fff]{{2,12}}?法)(?:（[^（）]{{1,16}}）)?\s*{_NUMBER}條(?:{_NUMBER}項)?(?:{_NUMBER}款)?"
)
_LEAD_IN = re.compile(r".*(?:依據|依照|違反|依|按|及|與|或|則|，|。)")


def find_references(text: str, own: str, family: Family) -> tuple[Reference, ...]:
    """Every pointer of ``text`` in reading order, each once; a clause's mention of itself is none."""
    found: list[tuple[int, Reference]] = []
    numerals = "|".join(sorted(family.numerals, key=len, reverse=True))
    inside = re.compile(rf"第({numerals})條(?:{_NUMBER}項)?(?:{_NUMBER}款)?")
    for match in inside.finditer(text):
        steps = [match.group(1)]
        for level, number in zip(family.levels, match.groups()[1:], strict=False):
            if number is None:
                break
            steps.append(level.step(int(number)))
        found.append((match.start(), Reference(match.group(), location="/".join(steps))))
    for match in re.finditer(rf"{family.appendix_prefix}[一二三四五六七八九十]{{1,3}}", text):
        found.append((match.start(), Reference(match.group(), location=match.group())))
    for match in _LAW.finditer(text):
        law = _LEAD_IN.sub("", match.group(1))
        article = "".join(
            f"第{number}{unit}" for number, unit in zip(match.groups()[1:], "條項款", strict=True) if number
        )
        found.append((match.start(), Reference(match.group(), law=law + article)))
    unique: dict[tuple[str | None, str | None], Reference] = {}
    for _, reference in sorted(found, key=lambda pair: pair[0]):
        if reference.location != own:
            unique.setdefault((reference.location, reference.law), reference)
    return tuple(unique.values())
