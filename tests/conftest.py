"""Shared set-up: prepared applications, and skips that fail where the system packages are installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.app import App
from bot.knowledge.editions import FolderEdition, read_edition, shipped_folder
from bot.settings import Settings

# In CI a run is judged by the same examples every time; elsewhere new ones are looked for.
settings.register_profile("ci", derandomize=True)
if os.environ.get("ZHIYIN_CI"):
    settings.load_profile("ci")

ROOT = Path(__file__).resolve().parents[1]
STATE = Path(os.environ.get("ZHIYIN_STATE") or ROOT / ".state")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.skipped and item.get_closest_marker("system") and os.environ.get("ZHIYIN_CI"):
        report.outcome = "failed"
        report.longrepr = f"skipped where nothing may be skipped: {report.longrepr}"


@pytest.fixture(scope="session")
def edition() -> FolderEdition:
    """The shipped edition."""
    return read_edition(shipped_folder())


@pytest.fixture(scope="session")
def app() -> App:
    """A prepared application with the real models and index."""
    built = App(Settings(state=STATE))
    built.prepare()
    return built


@pytest.fixture(scope="session")
def bare_app() -> App:
    """The same without a chat model."""
    built = App(Settings(state=STATE), use_model=False)
    built.prepare()
    return built
