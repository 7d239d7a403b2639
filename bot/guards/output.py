"""What a reply must hold before it leaves. A check answers what it found (for a fix: the mended text), or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain import ModelStamp, Verdict
from bot.guards.personal_data import PersonalData
from bot.guards.rooms import OutputEntry, OutputFile
from bot.ports import Draft, Edition
from bot.text import squeeze, traditional

ELLIPSIS = "…"
LEAST_VERBATIM = 8
"""So many characters in a row of a clause that is quoted are the guideline's words and no verdict of the model."""
_WORDS = re.compile(r"\w{2}")
_PIECE = re.compile(r"[^，。；：、！？,;:!?\n]+")
Check = Callable[["Leaving"], str | None]


@dataclass(frozen=True, slots=True)
class Leaving:
    """A draft on its way out; ``stamp`` is the model that wrote its explanation."""

    draft: Draft
    edition: Edition
    stamp: ModelStamp | None


class Checks:
    """Every output check by name."""

    def __init__(self, personal_data: PersonalData, room: OutputFile) -> None:
        self._personal_data, self._room = personal_data, room

    def of(self, entry: OutputEntry) -> Check:
        """The check that an entry of the room names."""
        checks: dict[str, Check] = {
            "citations": self._citations,
            "quotes": self._quotes,
            "simplified": self._simplified,
            "personal_data": self._person,
            "verdict": self._verdict,
            "tier": self._tier,
            "markup": self._markup,
            "prompt": lambda leaving: self._prompt(leaving, entry.longest_shared),
            "length": lambda leaving: _told(len(leaving.draft.explanation) > entry.longest, "too long"),
            "disclosure": self._disclosure,
        }
        return checks[entry.name]

    @staticmethod
    def _citations(leaving: Leaving) -> str | None:
        """Every place cited is in the edition."""
        made_up = any(place not in leaving.edition.clauses for place, _ in leaving.draft.quotes)
        return _told(made_up, "place made up")

    @staticmethod
    def _quotes(leaving: Leaving) -> str | None:
        """Every quote has words and stands word for word in its clause; what is left out is marked."""
        for place, words in leaving.draft.quotes:
            whole = squeeze(leaving.edition.clauses[place].text)
            pieces = [squeeze(piece) for piece in words.split(ELLIPSIS)]
            if not _WORDS.search(words) or not all(piece in whole for piece in pieces):
                return "words made up"
        return None

    @staticmethod
    def _simplified(leaving: Leaving) -> str | None:
        told = leaving.draft.explanation
        mended = traditional(told)
        return mended if mended != told else None

    def _person(self, leaving: Leaving) -> str | None:
        """Personal data that the edition's own text does not have."""
        told = leaving.draft.explanation
        for entity in self._personal_data.find(told) if told else ():
            value = told[entity.start : entity.end]
            if not any(value in clause.text for clause in leaving.edition.clauses.values()):
                return entity.type
        return None

    def _verdict(self, leaving: Leaving) -> str | None:
        """The explanation says no other verdict than the one decided, in words that are not the quoted clause's."""
        told, verdict = _own_words(leaving.draft), leaving.draft.verdict
        if not told or verdict is None:
            return None
        permits, forbids = self._room.permits.search(told), self._room.forbids.search(told)
        if verdict is Verdict.NO:
            return _told(permits is not None, "permits what is forbidden")
        if verdict is Verdict.YES:
            says_no = forbids is not None and permits is None
            return _told(says_no or self._room.opens_forbidding.search(told) is not None, "forbids what is permitted")
        return _told(self._room.unconditional.search(told) is not None, "leaves the condition out")

    def _tier(self, leaving: Leaving) -> str | None:
        """The explanation names no other tier than the one decided."""
        told, tier = leaving.draft.explanation, leaving.draft.tier
        if not told or tier is None:
            return None
        others = (word for name, word in self._room.tier_words.items() if name != tier.value)
        return next((word for word in others if word in told), None)

    def _markup(self, leaving: Leaving) -> str | None:
        return _told(self._room.markup.search(leaving.draft.explanation) is not None, "markup")

    @staticmethod
    def _prompt(leaving: Leaving, longest: int) -> str | None:
        """No run of the prompt's own words, other than those of the clauses shown.

        The asker's words excuse nothing: whoever types a piece of the prompt does not get it confirmed.
        """
        prompt, told = leaving.draft.prompt, squeeze(leaving.draft.explanation)
        if prompt is None or not told:
            return None
        own = squeeze(prompt.shared)
        known = squeeze("".join(words for _, words in leaving.draft.quotes) + leaving.draft.official)
        known += "".join(squeeze(clause.text) for clause in leaving.edition.clauses.values())
        runs = (told[at : at + longest] for at in range(len(told) - longest + 1))
        return next(("prompt" for run in runs if run in own and run not in known), None)

    @staticmethod
    def _disclosure(leaving: Leaving) -> str | None:
        """Whatever a model wrote names vendor, model and version."""
        if not leaving.draft.explanation:
            return None
        stamp, foot = leaving.stamp, leaving.draft.footer
        if stamp is None:
            return "no model named"
        return next((part for part in (stamp.vendor, stamp.name, stamp.version) if part not in foot), None)


def _told(holds: bool, what: str) -> str | None:
    return what if holds else None


def _own_words(draft: Draft) -> str:
    """The explanation without the pieces that are quoted word for word."""
    quoted = squeeze("".join(words for _, words in draft.quotes))

    def kept(match: re.Match[str]) -> str:
        piece = squeeze(match.group())
        return "" if len(piece) >= LEAST_VERBATIM and piece in quoted else match.group()

    return _PIECE.sub(kept, draft.explanation)
