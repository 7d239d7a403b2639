"""The shipped rules over their facts: every combination, monotone, each rule of use, low only where known."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Tier
from bot.errors import RoomError
from bot.knowledge.editions import FolderEdition, read_edition, shipped_folder
from bot.triage.expressions import parse
from bot.triage.rulebook import read_rulebook
from bot.triage.rules import Rules

NAMES = """
    confidential_data unpublished_government_data on_premises_offline security_confirmed special_personal_data
    biometric_identification lawful_basis_or_consent affects_rights ai_decides human_review scores_people
    personal_data public_facing_chatbot bias_risk outward_document supervisor_review internal_only
    public_data_only generative_ai external_ai rights_document policy_draft press_or_notice
"""
BASE: dict[str, bool | None] = dict.fromkeys(NAMES.split(), False)


def facts(**changed: bool | None) -> dict[str, bool | None]:
    return {**BASE, **changed}


CASES = [
    ("confidential outside", {"confidential_data": True, "internal_only": True}, "prohibited", "肆/二/(一)/1"),
    (
        "confidential inside, checked",
        {"confidential_data": True, "on_premises_offline": True, "security_confirmed": True, "internal_only": True},
        "low",
        "肆/二/(四)/1",
    ),
    (
        "confidential inside, not checked",
        {"confidential_data": True, "on_premises_offline": True, "internal_only": True},
        "prohibited",
        "肆/二/(一)/1",
    ),
    ("unpublished outside", {"unpublished_government_data": True}, "prohibited", "肆/二/(一)/1"),
    ("faces, nobody asked", {"biometric_identification": True}, "prohibited", "肆/二/(一)/2"),
    ("faces, consent", {"biometric_identification": True, "lawful_basis_or_consent": True}, "high", "肆/二/(二)/5"),
    ("illness, nobody asked", {"special_personal_data": True}, "prohibited", "肆/二/(一)/3"),
    (
        "illness, consent, written",
        {"special_personal_data": True, "lawful_basis_or_consent": True, "generative_ai": True},
        "high",
        "肆/二/(二)/3",
    ),
    ("decides alone", {"affects_rights": True, "ai_decides": True}, "prohibited", "肆/二/(一)/4"),
    ("decides, confirmed", {"affects_rights": True, "human_review": True}, "high", "肆/二/(二)"),
    ("scores alone", {"scores_people": True, "ai_decides": True}, "prohibited", "肆/二/(一)/5"),
    ("scores, confirmed", {"scores_people": True, "human_review": True}, "high", "肆/二/(二)"),
    ("chat bot for citizens", {"public_facing_chatbot": True}, "high", "肆/二/(二)/2"),
    (
        "writes a disposition",
        {"affects_rights": True, "human_review": True, "rights_document": True, "outward_document": True},
        "high",
        "肆/二/(二)/4",
    ),
    ("names analysed", {"personal_data": True, "internal_only": True}, "high", "肆/二/(二)/1"),
    ("names into a prompt", {"personal_data": True, "generative_ai": True}, "high", "肆/二/(二)/3"),
    ("bias", {"bias_risk": True, "internal_only": True}, "high", "肆/二/(二)"),
    ("press", {"outward_document": True, "press_or_notice": True}, "medium", "肆/二/(三)/3"),
    ("policy draft", {"outward_document": True, "policy_draft": True}, "medium", "肆/二/(三)/2"),
    ("letter", {"outward_document": True}, "medium", "肆/二/(三)/1"),
    ("internal", {"internal_only": True}, "low", "肆/二/(四)/1"),
    ("published", {"public_data_only": True, "internal_only": True}, "low", "肆/二/(四)/2"),
    (
        "confidential, checked, then outward",
        {
            "confidential_data": True,
            "on_premises_offline": True,
            "security_confirmed": True,
            "outward_document": True,
        },
        "high",
        "肆/二/(二)",
    ),
]


@pytest.mark.parametrize(("changed", "tier", "location"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_tier_and_deciding_clause(rules: Rules, changed: dict[str, bool], tier: str, location: str) -> None:
    values = rules.reconciled(facts(**changed))
    assert rules.settled(values) is Tier(tier)
    assert rules.holding(values)[0].location == location


def test_every_rule_decides_somewhere(rules: Rules) -> None:
    """A rule that never decides a tier or names a clause of its own would be dead."""
    names = list(dict.fromkeys(name for rule in rules.book.rules for name in rule.condition.facts()))
    heads: set[str] = set()
    for rule in rules.book.rules:
        wanted = dict.fromkeys([*rule.condition.facts(), "human_review", "on_premises_offline", "security_confirmed"])
        for bits in product((True, False), repeat=len(wanted)):
            values = rules.reconciled({**BASE, **dict(zip(wanted, bits, strict=True))})
            held = rules.holding(values)
            if held:
                heads.add(held[0].name)
    assert names
    assert heads == {rule.name for rule in rules.book.rules}


DECIDING = [name for name in NAMES.split()[:15] if name not in {"unpublished_government_data", "ai_decides"}]


@given(st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in DECIDING}))
def test_every_combination_gives_a_tier_or_a_question(rules: Rules, values: dict[str, bool | None]) -> None:
    told = rules.reconciled(values)
    outcomes = rules.outcomes(told)
    assert outcomes
    if len(outcomes) > 1:
        assert rules.question(told) is not None


@given(
    st.fixed_dictionaries({name: st.booleans() for name in DECIDING}),
    st.sampled_from(DECIDING),
)
def test_a_worse_fact_never_lowers_the_tier(rules: Rules, values: dict[str, bool], name: str) -> None:
    def severity(facts: dict[str, bool]) -> int:
        told = rules.reconciled(
            {**facts, "internal_only": not (facts["outward_document"] or facts["public_facing_chatbot"])}
        )
        tiers = [tier for tier in rules.outcomes(told) if tier]
        return max((tier.severity for tier in tiers), default=0)

    worse = rules.book.by_name[name].direction == "stricter"
    assert severity({**values, name: worse}) >= severity({**values, name: not worse})


def test_low_only_where_known_to_be_inside_or_published(rules: Rules) -> None:
    unknown = facts(internal_only=None, public_data_only=None, outward_document=None)
    assert rules.settled(rules.reconciled(unknown)) is None
    assert Tier.MEDIUM in rules.possible(rules.reconciled(unknown))


def test_changes_lead_where_they_say_and_none_holds_another(rules: Rules) -> None:
    values = rules.reconciled(facts(personal_data=True, outward_document=True, generative_ai=True, external_ai=True))
    changes = rules.lowering(values, Tier.HIGH)
    assert changes
    for change in changes:
        assert rules.settled(rules.changed(values, change.levers)) is change.tier
        assert change.tier.severity < Tier.HIGH.severity
    for one in changes:
        for other in changes:
            if one is not other and one.within(other.levers):
                assert other.tier.severity < one.tier.severity


def test_breaches_whatever_the_tier(rules: Rules) -> None:
    values = rules.reconciled(facts(personal_data=True, external_ai=True))
    assert [breach.location for breach in rules.breaches(values)] == ["伍/一/(五)"]
    assert rules.breaches(rules.reconciled(facts(internal_only=True, external_ai=True))) == ()


@pytest.mark.parametrize(
    ("text", "values", "holds"),
    [
        ("a and not b", {"a": True, "b": False}, True),
        ("a and not b", {"a": True}, None),
        ("a and b", {"a": False}, False),
        ("a or b", {"a": True}, True),
        ("not (a or b)", {"a": False, "b": False}, True),
        ("a or b", {"a": False}, None),
    ],
)
def test_three_valued(text: str, values: dict[str, bool], holds: bool | None) -> None:
    assert parse(text).holds(values) is holds


@pytest.mark.parametrize("text", ["", "a +", "a == b", "f(a)", "1", "a if b else c", "__import__('os')"])
def test_conditions_hold_nothing_but_names(text: str) -> None:
    with pytest.raises(ValueError, match="條件"):
        parse(text)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("location: 肆/二/(一)/5,", "location: 肆/二/(一)/9,", "肆/二/(一)/9"),
        ("condition: bias_risk", "condition: prejudice", "prejudice"),
        ("tier: medium, location: 肆/二/(三)/2", "tier: low, location: 肆/二/(三)/2", "最嚴格"),
    ],
    ids=["no such clause", "no such fact", "order"],
)
def test_wrong_rules_are_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(shipped_folder(), folder)
    file = folder / "risk_rules.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(RoomError, match=complaint.replace("(", r"\(").replace(")", r"\)")):
        read_rulebook(read_edition(folder, verify=False))


def test_edition_is_named(rules: Rules, edition: FolderEdition) -> None:
    assert rules.book.edition == edition.manifest.id
