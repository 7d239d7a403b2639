"""The product on one screen, with fakes: what leads, what the model may add, what happens when a part breaks."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering.answer import Explainer
from bot.assistant import Assistant
from bot.domain import MAX_TEXT, Finding, Kind, Message, Mode, Refusal, Reply, Verdict
from bot.errors import RecordsFault
from bot.knowledge.editions import FolderEdition
from bot.llm.manifest import read_manifest
from bot.llm.prompts import read_template
from bot.ports import ChatModel, InputGuards
from bot.settings import Settings
from tests.fakes import (
    BrokenGuards,
    FixedRetriever,
    ListRecorder,
    OneShelf,
    OpenGuards,
    OpenOutput,
    ScriptedModel,
    finding_of,
)

TEMPLATE = read_template(read_manifest("gemma-3-270m", Settings().state))
GOOD = "應以本府員工電子郵件帳號來註冊人工智慧的帳戶。"
ITEM = finding_of("附件五/一", "陸/一/(二)", item="附件五/一")


def assistant(
    edition: FolderEdition,
    finding: Finding,
    model: ChatModel | None = None,
    guards: InputGuards | None = None,
    recorder: ListRecorder | None = None,
) -> Assistant:
    explainer = Explainer(model, TEMPLATE) if model else None
    shelf = OneShelf(edition, FixedRetriever(finding))
    return Assistant(shelf, guards or OpenGuards(), OpenOutput(), explainer, recorder)


def test_the_verdict_and_its_words_lead(edition: FolderEdition) -> None:
    reply = assistant(edition, ITEM, ScriptedModel([GOOD])).reply(Message("可以用私人信箱註冊嗎"))
    assert reply.text.startswith("不可以。\n「如係為市政府公務所使用，應以本府員工電子郵件帳號")
    assert reply.verdict is Verdict.NO
    assert reply.text.index("移轉至市政府之資料庫。」") < reply.text.index(GOOD)
    assert reply.citations[0].location == "附件五/一"


def test_the_disclosure_ends_what_a_model_wrote(edition: FolderEdition) -> None:
    reply = assistant(edition, ITEM, ScriptedModel([GOOD])).reply(Message("可以用私人信箱註冊嗎"))
    assert reply.model is not None
    last = reply.text.splitlines()[-1]
    assert all(part in last for part in ("試驗社", "Scripted", "（1）", "請承辦人員檢視確認", "113-09-09"))


@pytest.mark.parametrize(
    "written",
    [
        "可以，沒有問題，請放心使用。",
        "得以個人信箱來註冊人工智慧的帳戶。",
        "今天天氣很好。",
        "",
        "還沒寫完就",
        RuntimeError("boom"),
    ],
)
def test_what_does_not_hold_never_shows(edition: FolderEdition, written: str | Exception) -> None:
    reply = assistant(edition, ITEM, ScriptedModel([written])).reply(Message("可以用私人信箱註冊嗎"))
    assert reply.kind is Kind.ANSWER
    assert reply.model is None
    assert "產生，請承辦人員" not in reply.text
    assert not isinstance(written, str) or not written or written not in reply.text


def test_without_verdict_the_clause_leads(edition: FolderEdition) -> None:
    reply = assistant(edition, finding_of("肆/二/(二)/2")).reply(Message("聊天機器人哪一級"))
    assert reply.verdict is None
    assert reply.text.startswith("列在「高度風險的使用情境」：\n部署供民眾使用之聊天機器人：「")


def test_every_quote_is_verbatim(edition: FolderEdition) -> None:
    for location in edition.clauses:
        reply = assistant(edition, finding_of(location)).reply(Message("問"))
        assert len(reply.text) <= MAX_TEXT
        for citation in reply.citations:
            assert citation.quote in edition.clauses[citation.location].text


def test_not_covered_names_the_nearest_and_nobody(edition: FolderEdition) -> None:
    reply = assistant(edition, finding_of("附件四", "陸/一/(八)", answerable=0.1)).reply(Message("幾天內要交"))
    assert reply.kind is Kind.NOT_COVERED
    assert reply.text.startswith("指引沒有規定這一點。")
    assert "陸／一／(八)" in reply.text
    assert "資訊局" not in reply.text


@pytest.mark.parametrize(
    ("finding", "kind"),
    [
        (Finding((), 0.0, off_topic=0.9, small_talk=0.1), Kind.NOT_COVERED),
        (Finding((), 0.0, off_topic=0.1, small_talk=0.9), Kind.SMALL_TALK),
        (Finding((), 0.9, off_topic=0.0, small_talk=0.0, is_manifest=True), Kind.ANSWER),
    ],
)
def test_other_kinds(edition: FolderEdition, finding: Finding, kind: Kind) -> None:
    reply = assistant(edition, finding).reply(Message("某一句話"))
    assert reply.kind is kind
    assert (edition.manifest.number in reply.text) == finding.is_manifest


def test_too_long_is_refused_before_anything_sees_it(edition: FolderEdition) -> None:
    finding = finding_of("壹")
    shelf = OneShelf(edition, FixedRetriever(finding))
    made = Assistant(shelf, OpenGuards(), OpenOutput(), None)
    reply = made.reply(Message("字" * 20_000))
    assert (reply.kind, reply.refusal) == (Kind.REFUSED, Refusal.TOO_LONG)
    assert not shelf.retriever.asked


def test_a_guard_that_breaks_refuses(edition: FolderEdition) -> None:
    shelf = OneShelf(edition, FixedRetriever(ITEM))
    reply = Assistant(shelf, BrokenGuards(), OpenOutput(), None).reply(Message("祕密的話"))
    assert reply.kind is Kind.ERROR
    assert "祕密" not in reply.text
    assert not shelf.retriever.asked


def test_a_follow_up_is_made_whole(edition: FolderEdition) -> None:
    shelf = OneShelf(edition, FixedRetriever(ITEM))
    made = Assistant(shelf, OpenGuards(), OpenOutput(), None)
    made.reply(Message("為什麼？", conversation=("可以用私人信箱註冊嗎？",)))
    assert shelf.retriever.asked == ["可以用私人信箱註冊嗎？ 為什麼？"]


def test_a_cancelled_reply_still_has_the_official_words(edition: FolderEdition) -> None:
    made = assistant(edition, ITEM, ScriptedModel([GOOD]))
    reply = made.reply(Message("可以用私人信箱註冊嗎"), cancelled=lambda: True)
    assert reply.verdict is Verdict.NO
    assert reply.model is None


def test_a_reply_is_recorded_once(edition: FolderEdition) -> None:
    recorder = ListRecorder()
    assistant(edition, ITEM, recorder=recorder).reply(Message("可以用私人信箱註冊嗎"), channel="test")
    assert [(row.kind, channel) for row, channel in recorder.rows] == [(Kind.ANSWER, "test")]


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=300), written=st.text(alphabet="可以不得應，。公務帳號本府員工 ", max_size=80))
def test_any_text_gives_a_whole_record(edition: FolderEdition, text: str, written: str) -> None:
    reply = assistant(edition, ITEM, ScriptedModel([written])).reply(Message(text), Mode.ASK)
    record = json.loads(json.dumps(reply.to_record()))
    assert len(record["text"]) <= MAX_TEXT
    assert record["schema"] == 1
    if reply.kind is Kind.ANSWER:
        assert reply.text.startswith("不可以。\n「")


@dataclass
class BrokenRecorder:
    """Cannot write, for a reason that names somebody's words."""

    fault: Exception

    def keep(self, reply: Reply, *, channel: str, who: str, prompt_sha256: str | None) -> None:
        raise self.fault


@pytest.mark.parametrize(
    "fault", [RecordsFault("磁碟已滿；請清出空間"), RuntimeError("祕密的話")], ids=["known", "unknown"]
)
def test_without_a_record_there_is_no_reply(
    edition: FolderEdition, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    shelf = OneShelf(edition, FixedRetriever(ITEM))
    reply = Assistant(shelf, OpenGuards(), OpenOutput(), None, BrokenRecorder(fault)).reply(Message("祕密的話"))
    assert reply.kind is Kind.ERROR
    assert (reply.verdict, reply.citations, reply.details) == (None, (), "")
    assert "不可以" not in reply.text
    told = caplog.text
    assert "reply withheld" in told
    assert ("磁碟已滿" in told) == isinstance(fault, RecordsFault)
    assert "祕密" not in told + reply.text
