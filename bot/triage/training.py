"""Trains the reader of facts on described uses; everything chosen from scores is chosen with the own story left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.kept import KeptArrays
from bot.ngrams import rarity, word_rows
from bot.text import plain
from bot.triage.descriptions import MATTERS, Description, Targets, matters, targets
from bot.triage.heads import solved
from bot.triage.lexicon import Lexicon
from bot.triage.reading import Cued, Embedder, cued, mark_rows
from bot.triage.routing import Router, train_router
from bot.triage.rules import Rules
from bot.triage.views import Floats, Views, cue_rows, cue_weights
from bot.triage.weighing import FEATURES, NO, OPEN, YES, Weighing, features, fitted

DERIVED = {"ai_decides", "internal_only"}
"""Facts that follow from others."""
VERSION = 3
"""Raise it when the way of training changes."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Trained:
    """What is kept, and the held-out scores it was chosen from, shape (descriptions, columns)."""

    kept: KeptArrays
    router: Router
    held_out: Floats
    told: Sequence[Cued]
    targets: Targets


def fingerprint(descriptions: Sequence[Description], questions: Sequence[str], lexicon: str, embedding: str) -> str:
    """Tells which descriptions, questions, lexicon (sha256) and embedding model a reader was made from."""
    digest = hashlib.sha256(f"{VERSION}|{lexicon}|{embedding}".encode())
    for one in descriptions:
        digest.update(json.dumps([one.text, one.group, dict(one.facts)], sort_keys=True).encode())
    digest.update(json.dumps(list(questions), ensure_ascii=False).encode())
    return digest.hexdigest()[:16]


def train(
    descriptions: Sequence[Description],
    questions: Sequence[str],
    rules: Rules,
    lexicon: Lexicon,
    embedder: Embedder,
    mark: str = "",
) -> Trained:
    """Fits heads, weighing and router; ``mark`` is the fingerprint kept in the card."""
    told = [cued(lexicon, one.text) for one in descriptions]
    texts = [one.text for one in told]
    marks = sorted(set().union(*(one.marks() for one in told)))
    rows, weights = mark_rows(told, marks), rarity(texts)
    by_cue = cue_weights(rows)
    views = Views(word_rows(texts, weights), embedder.queries(texts), cue_rows(rows, by_cue))
    wanted = targets(descriptions, rules)
    offsets = wanted.values.mean(axis=0)
    gram = views.kernel(views).astype(np.float64)
    coefficients, held_out = solved(gram, wanted.values - offsets, [one.group for one in descriptions])
    held_out = held_out + offsets
    weighing = weighed(descriptions, told, wanted, held_out, rules)
    router = train_router(texts, [plain(question) for question in questions])
    arrays = {
        **views.arrays(),
        "rarity": weights,
        "cue_weights": by_cue,
        "coefficients": coefficients,
        "offsets": offsets.astype(np.float32),
        "weights": weighing.weights,
        "cuts": weighing.cuts,
        **router.arrays(),
    }
    card = {
        "schema": 1,
        "columns": list(wanted.names),
        "marks": marks,
        "weighed": list(weighing.facts),
        "descriptions": len(texts),
        "stories": len({one.group for one in descriptions}),
        "questions": len(questions),
        "fingerprint": mark,
    }
    return Trained(KeptArrays(arrays, card), router, held_out, told, wanted)


def weighed(
    descriptions: Sequence[Description], told: Sequence[Cued], wanted: Targets, held_out: Floats, rules: Rules
) -> Weighing:
    """The weighing of every fact that a tier may hang on, from held-out scores."""
    names = tuple(
        fact.name
        for fact in rules.book.facts
        if f"{fact.name}=yes" in wanted.names and fact.deciding and fact.name not in DERIVED
    )
    at = {column: index for index, column in enumerate(wanted.names)}
    weights = np.zeros((len(names), 3, FEATURES), dtype=np.float32)
    for place, name in enumerate(names):
        rows, classes = [], []
        for number, one in enumerate(descriptions):
            if name in MATTERS and not matters(one, name):
                continue
            score = {column: float(held_out[number, index]) for column, index in at.items()}
            rows.append(features(name, score, told[number].settled))
            classes.append(_class(one.facts.get(name), f"{name}=open", number, wanted, at))
        weights[place] = fitted(np.array(rows), classes)
    cuts = np.array([MILD_CUTS if name in MATTERS else STRICT_CUTS for name in names], dtype=np.float32)
    return Weighing(names, weights, cuts)


STRICT_CUTS, MILD_CUTS = (0.4, 0.4, 0.3), (0.5, 0.25, 0.5)
"""Least probability of yes, of open, and of yes where the words say so; for facts of ``MATTERS`` the second."""


def _class(value: bool | None, column: str, number: int, wanted: Targets, at: Mapping[str, int]) -> int:
    if value is True:
        return YES
    if column in at and wanted.values[number, at[column]]:
        return OPEN
    return NO
