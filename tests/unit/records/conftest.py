"""A ledger in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain import Citation, Entity, GuardMark, Kind, ModelStamp, Outcome, Refusal, Reply, Tier, Timings
from bot.records.ledger import Ledger


def ledger_in(folder: Path, days: int = 365) -> Ledger:
    return Ledger(f"sqlite:///{folder / 'records.sqlite3'}", folder / "installation.key", days)


def reply_of(id_: str = "r1", kind: Kind = Kind.ANSWER) -> Reply:
    """A reply in which every recorded field is filled."""
    return Reply(
        id_,
        kind,
        "文字",
        "113-09-09",
        details="細節",
        tier=Tier.HIGH,
        citations=(Citation("附件五/一", "標題", "引文"), Citation("壹", "標題", "引文")),
        refusal=Refusal.PERSONAL_DATA if kind is Kind.REFUSED else None,
        entities=(Entity("TW_PHONE", 0, 10), Entity("TW_PHONE", 12, 22), Entity("PERSON", 30, 33)),
        guards=(GuardMark("secrets", Outcome.PASS), GuardMark("personal_data", Outcome.BLOCK)),
        model=ModelStamp("試驗社", "Scripted", "1"),
        timings_ms=Timings(120.4, 20.6, 3.0, 80.0, 2.2),
    )


def filled(ledger: Ledger, count: int) -> None:
    for number in range(count):
        ledger.keep(reply_of(f"r{number}"), channel="test", who=f"p{number % 2}", prompt_sha256="a" * 64)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return ledger_in(tmp_path)
