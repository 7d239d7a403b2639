"""Normalising, and the way back to what was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import is_simplified, normalise, plain, traditional

DISGUISES = st.sampled_from(["\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad"])


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("Ａ１２３", "A123"),
        ("０９１２", "0912"),
        ("個\u200b資", "個資"),
        ("a\x00b\x07c", "abc"),
        ("㈠①", "(一)1"),
        ("人工智能可以写新闻稿吗", "人工智能可以寫新聞稿嗎"),
        ("台北市里長的頭髮", "台北市里長的頭髮"),
        ("", ""),
    ],
)
def test_normalise(typed: str, text: str) -> None:
    assert plain(typed) == text


@given(st.text(max_size=80))
def test_offsets_stay_inside_and_in_order(typed: str) -> None:
    found = normalise(typed)
    assert len(found.origin) == len(found.text)
    assert list(found.origin) == sorted(found.origin)
    assert all(0 <= at < len(typed) for at in found.origin)
    for start in range(len(found.text)):
        first, last = found.span(start, len(found.text))
        assert 0 <= first < last <= len(typed)


@given(
    before=st.text(alphabet="甲乙丙，。 ", max_size=8),
    value=st.text(alphabet="0123456789ABC", min_size=1, max_size=10),
    hidden=st.lists(DISGUISES, max_size=6),
    full=st.booleans(),
)
def test_a_disguised_value_is_found_where_it_stands(before: str, value: str, hidden: list[str], full: bool) -> None:
    shown = "".join(chr(ord(char) + 0xFEE0) for char in value) if full else value
    disguised = shown[0] + "".join(hidden) + shown[1:]
    typed = before + disguised + "。"
    found = normalise(typed)
    start = found.text.index(value, len(plain(before)))
    first, last = found.span(start, start + len(value))
    assert typed[first:last].startswith(shown[0])
    assert plain(typed[first:last]) == value


@pytest.mark.parametrize("char", list("台里面后干准才只出"))
def test_what_taiwan_writes_is_not_simplified(char: str) -> None:
    assert not is_simplified(char)


@given(st.text(max_size=60))
def test_length_stays(text: str) -> None:
    assert len(traditional(text)) == len(text)
