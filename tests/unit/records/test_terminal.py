"""Ratings and the asker's copy as the terminal takes them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.knowledge.editions import FolderEdition
from bot.records.ledger import Ledger
from bot.terminal import _Conversation
from tests.fakes import FixedRetriever, OneShelf, finding_of
from tests.unit.records.conftest import reply_of


@pytest.fixture
def talk(edition: FolderEdition, ledger: Ledger) -> _Conversation:
    shelf = OneShelf(edition, FixedRetriever(finding_of("壹")))
    made = _Conversation(cast(Any, SimpleNamespace(library=shelf, ledger=ledger)))
    made.last, made.asked = reply_of("r1"), "可以用私人信箱註冊嗎"
    ledger.keep(made.last, channel="terminal", who=made.who, prompt_sha256=None)
    return made


def test_a_reason_in_words_is_kept_as_its_code(talk: _Conversation, ledger: Ledger) -> None:
    talk.commands["/bad"]("條文不符")
    assert list(ledger.ratings().values()) == [("bad", "wrong_clause")]
    talk.commands["/good"]("")
    assert list(ledger.ratings().values()) == [("good", None)]


def test_another_reason_is_not_kept(talk: _Conversation, ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    talk.commands["/bad"]("因為王小明說的")
    assert not ledger.ratings()
    assert "看不懂" in capsys.readouterr().out


def test_the_copy_is_written_where_the_person_says_and_over_nothing(
    talk: _Conversation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "副本.txt"
    talk.commands["/export"](str(path))
    written = path.read_text(encoding="utf-8")
    assert "可以用私人信箱註冊嗎" in written
    path.write_text("別的", encoding="utf-8")
    talk.commands["/export"](str(path))
    assert path.read_text(encoding="utf-8") == "別的"
    talk.commands["/export"]("")
    assert "請加上檔名" in capsys.readouterr().out
