"""What an edition changes: every change found, none invented, every item that hangs on them named."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain import Verdict
from bot.knowledge.changes import Change, ChangeKind, DependentKind, DependentState, Diff
from bot.knowledge.dependents import entries_of
from bot.knowledge.diff import FLIPPED, LAW, compare
from bot.knowledge.editions import FolderEdition
from bot.knowledge.family import read_family
from bot.knowledge.guideline import parse
from bot.knowledge.marks import marks
from bot.knowledge.official import official_answers
from bot.knowledge.page import diff_page
from bot.knowledge.summary import chapters, counted
from tests.revisions import revise

FAMILY = read_family()


def source_of(edition: FolderEdition) -> str:
    return (edition.folder / "source.txt").read_text(encoding="utf-8")


def edition_of(text: str, edition: FolderEdition) -> FolderEdition:
    """An edition of this text, without files."""
    clauses = {clause.location: clause for clause in parse(text, FAMILY).clauses}
    manifest = replace(edition.manifest, id="115-03-01", date="2026-03-01")
    return FolderEdition(Path("nowhere"), manifest, clauses, official_answers(clauses.values(), FAMILY), FAMILY)


def told(diff: Diff) -> set[tuple[str, str | None, str | None]]:
    return {(change.kind.value, change.before, change.after) for change in diff.changes}


def change(diff: Diff, location: str) -> Change:
    return next(c for c in diff.changes if location in {c.before, c.after})


def edited(edition: FolderEdition, *edits: tuple[str, str]) -> Diff:
    text = source_of(edition)
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return compare(edition, edition_of(text, edition))


def test_the_same_text_changes_nothing(edition: FolderEdition) -> None:
    diff = compare(edition, edition_of(source_of(edition), edition))
    assert diff.changes == ()
    assert len(diff.dependents) > 400
    assert {dependent.state for dependent in diff.dependents} == {DependentState.CARRIED}


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=1_000, max_value=10**9), edits=st.integers(min_value=1, max_value=16))
def test_random_edits_are_found_exactly(edition: FolderEdition, seed: int, edits: int) -> None:
    revision = revise(source_of(edition), FAMILY, seed, edits)
    truth = revision.truth()
    diff = compare(edition, edition_of(revision.text(), edition))
    assert told(diff) == truth.changes, (seed, revision.done)
    verdicts = {c.after: c.verdict_after for c in diff.changes}
    for location, verdict in truth.verdicts.items():
        assert verdicts.get(location, verdict) is verdict, (seed, location)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(min_value=1_000, max_value=10**9))
def test_every_item_on_a_changed_clause_is_named(edition: FolderEdition, seed: int) -> None:
    revision = revise(source_of(edition), FAMILY, seed)
    diff = compare(edition, edition_of(revision.text(), edition))
    gone = {at for kind, at, _ in revision.truth().changes if kind == "removed"}
    reworded = {at for kind, at, _ in revision.truth().changes if "reworded" in kind}
    states = {(d.kind, d.id): d.state for d in diff.dependents}
    resting = 0
    for entry in entries_of(edition):
        state = states[entry.kind, entry.id]
        if set(entry.locations) & (gone | reworded):
            resting += 1
            assert state is not DependentState.CARRIED, entry
        if set(entry.locations) <= gone:
            assert state is DependentState.VOID, entry
    assert resting


def test_the_generator_changes_nothing_by_itself(edition: FolderEdition) -> None:
    revision = revise(source_of(edition), FAMILY, 1, edits=0)
    assert revision.truth().changes == frozenset()
    clauses = parse(revision.text(), FAMILY).clauses
    assert [c.location for c in clauses] == list(edition.clauses)


def test_the_generator_knows_many_edits(edition: FolderEdition) -> None:
    done = {name for seed in range(30) for name in revise(source_of(edition), FAMILY, seed).done}
    assert len(done) >= 15


FLIP = ("答：不可以。\n\n如係為", "答：可以，惟須先經主管同意。\n\n如係為")


def test_a_flipped_answer_comes_first(edition: FolderEdition) -> None:
    diff = edited(edition, FLIP, ("爆發性的成展", "爆發性的發展"))
    assert told(diff) == {("reworded", "附件五/一", "附件五/一"), ("reworded", "壹", "壹")}
    first = chapters(diff)[0]
    assert [c.before for c in first.changes] == ["附件五/一"]
    assert (first.changes[0].verdict_before, first.changes[0].verdict_after) == (Verdict.NO, Verdict.CONDITIONAL)
    assert FLIPPED in first.changes[0].labels
    assert "問答結論改變 1 條" in counted(diff)


@pytest.mark.parametrize(
    ("edit", "location", "label"),
    [
        (("依據民法第 18 條", "依據民法第 19 條"), "伍/二/(一)", LAW),
        (("直接對人民進行評分或評核", "直接對人民進行評分、排序或評核"), "肆/二/(一)/5", "風險分級的例示"),
        (("應使用本府員工電子郵件帳號。", "應使用本府核發之公務帳號。"), "陸/一/(二)", "作業流程的義務"),
        (("本局處內部", "本局處內部或所屬二級機關"), "附件四/三/(五)", "檢核表"),
        (("得準用本作業指引", "應準用本作業指引"), "貳/三", "適用對象"),
    ],
    ids=["law", "example", "duty", "form", "scope"],
)
def test_what_a_change_touches_is_said(
    edition: FolderEdition, edit: tuple[str, str], location: str, label: str
) -> None:
    diff = edited(edition, edit)
    assert told(diff) == {("reworded", location, location)}
    assert label in change(diff, location).labels


def test_an_example_under_another_tier_is_moved_and_its_rule_must_be_looked_at(edition: FolderEdition) -> None:
    text = source_of(edition)
    line = re.search(r"5\. 符合法律規範或經人民之事前同意.*\n", text)
    assert line
    text = text.replace(line.group(), "", 1)
    last = re.search(r"3\. 使用生成式人工智慧或瀏覽器擴充套件撰寫[^\0]*?主管審閱。\n", text)
    assert last
    text = text.replace(last.group(), last.group() + "4" + line.group()[1:], 1)
    diff = compare(edition, edition_of(text, edition))
    assert told(diff) == {("moved", "肆/二/(二)/5", "肆/二/(三)/4")}
    rule = next(d for d in diff.dependents if d.id == "biometric_with_basis")
    assert (rule.kind, rule.state, rule.location) == (DependentKind.RULE, DependentState.REVIEW, "肆/二/(三)/4")
    assert "上一層不同" in rule.reason


def test_a_renumbered_clause_is_not_removed_and_added(edition: FolderEdition) -> None:
    diff = edited(
        edition,
        ("- (一) 課責性", "- (一) 節能：使用人工智慧應選用耗電較低之模型，並關閉閒置之運算資源。\n- (二) 課責性"),
        ("- (二) 安全性", "- (三) 安全性"),
        ("- (三) 透明性", "- (四) 透明性"),
        ("- (四) 公平且", "- (五) 公平且"),
        ("- (五) 隱私與", "- (六) 隱私與"),
        ("- (六) 教育訓練與善用", "- (七) 教育訓練與善用"),
    )
    numbers = "一二三四五六七"
    moves = {("moved", f"伍/一/({a})", f"伍/一/({b})") for a, b in pairwise(numbers)}
    assert told(diff) == {("added", None, "伍/一/(一)")} | moves
    carried = [d for d in diff.dependents if d.location == "伍/一/(六)" and d.kind is DependentKind.DUTY]
    assert carried
    assert {d.state for d in carried} == {DependentState.CARRIED}


def test_items_on_a_removed_clause_are_void(edition: FolderEdition) -> None:
    diff = edited(edition, ("（二）申請外部人工智慧帳號時，應使用本府員工電子郵件帳號。\n", ""))
    assert ("removed", "陸/一/(二)", None) in told(diff)
    duty = [d for d in diff.dependents if d.kind is DependentKind.DUTY and d.location == "陸/一/(二)"]
    assert [d.state for d in duty] == [DependentState.VOID]
    golden = [d for d in diff.dependents if d.kind is DependentKind.GOLDEN and d.state is DependentState.VOID]
    assert golden
    assert all("已刪除" in d.reason for d in duty + golden)


@pytest.mark.parametrize("words", ["（刪除）", "(刪除)。", "刪除"])
def test_a_repealed_clause_that_keeps_its_number_is_removed(edition: FolderEdition, words: str) -> None:
    diff = edited(edition, ("（二）申請外部人工智慧帳號時，應使用本府員工電子郵件帳號。", f"（二）{words}"))
    assert told(diff) == {("removed", "陸/一/(二)", None)}


def test_a_number_that_is_jumped_over_is_told_and_moves_nothing(edition: FolderEdition) -> None:
    text = source_of(edition).replace("（二）申請外部人工智慧帳號時，應使用本府員工電子郵件帳號。\n", "")
    assert parse(text, FAMILY).missing == ("陸/一/(二)",)
    assert told(compare(edition, edition_of(text, edition))) == {("removed", "陸/一/(二)", None)}


def test_a_change_of_width_alone_is_told_and_needs_no_review(edition: FolderEdition) -> None:
    diff = edited(edition, ("AI 相關技術（如機器學習、自然語言處理等）", "AI 相關技術(如機器學習、自然語言處理等)"))
    assert told(diff) == {("reworded", "肆/一/(九)", "肆/一/(九)")}
    assert {d.state for d in diff.dependents} == {DependentState.CARRIED}


def test_spaces_and_line_breaks_are_no_change(edition: FolderEdition) -> None:
    diff = edited(edition, ("近 10 年來", "近10年來"), ("應遵循本作業指引。各機關", "應遵循本作業指引。\n各機關"))
    assert diff.changes == ()


def test_a_lookalike_question_is_a_new_question(edition: FolderEdition) -> None:
    text = source_of(edition)
    body = re.search(r"四、可否使用外部生成式人工智慧來研擬行政處分文書？", text)
    assert body
    diff = edited(
        edition,
        (
            body.group(),
            "四、可否使用外部生成式人工智慧來製作員工旅遊影片？",
        ),
    )
    assert told(diff) == {("removed", "附件五/四", None), ("added", None, "附件五/四")}


@given(
    before=st.text("可以不得，。AI人工智慧 \n", max_size=60), after=st.text("可以不得，。AI人工智慧 \n", max_size=60)
)
def test_marks_give_both_texts_back(before: str, after: str) -> None:
    runs = marks(before, after)
    assert "".join(text for kind, text in runs if kind != "in") == before
    assert "".join(text for kind, text in runs if kind != "out") == after


def test_the_page_stands_alone_and_is_escaped(edition: FolderEdition) -> None:
    text = source_of(edition).replace(*FLIP).replace("爆發性的成展", "爆發性的<img src=x onerror=1>發展")
    after = edition_of(text, edition)
    page = diff_page(compare(edition, after), edition.manifest, after.manifest)
    assert "<img" not in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=", page.replace("&lt;img src=x", ""))
    assert page.index("問答結論改變") < page.index("新增、刪除與修改")
    assert "<ins>" in page
    assert "<del>" in page
    assert "待複核" in page


def test_the_record_has_the_contract_s_fields(edition: FolderEdition) -> None:
    record = edited(edition, FLIP).to_record()
    assert set(record) == {"from", "to", "changes", "dependents"}
    assert record["changes"] == [
        {
            "kind": "reworded",
            "before": "附件五/一",
            "after": "附件五/一",
            "verdict_before": "no",
            "verdict_after": "conditional",
        }
    ]
    assert {frozenset(d) for d in record["dependents"]} == {frozenset({"kind", "id", "location", "state", "reason"})}
    assert {d["kind"] for d in record["dependents"]} <= {kind.value for kind in DependentKind}
    assert [kind.value for kind in ChangeKind] == ["added", "removed", "reworded", "moved", "moved_reworded"]


@pytest.mark.soak
@pytest.mark.timeout(1_800)
def test_two_hundred_revised_editions(edition: FolderEdition, capsys: pytest.CaptureFixture[str]) -> None:
    """The figures of ``docs/refresh.md``: 200 revisions of twelve edits each."""
    true = found = invented = items = named = 0
    for seed in range(200):
        revision = revise(source_of(edition), FAMILY, seed)
        truth = revision.truth()
        diff = compare(edition, edition_of(revision.text(), edition))
        true += len(truth.changes)
        found += len(told(diff) & truth.changes)
        invented += len(told(diff) - truth.changes)
        touched = {at for kind, at, _ in truth.changes if kind in {"removed", "reworded", "moved_reworded"}}
        states = {(d.kind, d.id): d.state for d in diff.dependents}
        for entry in entries_of(edition):
            if set(entry.locations) & touched:
                items += 1
                named += states[entry.kind, entry.id] is not DependentState.CARRIED
    with capsys.disabled():
        print(f"\n200: {true} changes, {found} found, {invented} invented; {items} items, {named} named")  # noqa: T201
    assert found >= 0.999 * true
    assert invented <= 0.001 * true
    assert named >= 0.999 * items
