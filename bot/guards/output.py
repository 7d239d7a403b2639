"""What a reply must hold before it leaves. A check answers what it found (for a fix: the mended text), or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.domain import ModelStamp, Verdict
from bot.guards.personal_data import PersonalData
from bot.guards.rooms import OutputEntry, OutputFile
from bot.ports import Draft, Edition
from bot.text import squeeze, traditional

ELLIPSIS = "…"
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
        return next((place for place, _ in leaving.draft.quotes if place not in leaving.edition.clauses), None)

    @staticmethod
    def _quotes(leaving: Leaving) -> str | None:
        """Every quote stands word for word in its clause; what is left out is marked."""
        for place, words in leaving.draft.quotes:
            whole = squeeze(leaving.edition.clauses[place].text)
            pieces = [squeeze(piece) for piece in words.split(ELLIPSIS)]
            if not all(piece in whole for piece in pieces):
                return place
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
        """The explanation neither permits what the guideline forbids, nor permits without the condition."""
        told, verdict = leaving.draft.explanation, leaving.draft.verdict
        if not told or verdict is None:
            return None
        permits, forbids = self._room.permits.search(told), self._room.forbids.search(told)
        if verdict is Verdict.NO:
            return _told(permits is not None and forbids is None, "permits what is forbidden")
        if verdict is Verdict.YES:
            return _told(forbids is not None and permits is None, "forbids what is permitted")
        return None

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
        """No run of the prompt's own words, other than those of the clauses shown or of the question."""
        prompt, told = leaving.draft.prompt, squeeze(leaving.draft.explanation)
        if prompt is None or not told:
            return None
        own = squeeze(prompt.shared)
        known = squeeze(
            "".join(words for _, words in leaving.draft.quotes) + leaving.draft.asked + leaving.draft.official
        )
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
