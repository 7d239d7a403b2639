"""Words that say a fact: cues found in a description, each with its words, in the scope they stand in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from bot.errors import RoomError
from bot.rooms import RoomModel, read_yaml
from bot.text import plain
from bot.triage.scopes import Openings, is_denied

UNKNOWN = "unknown:"
"""Before the name of a fact that somebody says he does not know."""
Polarity = Literal["said", "denied", "open"]
_NAME = re.compile(r"<([a-z]+)>")
_CLAUSE_END = ",。;!?:\n"
_CLAUSE_CUT = re.compile(f"[{_CLAUSE_END}]")
_SPACES = re.compile(r"(?<=[^\x00-\x7f]) +| +(?=[^\x00-\x7f])")


@dataclass(frozen=True, slots=True)
class Hit:
    """One cue found: how, and where in the text."""

    cue: str
    polarity: Polarity
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """All hits of one text."""

    text: str = field(repr=False)
    hits: tuple[Hit, ...]

    def of(self, cue: str, polarity: Polarity = "said") -> tuple[Hit, ...]:
        """Hits of a cue in the order of the text."""
        return tuple(hit for hit in self.hits if hit.cue == cue and hit.polarity == polarity)

    def has(self, cue: str, polarity: Polarity = "said") -> bool:
        """Whether the cue was found so."""
        return any(hit.cue == cue and hit.polarity == polarity for hit in self.hits)

    def clauses(self) -> list[str]:
        """The text cut at its commas and full stops; at least one piece."""
        pieces = [piece.strip() for piece in _CLAUSE_CUT.split(self.text)]
        return [piece for piece in pieces if piece] or [self.text]

    def words(self, hit: Hit) -> str:
        """The clause around the hit: what a person would quote."""
        start = max((self.text.rfind(mark, 0, hit.start) for mark in _CLAUSE_END), default=-1) + 1
        ends = [at for mark in _CLAUSE_END if (at := self.text.find(mark, hit.end)) >= 0]
        piece = self.text[start : min(ends, default=len(self.text))].strip()
        return piece if len(piece) <= 40 else self.text[hit.start : min(hit.end, hit.start + 40)]


@dataclass(frozen=True, slots=True)
class _Cue:
    name: str
    scoped: bool
    masks: tuple[re.Pattern[str], ...]
    patterns: tuple[tuple[Polarity, re.Pattern[str]], ...]


class _CueEntry(RoomModel):
    name: str
    scoped: bool = False
    masks: list[str] = []
    said: list[str] = []
    denied: list[str] = []
    open: list[str] = []

    def by_polarity(self) -> tuple[tuple[Polarity, list[str]], ...]:
        """The patterns with what they mean."""
        return ("open", self.open), ("denied", self.denied), ("said", self.said)


class _LexiconFile(RoomModel):
    schema_version: Literal[1] = Field(alias="schema")
    typos: dict[str, str]
    ignored: list[str]
    words: dict[str, str]
    uncertain: list[str]
    whether: list[str]
    others: str
    topics: dict[str, str]
    cues: list[_CueEntry]


class Lexicon:
    """Finds cues. Texts are normalised first; positions are those of the normalised text."""

    def __init__(
        self,
        typos: Mapping[str, str],
        ignored: tuple[re.Pattern[str], ...],
        cues: tuple[_Cue, ...],
        openings: Openings,
    ) -> None:
        self._typos, self._ignored, self._cues, self._openings = typos, ignored, cues, openings

    def names(self) -> tuple[str, ...]:
        """Every cue."""
        return tuple(cue.name for cue in self._cues)

    def prepared(self, text: str) -> str:
        """Normalised, lower case, slips of the pen mended, and what names a tier blanked out."""
        clean = _SPACES.sub("", re.sub(r"[ \t]+", " ", plain(text))).lower()
        for wrong, right in self._typos.items():
            clean = clean.replace(wrong, right)
        for pattern in self._ignored:
            clean = pattern.sub(_blank, clean)
        return clean

    def find(self, prepared: str) -> Found:
        """Every hit in a prepared text."""
        hits: list[Hit] = []
        for cue in self._cues:
            seen = prepared
            for mask in cue.masks:
                seen = mask.sub(_blank, seen)
            for polarity, pattern in cue.patterns:
                for match in pattern.finditer(seen):
                    if match.end() > match.start():
                        how = _scoped(cue, polarity, seen, match)
                        hits.append(Hit(cue.name, how, match.start(), match.end()))
        hits += [Hit(f"{UNKNOWN}{name}", "open", start, end) for name, start, end in self._openings.find(prepared)]
        return Found(prepared, tuple(hits))


def read_lexicon(path: Path) -> Lexicon:
    """The lexicon in ``path``; ``RoomError`` for unknown words or wrong patterns."""
    raw = read_yaml(path, _LexiconFile)

    def compiled(pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(_NAME.sub(lambda match: f"(?:{raw.words[match.group(1)]})", pattern))
        except KeyError as exc:
            raise RoomError(f"{path}：words 裡沒有 {exc}") from exc
        except re.error as exc:
            raise RoomError(f"{path}：樣式不是正確的正規表示式（{exc.pattern!r}）") from exc

    cues = tuple(
        _Cue(
            entry.name,
            entry.scoped,
            tuple(compiled(mask) for mask in entry.masks),
            tuple((polarity, compiled(pattern)) for polarity, patterns in entry.by_polarity() for pattern in patterns),
        )
        for entry in raw.cues
    )
    openings = Openings(
        tuple(compiled(pattern) for pattern in raw.uncertain),
        tuple(compiled(pattern) for pattern in raw.whether),
        compiled(raw.others),
        {name: compiled(pattern) for name, pattern in raw.topics.items()},
    )
    return Lexicon(raw.typos, tuple(compiled(pattern) for pattern in raw.ignored), cues, openings)


def _blank(match: re.Match[str]) -> str:
    """White space as long as what is blanked out, so that positions stay."""
    return " " * len(match.group())


def _scoped(cue: _Cue, polarity: Polarity, text: str, match: re.Match[str]) -> Polarity:
    if cue.scoped and polarity == "said" and is_denied(text, match.start(), match.end()):
        return "denied"
    return polarity
