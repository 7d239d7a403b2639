"""Facts in, tier out: exact over unknown facts, always the same.

An unknown fact is tried both ways; a rule that is settled without it needs no trial, so only few are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from bot.domain import Breach, Tier
from bot.triage.expressions import Expression, Values
from bot.triage.rulebook import Lever, Rule, Rulebook

CHANGES = 3
"""At most so many changes together are tried to lower a tier."""
Outcomes = frozenset[Tier | None]
"""Tiers that the facts allow; None stands for facts under which no rule holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """A smallest set of changes and the tier it leads to."""

    levers: tuple[Lever, ...]
    tier: Tier

    def within(self, levers: tuple[Lever, ...]) -> bool:
        """Whether all of its changes are among ``levers``."""
        return {lever.name for lever in self.levers} <= {lever.name for lever in levers}


class Rules:
    """Decides by one rulebook."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        deciding = [name for rule in book.rules for name in rule.condition.facts()]
        implied = [name for i in book.implications for name in (*i.when.facts(), *i.then)]
        self._relevant = tuple(dict.fromkeys((*deciding, *implied)))

    def reconciled(self, values: Values) -> dict[str, bool | None]:
        """The facts with what they imply; where they contradict each other the milder one is taken back."""
        facts = dict(values)
        for implication in self.book.implications:
            if implication.when.holds(facts) is not True:
                continue
            clash = any(facts.get(name) is (not value) for name, value in implication.then.items())
            if clash and implication.gives_way not in implication.then:
                facts[implication.gives_way] = False
            else:
                facts.update(implication.then)
        return self._closed(facts) or facts

    def _closed(self, values: Values) -> dict[str, bool | None] | None:
        """``values`` with everything that follows from the implications; None where they contradict each other."""
        facts = {name: values.get(name) for name in dict.fromkeys((*self._relevant, *values))}
        changed = True
        while changed:
            changed = False
            for implication in self.book.implications:
                holds = implication.when.holds(facts)
                if holds is False:
                    continue
                if holds:
                    for name, value in implication.then.items():
                        if facts[name] is (not value):
                            return None
                        changed = changed or facts[name] is None
                        facts[name] = value
                elif any(facts[name] is (not value) for name, value in implication.then.items()):
                    changed = self._denied(implication.when, facts) or changed
        return facts

    @staticmethod
    def _denied(condition: Expression, facts: dict[str, bool | None]) -> bool:
        """Sets the one unknown fact of a condition that must not hold."""
        unknown = [name for name in condition.facts() if facts[name] is None]
        if len(unknown) != 1:
            return False
        name = unknown[0]
        facts[name] = condition.holds({**facts, name: True}) is not True
        return True

    def outcomes(self, values: Values) -> Outcomes:
        """Every tier that the unknown facts still allow."""
        memo: dict[tuple[bool | None, ...], Outcomes] = {}
        return self._outcomes({name: values.get(name) for name in self._relevant}, memo)

    def _outcomes(self, values: Values, memo: dict[tuple[bool | None, ...], Outcomes]) -> Outcomes:
        facts = self._closed(values)
        if facts is None:
            return frozenset()
        key = tuple(facts[name] for name in self._relevant)
        if key in memo:
            return memo[key]
        memo[key] = found = self._branched(facts, memo)
        return found

    def _branched(self, facts: dict[str, bool | None], memo: dict[tuple[bool | None, ...], Outcomes]) -> Outcomes:
        for rule in self.book.rules:
            holds = rule.condition.holds(facts)
            if holds is True:
                return frozenset({rule.tier})
            if holds is None:
                name = next(name for name in rule.condition.facts() if facts.get(name) is None)
                return self._outcomes({**facts, name: True}, memo) | self._outcomes({**facts, name: False}, memo)
        return frozenset({None})

    def possible(self, values: Values) -> tuple[Tier, ...]:
        """Tiers still possible, mildest first."""
        tiers = {tier for tier in self.outcomes(values) if tier is not None}
        return tuple(sorted(tiers, key=lambda tier: tier.severity))

    def settled(self, values: Values) -> Tier | None:
        """The tier where only one is possible, else None."""
        found = self.outcomes(values)
        return next(iter(found)) if len(found) == 1 else None

    def holding(self, values: Values) -> tuple[Rule, ...]:
        """Every rule that holds whatever the unknown facts are, the deciding one first; one per clause."""
        facts = self._closed(values) or dict(values)
        held: dict[tuple[Tier, str], Rule] = {}
        for rule in self.book.rules:
            if rule.condition.holds(facts) is True:
                held.setdefault((rule.tier, rule.location), rule)
        return tuple(held.values())

    def question(self, values: Values, but: frozenset[str] = frozenset()) -> str | None:
        """The unknown fact whose answer leaves the fewest tiers; None where nothing unknown matters.

        Facts in ``but`` are not asked for again.
        """
        now = self.outcomes(values)
        if len(now) < 2 and None not in now:
            return None
        best: tuple[float, int] | None = None
        chosen = None
        for at, (name, fact) in enumerate(self.book.by_name.items()):
            if values.get(name) is not None or not fact.deciding or name in but:
                continue
            left = [self.outcomes({**values, name: value}) for value in (True, False)]
            counts = [len(tiers) for tiers in left if tiers]
            if not counts or all(tiers == now for tiers in left if tiers):
                continue
            score = (sum(counts) / len(counts), at)
            if best is None or score < best:
                best, chosen = score, name
        return chosen or self._undecided(values, but)

    def _undecided(self, values: Values, but: frozenset[str]) -> str | None:
        """Where no single answer settles anything: an unknown fact of the strictest rule that is still open."""
        facts = self._closed(values) or dict(values)
        for rule in self.book.rules:
            if rule.condition.holds(facts) is None:
                for name in rule.condition.facts():
                    if facts.get(name) is None and name not in but and self.book.by_name[name].deciding:
                        return name
        return None

    def breaches(self, values: Values) -> tuple[Breach, ...]:
        """What the facts break whatever the tier."""
        found = []
        for rule in self.book.breaches:
            if rule.condition.holds(values) is not True:
                continue
            if any(values.get(name) is not False for name in rule.stated):
                continue
            mend = f"{rule.mend}；例外：{rule.exceptions}" if rule.exceptions else rule.mend
            found.append(Breach(rule.location, rule.duty, mend, tuple(rule.also)))
        return tuple(found)

    def changed(self, values: Values, levers: tuple[Lever, ...]) -> dict[str, bool | None]:
        """The facts after the changes."""
        facts = dict(values)
        for lever in levers:
            facts.update(lever.sets)
        return self.reconciled(facts)

    def lowering(self, values: Values, tier: Tier) -> tuple[Change, ...]:
        """Smallest sets of changes to a lower tier, fewest first; none contains another that does as well."""
        fitting = [lever for lever in self.book.levers if lever.needs.holds(values) is True]
        found: list[Change] = []
        for count in range(1, min(CHANGES, len(fitting)) + 1):
            for levers in combinations(fitting, count):
                reached = self.settled(self.changed(values, levers))
                if reached is None or reached.severity >= tier.severity:
                    continue
                if any(c.within(levers) and c.tier.severity <= reached.severity for c in found):
                    continue
                found.append(Change(levers, reached))
        return tuple(found)
