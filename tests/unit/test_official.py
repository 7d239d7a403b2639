"""The verdicts of 附件五, read from the text in force."""

from __future__ import annotations

import pytest

from bot.domain import Clause, Verdict
from bot.knowledge.editions import FolderEdition
from bot.knowledge.family import read_family
from bot.knowledge.official import official_answers, read_verdict


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("不可以。", Verdict.NO),
        ("不得使用。", None),
        ("不得。", Verdict.NO),
        ("否。", Verdict.NO),
        ("可以。", Verdict.YES),
        ("可。", Verdict.YES),
        ("可以，惟須經檢視確認後始得發布或寄出。", Verdict.CONDITIONAL),
        ("可以，但僅供輔助及參考使用。", Verdict.CONDITIONAL),
        ("依該電腦程式使用目的及資料風險等級而定。", Verdict.CONDITIONAL),
        ("有可能，避免使用具著作權之特定人物。", Verdict.CONDITIONAL),
        ("原則上可使用。", Verdict.CONDITIONAL),
        ("經人民之事前同意者，例如針對失智之無行為能力人。", None),
        ("", None),
    ],
)
def test_verdict(sentence: str, verdict: Verdict | None) -> None:
    assert read_verdict(sentence) is verdict


def test_the_ten_items(edition: FolderEdition) -> None:
    verdicts = [answer.verdict for answer in edition.official.values()]
    assert verdicts == [Verdict.NO] * 4 + [Verdict.CONDITIONAL] * 5 + [None]
    assert all(answer.question.endswith("？") for answer in edition.official.values())


def test_words_are_verbatim(edition: FolderEdition) -> None:
    for location, answer in edition.official.items():
        text = edition.clauses[location].text
        assert answer.verdict_words in text
        assert answer.words in text


def test_a_later_edition_may_turn_a_verdict() -> None:
    clause = Clause("附件五/一", "可否？", "可否？\n答：可以。\n均得使用。", "附件五", 1)
    assert official_answers([clause], read_family())["附件五/一"].verdict is Verdict.YES
