"""The parser: every character in one place, the tree as the document numbers it, wrapped lines without effect."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import Clause
from bot.knowledge.editions import FolderEdition
from bot.knowledge.family import read_family
from bot.knowledge.guideline import parse
from bot.knowledge.parsed import Parsed
from bot.knowledge.references import find_references
from bot.text import chinese_number, chinese_numeral

FAMILY = read_family()


@pytest.fixture(scope="module")
def source(edition: FolderEdition) -> str:
    return (edition.folder / "source.txt").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed(source: str) -> Parsed:
    return parse(source, FAMILY)


def by_location(parsed: Parsed) -> dict[str, Clause]:
    return {clause.location: clause for clause in parsed.clauses}


def test_stored_clauses_are_what_the_parser_makes(parsed: Parsed, edition: FolderEdition) -> None:
    assert [c.text for c in parsed.clauses] == [c.text for c in edition.clauses.values()]
    assert [c.location for c in parsed.clauses] == list(edition.clauses)


def test_every_character_lies_in_exactly_one_place(source: str, parsed: Parsed) -> None:
    places = sorted([*parsed.front, *parsed.layout, *(span for c in parsed.clauses for span in c.spans)])
    assert places[0][0] == 0
    assert places[-1][1] == len(source)
    assert all(end == start for (_, end), (start, _) in pairwise(places))
    assert "".join(source[start:end] for start, end in places) == source


def test_layout_holds_no_words(source: str, parsed: Parsed) -> None:
    left_out = "".join(source[start:end] for start, end in parsed.layout)
    assert re.sub(r"</?[a-z]+>|[\s-]", "", left_out) == ""


def test_a_clause_is_its_characters(source: str, parsed: Parsed) -> None:
    number = "[一二三四五六七八九十]{1,3}"
    markers = re.compile(rf"^(?:[壹貳參肆伍陸柒]、|附件{number}：|{number}、?|[(（]{number}[)）]|\d+\.)")
    for clause in parsed.clauses:
        raw = "".join(source[start:end] for start, end in clause.spans)
        raw = re.sub(r"<input[^>]*>", "☐", raw)
        expected = re.sub(r"\s", "", markers.sub("", raw.lstrip("- "), count=1))
        assert re.sub(r"\s", "", clause.text).endswith(expected[-40:])
        assert abs(len(expected) - len(re.sub(r"\s", "", clause.text))) <= 4, clause.location


@pytest.mark.parametrize(
    ("location", "begins", "ends"),
    [
        ("壹", "目的", "適切性。"),
        ("貳/二", "本府及所屬各機關就所辦理之採購", "內控管理措施。"),
        ("肆/一", "人工智慧於政府機關的實際應用", "不以上述場景為限。"),
        ("肆/一/(八)", "城市規劃", "具體建議之參考等。"),
        ("肆/一/(九)", "人工智慧助理", "文件自動生成等。"),
        ("肆/二/(一)", "絕對禁止事項", "例如："),
        ("肆/二/(一)/1", "當使用人工智慧涉及", "否則絕對禁止。"),
        ("肆/二/(三)/3", "使用生成式", "送請主管審閱。"),
        ("伍/二/(二)", "個人資料保護法", "特定目的相符。"),
        ("伍/二/(三)", "著作權法", "爭議。"),
        ("陸/一/(八)", "應逐一確認", "均符合規定。"),
        ("附件四/三/(一)", "網域(AI引擎)", "請簡述："),
        ("附件四/備註/三", "生成式人工智慧", "影片等內容。"),
        ("附件五/十", "前述高度風險", "生物特徵。"),
        ("參考文獻/10", "Cantens", "1-12."),
    ],
)
def test_clause(parsed: Parsed, location: str, begins: str, ends: str) -> None:
    clause = by_location(parsed)[location]
    assert clause.text.startswith(begins)
    assert clause.text.endswith(ends)


def test_inline_list_is_no_clause(parsed: Parsed) -> None:
    assert not [location for location in by_location(parsed) if location.startswith("伍/二/(二)/")]
    assert "（七）經當事人同意。此外" in by_location(parsed)["伍/二/(二)"].text


def test_boxes_of_the_form(source: str, parsed: Parsed) -> None:
    clauses = by_location(parsed)
    assert clauses["附件四/三/(七)"].text.count("☐") == 3
    assert sum(clause.text.count("☐") for clause in parsed.clauses) == source.count("<input")
    assert not any("<" in c.text for c in parsed.clauses if c.location.startswith("附件四"))


@pytest.mark.parametrize(
    ("location", "title"),
    [
        ("伍/一/(一)", "課責性"),
        ("肆/二/(二)/2", "部署供民眾使用之聊天機器人"),
        ("肆/二/(二)", "高度風險的使用情境"),
        ("附件五/八", "制定政策時可否使用生成式人工智慧？"),
        ("附件四/四", "風險等級"),
        ("附件四/三/(五)", "輸入或訓練資料來源"),
        ("陸/一/(五)", ""),
    ],
)
def test_title(parsed: Parsed, location: str, title: str) -> None:
    assert by_location(parsed)[location].title == title


@pytest.mark.parametrize(
    ("text", "locations", "laws"),
    [
        ("對於前述（詳第肆條第2項第1款）不得使用", ["肆/二/(一)"], []),
        ("參考本作業指引第肆條第 1 項", ["肆/一"], []),
        ("請一併參照本作業指引附件三之流程圖", ["附件三"], []),
        ("依據民法第 18 條之規定", [], ["民法第18條"]),
        ("依據個人資料保護法（下稱「個資法」）第 2 條第 1 款", [], ["個人資料保護法第2條第1款"]),
        ("第壹條與第壹條", ["壹"], []),
        ("沒有指向任何地方", [], []),
    ],
)
def test_references(text: str, locations: list[str], laws: list[str]) -> None:
    found = find_references(text, "陸/一/(一)", FAMILY)
    assert [r.location for r in found if r.location] == locations
    assert [r.law for r in found if r.law] == laws


def test_the_slip_in_the_form_stays_and_is_noted(edition: FolderEdition) -> None:
    clause = edition.clauses["附件四/四"]
    assert "第 1 款" in clause.text
    assert clause.note is not None
    assert "附件三" in {c.location for c in edition.clauses.values() if c.note}


_TABLE = re.compile(r"[\t<>]")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_breaking_lines_anywhere_changes_no_clause(source: str, parsed: Parsed, data: st.DataObject) -> None:
    """A break inside a sentence is what a PDF does; the tree and every clause's characters stay."""
    start = source.index("壹、目的\n\n近")
    safe = [
        at
        for at in range(start + 5, len(source) - 1)
        if "\u4e00" <= source[at - 1] <= "\u9fff"
        and "\u4e00" <= source[at] <= "\u9fff"
        and not _TABLE.search(source[source.rfind("\n", 0, at) : source.find("\n", at)])
        and not _TABLE.search(source[at - 6 : at + 6])
        and at - source.rfind("\n", 0, at) > 8  # a number broken in two is no wrapped sentence
    ]
    assert len(safe) > 5_000
    chosen = sorted(data.draw(st.lists(st.sampled_from(safe), min_size=1, max_size=60, unique=True)), reverse=True)
    broken = source
    for at in chosen:
        broken = broken[:at] + "\n" + broken[at:]
    again = parse(broken, FAMILY)
    assert [c.location for c in again.clauses] == [c.location for c in parsed.clauses]
    for one, other in zip(again.clauses, parsed.clauses, strict=True):
        assert re.sub(r"\s", "", one.text) == re.sub(r"\s", "", other.text)


@given(st.integers(min_value=1, max_value=99))
def test_chinese_numbers_round_trip(number: int) -> None:
    assert chinese_number(chinese_numeral(number)) == number


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="壹貳一二三、（）()1.。：\n\t -<>p附件參考文獻甲乙", max_size=200))
def test_any_text_is_placed_whole(text: str) -> None:
    parsed = parse(text, FAMILY)
    places = sorted([*parsed.front, *parsed.layout, *(span for c in parsed.clauses for span in c.spans)])
    assert "".join(text[start:end] for start, end in places) == text
    locations = [clause.location for clause in parsed.clauses]
    assert len(locations) == len(set(locations))
