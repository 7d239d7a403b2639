"""Any valid value in any disguise and surroundings is found, at the right place, and masked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.guards.personal_data import PersonalData
from tests.unit.guards import values

_SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


def _grouped(mark: str) -> Callable[[str], str]:
    return lambda value: mark.join((value[:4], value[4:7], value[7:]))


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": lambda value: value,
    "lower case": str.lower,
    "full width": lambda value: "".join(chr(ord(char) + 0xFEE0) for char in value),
    "blanks": " ".join,
    "ideographic blanks": "\u3000".join,
    "dashes": _grouped("-"),
    "full-width dashes": _grouped("－"),
    "dots": _grouped("."),
    "zero width": "\u200b".join,
    "word joiner": _grouped("\u2060"),
    "dictated": lambda value: value.translate(_SPOKEN),
}
AROUND = (
    ("", ""),
    ("民眾說", "沒錯"),
    ("（", "）"),
    ("x,", ",y"),
    ("「", "」請改寫"),
    ("👍🏽", "👍"),
    ("麻煩查", "，謝謝"),
)
KINDS = {
    "TW_NATIONAL_ID": values.national_ids,
    "TW_RESIDENT_CERTIFICATE": values.certificates,
    "TW_PHONE": st.one_of(values.mobiles, values.landlines),
    "TW_NHI_CARD": values.health_cards,
    "CREDIT_CARD": values.cards,
}


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("disguise", DISGUISES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_found_in_any_disguise(personal_data: PersonalData, kind: str, disguise: str, data: st.DataObject) -> None:
    value = DISGUISES[disguise](data.draw(KINDS[kind]))
    before, after = data.draw(st.sampled_from(AROUND))
    text = f"{before}{value}{after}"
    hits = [entity for entity in personal_data.find(text) if entity.type == kind]
    assert len(hits) == 1
    assert _letters(text[hits[0].start : hits[0].end]) == _letters(value)
    masked = personal_data.masked(text, personal_data.find(text))
    assert _letters(value) not in _letters(masked)
    assert masked.startswith(before)
    assert masked.endswith(after)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_survived(personal_data: PersonalData, text: str) -> None:
    entities = personal_data.find(text)
    assert all(0 <= entity.start < entity.end <= len(text) for entity in entities)
    assert all(one.end <= other.start for one, other in pairwise(entities))
    personal_data.masked(text, entities)


MASKED = (
    ("申請人薛淑卿", "申請人薛○○"),
    ("申請人歐陽宜庭", "申請人歐陽○○"),
    ("手機0938-221-047", "手機0938-***-***"),
    ("信箱shufen.w@example.org", "信箱s***@example.org"),
    ("他住信義區莊敬路391巷8號", "他住信義區○○路○號"),
    ("生日79.04.02", "生日〔出生日期〕"),
    (f"身分證{values.national_id('B', '12048817')}", f"身分證B1*******{values.national_id('B', '12048817')[-1]}"),
)


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_masks_the_value_and_nothing_else(personal_data: PersonalData, text: str, masked: str) -> None:
    assert personal_data.masked(text, personal_data.find(text)) == masked
    assert personal_data.find(masked) == ()
