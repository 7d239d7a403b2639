"""The shipped edition's rules."""

from __future__ import annotations

import pytest

from bot.knowledge.editions import FolderEdition, read_edition, shipped_folder
from bot.triage.rulebook import read_rulebook
from bot.triage.rules import Rules


@pytest.fixture(scope="session")
def edition() -> FolderEdition:
    return read_edition(shipped_folder())


@pytest.fixture(scope="session")
def rules(edition: FolderEdition) -> Rules:
    return Rules(read_rulebook(edition))
