"""Attacks on the assistant: known by class, by a small trained head, and under encodings. Quoted documents are data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from scipy import sparse

from bot.errors import IndexFault
from bot.guards.rooms import AttacksFile, attacks_file
from bot.guards.unwrapping import unwrapped
from bot.kept import KeptArrays
from bot.ngrams import Floats, rarity, word_rows
from bot.text import plain

STRENGTH = 10.0
VERSION = "2"
"""Raise it when the way of training changes."""
SHORTEST_REST = 8
"""Characters that must be left of a message for it to go on without the attack in it."""
SENTENCE = re.compile(r"[^。!?！？\n]+[。!?！？\n]*")
_SPACES = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
_QUESTION = re.compile(r"[?嗎呢]|怎麼|什麼|哪|誰|是否|可不可以|能不能|要不要|如何|多少|算")
_ENDS_ASKING = re.compile(
    r"(嗎|呢|怎麼|什麼|如何|哪|誰|多少|是否|有沒有|會不會|可不可以|能不能|要不要|該不該|算不算|是不是|違不違反|行不行"
    r"|\b(how|what|which|why|who|does|do|is|are|can|should)\b)[^,:;]{0,40}\W*$|\?\W*$"
)
_CLAUSE_END = re.compile(r"[,:;]|$")
_QUOTED = re.compile(r"「[^」]*」|『[^』]*』|“[^”]*”|\"[^\"]*\"")
_OTHER_SCRIPT = re.compile(r"[\u0370-\u1fff\u3040-\u30ff\uac00-\ud7af]+")


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
        told = float((word_rows([_spelled(text)], self.rarity) @ self.weights)[0]) + self.offset
        return float(1 / (1 + np.exp(-told)))


def train_head(file: AttacksFile, honest: Sequence[str]) -> AttackHead:
    """Fits on the room's examples against its honest ones and everything that people ask."""
    from sklearn.linear_model import LogisticRegression

    attacks = [_told(text) for one in file.classes for text in one.examples]
    own = [_told(text) for text in file.honest]
    texts = [_spelled(text) for text in (*attacks, *own, *map(_told, honest))]
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
    mark = sha256("\0".join([VERSION, *texts, "", *file.honest, "", *honest]).encode()).hexdigest()[:16]
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
        joined = _joined(shown)
        if any(self._is_attack(layer) for layer in map(_joined, hidden) if layer != joined):
            return Verdict(True)
        if not self._is_attack(joined) and not any(map(self._attacks, _sentences(shown))):
            return Verdict(False, shown, self._doubtful(shown))
        rest = "".join(sentence for sentence in _sentences(shown) if not self._attacks(sentence)).strip()
        squeezed = _joined(rest)
        asks = len(squeezed) >= SHORTEST_REST and _QUESTION.search(squeezed)
        return Verdict(True, rest if asks and not self._is_attack(squeezed) else "", self._doubtful(rest))

    def _doubtful(self, text: str) -> tuple[str, ...]:
        least = self._file.threshold["quoted"]
        return tuple(one.strip() for one in _sentences(text) if self._head.share(_joined(one)) >= least)

    def _is_attack(self, text: str) -> bool:
        lines = " ".join(text.split("\n"))
        return any(map(self._attacks, _sentences(text))) or self._is_named(lines) or self._sounds(text, "message")

    def _attacks(self, sentence: str) -> bool:
        told = _joined(sentence).strip()
        if not told:
            return False
        return self._sounds(told, "sentence") or self._is_named(told)

    def _sounds(self, told: str, part: Literal["sentence", "message"]) -> bool:
        least = self._file.threshold
        share = self._head.share(told)
        return share >= least[part] and (share >= least["framed"] or not self._asks_about(told, len(told)))

    def _is_named(self, told: str) -> bool:
        """Whether a pattern holds somewhere that no frame excuses."""
        return any(
            not self._asks_about(told, hit.end())
            for one in self._file.classes
            for pattern in one.patterns
            for hit in pattern.finditer(told)
        )

    def _asks_about(self, told: str, end: int) -> bool:
        """Whether ``told`` asks about the words that end at ``end`` instead of giving an order with them.

        It ends as a question, orders nothing outside quotation marks, and a frame stands before the end of the clause
        that holds the words; for words inside quotation marks a frame may stand anywhere.
        """
        bare = _QUOTED.sub(lambda match: "「" + "某" * (len(match.group()) - 2) + "」", told)
        if not _ENDS_ASKING.search(bare) or self._file.orders.search(bare):
            return False
        quoted = end < len(told) and bare[end - 1] == "某"
        until = _CLAUSE_END.search(told, end)
        scope = bare if quoted or until is None else bare[: until.start()]
        return any(frame.search(scope) for frame in self._file.frames)


def _told(text: str) -> str:
    return plain(text).lower()


def _joined(text: str) -> str:
    return _SPACES.sub("", text.lower())


def _spelled(text: str) -> str:
    """Scripts that the n-grams do not read, spelled as pairs of letters that they do."""

    def pairs(match: re.Match[str]) -> str:
        run = match.group()
        return "".join(f" x{ord(one):x}x{ord(two):x} " for one, two in pairwise(run))

    return _OTHER_SCRIPT.sub(pairs, text)


def _sentences(text: str) -> list[str]:
    return SENTENCE.findall(text)
