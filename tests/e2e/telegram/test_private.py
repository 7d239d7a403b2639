"""Private chats: drafts, the reply, its buttons, every command."""

from __future__ import annotations

import pytest

from bot.chat.telegram import wording
from bot.domain import Complaint
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Posted
from tests.e2e.telegram.assistants import QUESTION, SENTENCE, AsksBack, Notebook, real_over_fakes
from tests.e2e.telegram.conftest import ANN, Ask, Bot
from tests.unit.guards.values import national_id

LABELS = ["📖 來源", "🧭 判級", "為什麼", "👍", "👎"]
SCENARIO = "用 ChatGPT 初審育兒津貼的申請，直接把結果寄給民眾"

ID = national_id("F", "22745612")


def labels(message: Posted) -> list[str]:
    return [button["text"] for button in message.buttons]


async def test_a_draft_at_once_then_the_official_words_then_one_message(
    sandbox: Sandbox, bot: Bot, ann: Person, ask: Ask
) -> None:
    async with bot(AsksBack(real_over_fakes(seconds=0.8))):
        answer = await ask(ann, QUESTION)
    assert answer.text.startswith("不可以。\n「如係為市政府公務所使用")
    assert SENTENCE in answer.text
    states = ann.private.drafts
    assert states[0].text == ""
    assert states[1].text.startswith("不可以。")
    assert states[1].at - states[0].at < 1
    assert len({state.draft_id for state in states}) == 1
    assert len(ann.private.from_bot) == 1
    assert [button["text"] for button in answer.buttons] == LABELS
    assert all(len(button["callback_data"].encode()) <= 64 for button in answer.buttons)
    assert {"bold", "expandable_blockquote", "italic"} <= {entity["type"] for entity in answer.entities}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/start", "已經由 Telegram 傳送"),
        ("/help", "/triage 判定一個用途的風險等級"),
        ("/privacy", "已經由 Telegram 傳送"),
        ("/ask 可以用私人信箱註冊嗎", "不可以。"),
        ("/ask", wording.ASK_WHAT),
        ("/triage " + SCENARIO, "還差一件事"),
        ("/triage", wording.TRIAGE_WHAT),
        ("/checklist", wording.CHECKLIST_LATER),
        ("/sources", wording.NO_SOURCES),
        ("/edition", "版本代號：113-09-09"),
        ("/export", wording.NO_EXPORT),
        ("/cancel", wording.CANCELLED),
        ("/nothing", wording.UNKNOWN_COMMAND),
    ],
)
async def test_commands(bot: Bot, ann: Person, ask: Ask, command: str, expected: str) -> None:
    async with bot():
        assert expected in (await ask(ann, command)).text


async def test_a_command_without_words_waits_for_them(bot: Bot, ann: Person, ask: Ask) -> None:
    async with bot():
        await ask(ann, "/triage")
        assert "還差一件事" in (await ask(ann, SCENARIO)).text
        assert (await ask(ann, QUESTION)).text.startswith("不可以。")


async def test_menus_by_scope(sandbox: Sandbox, bot: Bot) -> None:
    async with bot():
        await sandbox.until(lambda: len(sandbox.calls("setMyCommands")) == 6)
    scopes = {key[0].split('"')[3] if '"' in key[0] else key[0] for key in sandbox.world.commands}
    assert len(scopes) == 3
    assert {key[1] for key in sandbox.world.commands} == {"", "zh"}


async def test_sources_why_and_triage_buttons(bot: Bot, ann: Person, ask: Ask, press: Ask, sandbox: Sandbox) -> None:
    async with bot():
        answer = await ask(ann, QUESTION)
        await press(ann, answer, "📖 來源")
        shown = await sandbox.until(lambda: ann.private.from_bot[1:])
        assert shown[0].text.startswith("📖 條文原文（指引版本 113-09-09）")
        assert [entity["type"] for entity in shown[0].entities] == ["bold", "expandable_blockquote"]
        await press(ann, answer, "為什麼")
        await sandbox.until(lambda: ann.private.from_bot[2:])
        await press(ann, answer, "🧭 判級")
        triage = await sandbox.until(lambda: ann.private.from_bot[3:])
        assert "還差一件事" in triage[0].text


@pytest.mark.parametrize(("label", "value", "word"), [("是", True, "🟠"), ("否", False, "🔴"), ("不確定", None, "🔴")])
async def test_a_triage_is_talked_through_with_buttons(
    bot: Bot, ann: Person, ask: Ask, press: Ask, sandbox: Sandbox, label: str, value: bool | None, word: str
) -> None:
    assistant = AsksBack(real_over_fakes())
    async with bot(assistant):
        question = await ask(ann, f"/triage {SCENARIO}")
        assert [button["text"] for button in question.buttons[:3]] == ["是", "否", "不確定"]
        await press(ann, question, label)
        triage = (await sandbox.until(lambda: ann.private.from_bot[1:]))[0]
        assert triage.text.startswith(word)
        assert assistant.heard == [{}, {"human_confirms": value}]
        assert question.buttons == []
        await press(ann, triage, "✏️ 更正")
        await sandbox.until(lambda: ann.private.from_bot[2:])
        assert "還差一件事" in (await ask(ann, f"{SCENARIO}，承辦人會看過")).text


