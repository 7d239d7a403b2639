"""Names written by sound with a dot between their parts, and names in Latin letters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guards.taiwan.base import Hit, any_of
from bot.guards.taiwan.names import Lexicon, NamesFile

_DOTTED = re.compile(r"(?P<left>[\u4e00-\u9fff]{1,6})\s?[·‧・．.•∙]\s?(?=(?P<right>[\u4e00-\u9fff]{1,8}))")
_COMMON_WORD = -14.0
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_WORD = rf"[A-ZÀ-ÖØ-ÞĀĂĐƠƯẠ-Ỹ][{_LETTER}'’]{{0,15}}(?:-[{_LETTER}]{{2,15}})?"
_LATIN = re.compile(rf"(?<![{_LETTER}0-9_./@\-]){_WORD}(?:(?: ?/ ?|, ?| ){_WORD}){{1,4}}(?![{_LETTER}0-9_@])")
_TITLES = re.compile(r"^(?:MR|MRS|MS|MISS|DR|MSTR|Mr|Mrs|Ms|Miss|Dr)\.?$")
_SYLLABLE = (
    r"(?:(?:ZH|CH|SH|TS|TZ|SZ|HS|[BPMFDTNLGKHJQXRZCSYW])?'?H?"
    r"(?:I?U?[AEO]{1,2}[IOU]?|U[AEIO]?|I[AEOU]?|IH|ER|UEH|IEH|EH|UO)(?:NG|N|H|R)?)"
)
_ROMANISED = re.compile(rf"{_SYLLABLE}{{1,3}}(?:-{_SYLLABLE}{{1,2}})?", re.IGNORECASE)
_VIETNAMESE = re.compile(r"[ăđĩơưạ-ỹĂĐĨƠƯẠ-Ỹ]")


class DottedNames:
    """Finds 拉娃·瓦旦: parts of characters that write sounds, not two words."""

    def __init__(self, names: NamesFile, lexicon: Lexicon, score: float) -> None:
        self._sounding = frozenset(names.sounding.split())
        self._words = lexicon.words
        self._score = score

    def hits(self, text: str) -> Iterator[Hit]:
        """Every such name."""
        for match in _DOTTED.finditer(text):
            left = _tail(match["left"], self._sounding)
            right = _head(match["right"], self._sounding)
            if len(left) < 1 or len(right) < 1 or len(left) + len(right) < 4:
                continue
            if all(self._words.get(part, -99.0) > _COMMON_WORD for part in (left, right)):
                continue
            yield Hit(match.end("left") - len(left), match.start("right") + len(right), self._score)


def _tail(part: str, sounding: frozenset[str]) -> str:
    size = 0
    while size < min(len(part), 5) and part[-size - 1] in sounding:
        size += 1
    return part[len(part) - size :]


def _head(part: str, sounding: frozenset[str]) -> str:
    size = 0
    while size < min(len(part), 6) and part[size] in sounding:
        size += 1
    return part[:size]


class LatinNames:
    """Finds names in Latin letters: known names, romanised Chinese ones, and what stands behind a role."""

    def __init__(self, names: NamesFile, score: float, raised: float) -> None:
        self._score, self._raised = score, raised
        self._known = frozenset(name.lower() for name in names.latin_names.split())
        self._things = frozenset(name.lower() for name in names.latin_things.split())
        self._surnames = frozenset(name.lower() for name in names.romanised_surnames.split())
        self._role = re.compile(
            f"(?:{any_of(names.roles.labels + names.roles.persons).pattern})[\"']?\\s{{0,2}}[:=(]?[\\s\"']{{0,3}}$",
            re.IGNORECASE,
        )
        self._public = any_of(names.public.offices + names.public.arts)

    def hits(self, text: str) -> Iterator[Hit]:
        """Every name; tokens at either end that are no part of it are left out."""
        for match in _LATIN.finditer(text):
            yield from self._judged(text, match.start(), match.group())

    def _judged(self, text: str, start: int, words: str) -> Iterator[Hit]:
        tokens = [(piece.start(), piece.group()) for piece in re.finditer(_WORD, words)]
        while tokens and self._is_no_part(tokens[-1][1]):
            tokens.pop()
        while tokens and self._is_no_part(tokens[0][1]):
            tokens.pop(0)
        if len(tokens) < 2:
            return
        parts = [token.lower() for _, token in tokens]
        if any(part in self._things or len(part) == 1 for part in parts):
            return
        first, last = tokens[0][0], tokens[-1][0] + len(tokens[-1][1])
        before = text[max(0, start + first - 20) : start + first]
        if self._public.search(before[-6:]):
            return
        score = self._weigh(parts, before)
        if score:
            yield Hit(start + first, start + last, score)

    def _weigh(self, parts: list[str], before: str) -> float:
        known = sum(part in self._known for part in parts)
        vietnamese = any(_VIETNAMESE.search(part) for part in parts)
        if self._role.search(before) or known >= 2 or vietnamese:
            return self._raised
        romanised = parts[0] in self._surnames or parts[-1] in self._surnames
        if romanised and all(_ROMANISED.fullmatch(part) for part in parts) and len(parts) <= 3:
            return self._raised
        return self._score if known or (romanised and len(parts) <= 3) else 0.0

    def _is_no_part(self, token: str) -> bool:
        return bool(_TITLES.match(token)) or token.lower() in self._things
