"""What a small model may write: stretches of the source, cut and joined only at joints."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.llm.fragments import TokenTable, Transitions

SOURCE = "對外發布時，應揭露所使用人工智慧之廠商名稱、模型名稱及其版本。"
JOINING = "應之及，、。"
TRANSITIONS = Transitions.over([SOURCE], JOINING)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        (SOURCE, True),
        ("應揭露所使用人工智慧之廠商名稱。", True),
        ("廠商名稱，應揭露。", False),
        ("廠商名稱及其版本。", True),
        ("外發布時", False),
        ("廠名稱", False),
        ("可以不揭露", False),
    ],
)
def test_what_may_be_written(text: str, holds: bool) -> None:
    assert TRANSITIONS.follows("", text) is holds


@given(st.lists(st.sampled_from(["廠商", "名稱", "、模", "型", "應揭", "露所", "甲", "", "<eos>", "，"]), max_size=30))
def test_usable_tokens_are_those_whose_own_characters_follow(vocabulary: list[str]) -> None:
    tokens, firsts, lasts = TokenTable(vocabulary).usable(TRANSITIONS) if vocabulary else ([], [], [])
    found = {vocabulary[token] for token in tokens}
    for text in set(vocabulary):
        inside = bool(text) and all(char in TRANSITIONS.index for char in text)
        places = [TRANSITIONS.index[char] for char in text] if inside else []
        pairs = all(TRANSITIONS.allowed[one, other] for one, other in pairwise(places))
        assert (text in found) == (inside and pairs and len(text) <= 6)
    for token, first, last in zip(tokens, firsts, lasts, strict=True):
        assert TRANSITIONS.index[vocabulary[token][0]] == first
        assert TRANSITIONS.index[vocabulary[token][-1]] == last
