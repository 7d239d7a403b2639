"""Figures out of the records: how much, of what kind, how fast, how well received."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from bot.records.export import exported


def figures(rows: Iterable[Mapping[str, Any]], ratings: Mapping[str, tuple[str, str | None]]) -> dict[str, Any]:
    """Counts and milliseconds over the replies in ``rows``; people counted by pseudonym."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
    people: set[str] = set()
    spent: list[int] = []
    for row in exported(rows, ratings):
        counts["type"][row["type"]] += 1
        if row["type"] != "reply":
            continue
        people.add(row["who"] or "")
        spent.append(row["total_ms"])
        counts["day"][row["time"][:10]] += 1
        for name in ("channel", "kind", "verdict", "tier", "refusal", "edition", "rating", "reason"):
            if row[name]:
                counts[name][row[name]] += 1
        counts["entities"].update(row["entities"])
        counts["locations"].update(row["locations"][:1])
        counts["blocked_by"].update(mark.split(":")[0] for mark in row["guards"] if mark.endswith(":block"))
        counts["model"][row["model_name"] or "none"] += 1
    counted = {name: dict(counter.most_common()) for name, counter in counts.items()}
    counted["day"] = dict(sorted(counted["day"].items()))
    return {
        "replies": len(spent),
        "people": len(people - {""}),
        "total_ms": {"median": _share(spent, 0.5), "p95": _share(spent, 0.95), "max": max(spent, default=0)},
        **counted,
    }


_COUNTED = (
    "type", "day", "channel", "kind", "verdict", "tier", "refusal", "entities", "blocked_by", "locations", "edition",
    "model", "rating", "reason",
)  # fmt: skip
_TITLES = {
    "type": "紀錄", "day": "日期", "channel": "管道", "kind": "回覆種類", "verdict": "官方答案", "tier": "風險等級",
    "refusal": "不受理", "entities": "個資種類", "blocked_by": "擋下的檢查", "locations": "最先引用的條文",
    "edition": "知識版本", "model": "模型", "rating": "評分", "reason": "評分原因",
}  # fmt: skip


def _share(numbers: list[int], share: float) -> int:
    ordered = sorted(numbers)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0


def spoken(told: Mapping[str, Any]) -> str:
    """The figures as lines to read."""
    spent = told["total_ms"]
    lines = [
        f"回覆 {told['replies']} 則，使用者 {told['people']} 人",
        f"耗時 中位數 {spent['median']} ms，p95 {spent['p95']} ms，最久 {spent['max']} ms",
    ]
    for name, title in _TITLES.items():
        if told[name]:
            shown = list(told[name].items())[-14:] if name == "day" else list(told[name].items())[:10]
            lines.append(f"{title}：" + "、".join(f"{key} {count}" for key, count in shown))
    return "\n".join(lines)


def as_json(told: Mapping[str, Any]) -> str:
    """The figures as one JSON object."""
    return json.dumps(told, ensure_ascii=False)
