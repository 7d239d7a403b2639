"""The documents side by side: which is which by title, which wins, how citations name them (``collections.yaml``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from bot.errors import RoomError
from bot.rooms import RoomModel, read_yaml, rooms_root
from bot.text import squeeze

MAIN = "main"
UNNAMED = "collection"
NAME = re.compile(r"[a-z][a-z0-9-]{1,30}")


class _Entry(RoomModel):
    name: str
    shown: str
    title: str
    asked_as: list[str] = []


class _CollectionsFile(RoomModel):
    schema_version: int = Field(alias="schema")
    precedence: list[str]
    collections: list[_Entry]


@dataclass(frozen=True, slots=True)
class Collections:
    """The policy over several documents."""

    precedence: tuple[str, ...]
    titles: tuple[tuple[str, re.Pattern[str]], ...]
    shown: dict[str, str]
    asked_as: tuple[tuple[str, re.Pattern[str]], ...]

    def of_title(self, title: str) -> str | None:
        """The collection whose documents have such a title."""
        return next((name for name, pattern in self.titles if pattern.search(squeeze(title))), None)

    def named_in(self, question: str) -> tuple[str, ...]:
        """The collections that a question names."""
        return tuple(name for name, pattern in self.asked_as if pattern.search(question))

    def rank(self, collection: str) -> int:
        """0 for the document that wins; larger ones give way."""
        return self.precedence.index(collection) if collection in self.precedence else len(self.precedence)

    def cite(self, edition_id: str, title: str, location: str) -> str:
        """A location as a citation names it: with the document's name unless it is the main one."""
        collection = collection_of(edition_id)
        if collection == MAIN:
            return location
        return f"{self.shown.get(collection) or title} {location}"


def collection_of(edition_id: str) -> str:
    """``executive-yuan:112-08-31`` -> ``executive-yuan``; the main document's editions have no prefix."""
    name, colon, _ = edition_id.partition(":")
    return name if colon else MAIN


def read_collections(path: Path | None = None) -> Collections:
    """The room's policy; ``RoomError`` where the file is wrong."""
    path = path or rooms_root() / "knowledge" / "collections.yaml"
    raw = read_yaml(path, _CollectionsFile)
    try:
        return Collections(
            precedence=tuple(raw.precedence),
            titles=tuple((entry.name, re.compile(entry.title)) for entry in raw.collections),
            shown={entry.name: entry.shown for entry in raw.collections},
            asked_as=tuple(
                (entry.name, re.compile("|".join(re.escape(word) for word in entry.asked_as)))
                for entry in raw.collections
                if entry.asked_as
            ),
        )
    except re.error as exc:
        raise RoomError(f"{path}：樣式不是正確的正規表示式（{exc.pattern!r}）") from exc
