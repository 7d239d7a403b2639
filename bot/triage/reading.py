"""Reads facts out of a description: words in their scopes, and heads trained on described uses, weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from bot.kept import KeptArrays
from bot.ngrams import word_rows
from bot.ports import FactReading
from bot.text import normalise, plain
from bot.triage.heads import scores
from bot.triage.lexicon import Found, Lexicon
from bot.triage.settling import Settled, Settling, choose_clause, derive_audience, derive_deciding
from bot.triage.views import Floats, Views, cue_rows, words_only
from bot.triage.weighing import Weighing, features

EVIDENCE_LONGEST = 40


class Embedder(Protocol):
    """Unit vectors of texts."""

    def queries(self, texts: Sequence[str]) -> Floats:
        """Shape (len(texts), dimensions)."""
        ...


@dataclass(frozen=True, slots=True)
class Cued:
    """What the lexicon says of one text."""

    text: str = field(repr=False)
    found: Found = field(repr=False)
    settled: Settled = field(repr=False)

    def marks(self) -> frozenset[str]:
        """Cues found with their polarity, and facts settled by words, as names."""
        hits = {f"{hit.cue}:{hit.polarity}" for hit in self.found.hits}
        silent = self.settled.silent
        return frozenset(
            hits | {f"={name}={value}" for name, value in self.settled.values.items() if name not in silent}
        )


def cued(lexicon: Lexicon, text: str) -> Cued:
    """The lexicon's reading of ``text``."""
    found = lexicon.find(lexicon.prepared(text))
    return Cued(plain(text), found, Settling(found).run())


def mark_rows(texts: Sequence[Cued], names: Sequence[str]) -> Floats:
    """1 where a text has the mark, shape (len(texts), len(names))."""
    at = {name: column for column, name in enumerate(names)}
    rows = np.zeros((len(texts), len(names)), dtype=np.float32)
    for row, one in enumerate(texts):
        rows[row, [at[mark] for mark in one.marks() if mark in at]] = 1
    return rows


class Reader:
    """Fits the port ``FactReader``; safe to use from several threads."""

    def __init__(self, lexicon: Lexicon, kept: KeptArrays, embedder: Embedder) -> None:
        self._lexicon, self._embedder = lexicon, embedder
        arrays = kept.arrays
        self._base = Views.of(arrays)
        self._rarity, self._cue_weights = arrays["rarity"], arrays["cue_weights"]
        self._coefficients, self._offsets = arrays["coefficients"], arrays["offsets"]
        self._marks: Sequence[str] = kept.card["marks"]
        self._columns: Sequence[str] = kept.card["columns"]
        self._weighing = Weighing.of(kept)

    def read(self, text: str) -> FactReading:
        """See ``FactReader.read``."""
        return self.read_many([text])[0]

    def read_many(self, texts: Sequence[str]) -> list[FactReading]:
        """The readings of several texts; embeds them together."""
        told = [cued(self._lexicon, text) for text in texts]
        views = self._views(told)
        rows = scores(views, self._base, self._coefficients, self._offsets)
        found = [self._weighed(one, row) for one, row in zip(told, rows, strict=True)]
        return [replace(one, evidence=as_typed(one.evidence, text)) for one, text in zip(found, texts, strict=True)]

    def _views(self, told: Sequence[Cued]) -> Views:
        texts = [one.text for one in told]
        marks = mark_rows(told, self._marks)
        words = word_rows(texts, self._rarity)
        return Views(words, self._embedder.queries(texts), cue_rows(marks, self._cue_weights))

    def _weighed(self, one: Cued, row: Floats) -> FactReading:
        score = dict(zip(self._columns, map(float, row), strict=True))
        settled = one.settled
        out = Settled(dict(settled.values), dict(settled.evidence), set(settled.silent), settled.unknown)
        for name in self._weighing.facts:
            value = self._value(name, score, settled)
            if value is settled.take(name):
                continue
            out.put(name, value, self._evidence(one, name) if value else "")
        derive_deciding(one.found, out)
        derive_audience(out)
        choose_clause(one.found, out)
        return FactReading(out.values, out.evidence, described=_describes(one, out))

    def _value(self, name: str, score: Mapping[str, float], settled: Settled) -> bool | None:
        if settled.leaves_open(name):
            return None
        said = None if name in settled.silent else settled.take(name)
        return self._weighing.value(name, features(name, score, settled), said)

    def _evidence(self, one: Cued, name: str) -> str:
        """The clause of the text that speaks most for the fact, by words alone."""
        column = self._columns.index(f"{name}=yes")
        clauses = one.found.clauses()
        rows = words_only(clauses, self._rarity, self._base) @ self._coefficients[:, column]
        best = clauses[int(np.argmax(rows))]
        return best if len(best) <= EVIDENCE_LONGEST else best[:EVIDENCE_LONGEST]


def _describes(one: Cued, out: Settled) -> bool:
    """Whether the text says anything of a use: an AI, or a fact about what goes in or comes out."""
    return one.found.has("describes") or any(value and name in out.evidence for name, value in out.values.items())


def as_typed(evidence: Mapping[str, str], original: str) -> dict[str, str]:
    """The evidence in the words and letters of ``original``; left out where they cannot be found there."""
    told = normalise(original)
    kept = [at for at, char in enumerate(told.text) if not char.isspace()]
    squeezed = "".join(told.text[at] for at in kept).lower()
    found = {}
    for name, words in evidence.items():
        wanted = "".join(words.split()).lower()
        start = squeezed.find(wanted) if wanted else -1
        if start >= 0:
            span = told.span(kept[start], kept[start + len(wanted) - 1] + 1)
            found[name] = original[slice(*span)]
    return found
