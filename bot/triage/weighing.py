"""Weighs what the words say of a fact against what the heads say: one small softmax per fact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.kept import KeptArrays
from bot.triage.settling import Settled
from bot.triage.views import Floats

YES, NO, OPEN = 0, 1, 2
FEATURES = 9
STRENGTH = 1.0
"""Inverse of the regularisation, as scikit-learn takes it."""


def features(name: str, score: Mapping[str, float], settled: Settled) -> Floats:
    """Scores of the fact's columns, and what the words say of it: true, false, open, or nothing."""
    value, silent = settled.values.get(name), name in settled.silent
    return np.array(
        [
            score.get(f"{name}=yes", 0.0),
            score.get(f"{name}=no", 0.0),
            score.get(f"{name}=open", 0.0),
            float(value is True),
            float(value is False and not silent),
            float(value is None and not silent),
            float(silent),
            float(name in settled.unknown),
            1.0,
        ],
        dtype=np.float32,
    )


@dataclass(frozen=True)
class Weighing:
    """``weights`` has shape (facts, 3, FEATURES); the classes are yes, no, open."""

    facts: tuple[str, ...]
    weights: Floats
    cuts: Floats
    """Least probability of yes, of open, and of yes where the words say so; shape (facts, 3)."""

    @classmethod
    def of(cls, kept: KeptArrays) -> Weighing:
        """As kept beside the heads."""
        return cls(tuple(kept.card["weighed"]), kept.arrays["weights"], kept.arrays["cuts"])

    def shares(self, name: str, row: Floats) -> Floats:
        """Probabilities of yes, no, open."""
        told = self.weights[self.facts.index(name)] @ row
        raised = np.exp(told - told.max())
        return np.asarray(raised / raised.sum(), dtype=np.float32)

    def value(self, name: str, row: Floats, said: bool | None) -> bool | None:
        """True, false, or None where the text leaves it open.

        What is ``said`` in so many words is not open; what is said to be so needs less from the heads.
        """
        yes, _, open_ = self.shares(name, row)
        least_yes, least_open, least_said = self.cuts[self.facts.index(name)]
        if open_ >= least_open and open_ >= yes and said is None:
            return None
        return bool(yes >= (least_said if said else least_yes))


def fitted(rows: Floats, classes: Sequence[int]) -> Floats:
    """Weights of one fact, shape (3, FEATURES); classes that never occur are never chosen."""
    from sklearn.linear_model import LogisticRegression

    weights = np.zeros((3, FEATURES), dtype=np.float32)
    present = sorted(set(classes))
    weights[[at for at in range(3) if at not in present], FEATURES - 1] = -20.0
    if len(present) < 2:
        return weights
    model = LogisticRegression(C=STRENGTH, max_iter=1000, fit_intercept=False, random_state=0)
    model.fit(rows, list(classes))
    if len(present) == 2:
        weights[present[1]] = model.coef_[0]
    else:
        weights[present] = model.coef_
    return weights
