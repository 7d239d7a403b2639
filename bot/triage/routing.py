"""Tells a described use of AI from a question about the guideline: logistic regression over n-grams and shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from bot.ngrams import rarity, word_rows

SHORTEST_STATEMENT = 16
"""Characters from which a text without any question in it is likely a description."""
STRENGTH = 10.0
"""Inverse of the regularisation, as scikit-learn takes it."""
_ASKS_AT_END = re.compile(r"(?:[?嗎呢]|(?:可以|行|好|對|會怎樣|怎麼辦))\W*$")
_ASKS = re.compile(
    r"怎麼|什麼|哪[個一些裡種條級位]|誰|多少|幾[個天條級]|為何|為什麼|可不可以|能不能|要不要|是不是|有沒有|會不會|是否|如何|何時|嗎|[?]"
    r"|\b(?:what|who|how|when|which|why|can|may|must|do|does|is|are|should)\b"
)
_SENTENCE_END = re.compile(r"[。!?;]")
_PLAN = re.compile(r"想|打算|要用|準備|計畫|規劃|希望|會(?:把|用|讓)|我們|我把|拿|丟|貼")
_LAST_MARK = re.compile(r"[。!.\s]+$")
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Router:
    """``fits`` is true for a description."""

    rarity: Floats = field(repr=False)
    weights: Floats = field(repr=False)
    offset: float

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Router:
        """As kept by ``arrays``."""
        return cls(arrays["route_rarity"], arrays["route_weights"], float(arrays["route_offset"][0]))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """For keeping."""
        offset = np.array([self.offset], dtype=np.float32)
        return {"route_rarity": self.rarity, "route_weights": self.weights, "route_offset": offset}

    def fits(self, text: str) -> bool:
        """Whether ``text`` (normalised) describes a use of AI."""
        row = _rows([text], self.rarity)
        return bool((row @ self.weights)[0] + self.offset > 0)


def train_router(descriptions: Sequence[str], questions: Sequence[str]) -> Router:
    """Fits in seconds. Every third text loses or gains its last full stop, so that the stop alone decides nothing."""
    from sklearn.linear_model import LogisticRegression

    told = [_LAST_MARK.sub("", text) if at % 3 == 0 else text for at, text in enumerate(descriptions)]
    asked = [
        f"{text}。" if at % 3 == 0 and not text.endswith(("?", "。")) else text for at, text in enumerate(questions)
    ]
    texts = [*told, *asked]
    weights = rarity(texts)
    labels = np.r_[np.ones(len(told)), np.zeros(len(asked))]
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500, random_state=0)
    model.fit(_rows(texts, weights), labels)
    return Router(weights, model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def _rows(texts: Sequence[str], weights: Floats) -> sparse.csr_matrix:
    shapes = np.array([_shape(text) for text in texts], dtype=np.float32)
    return sparse.hstack([word_rows(texts, weights), sparse.csr_matrix(shapes)]).tocsr()


def _shape(text: str) -> list[float]:
    told = text.lower()
    sentences = len(_SENTENCE_END.findall(_LAST_MARK.sub("", text)))
    ends, asks, plans = bool(_ASKS_AT_END.search(told)), bool(_ASKS.search(told)), bool(_PLAN.search(told))
    length = min(len(text), 120) / 60
    states = float(not asks and len(text) >= SHORTEST_STATEMENT)
    return [length, float(ends), float(asks), min(sentences, 4) / 2, float(plans), text.count(",") / 3, states]
