"""Mentions in denials, what somebody does not know, and the facts that words alone settle."""

from __future__ import annotations

import pytest

from bot.rooms import rooms_root
from bot.triage.lexicon import Lexicon, read_lexicon
from bot.triage.reading import as_typed
from bot.triage.scopes import is_denied
from bot.triage.settling import Settling


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return read_lexicon(rooms_root() / "knowledge" / "facts_lexicon.yaml")


@pytest.mark.parametrize(
    ("text", "word", "denied"),
    [
        ("裡面沒有任何個資", "個資", True),
        ("不涉及機敏資料或民眾的權利義務", "權利義務", True),
        ("也不涉及機敏", "涉及機敏", True),
        ("信裡不寫任何個資、也沒有機敏內容", "機敏", True),
        ("姓名都已經拿掉", "姓名", True),
        ("跟民眾個資無關", "個資", True),
        ("罰則一個字都不寫", "罰則", True),
        ("含有民眾個資", "個資", False),
        ("沒有去識別化的個資", "個資", False),
        ("未經同意就把病歷輸入", "病歷", False),
        ("姓名沒有拿掉", "姓名", False),
        ("不只個資還有病歷", "個資", False),
        ("不知道有沒有個資", "個資", False),
        ("沒有問題,名單在裡面", "名單", False),
        ("民眾不知情,個資照貼", "個資", False),
    ],
)
def test_denials(text: str, word: str, denied: bool) -> None:
    start = text.index(word)
    assert is_denied(text, start, start + len(word)) is denied


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("名單裡有沒有電話我不確定", {"personal_data"}),
        ("系統的安全檢測做了沒，承辦沒有跟我說清楚", {"security_confirmed"}),
        ("主機架在府內還是雲端，合約沒寫清楚", {"on_premises_offline"}),
        ("要給誰看還沒決定", {"outward_document"}),
        ("這份資料公開過沒有，我不知道", {"unpublished_government_data"}),
        ("家屬都不知道，也沒有同意", set()),
        ("名單裡有電話", set()),
        ("看不出是誰，姓名都遮了", set()),
    ],
)
def test_what_is_left_open(lexicon: Lexicon, text: str, unknown: set[str]) -> None:
    assert Settling(lexicon.find(lexicon.prepared(text))).run().unknown == unknown


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("用 ChatGPT 整理", "external_ai", True),
        ("用府內自建、不對外連網的模型", "on_premises_offline", True),
        ("系統資安檢測通過", "security_confirmed", True),
        ("系統還沒做弱點掃描", "security_confirmed", False),
        ("把里民的姓名電話貼上去", "personal_data", True),
        ("石雕的臉缺了一角", "biometric_identification", False),
        ("刷臉進場", "biometric_identification", True),
        ("主管說這個算低度風險", "confidential_data", False),
        ("民眾都簽了同意書才建檔", "lawful_basis_or_consent", True),
        ("貼到官網給民眾看的海報請 AI 寫", "outward_document", True),
    ],
)
def test_facts_by_words(lexicon: Lexicon, text: str, fact: str, value: bool) -> None:
    assert Settling(lexicon.find(lexicon.prepared(text))).run().values[fact] is value


@pytest.mark.parametrize(
    ("original", "words", "shown"),
    [
        ("貼到 ChatGPT 整理", "貼到chatgpt", "貼到 ChatGPT"),
        ("Ｇｅｍｉｎｉ 摘要", "gemini摘要", "Ｇｅｍｉｎｉ 摘要"),
        ("個\u200b資", "個資", "個\u200b資"),
    ],
)
def test_evidence_is_shown_as_typed(original: str, words: str, shown: str) -> None:
    assert as_typed({"fact": words}, original) == {"fact": shown}
    assert as_typed({"fact": "別的話"}, original) == {}
