"""The rules as a person reads them: a table and a picture (Mermaid), made from the data."""

from __future__ import annotations

from bot import replies
from bot.domain import Tier
from bot.triage.expressions import Expression
from bot.triage.rulebook import Rulebook

_JOIN = {"and": "且", "or": "或"}


def told(expression: Expression, labels: dict[str, str], *, inner: bool = False) -> str:
    """The condition in words."""
    if expression.kind == "fact":
        return labels[expression.name]
    if expression.kind == "not":
        part = expression.parts[0]
        words = told(part, labels, inner=True)
        return f"非「{words}」" if part.kind == "fact" else f"非{words}"
    words = f" {_JOIN[expression.kind]} ".join(told(part, labels, inner=True) for part in expression.parts)
    return f"（{words}）" if inner else words


def rules_table(book: Rulebook) -> str:
    """A Markdown table of the rules, highest tier first; within a tier the first that holds names the clause."""
    labels = {fact.name: fact.label for fact in book.facts}
    lines = ["| 等級 | 條文 | 成立條件 |", "|---|---|---|"]
    for rule in book.rules:
        mark = "（指引未明定，從嚴）" if rule.unsettled else ""
        lines.append(f"| {replies.TIER_WORDS[rule.tier]} | {rule.location} | {told(rule.condition, labels)}{mark} |")
    return "\n".join(lines)


def rules_picture(book: Rulebook) -> str:
    """A Mermaid flow chart: tier after tier, asked from the strictest down."""
    labels = {fact.name: fact.label for fact in book.facts}
    lines = ["flowchart TD", '  start(["讀到的事實"]) --> prohibited']
    tiers = (Tier.PROHIBITED, Tier.HIGH, Tier.MEDIUM, Tier.LOW)
    for tier, following in zip(tiers, (*tiers[1:], None), strict=True):
        rules = [rule for rule in book.rules if rule.tier is tier]
        conditions = "<br/>".join(dict.fromkeys(told(rule.condition, labels) for rule in rules))
        lines.append(f'  {tier.value}{{"{conditions}"}}')
        lines.append(f'  {tier.value} -- 任一成立 --> {tier.value}_is["{replies.TIER_WORDS[tier]}"]')
        below = following.value if following else "ask"
        lines.append(f"  {tier.value} -- 都不成立 --> {below}")
        lines.append(f"  {tier.value} -- 不知道 --> ask")
    lines.append('  ask(["追問最能決定等級的一件事"])')
    return "\n".join(lines)
