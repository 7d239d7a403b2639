"""The guards as the room sets them up, built once."""

from __future__ import annotations

import pytest

from bot.guards.personal_data import PersonalData
from bot.guards.secrets import Secrets


@pytest.fixture(scope="session")
def personal_data() -> PersonalData:
    """All recognizers with the shipped rules."""
    return PersonalData.from_room()


@pytest.fixture(scope="session")
def secrets() -> Secrets:
    """The finder of secrets."""
    return Secrets()
