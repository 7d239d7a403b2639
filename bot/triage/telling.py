"""A decision in words: three to six lines first, everything else for whoever opens it. No model has a hand in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot import replies
from bot.domain import MAX_CITATIONS, MAX_TEXT, Choice, Citation, Tier
from bot.ports import Edition
from bot.triage import wording
from bot.triage.decision import Decision
from bot.triage.rulebook import TIER_NAMES, Duty, Fact, Rule, Rulebook
from bot.triage.rules import Change

CIRCLED = "①②③④⑤⑥⑦⑧⑨"
CHANGES_SHOWN = 3
EVIDENCE_SHOWN = 24
STEPS_SHOWN = 3
FACTS_SHOWN = 4
QUOTED = 90


def short_text(decision: Decision, book: Rulebook, edition: Edition) -> str:
    """The reply before anything is opened: at most ``MAX_TEXT`` characters, edition named at its foot."""
    foot = f"{wording.AID}｜{replies.edition_mark(edition.manifest)}"
    lines = _asking(decision, book) if decision.asked else _telling(decision, book)
    text = "\n".join(line for line in lines if line)
    room = MAX_TEXT - len(foot) - 2
    return f"{text if len(text) <= room else text[: room - 1] + '…'}\n\n{foot}"


def _asking(decision: Decision, book: Rulebook) -> list[str]:
    assert decision.asked is not None  # noqa: S101 - the caller looked
    fact = decision.asked
    leads = "　".join(
        f"{fact.yes if answer else fact.no} → {'或'.join(_tier(tier) for tier in reversed(tiers))}"
        for answer, tiers in decision.leads.items()
        if tiers
    )
    strictest = max(decision.possible, key=lambda tier: tier.severity)
    return [
        wording.ASKED.format(question=fact.question),
        wording.CHOICES.format(yes=fact.yes, no=fact.no, unsure=fact.unsure),
        f"{leads}。{wording.UNTIL.format(tier=_tier(strictest))}",
        _why(decision, book, [name for name in decision.evidence if decision.facts.get(name)], wording.READ_SO_FAR),
    ]


def _telling(decision: Decision, book: Rulebook) -> list[str]:
    tier, deciding = decision.tier, decision.rules[0] if decision.rules else None
    assert tier is not None  # noqa: S101 - nothing was asked
    changes_mend = tier is Tier.PROHIBITED and bool(decision.changes)
    return [
        _head(decision, deciding),
        _quoted(deciding),
        _why(decision, book, _deciding_facts(decision, deciding), wording.WHY),
        wording.MEND.format(mend=_mend(decision.breaches[0].mend)) if decision.breaches and not changes_mend else "",
        _lower(decision.changes, tier),
        _steps(decision, book),
        *_remarks(decision, book, deciding),
    ]


def _head(decision: Decision, rule: Rule | None) -> str:
    assert decision.tier is not None  # noqa: S101
    location = replies.shown(rule.location) if rule else ""
    if decision.tier is Tier.PROHIBITED:
        return wording.HEAD_PROHIBITED.format(tier=replies.TIER_WORDS[decision.tier], location=location)
    head = wording.HEAD.format(tier=replies.TIER_WORDS[decision.tier], location=location)
    if not decision.breaches:
        return wording.HEAD_DUTIES.format(head=head)
    first, more = decision.breaches[0], len(decision.breaches) - 1
    places = "、".join(replies.shown(place) for place in (first.location, *first.also))
    told = wording.HEAD_BREACH.format(head=head, duty=first.duty, locations=places)
    return told + (wording.MORE_BREACHES.format(count=more) if more else "")


def _mend(mend: str) -> str:
    """Without the exceptions, which stand in the details."""
    return mend.partition("；例外：")[0]


def _quoted(rule: Rule | None) -> str:
    if rule is None:
        return ""
    return f"「{rule.says if len(rule.says) <= QUOTED else rule.says[:QUOTED] + '…'}」"


def _deciding_facts(decision: Decision, rule: Rule | None) -> list[str]:
    names = list(rule.condition.facts()) if rule else []
    if decision.breaches:
        names += [name for name in ("external_ai",) if decision.facts.get(name)]
    return list(dict.fromkeys(names))


def _why(decision: Decision, book: Rulebook, names: Iterable[str], lead: str) -> str:
    facts = book.by_name
    told: dict[str, list[str]] = {}
    for name in names:
        value, words = decision.facts.get(name), decision.evidence.get(name, "")
        label = _label(facts[name], value)
        if label and (words or (value and facts[name].deciding)):
            told.setdefault(_cut(words), []).append(label)
    shown = [f"「{words}」→ {'、'.join(labels)}" if words else "、".join(labels) for words, labels in told.items()]
    return lead + "；".join(shown[:FACTS_SHOWN]) if shown else ""


def _label(fact: Fact, value: bool | None) -> str:
    return {True: fact.label, False: fact.denied, None: ""}[value]


def _cut(words: str) -> str:
    return words if len(words) <= EVIDENCE_SHOWN else words[:EVIDENCE_SHOWN] + "…"


def _tier(tier: Tier) -> str:
    return wording.TIER_SHORT[tier.value]


def _lower(changes: Sequence[Change], tier: Tier) -> str:
    if tier is Tier.LOW:
        return ""
    if not changes:
        return wording.LOWER_NONE
    told = (
        f"{CIRCLED[at]} {'，並'.join(lever.words for lever in change.levers)} → {_tier(change.tier)}"
        for at, change in enumerate(changes[:CHANGES_SHOWN])
    )
    return wording.LOWER + "　".join(told)


def duties_of(decision: Decision, book: Rulebook) -> list[Duty]:
    """The duties at this tier that fit the facts, in the order of the file."""
    return [
        duty
        for duty in book.duties
        if decision.tier in duty.tiers and (duty.condition is None or duty.condition.holds(decision.facts) is True)
    ]


def _steps(decision: Decision, book: Rulebook) -> str:
    if decision.tier is Tier.PROHIBITED:
        return ""
    later = [duty for duty in duties_of(decision, book) if duty.when != "before"]
    told = list(dict.fromkeys(duty.words for duty in later))[-STEPS_SHOWN:]
    return wording.NEXT.format(steps="；".join(told)) if told else ""


def _remarks(decision: Decision, book: Rulebook, rule: Rule | None) -> list[str]:
    facts, tier = decision.facts, decision.tier
    remarks = []
    if decision.assumed:
        names = "、".join(book.by_name[name].label for name in decision.assumed)
        remarks.append(wording.ASSUMED.format(facts=names))
    if rule and rule.unsettled and tier:
        remarks.append(wording.UNSETTLED.format(tier=_tier(tier)))
    if tier is not Tier.PROHIBITED and (facts.get("confidential_data") or facts.get("unpublished_government_data")):
        remarks.append(wording.GRADED)
    if facts.get("staff_only_data"):
        remarks.append(wording.STAFF)
    return remarks


def choices(decision: Decision) -> tuple[Choice, ...]:
    """The buttons under a question."""
    fact = decision.asked
    if fact is None:
        return ()
    return tuple(
        Choice(text, fact.name, value) for text, value in ((fact.yes, True), (fact.no, False), (fact.unsure, None))
    )


def citations(decision: Decision, book: Rulebook, edition: Edition) -> tuple[Citation, ...]:
    """The deciding rule's clause first, then what is broken, then the other rules and the duties."""
    grounds = [(rule.location, rule.says) for rule in decision.rules]
    head, rest = grounds[:1], grounds[1:]
    says = {rule.location: rule.says for rule in book.breaches}
    broken = [(breach.location, says[breach.location]) for breach in decision.breaches]
    duties = [(duty.location, duty.says) for duty in duties_of(decision, book)]
    found: dict[str, Citation] = {}
    for location, words in (*head, *broken, *rest, *duties):
        found.setdefault(location, Citation(location, _title(edition, location), words))
    return tuple(found.values())[:MAX_CITATIONS]


