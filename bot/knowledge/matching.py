"""Which clause of a later edition is which clause of an earlier one: one global assignment over what they say.

A pair's likeness is that of its words (character bigrams, rare ones counting more, so that the turns of phrase which
every clause has count little). Place, parents and children only tip the balance between pairs that are alike.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain import Clause
from bot.text import squeeze

_ROUNDS = 3
_SAME_PLACE = 0.30
"""Likeness from which a clause under the same number below the same parent is still the same clause."""
_OTHER_PLACE = 0.45
"""Likeness from which a clause that stands elsewhere is still the same clause."""
_TITLE_SHARE = 0.6
_CHILDREN_SHARE = 0.5
_QUESTION_MARK = re.compile(r"[？?]$")
_OTHER_QUESTION = 0.25
"""Official questions less alike than this ask different things, however alike their answers are: the likeness of what
is their own, without the turns of phrase that a fifth of all questions share (可否使用外部生成式人工智慧來研擬…)."""
_COMMON = 0.2
_BOX = str.maketrans("", "", "☐□▢■☑☒")

Grid = NDArray[np.float64]


def key(clause: Clause) -> str:
    """What a clause says, without white space and without check boxes, which fonts lose; an option is its words."""
    return squeeze(clause.text).translate(_BOX)


@dataclass(frozen=True, slots=True)
class _Side:
    clauses: Sequence[Clause]
    at: Mapping[str, int]
    parents: Sequence[int]

    @classmethod
    def of(cls, clauses: Sequence[Clause]) -> _Side:
        at = {clause.location: index for index, clause in enumerate(clauses)}
        return cls(clauses, at, [at[c.parent] if c.parent else -1 for c in clauses])


def match(before: Sequence[Clause], after: Sequence[Clause]) -> dict[str, str]:
    """Earlier location -> later location of the same clause; clauses without a fellow are left out."""
    if not before or not after:
        return {}
    from scipy.optimize import linear_sum_assignment

    old, new = _Side.of(before), _Side.of(after)
    alike = _likeness(old, new)
    pairs: dict[int, int] = {}
    for _ in range(_ROUNDS):
        score, least = _in_context(alike, old, new, pairs)
        rows, columns = linear_sum_assignment(np.where(score >= least, score, 0.0), maximize=True)
        found = {int(r): int(c) for r, c in zip(rows, columns, strict=True) if score[r, c] >= least[r, c]}
        if found == pairs:
            break
        pairs = found
    return {before[row].location: after[column].location for row, column in sorted(pairs.items())}


def _likeness(old: _Side, new: _Side) -> Grid:
    """Shape (earlier, later), 0..1; exactly 1 only where the words are the same."""
    left, right = ([key(clause) for clause in side.clauses] for side in (old, new))
    texts = _dice(left, right)
    titles = _dice([squeeze(c.title) for c in old.clauses], [squeeze(c.title) for c in new.clauses])
    alike = np.maximum(texts, _TITLE_SHARE * titles + (1 - _TITLE_SHARE) * texts)
    asked, asking = ([_question(c) for c in side.clauses] for side in (old, new))
    both = np.outer([bool(q) for q in asked], [bool(q) for q in asking])
    alike = np.where(both & (_dice(asked, asking, common=_COMMON) < _OTHER_QUESTION), 0.25 * alike, alike)
    same = np.array([[a == b for b in right] for a in left])
    return np.where(same, 1.0, np.minimum(alike, 0.98))


def _question(clause: Clause) -> str:
    return squeeze(clause.title) if _QUESTION_MARK.search(clause.title) else ""


def _dice(left: Sequence[str], right: Sequence[str], common: float = 1.0) -> Grid:
    """Overlap of character bigrams, weighted by how few texts have them; 0 where either text is empty.

    Bigrams that more than the share ``common`` of the texts have do not count.
    """
    bags, others = ([_bigrams(text) for text in side] for side in (left, right))
    spread = Counter(pair for bag in [*bags, *others] for pair in bag)
    total = sum(bool(bag) for bag in [*bags, *others])
    weight = {pair: math.log(1 + total / count) if count <= common * total else 0.0 for pair, count in spread.items()}
    having: dict[str, tuple[list[int], list[int]]] = {}
    for at, bag in enumerate(others):
        for pair, count in bag.items():
            columns, counts = having.setdefault(pair, ([], []))
            columns.append(at)
            counts.append(count)
    shared = np.zeros((len(bags), len(others)))
    for row, bag in enumerate(bags):
        for pair, count in bag.items():
            if pair in having:
                columns, counts = having[pair]
                shared[row, columns] += weight[pair] * np.minimum(count, counts)
    sizes = [[sum(weight[pair] * n for pair, n in bag.items()) for bag in some] for some in (bags, others)]
    size: Grid = np.add.outer(np.array(sizes[0], dtype=np.float64), np.array(sizes[1], dtype=np.float64))
    overlap: Grid = np.divide(2 * shared, size, out=np.zeros_like(size), where=size > 0)
    return overlap


def _bigrams(text: str) -> Counter[str]:
    """Neighbouring characters, the ends of the text marked; none for an empty text."""
    return Counter(f" {text} "[at : at + 2] for at in range(len(text) + 1)) if text else Counter()


def _in_context(alike: Grid, old: _Side, new: _Side, pairs: Mapping[int, int]) -> tuple[Grid, Grid]:
    """Scores that also know place, parents and children of the pairs found so far, and the least that counts."""
    parents = np.array([[_fellows(a, b, old, new, pairs) for b in new.parents] for a in old.parents])
    places = np.array([[a.location == b.location for b in new.clauses] for a in old.clauses])
    steps = np.array(
        [[a.location.rpartition("/")[2] == b.location.rpartition("/")[2] for b in new.clauses] for a in old.clauses]
    )
    votes = np.zeros_like(alike)
    children = Counter(parent for parent in old.parents if parent >= 0)
    others = Counter(parent for parent in new.parents if parent >= 0)
    for row, column in pairs.items():
        a, b = old.parents[row], new.parents[column]
        if a >= 0 and b >= 0:
            votes[a, b] += 1 / max(children[a], others[b])
    least = np.where(parents & steps, _SAME_PLACE, _OTHER_PLACE)
    supported = np.maximum(alike, np.minimum((1 - _CHILDREN_SHARE) * alike + _CHILDREN_SHARE * votes, 0.98))
    score = supported + 0.10 * parents + 0.03 * steps + 0.03 * places
    return np.where(supported >= least, score, 0.0), least


def _fellows(a: int, b: int, old: _Side, new: _Side, pairs: Mapping[int, int]) -> bool:
    """Whether the two parents are one clause, as far as is known."""
    if a < 0 or b < 0:
        return a == b
    if a in pairs:
        return pairs[a] == b
    return old.clauses[a].location == new.clauses[b].location
