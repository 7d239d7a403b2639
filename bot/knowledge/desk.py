"""What an administrator does with editions: check, activate, roll back. Commands and chats call the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UsageError
from bot.knowledge.diff import compare
from bot.knowledge.editions import FolderEdition
from bot.knowledge.gate import Item, Level, checked
from bot.knowledge.index import Progress, is_built
from bot.knowledge.library import Library
from bot.knowledge.pointer import Pointer, told_now
from bot.knowledge.retrieval import EditionRetriever
from bot.ports import AuditLog


@dataclass(frozen=True, slots=True)
class Asked:
    """What an administrator asks for: who, what he acknowledges by name, and why he would override red items."""

    who: str
    acknowledged: tuple[str, ...] = ()
    override: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """``act``: ``activated``, ``scheduled``, ``requested`` (a second person must confirm), ``rolled_back``
    or ``called_off``."""

    act: str
    pointer: Pointer


class EditionDesk:
    """``two_person``: acts need two different people. ``rules``: see ``gate.checked``."""

    def __init__(
        self,
        library: Library,
        rules: Callable[[FolderEdition], tuple[str, ...]],
        *,
        two_person: bool,
        audit: AuditLog | None = None,
    ) -> None:
        self._library, self._rules, self._two_person, self._audit = library, rules, two_person, audit

    def check(self, edition_id: str) -> list[Item]:
        """See ``gate.checked``; retrieval is judged where the edition's index is built."""
        library = self._library
        edition, in_force = library.edition(edition_id), library.edition_in_force()
        built = all(is_built(one, library.embedder, library.index_folder) for one in (edition, in_force))
        retriever = self._retriever if built else None
        return checked(edition, in_force, compare(in_force, edition), retriever, self._rules)

    def activate(self, edition_id: str, asked: Asked, progress: Progress | None = None) -> Outcome:
        """Puts the edition in force, or notes the request for a second person.

        Everything it needs is built before the pointer moves, and what is built is judged, too. Raises
        ``UsageError`` where something blocks it.
        """
        asked = replace(asked, override=asked.override.strip())
        seen = self._library.pointer.read()
        if edition_id == seen.id:
            raise UsageError(f"{edition_id} 已經是生效的版本")
        self._require(edition_id, asked)
        self._library.prepare(progress, edition_id)
        self._require(edition_id, asked)
        if self._two_person or asked.override:
            request = (edition_id, _moment(asked.at), asked.override)
            if request != (seen.requested_id, seen.requested_for, seen.requested_override) or not asked.who:
                return self._done("requested", seen, _requested(seen, request, asked.who), edition_id, asked)
            if seen.requested_by == asked.who:
                return Outcome("requested", seen)
        settled = seen.settled
        if asked.at is not None and asked.at > datetime.now().astimezone():
            to = replace(settled, scheduled_id=edition_id, scheduled_at=_moment(asked.at))
            return self._done("scheduled", seen, to, edition_id, asked)
        to = replace(settled, id=edition_id, previous=seen.id, since=told_now())
        return self._done("activated", seen, to, edition_id, asked)

    def rollback(self, who: str, reason: str = "") -> Outcome:
        """Calls off what is scheduled or requested; else back to the edition before, whose index is still there.

        Going back twice is no way forward: ``UsageError`` where there is nothing to go back to.
        """
        seen = self._library.pointer.read()
        if seen.scheduled_id or seen.requested_id:
            return self._done("called_off", seen, seen.settled, seen.scheduled_id or seen.requested_id, Asked(who))
        if not seen.previous:
            raise UsageError("沒有可以還原的前一個版本")
        to = replace(seen.settled, id=seen.previous, previous="", since=told_now())
        return self._done("rolled_back", seen, to, seen.previous, Asked(who, override=reason))

    def _require(self, edition_id: str, asked: Asked) -> None:
        items = self.check(edition_id)
        red = [item.name for item in items if item.level is Level.RED]
        if red and not asked.override:
            raise UsageError(f"未通過檢查：{'、'.join(red)}；修正後再試，或兩位管理者以 --override 理由 放行")
        open_ = [item.name for item in items if item.level is Level.EYE and item.name not in asked.acknowledged]
        if open_:
            names = " ".join(f"--acknowledge {name}" for name in open_)
            raise UsageError(f"還有 {len(open_)} 項要人看過：zhiyin kb check {edition_id}；看過後加上 {names}")

    def _done(self, act: str, seen: Pointer, to: Pointer, edition_id: str, asked: Asked) -> Outcome:
        made = self._library.pointer.moved(seen, to, act=act, who=asked.who, reason=asked.override)
        if self._audit:
            self._audit.note(act=f"edition-{act}", who=asked.who, object=edition_id, reason=asked.override)
        return Outcome(act, made)

    def _retriever(self, edition: FolderEdition) -> EditionRetriever:
        return EditionRetriever(edition, self._library.embedder, self._library.index_folder)


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _requested(seen: Pointer, request: tuple[str, str, str], who: str) -> Pointer:
    """The pointer with what one person asks for; a second one must ask for exactly the same."""
    edition_id, moment, override = request
    return replace(
        seen,
        requested_id=edition_id,
        requested_for=moment,
        requested_override=override,
        requested_by=who,
        requested_at=told_now(),
    )


def acknowledgements(items: Sequence[Item]) -> tuple[str, ...]:
    """Names of the items that a person must look at."""
    return tuple(item.name for item in items if item.level is Level.EYE)
