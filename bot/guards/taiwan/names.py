"""How likely a run of Chinese characters holds a person's name: names and words weighed against each other.

A run is read as a chain of words (unigram weights, best chain by dynamic programming). A name's gain is how much
likelier the best chain through the name is than the best chain of words alone, in natural logarithms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pydantic import Field

from bot.rooms import RoomModel, read_yaml, rooms_root

_LONGEST_WORD = 5
_UNKNOWN = -15.0
"""Weight of a character that is no word of its own."""
_RARE_GIVEN = -10.0
_ORDINARY = -12.5
"""Weight in a name of a character that is an ordinary word and not known from names."""
_NEVER = -30.0
_NAME = -8.5
"""Weight of "here stands a name"; the surname's and the given characters' weights are added to it."""
_SHORT_NAME = -3.4
"""Names of two characters are some 1 in 30; a compound surname carries its own weight."""


class Weighted(RoomModel):
    """Entries with one weight, separated by blanks."""

    weight: float
    names: str = ""
    characters: str = ""
    words: str = ""


class Roles(RoomModel):
    labels: tuple[str, ...]
    persons: tuple[str, ...]
    titles: tuple[str, ...]
    followers: tuple[str, ...]


class PublicWords(RoomModel):
    offices: tuple[str, ...]
    arts: tuple[str, ...]
    behind: tuple[str, ...]
    things: tuple[str, ...]


class NamesFile(RoomModel):
    """``guardrails/names.yaml``."""

    schema_version: int = Field(alias="schema")
    surnames: tuple[Weighted, ...]
    given: tuple[Weighted, ...]
    common_given: Weighted
    never_given: str
    japanese_surnames: str
    japanese_given: str
    sounding: str
    roles: Roles
    public: PublicWords
    specimens: tuple[str, ...]
    public_figures: str
    romanised_surnames: str
    latin_names: str
    latin_things: str


class WordsFile(RoomModel):
    """``guardrails/words.yaml``."""

    schema_version: int = Field(alias="schema")
    words: tuple[Weighted, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Weights of words, surnames and given characters (natural logarithms)."""

    words: Mapping[str, float]
    surnames: Mapping[str, float]
    given: Mapping[str, float]
    """Of characters, and of given names common as a whole."""
    japanese_surnames: frozenset[str]
    japanese_given: frozenset[str]

    @classmethod
    def of(cls, names: NamesFile, words: WordsFile) -> Lexicon:
        """The files as tables; the first weight given for an entry counts."""
        given = dict.fromkeys(names.never_given, _NEVER)
        for tier in names.given:
            for char in tier.characters.split():
                given.setdefault(char, tier.weight)
        given |= dict.fromkeys(names.common_given.names.split(), names.common_given.weight)
        surnames: dict[str, float] = {}
        for tier in names.surnames:
            for name in tier.names.split():
                surnames.setdefault(name, tier.weight)
        return cls(
            {word: tier.weight for tier in words.words for word in tier.words.split()},
            surnames,
            given,
            frozenset(names.japanese_surnames.split()),
            frozenset(names.japanese_given.split()),
        )

    def name_weight(self, name: str) -> float | None:
        """The weight of ``name`` as a person's name; None where it has no surname."""
        best = None
        for length in (1, 2):
            surname, rest = name[:length], name[length:]
            if surname in self.surnames and 1 <= len(rest) <= 2:
                weight = _NAME + self.surnames[surname] + self._given(rest)
                weight += _SHORT_NAME if len(name) == 2 else 0.0
                best = weight if best is None else max(best, weight)
        for length in (2, 3):
            surname, rest = name[:length], name[length:]
            if surname in self.japanese_surnames and 2 <= len(rest) <= 3 and self.japanese_given.issuperset(rest):
                weight = _NAME - 7.0 - 4.5 * len(rest)
                best = weight if best is None else max(best, weight)
        if len(name) in (3, 4) and name[1] == "氏" and name[0] in self.surnames:
            weight = _NAME - 4.0 + self._given(name[2:])
            best = weight if best is None else max(best, weight)
        return best

    def _given(self, characters: str) -> float:
        total = 0.0
        whole = self.given.get(characters)
        if whole is not None:
            return whole
        for char in characters:
            weight = self.given.get(char)
            total += weight if weight is not None else _ORDINARY if char in self.words else _RARE_GIVEN
        return total


class Run:
    """A run of Chinese characters with its best chains of words from both ends."""

    def __init__(self, text: str, lexicon: Lexicon) -> None:
        self.text = text
        self._lexicon = lexicon
        self._forward = _chain(text, lexicon.words)
        self._backward = _chain_back(text, lexicon.words)

    def gain(self, start: int, end: int, weight: float) -> float:
        """How much likelier the run is with a name of ``weight`` at ``start``..``end`` than as words alone."""
        return self._forward[start] + weight + self._backward[end] - self._forward[-1]

    def names(self) -> Iterator[tuple[int, int, float]]:
        """Every span that could be a name, with its gain."""
        text = self.text
        for start in range(len(text) - 1):
            if not self._may_start(text[start : start + 3]):
                continue
            for length in (2, 3, 4, 5):
                if start + length > len(text):
                    break
                weight = self._lexicon.name_weight(text[start : start + length])
                if weight is not None:
                    yield start, start + length, self.gain(start, start + length, weight)

    def _may_start(self, head: str) -> bool:
        surnames, japanese = self._lexicon.surnames, self._lexicon.japanese_surnames
        return head[0] in surnames or head[:2] in surnames or head[:2] in japanese or head in japanese


def _chain(text: str, words: Mapping[str, float]) -> Sequence[float]:
    best = [0.0]
    for end in range(1, len(text) + 1):
        top = best[end - 1] + words.get(text[end - 1], _UNKNOWN)
        for length in range(2, min(_LONGEST_WORD, end) + 1):
            weight = words.get(text[end - length : end])
            if weight is not None and best[end - length] + weight > top:
                top = best[end - length] + weight
        best.append(top)
    return best


def _chain_back(text: str, words: Mapping[str, float]) -> Sequence[float]:
    size = len(text)
    best = [0.0] * (size + 1)
    for start in range(size - 1, -1, -1):
        top = best[start + 1] + words.get(text[start], _UNKNOWN)
        for length in range(2, min(_LONGEST_WORD, size - start) + 1):
            weight = words.get(text[start : start + length])
            if weight is not None and best[start + length] + weight > top:
                top = best[start + length] + weight
        best[start] = top
    return best


@cache
def shipped_names() -> NamesFile:
    """The room's names."""
    return read_yaml(rooms_root() / "guardrails" / "names.yaml", NamesFile)


@cache
def shipped_lexicon() -> Lexicon:
    """The room's names and words as tables."""
    return Lexicon.of(shipped_names(), read_yaml(rooms_root() / "guardrails" / "words.yaml", WordsFile))
