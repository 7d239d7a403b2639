"""A comparison of two editions in the order in which a person reads it: flipped answers first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain import Verdict
from bot.knowledge.changes import Change, ChangeKind, Dependent, DependentKind, DependentState, Diff

KINDS = {
    ChangeKind.ADDED: "新增",
    ChangeKind.REMOVED: "刪除",
    ChangeKind.REWORDED: "修改",
    ChangeKind.MOVED: "移列",
    ChangeKind.MOVED_REWORDED: "移列並修改",
}
STATES = {
    DependentState.CARRIED: "沿用",
    DependentState.REVIEW: "待複核",
    DependentState.VOID: "失效",
}
DEPENDENTS = {
    DependentKind.RULE: "風險規則",
    DependentKind.QUESTION: "問法",
    DependentKind.GOLDEN: "標準題",
    DependentKind.CHECKLIST: "檢核表",
    DependentKind.DUTY: "義務",
    DependentKind.PROMPT: "提示與固定用語",
}
VERDICTS = {Verdict.NO: "不可以", Verdict.YES: "可以", Verdict.CONDITIONAL: "有條件", None: "未下結論"}


@dataclass(frozen=True, slots=True)
class Chapter:
    """Changes of one sort under a heading."""

    heading: str
    changes: tuple[Change, ...]


def chapters(diff: Diff) -> tuple[Chapter, ...]:
    """Flipped answers, other changes of words, moves within the same words; each change in one chapter."""
    flips = [change for change in diff.changes if change.flips]
    moved = [change for change in diff.changes if change.kind is ChangeKind.MOVED and change not in flips]
    rest = [change for change in diff.changes if change not in flips and change not in moved]
    named = (("問答結論改變", flips), ("新增、刪除與修改", rest), ("只移列，文字未變", moved))
    return tuple(Chapter(heading, tuple(changes)) for heading, changes in named if changes)


def place(change: Change) -> str:
    """``伍/一/(五) → 伍/一/(六)``, or the one place there is."""
    if change.before and change.after and change.before != change.after:
        return f"{change.before} → {change.after}"
    return change.after or change.before or ""


def verdicts(change: Change) -> str:
    """``不可以 → 有條件``; empty where no answer changed."""
    return f"{VERDICTS[change.verdict_before]} → {VERDICTS[change.verdict_after]}" if change.flips else ""


def counted(diff: Diff) -> str:
    """One line: how many changes of each kind, how many items to look at."""
    kinds = Counter(change.kind for change in diff.changes)
    states = Counter(dependent.state for dependent in diff.dependents)
    told = "、".join(f"{KINDS[kind]} {kinds[kind]}" for kind in ChangeKind if kinds[kind]) or "條文沒有不同"
    flips = sum(change.flips for change in diff.changes)
    items = "、".join(f"{STATES[state]} {states[state]}" for state in DependentState if states[state])
    return (f"問答結論改變 {flips} 條；" if flips else "") + told + (f"。連動項目：{items}" if items else "")


def by_state(dependents: Iterable[Dependent], state: DependentState) -> Sequence[Dependent]:
    """Items of one state, by kind."""
    order = list(DependentKind)
    return sorted((d for d in dependents if d.state is state), key=lambda d: order.index(d.kind))
