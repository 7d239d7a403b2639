"""Attacks on the assistant: known by class, by a small trained head, and under encodings. Quoted documents are data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy import sparse

from bot.errors import IndexFault
from bot.guards.rooms import AttacksFile, attacks_file
from bot.guards.unwrapping import unwrapped
from bot.kept import KeptArrays
from bot.ngrams import Floats, rarity, word_rows
from bot.text import plain

STRENGTH = 10.0
SHORTEST_REST = 8
"""Characters that must be left of a message for it to go on without the attack in it."""
SENTENCE = re.compile(r"[^。!?！？\n]+[。!?！？\n]*")
_SPACES = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_QUESTION = re.compile(r"[?嗎呢]|怎麼|什麼|哪|誰|是否|可不可以|能不能|要不要|如何|多少|算")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of a message: all of it, a part of it (the attack cut out), or nothing."""

    is_attack: bool
    rest: str = field(default="", repr=False)
    doubtful: tuple[str, ...] = field(default=(), repr=False)
    """Sentences that a reply does not repeat."""


@dataclass(frozen=True)
class AttackHead:
    """Probability that a text is an attack: logistic regression over n-grams."""

    rarity: Floats
    weights: Floats
    offset: float

    def share(self, text: str) -> float:
        """0 (honest) to 1 (attack) for a normalised text."""
        told = float((word_rows([text], self.rarity) @ self.weights)[0]) + self.offset
        return float(1 / (1 + np.exp(-told)))


def train_head(file: AttacksFile, honest: Sequence[str]) -> AttackHead:
    """Fits on the room's examples against its honest ones and everything that people ask."""
    from sklearn.linear_model import LogisticRegression

    attacks = [plain(text).lower() for one in file.classes for text in one.examples]
    own = [plain(text).lower() for text in file.honest]
    texts = [*attacks, *own, *(plain(text).lower() for text in honest)]
    weights = rarity(texts)
    labels = np.r_[np.ones(len(attacks)), np.zeros(len(texts) - len(attacks))]
    counted = np.r_[np.full(len(attacks), 10.0), np.full(len(own), 30.0), np.ones(len(honest))]
    model = LogisticRegression(C=STRENGTH, max_iter=500, random_state=0)
    model.fit(sparse.csr_matrix(word_rows(texts, weights)), labels, sample_weight=counted)
    return AttackHead(weights, model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def ensure_head(path: Path, honest: Sequence[str], file: AttacksFile | None = None) -> AttackHead:
    """The head kept at ``path``, trained anew where its texts changed; ``StateError`` where it cannot be kept."""
    from hashlib import sha256

    file = file or attacks_file()
    texts = [text for one in file.classes for text in one.examples]
    mark = sha256("\0".join([*texts, "", *file.honest, "", *honest]).encode()).hexdigest()[:16]
    try:
        kept = KeptArrays.load(path, mark)
    except IndexFault:
        head = train_head(file, honest)
        offset = np.array([head.offset], dtype=np.float32)
        card = {"schema": 1, "attacks": len(texts), "honest": len(file.honest) + len(honest), "fingerprint": mark}
        KeptArrays({"rarity": head.rarity, "weights": head.weights, "offset": offset}, card).save(path)
        return head
    return AttackHead(kept.arrays["rarity"], kept.arrays["weights"], float(kept.arrays["offset"][0]))


class Attacks:
    """Judges messages; keeps nothing between them."""

    def __init__(self, head: AttackHead, file: AttacksFile | None = None) -> None:
        self._head, self._file = head, file or attacks_file()

    def judge(self, text: str) -> Verdict:
        """Whether ``text`` (as typed) attacks, and what honest part of it can go on."""
        shown, *hidden = unwrapped(text) or ("",)
        joined = _SPACES.sub("", shown.lower())
        if any(self._is_attack(_SPACES.sub("", layer.lower())) for layer in hidden if layer.lower() != joined):
            return Verdict(True)
        if not self._is_attack(joined) and not any(self._attacks(sentence) for sentence in _sentences(shown)):
            return Verdict(False, shown, self._doubtful(shown))
        kept = [sentence for sentence in _sentences(shown) if not self._attacks(sentence)]
        rest = "".join(kept).strip()
        squeezed = _SPACES.sub("", rest.lower())
        asks = len(squeezed) >= SHORTEST_REST and _QUESTION.search(squeezed)
        return Verdict(True, rest if asks and not self._is_attack(squeezed) else "", self._doubtful(rest))

    def _doubtful(self, text: str) -> tuple[str, ...]:
        least = self._file.threshold["quoted"]
        return tuple(one.strip() for one in _sentences(text) if self._head.share(_SPACES.sub("", one.lower())) >= least)

    def _is_attack(self, text: str) -> bool:
        if any(self._attacks(sentence) for sentence in _sentences(text)):
            return True
        return self._head.share(text) >= self._file.threshold["message"] and not self._is_framed(text)

    def _attacks(self, sentence: str) -> bool:
        told = _SPACES.sub("", sentence.lower()).strip()
        if not told or self._is_framed(told):
            return False
        if any(pattern.search(told) for one in self._file.classes for pattern in one.patterns):
            return True
        return self._head.share(told) >= self._file.threshold["sentence"]

    def _is_framed(self, text: str) -> bool:
        return any(frame.search(text) for frame in self._file.frames)


def _sentences(text: str) -> list[str]:
    return SENTENCE.findall(text)
