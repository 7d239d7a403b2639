"""The rules of an edition as data: ``risk_rules.yaml``, read strictly, checked against itself and the edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import Field, PlainValidator, model_validator

from bot.domain import Tier
from bot.errors import RoomError
from bot.ports import Edition
from bot.rooms import RoomModel, read_yaml
from bot.text import sentence_spans
from bot.triage.expressions import Expression, parse

FILE = "risk_rules.yaml"
Direction = Literal["stricter", "milder", "neutral"]
When = Literal["before", "while", "after"]
TIER_NAMES = {f"tier_{tier.value}": tier for tier in Tier}
"""What a checklist row may ask for besides the facts."""
Condition = Annotated[Expression, PlainValidator(parse)]


class Fact(RoomModel):
    """One fact: what it means, how a reply names it, how it is asked for.

    ``stricter``: true can only raise the tier; ``milder``: true can only lower it; ``neutral``: it chooses a clause.
    """

    name: str
    label: str
    means: str
    direction: Direction
    deciding: bool
    question: str
    yes: str
    no: str
    unsure: str
    denied: str = ""
    """How a reply names it where it is false."""


class Implication(RoomModel):
    """Where ``when`` holds, the facts of ``then`` have their values; ``gives_way`` is taken back in a contradiction."""

    when: Condition
    then: dict[str, bool]
    gives_way: str


class Rule(RoomModel):
    """A tier, when it holds, the clause it rests on and its words.

    ``unsettled``: the guideline does not settle this case itself.
    """

    name: str
    tier: Tier
    location: str
    says: str
    condition: Condition
    because: str
    unsettled: bool = False


class BreachRule(RoomModel):
    """A duty that a description may break whatever its tier; ``stated``: facts that must have been said to be false."""

    name: str
    condition: Condition
    location: str
    says: str
    also: list[str] = []
    duty: str
    mend: str
    exceptions: str = ""
    stated: list[str] = []


class Duty(RoomModel):
    """What must be done, and when, at which tiers."""

    when: When
    tiers: list[Tier]
    location: str
    says: str
    words: str
    condition: Condition | None = None


class Bound(RoomModel):
    """Who else is bound."""

    location: str
    says: str
    words: str


Quoting = TypeVar("Quoting", Rule, BreachRule, Duty, Bound)


class Lever(RoomModel):
    """A change a unit can make: the facts it sets, and when it makes sense."""

    name: str
    words: str
    sets: dict[str, bool]
    needs: Condition


class ChecklistAnswer(RoomModel):
    """An answer of a row, and when it is the one."""

    when: Condition
    words: str


class ChecklistRow(RoomModel):
    """A row of 附件四 and what a description answers in it."""

    location: str
    row: str
    answers: list[ChecklistAnswer]


class Rulebook(RoomModel):
    """Everything ``risk_rules.yaml`` says."""

    schema_version: Literal[1] = Field(alias="schema")
    edition: str
    facts: list[Fact]
    implications: list[Implication]
    rules: list[Rule]
    breaches: list[BreachRule]
    duties: list[Duty]
    also_bound: list[Bound]
    levers: list[Lever]
    checklist: list[ChecklistRow]

    @property
    def by_name(self) -> Mapping[str, Fact]:
        """Fact by name, in the order of the file."""
        return {fact.name: fact for fact in self.facts}

    def grounds(self) -> Iterator[tuple[str, str]]:
        """(location, words) that something here rests on; the words are empty where only the place is named."""
        resting: tuple[Rule | BreachRule | Duty | Bound, ...]
        resting = (*self.rules, *self.breaches, *self.duties, *self.also_bound)
        for entry in resting:
            yield entry.location, entry.says
        for breach in self.breaches:
            yield from ((location, "") for location in breach.also)
        yield from ((row.location, "") for row in self.checklist)

    @model_validator(mode="after")
    def _consistent(self) -> Rulebook:
        names = {fact.name for fact in self.facts}
        used: set[str] = set()
        for condition in self._conditions():
            used |= set(condition.facts())
        for implication in self.implications:
            used |= {*implication.then, implication.gives_way}
        for lever in self.levers:
            used |= lever.sets.keys()
        for breach in self.breaches:
            used |= set(breach.stated)
        for row in self.checklist:
            used |= {name for answer in row.answers for name in answer.when.facts()} - TIER_NAMES.keys()
        if unknown := used - names:
            raise ValueError(f"沒有這個事實：{'、'.join(sorted(unknown))}")
        severities = [rule.tier.severity for rule in self.rules]
        if severities != sorted(severities, reverse=True):
            raise ValueError("rules 須由最嚴格的等級排到最寬鬆的等級")
        return self

    def _conditions(self) -> Iterator[Expression]:
        yield from (implication.when for implication in self.implications)
        yield from (rule.condition for rule in self.rules)
        yield from (breach.condition for breach in self.breaches)
        yield from (duty.condition for duty in self.duties if duty.condition is not None)
        yield from (lever.needs for lever in self.levers)


def unfounded(book: Rulebook, edition: Edition) -> tuple[str, ...]:
    """Locations that the edition lacks, or whose clause does not say what the rule quotes."""
    missing: Iterable[str] = (
        location
        for location, says in book.grounds()
        if location not in edition.clauses or says not in edition.clauses[location].text
    )
    return tuple(dict.fromkeys(missing))


def read_rulebook(edition: Edition) -> Rulebook:
    """The edition's rules; ``RoomError`` where the file is wrong or names a clause that the edition does not have.

    Where a revised clause no longer says what a rule quotes, the rule quotes the clause's first sentence until
    somebody has looked (``stale_words``).
    """
    path = edition.file(FILE)
    book = read_yaml(path, Rulebook)
    if missing := [place for place in unfounded(book, edition) if place not in edition.clauses]:
        raise RoomError(f"{path}：所引的條文不存在：{'、'.join(missing)}")
    return _requoted(book, edition)


def stale_words(edition: Edition) -> tuple[str, ...]:
    """Locations whose clause no longer says what a rule quotes, or is gone."""
    return unfounded(read_yaml(edition.file(FILE), Rulebook), edition)


def _requoted(book: Rulebook, edition: Edition) -> Rulebook:
    def mended(entry: Quoting) -> Quoting:
        text = edition.clauses[entry.location].text
        if entry.says in text:
            return entry
        start, end = sentence_spans(text)[0]
        return entry.model_copy(update={"says": text[start:end]})

    parts = {
        name: [mended(one) for one in getattr(book, name)] for name in ("rules", "breaches", "duties", "also_bound")
    }
    return book.model_copy(update=parts)
