"""What a person reads: short text, details, choices, the dialogue, and the tables made from the rules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import MAX_CITATIONS, MAX_TEXT, Kind, Tier
from bot.knowledge.editions import FolderEdition
from bot.ports import FactReading
from bot.triage.decision import MAX_QUESTIONS, decide
from bot.triage.dialogue import Dialogue
from bot.triage.rules import Rules
from bot.triage.table import rules_picture, rules_table
from bot.triage.telling import checklist_rows, duties_of
from bot.triage.triage import told
from tests.unit.triage.test_rules import BASE, DECIDING


def reading(evidence: Mapping[str, str] | None = None, **changed: bool | None) -> FactReading:
    return FactReading({**BASE, **changed}, evidence or {})


SHAPES = {
    "prohibited": {"confidential_data": True, "external_ai": True, "internal_only": True},
    "high": {"personal_data": True, "generative_ai": True, "external_ai": True, "outward_document": True},
    "medium": {"outward_document": True, "press_or_notice": True, "generative_ai": True},
    "low": {"internal_only": True, "generative_ai": True},
}


@pytest.mark.parametrize("tier", list(SHAPES))
def test_the_tier_and_its_clause_lead(rules: Rules, edition: FolderEdition, tier: str) -> None:
    decision = decide(rules, reading({"personal_data": "家長名單", "outward_document": "印給家長"}, **SHAPES[tier]))
    reply = told("1", edition, decision, rules.book)
    assert (reply.kind, reply.tier) == (Kind.TRIAGE, Tier(tier))
    head = reply.text.split("\n")[0]
    assert reply.citations[0].location.replace("/", "／") in head
    assert reply.citations[0].quote in edition.clauses[reply.citations[0].location].text
    assert "分級為輔助，由業務單位認定" in reply.text
    assert "可以使用" not in reply.text


def test_a_breach_stands_right_after_the_tier(rules: Rules, edition: FolderEdition) -> None:
    reply = told("1", edition, decide(rules, reading(**SHAPES["high"])), rules.book)
    assert "依現在的描述不得進行：民眾個資不得輸入外部 AI（伍／一／(五)、陸／一／(六)）" in reply.text.split("\n")[0]
    assert reply.breaches[0].location == "伍/一/(五)"
    assert "去識別化" in reply.breaches[0].mend


def test_duties_are_told_apart(rules: Rules, edition: FolderEdition) -> None:
    decision = decide(rules, reading(**SHAPES["medium"]))
    reply = told("1", edition, decision, rules.book)
    order = [
        reply.details.index(part) for part in ("【使用前】", "【使用中】", "【產出後、發布前】", "【還有誰受拘束】")
    ]
    assert order == sorted(order)
    assert {duty.location for duty in duties_of(decision, rules.book)} >= {"陸/一/(八)", "附件五/七", "陸/二/(四)"}


def test_low_is_no_permission(rules: Rules, edition: FolderEdition) -> None:
    decision = decide(rules, reading(**SHAPES["low"]))
    locations = {duty.location for duty in duties_of(decision, rules.book)}
    assert {"陸/一/(八)", "附件五/六", "伍/一/(一)"} <= locations
    assert "檢核表" in told("1", edition, decision, rules.book).text


def test_the_missing_fact_is_asked_with_buttons(rules: Rules, edition: FolderEdition) -> None:
    decision = decide(rules, reading(affects_rights=True, human_review=None, ai_decides=None))
    reply = told("1", edition, decision, rules.book)
    assert (reply.kind, reply.tier) == (Kind.CLARIFY, None)
    assert reply.missing_facts == ("human_review",)
    assert set(reply.possible_tiers) == {Tier.HIGH, Tier.PROHIBITED}
    assert [choice.value for choice in reply.choices] == [True, False, None]
    assert "絕對禁止" in reply.text
    assert all(f"〔{choice.text}〕" in reply.text for choice in reply.choices)


def test_after_three_answers_the_strictest_holds(rules: Rules, edition: FolderEdition) -> None:
    asked: dict[str, bool | None] = {}
    unknown = reading(**dict.fromkeys(DECIDING))
    for _ in range(MAX_QUESTIONS):
        decision = decide(rules, unknown, asked)
        assert decision.asked is not None
        asked[decision.asked.name] = None
    decision = decide(rules, unknown, asked)
    assert decision.tier is Tier.PROHIBITED
    assert decision.assumed
    assert "從嚴認定" in told("1", edition, decision, rules.book).text


def test_a_correction_decides_anew(rules: Rules) -> None:
    read = reading({"personal_data": "民眾"}, personal_data=True, internal_only=True)
    assert decide(rules, read).tier is Tier.HIGH
    assert decide(rules, read, {"personal_data": False}).tier is Tier.LOW


def test_rows_of_the_checklist(rules: Rules) -> None:
    rows = dict(checklist_rows(decide(rules, reading(**SHAPES["high"])), rules.book))
    assert rows["網域（AI 引擎）（附件四／三／(一)）"] == "外部網域"
    assert rows["風險等級（附件四／四）"] == "高"


@given(st.fixed_dictionaries({name: st.sampled_from([True, False, None]) for name in DECIDING}), st.text(max_size=200))
def test_any_decision_fits_the_record(
    rules: Rules, edition: FolderEdition, values: dict[str, bool | None], words: str
) -> None:
    evidence = dict.fromkeys(values, words)
    reply = told("1", edition, decide(rules, FactReading({**BASE, **values}, evidence)), rules.book)
    assert len(reply.text) <= MAX_TEXT
    assert reply.edition in reply.text
    assert len(reply.citations) <= MAX_CITATIONS
    assert all(one.location in edition.clauses for one in reply.citations)
    assert reply.to_record()["kind"] in {"triage", "clarify"}


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("是", {"human_review": True}),
        ("有", {"human_review": True}),
        ("沒有", {"human_review": False}),
        ("不是", {"human_review": False}),
        ("不確定", {"human_review": None}),
        ("不知道。", {"human_review": None}),
        ("更正 含民眾個資或隱私 否", {"personal_data": False}),
        ("更正 personal_data=yes", {"personal_data": True}),
    ],
)
def test_answers_and_corrections_are_understood(
    rules: Rules, edition: FolderEdition, words: str, given: dict[str, bool | None]
) -> None:
    labels = {fact.name: fact.label for fact in rules.book.facts}
    reply = told(
        "1", edition, decide(rules, reading(affects_rights=True, human_review=None, ai_decides=None)), rules.book
    )
    answered = Dialogue("開罰單", labels=labels).after(reply).answered(words)
    assert answered is not None
    assert answered.given == given
    assert answered.text == "開罰單"


@pytest.mark.parametrize("words", ["那新聞稿呢？", "可以嗎", "更正 沒有這件事 是", "是不是要填檢核表"])
def test_other_words_are_no_answer(rules: Rules, edition: FolderEdition, words: str) -> None:
    reply = told(
        "1", edition, decide(rules, reading(affects_rights=True, human_review=None, ai_decides=None)), rules.book
    )
    assert Dialogue("開罰單").after(reply).answered(words) is None


def test_the_documentation_shows_the_rules_as_they_are(rules: Rules) -> None:
    text = (Path(__file__).parents[3] / "docs" / "triage.md").read_text(encoding="utf-8")
    assert rules_table(rules.book) in text
    assert rules_picture(rules.book) in text