async def test_ratings_with_reasons(
    bot: Bot, ann: Person, ask: Ask, press: Ask, notebook: Notebook, sandbox: Sandbox
) -> None:
    async with bot():
        answer = await ask(ann, QUESTION)
        assert (await press(ann, answer, "👍"))["text"] == wording.THANKS
        assert (await press(ann, answer, "👎"))["text"] == wording.WHICH_REASON
        await sandbox.until(lambda: labels(answer) == list(wording.REASONS.values()))
        for label, reason in zip(wording.REASONS.values(), Complaint, strict=True):
            await press(ann, answer, label)
            assert notebook.ratings[-1][1:] == (False, reason)
            await sandbox.until(lambda: labels(answer) == LABELS)
            await press(ann, answer, "👎")
            await sandbox.until(lambda: labels(answer) != LABELS)
    assert len({rating[0] for rating in notebook.ratings}) == 1


async def test_export_is_a_file_of_the_conversation(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    async with bot():
        await ask(ann, QUESTION)
        sent = await ask(ann, "/export")
    content = sandbox.world.files[sent.raw["document"]["file_id"]].content.decode()
    assert QUESTION in content
    assert "不可以。" in content


async def test_sources_of_the_last_reply(bot: Bot, ann: Person, ask: Ask) -> None:
    async with bot():
        await ask(ann, QUESTION)
        assert "條文原文" in (await ask(ann, "/sources")).text


async def test_an_edited_question_is_answered_in_place(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    async with bot():
        question = ann.send(ann.private, "/edition")
        answer = (await sandbox.until(lambda: ann.private.from_bot))[0]
        ann.edit(question, QUESTION)
        await sandbox.until(lambda: answer.text.startswith("不可以。"))
        assert len(ann.private.from_bot) == 1
        assert [button["text"] for button in answer.buttons] == LABELS


async def test_personal_data_are_refused_and_masked(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    async with bot() as service:
        refusal = await ask(ann, f"民眾簡大華 {ID} 來電問津貼")
        assert "身分證" in refusal.text
        assert ID not in refusal.text
        assert "簡大華" not in refusal.text
        assert wording.PLEASE_DELETE_PRIVATE in refusal.text
        assert refusal.buttons == []
        await sandbox.until(lambda: not service.intake.running)
        assert await service.inbox.waiting() == []
        assert wording.NO_EXPORT in (await ask(ann, "/export")).text


@pytest.mark.parametrize(("kind", "word"), [("photo", "圖片"), ("voice", "語音"), ("sticker", "貼圖")])
async def test_media_get_a_friendly_line(bot: Bot, ann: Person, sandbox: Sandbox, kind: str, word: str) -> None:
    async with bot():
        ann.send_media(ann.private, kind)
        told = (await sandbox.until(lambda: ann.private.from_bot))[0]
        assert word in told.text
        ann.send_document(ann.private, "名冊.xlsx", b"x")
        told = (await sandbox.until(lambda: ann.private.from_bot[1:]))[0]
        assert "檔案" in told.text


async def test_a_running_question_can_be_cancelled(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    async with bot(AsksBack(real_over_fakes(seconds=8))):
        ann.send(ann.private, QUESTION)
        await sandbox.until(lambda: any(draft.text for draft in ann.private.drafts))
        ann.send(ann.private, "/cancel")
        await sandbox.until(lambda: len(ann.private.from_bot) == 2, 4)
    texts = [message.text for message in ann.private.from_bot]
    assert wording.CANCELLED in texts
    assert any(text.startswith("不可以。") and SENTENCE not in text for text in texts)


async def test_buttons_of_others_forged_or_old_do_nothing(
    bot: Bot, ann: Person, admin: Person, ask: Ask, press: Ask, sandbox: Sandbox
) -> None:
    async with bot():
        answer = await ask(ann, QUESTION)
        row = answer.raw["reply_markup"]["inline_keyboard"][0][0]
        genuine = row["callback_data"]
        row["callback_data"] = genuine[:-1] + ("A" if genuine[-1] != "A" else "B")
        assert (await press(ann, answer, "📖 來源"))["text"] == wording.NOT_OURS
        row["callback_data"] = genuine
    async with bot():
        assert (await press(ann, answer, "📖 來源"))["text"] == wording.EXPIRED


async def test_what_the_text_contains_breaks_no_markup(bot: Bot, ann: Person, ask: Ask) -> None:
    async with bot(telegram_allow=("*",)):
        answer = await ask(ann, "<b>可以</b> & <script> 用私人信箱註冊嗎 \x07")
    assert answer.text.startswith("不可以。")
    assert ANN in answer.chat.members
