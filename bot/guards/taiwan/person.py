"""Persons' names: Chinese (also compound, double and Japanese surnames), by sound with a dot, and in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer, any_of
from bot.guards.taiwan.cells import labelled_cells
from bot.guards.taiwan.foreign_names import DottedNames, LatinNames
from bot.guards.taiwan.names import Lexicon, NamesFile, Run, shipped_lexicon, shipped_names
from bot.guards.taiwan.person_context import Surroundings
from bot.guards.taiwan.rules import EntityRule

_HAN = re.compile(r"[\u4e00-\u9fff々]{2,}")
_SPACED = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]"
    r"(?:(?:[ \t]{1,3}[\u4e00-\u9fff]){1,3}|[ \t]{1,2}[\u4e00-\u9fff]{2})(?![\u4e00-\u9fff])"
)
_NAME_CELL = re.compile(r"[\u4e00-\u9fff]{2,5}|[A-Za-z][A-Za-z .,'-]{3,40}")
_PERSON_COLUMNS = ("申請人", "陳情人", "個案", "案主", "聯絡人", "當事人")
_LIKELY, _SURE, _LISTED = 9.0, 13.0, 4.0
_BETWEEN = re.compile(r"\s?[、,;/和與及跟]\s?(?:[一二三四五六七八九十0-9]\.?)?")
_WORTH_A_LOOK = -7.0
_LONGEST_FIGURE = 6


@dataclass(frozen=True, slots=True)
class _Weighed:
    weight: float
    gain: float
    """The weight without the surroundings."""
    start: int
    end: int

    def overlaps(self, other: _Weighed) -> bool:
        return self.start < other.end and other.start < self.end

    def within(self, other: _Weighed) -> bool:
        return other.start <= self.start and self.end <= other.end and self.gain <= other.gain

    def listed_with(self, other: _Weighed, text: str) -> bool:
        """Whether only a list's mark stands between the two."""
        first, second = (self, other) if self.start < other.start else (other, self)
        return bool(_BETWEEN.fullmatch(text, first.end, second.start))


class Person(TaiwanRecognizer):
    """Finds private persons' names; office-holders, artists, historic persons and specimens are left alone."""

    ENTITY: ClassVar[str] = "PERSON"

    def __init__(
        self, rule: EntityRule, language: str = "zh", names: NamesFile | None = None, lexicon: Lexicon | None = None
    ) -> None:
        super().__init__(rule, language)
        self._names = names or shipped_names()
        self._lexicon = lexicon or shipped_lexicon()
        self._surroundings = Surroundings(self._names)
        self._public = frozenset(self._names.public_figures.split()) | frozenset(self._names.specimens)
        roles, public = self._names.roles, self._names.public
        self._titles = frozenset((*roles.titles, *roles.persons, *public.offices, *public.arts))
        self._column = any_of((*self._names.roles.labels, *_PERSON_COLUMNS))
        self._dotted = DottedNames(self._names, self._lexicon, rule.raised)
        self._latin = LatinNames(self._names, rule.score, rule.raised)

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``; Chinese names come without overlaps, the likeliest first chosen."""
        yield from self._chinese(text)
        yield from self._spaced(text)
        yield from self._cells(text)
        yield from self._dotted.hits(text)
        yield from self._latin.hits(text)

    def _chinese(self, text: str) -> Iterator[Hit]:
        private: list[_Weighed] = []
        public: list[_Weighed] = []
        for run in _HAN.finditer(text):
            figures = self._figures(run.group())
            for start, end, gain in Run(run.group(), self._lexicon).names():
                at, stop = run.start() + start, run.start() + end
                if gain < _WORTH_A_LOOK or run.group()[start + 1 : end] in self._titles:
                    continue
                # 陳進 (painter) is not 陳進財
                figure = any(
                    first < end and start < last and not (first == start and last < end) for first, last in figures
                )
                around = (
                    None
                    if figure and not self._surroundings.has_role(text, at)
                    else self._surroundings.weigh(text, at, stop)
                )
                if around is not None:
                    private.append(_Weighed(gain + around, gain, at, stop))
                elif gain >= _LIKELY:
                    public.append(_Weighed(gain, gain, at, stop))
        # what is a public person's name as a whole is no private one in part (張廖…議員 holds no 張廖…)
        spared = [name for name in private if not any(name.within(other) for other in public)]
        yield from self._chosen(text, spared)

    def _chosen(self, text: str, names: list[_Weighed]) -> Iterator[Hit]:
        """The likeliest first, no overlaps; a name in a list with other names needs less evidence."""
        taken: list[_Weighed] = []
        for least, beside in ((_LIKELY, False), (_LISTED, True)):
            for name in sorted(names, key=lambda item: (-item.weight, item.start)):
                if name.weight < least:
                    break
                free = not any(name.overlaps(other) for other in taken)
                if free and (not beside or any(name.listed_with(other, text) for other in taken)):
                    taken.append(name)
                    yield Hit(name.start, name.end, self.rule.raised if name.weight >= _SURE else self.rule.score)

    def _figures(self, run: str) -> list[tuple[int, int]]:
        """Public persons' names inside a run."""
        return [
            (start, start + length)
            for start in range(len(run))
            for length in range(2, _LONGEST_FIGURE + 1)
            if run[start : start + length] in self._public
        ]

    def _spaced(self, text: str) -> Iterator[Hit]:
        """葛 文 瑜: single characters with blanks between, as forms are typeset."""
        for match in _SPACED.finditer(text):
            name = re.sub(r"\s", "", match.group())
            weight = self._lexicon.name_weight(name)
            if weight is None or name in self._public:
                continue
            around = self._surroundings.weigh(text, *match.span())
            gain = Run(name, self._lexicon).gain(0, len(name), weight)
            if gain + (around or 0.0) >= _LIKELY:
                yield Hit(*match.span(), self.rule.score)

    def _cells(self, text: str) -> Iterator[Hit]:
        """Values in a column of names, whatever the surname."""
        for cell in labelled_cells(text, self._column):
            value = text[cell.start : cell.end]
            known_word = value in self._lexicon.words or value in self._public
            if _NAME_CELL.fullmatch(value) and not known_word:
                yield Hit(cell.start, cell.end, self.rule.raised)