def _title(edition: Edition, location: str) -> str:
    here: str | None = location
    while here is not None:
        clause = edition.clauses[here]
        if clause.title:
            return clause.title
        here = clause.parent
    return ""


def details(decision: Decision, book: Rulebook, edition: Edition) -> str:
    """What opens on a tap: facts, rules, breaches, duties by time, changes, who else is bound, checklist rows."""
    blocks = [_facts_block(decision, book)]
    if decision.tier is None:
        return "\n\n".join(blocks)
    rules = [
        f"{_tier(rule.tier)}｜{rule.because}\n{replies.shown(rule.location)}：{edition.clauses[rule.location].text}"
        for rule in decision.rules
    ]
    blocks.append(_block(wording.RULES, rules))
    broken = [
        f"{b.duty}（{'、'.join(map(replies.shown, (b.location, *b.also)))}）\n　{b.mend}" for b in decision.breaches
    ]
    blocks.append(_block(wording.BREACHES, broken))
    for when, heading in wording.DUTIES.items():
        duties = [f"{d.words}（{replies.shown(d.location)}）" for d in duties_of(decision, book) if d.when == when]
        blocks.append(_block(heading, duties))
    changes = [f"{'，並'.join(lever.words for lever in c.levers)} → {_tier(c.tier)}" for c in decision.changes]
    blocks.append(_block(wording.CHANGES, changes))
    blocks.append(_block(wording.CHECKLIST, [f"{row}：{answer}" for row, answer in checklist_rows(decision, book)]))
    bound = [f"{bound.words}（{replies.shown(bound.location)}）" for bound in book.also_bound]
    blocks.append(_block(wording.BOUND, bound))
    return "\n\n".join(block for block in blocks if block)


def checklist_rows(decision: Decision, book: Rulebook) -> list[tuple[str, str]]:
    """(row of 附件四, answer) for the rows that the description answers."""
    facts = {**decision.facts, **{name: decision.tier is tier for name, tier in TIER_NAMES.items()}}
    found = []
    for row in book.checklist:
        answers = [answer.words for answer in row.answers if answer.when.holds(facts) is True]
        if answers:
            found.append((f"{row.row}（{replies.shown(row.location)}）", "、".join(answers)))
    return found


def _facts_block(decision: Decision, book: Rulebook) -> str:
    lines = []
    for fact in book.facts:
        value, words = decision.facts.get(fact.name), decision.evidence.get(fact.name, "")
        if value is None or not (words or (value and fact.deciding)):
            continue
        label = _label(fact, value)
        if label:
            lines.append(f"{label}{f'：「{words}」' if words else ''}　[{fact.name}]")
    return _block(wording.FACTS, lines)


def _block(heading: str, lines: Sequence[str]) -> str:
    return "\n".join((heading, *(f"・{line}" for line in lines))) if lines else ""
