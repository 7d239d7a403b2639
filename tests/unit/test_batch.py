"""Lines of a batch: good ones are messages, bad ones say what is wrong without quoting anything."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.batch import BadLine, parse_line, run_batch
from bot.domain import Mode
from bot.knowledge.editions import FolderEdition
from tests.fakes import FixedRetriever, OneShelf, OpenGuards, OpenOutput, finding_of


@pytest.mark.parametrize(
    ("line", "text", "conversation"),
    [
        (b'{"id": 7, "text": "a"}', "a", ()),
        (b'{"question": "b"}', "b", ()),
        ('{"scenario": "情境", "conversation": ["先前"]}'.encode(), "情境", ("先前",)),
    ],
    ids=["text", "question", "scenario"],
)
def test_good_lines(line: bytes, text: str, conversation: tuple[str, ...]) -> None:
    message = parse_line(line, 3)
    assert (message.text, message.conversation) == (text, conversation)
    assert message.id in {"7", "line-3"}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"{", "JSON"),
        (b"[1]", "物件"),
        (b'"x"', "物件"),
        (b'{"id": 1}', "缺少文字"),
        (b'{"text": ""}', "缺少文字"),
        (b'{"text": 5}', "缺少文字"),
        (b'{"text": "a", "conversation": "b"}', "清單"),
        (b"[" * 100_000, "JSON"),
    ],
    ids=["bytes", "cut", "list", "string", "no text", "empty", "number", "conversation", "deep"],
)
def test_bad_lines(line: bytes, told: str) -> None:
    with pytest.raises(BadLine, match=told):
        parse_line(line, 1)


def test_a_bad_line_does_not_stop_the_rest(edition: FolderEdition) -> None:
    made = Assistant(OneShelf(edition, FixedRetriever(finding_of("壹"))), OpenGuards(), OpenOutput(), None)
    out, told = io.StringIO(), io.StringIO()
    code = run_batch(
        made, [b'{"id":"a","text":"x"}', b"nonsense", b'{"id":"c","text":"y"}', b"\n"], Mode.AUTO, out, told
    )
    records = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [record["id"] for record in records] == ["a", "line-2", "c"]
    assert [record["kind"] for record in records] == ["answer", "error", "answer"]
    assert code == 1


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_bad_line(line: bytes) -> None:
    try:
        assert parse_line(line, 1).text.strip()
    except BadLine:
        pass
