"""Runs the labelled sets through the assistant and prints the figures."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.domain import Message, Mode, Reply
from bot.evaluation.cases import KINDS, Case, read_sets
from bot.evaluation.scores import SCORERS, Score, median

if TYPE_CHECKING:
    from bot.app import App


def evaluate(make_app: Callable[[], App], folder: Path, *, as_json: bool, show: bool) -> int:
    """Prints a table (or JSON) of every set found in ``folder``; exit code 0."""
    sets = read_sets(folder)
    app = make_app()
    app.warm()
    report: dict[str, Any] = {}
    scores: dict[str, Score] = {}
    for kind, cases in sets.items():
        for mode in _modes(kind):
            name = kind if mode is KINDS[kind][1] else f"{kind} ({mode.value})"
            replies = _run(app, cases, mode, name)
            scores[name] = SCORERS[kind](cases, replies)
            report[name] = _plain(scores[name], replies)
    print(json.dumps(report, ensure_ascii=False) if as_json else table(report))
    if show:
        _show(scores, sets)
    return 0


def _modes(kind: str) -> list[Mode]:
    own = KINDS[kind][1]
    return [own, Mode.AUTO] if own is Mode.TRIAGE else [own]


def _run(app: App, cases: list[Case], mode: Mode, name: str) -> list[Reply]:
    replies = []
    for number, case in enumerate(cases, 1):
        replies.append(app.assistant.reply(Message(case.text, id=case.id), mode, channel="eval"))
        if sys.stderr.isatty():
            print(f"\r{name} {number}/{len(cases)}", end="" if number < len(cases) else "\n", file=sys.stderr)
    return replies


def _plain(score: Score, replies: list[Reply]) -> dict[str, Any]:
    return {
        **{
            name: {"right": right, "of": of, "share": round(right / of, 4)}
            for name, (right, of) in score.figures.items()
        },
        **{name: round(value, 4) for name, value in score.extra.items()},
        **score.tables,
        "median_ms": {
            "total": round(median([reply.timings_ms.total for reply in replies]), 1),
            "retrieve": round(median([reply.timings_ms.retrieve for reply in replies]), 1),
            "guard": round(median([reply.timings_ms.guard for reply in replies]), 1),
        },
    }


def table(report: dict[str, Any]) -> str:
    """The report as lines of text."""
    lines = []
    for name, figures in report.items():
        lines.append(name)
        for figure, value in figures.items():
            if isinstance(value, dict) and "share" in value:
                lines.append(f"  {figure:<28}{value['share']:>8.3f}  ({value['right']}/{value['of']})")
            elif isinstance(value, dict) and any(isinstance(row, dict) for row in value.values()):
                lines.append(f"  {figure}")
                lines += [
                    f"    {row:<26}" + "  ".join(f"{k} {v:g}" for k, v in told.items()) for row, told in value.items()
                ]
            elif isinstance(value, dict):
                lines.append(f"  {figure:<28}" + "  ".join(f"{key} {part}" for key, part in value.items()))
            else:
                lines.append(f"  {figure:<28}{value:>8}")
    return "\n".join(lines)


def _show(scores: dict[str, Score], sets: dict[str, list[Case]]) -> None:
    texts = {case.id: case.text for cases in sets.values() for case in cases}
    for name, score in scores.items():
        for miss in score.misses:
            print(f"{name}｜{miss.check}｜{miss.id}｜{' '.join(texts[miss.id].split())[:80]}｜{miss.seen}")
