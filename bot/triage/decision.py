"""From the facts of a description to a decision, or to the one question that settles most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain import Breach, Tier
from bot.ports import FactReading
from bot.triage.expressions import Values
from bot.triage.rulebook import Fact, Rule
from bot.triage.rules import Change, Rules

MAX_QUESTIONS = 3
"""After so many answers the strictest tier still possible holds."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say of one description.

    ``tier`` is None where a fact must be asked for; then ``asked`` is that fact and ``possible`` has two tiers or more.
    """

    facts: Values
    evidence: Mapping[str, str] = field(repr=False)
    tier: Tier | None
    possible: tuple[Tier, ...]
    asked: Fact | None = None
    leads: Mapping[bool, tuple[Tier, ...]] = field(default_factory=dict)
    """For the fact asked: answer -> tiers that it leaves."""
    rules: tuple[Rule, ...] = ()
    breaches: tuple[Breach, ...] = ()
    changes: tuple[Change, ...] = ()
    assumed: tuple[str, ...] = ()
    """Facts that could not be settled and were taken the strict way."""


def decide(rules: Rules, reading: FactReading, given: Values | None = None) -> Decision:
    """The decision on ``reading``, corrected by what the person said of the facts (``given``; None: not known)."""
    given = given or {}
    values = rules.reconciled({**reading.values, **given})
    evidence = {name: words for name, words in reading.evidence.items() if name not in given}
    possible = rules.possible(values)
    if (tier := rules.settled(values)) is not None:
        return _settled(rules, values, evidence, tier, ())
    asked = rules.question(values, but=frozenset(given))
    if asked is None or len(given) >= MAX_QUESTIONS:
        return _strictest(rules, values, evidence, possible)
    leads = {answer: rules.possible(rules.reconciled({**values, asked: answer})) for answer in (True, False)}
    fact = rules.book.by_name[asked]
    return Decision(values, evidence, None, possible, asked=fact, leads=leads, breaches=rules.breaches(values))


def _strictest(rules: Rules, values: Values, evidence: Mapping[str, str], possible: tuple[Tier, ...]) -> Decision:
    """Every open fact that matters is taken the way that keeps the highest tier."""
    facts, assumed = dict(values), []
    while (name := rules.question(facts)) is not None:
        worst = rules.book.by_name[name].direction != "milder"
        facts = rules.reconciled({**facts, name: worst})
        assumed.append(name)
    tier = rules.settled(facts) or (possible[-1] if possible else Tier.HIGH)
    return _settled(rules, facts, evidence, tier, tuple(assumed))


def _settled(
    rules: Rules, values: Values, evidence: Mapping[str, str], tier: Tier, assumed: tuple[str, ...]
) -> Decision:
    return Decision(
        facts=values,
        evidence=evidence,
        tier=tier,
        possible=(tier,),
        rules=rules.holding(values),
        breaches=rules.breaches(values),
        changes=rules.lowering(values, tier),
        assumed=assumed,
    )
