"""Whether a question asks what an official question asks: same object, same polarity. Rules over words, as data.

A learned score proposes; these rules may only object. A wrong 「不可以」 or 「可以」 at the head of a reply is the
worst fault the product can have, so an objection always wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import Field

from bot.errors import RoomError
from bot.knowledge.editions import FolderEdition
from bot.rooms import RoomModel, read_yaml


class _ItemEntry(RoomModel):
    location: str
    needs: list[str] = []
    not_when: list[str] = []


class _ItemsFile(RoomModel):
    schema_version: int = Field(alias="schema")
    yes_no: list[str]
    never: list[str]
    items: list[_ItemEntry]


@dataclass(frozen=True, slots=True)
class ItemRule:
    """Patterns over the normalised question, lower case."""

    needs: tuple[re.Pattern[str], ...]
    objections: tuple[re.Pattern[str], ...]
    yes_no: re.Pattern[str]

    def asks(self, text: str) -> bool:
        """Every need is met, the question expects a yes or no, and nothing objects."""
        lowered = text.lower()
        return (
            bool(self.yes_no.search(lowered))
            and all(need.search(lowered) for need in self.needs)
            and not any(objection.search(lowered) for objection in self.objections)
        )


def read_items(edition: FolderEdition) -> dict[str, ItemRule]:
    """Location -> rule; ``RoomError`` where a pattern is wrong or a location has no official question."""
    path = edition.folder / "items.yaml"
    raw = read_yaml(path, _ItemsFile)
    rules = {}
    try:
        for entry in raw.items:
            if entry.location not in edition.official:
                raise RoomError(f"{path}：「{entry.location}」不是問答")
            rules[entry.location] = ItemRule(
                needs=tuple(re.compile(pattern) for pattern in entry.needs),
                objections=tuple(re.compile(pattern) for pattern in [*raw.never, *entry.not_when]),
                yes_no=re.compile("|".join(raw.yes_no)),
            )
    except re.error as exc:
        raise RoomError(f"{path}：樣式不是正確的正規表示式（{exc.pattern!r}）") from exc
    return rules
