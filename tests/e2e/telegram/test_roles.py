"""Who may what: strangers, members, invitations, administrators, auditors, pause and rates."""

from __future__ import annotations

import re

import pytest

from bot import replies
from bot.chat.telegram import access, wording
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.e2e.telegram.assistants import QUESTION, Notebook
from tests.e2e.telegram.conftest import ADMIN, ANN, STRANGER, Ask, Bot

ADMINISTRATION = ("/status", "/members", "/pause", "/resume", "/allow 5", "/remove 5", "/invite")


async def test_a_stranger_is_told_once_then_silence(bot: Bot, stranger: Person, ask: Ask, sandbox: Sandbox) -> None:
    async with bot() as service:
        assert str(STRANGER) in (await ask(stranger, QUESTION)).text
        for _ in range(3):
            stranger.send(stranger.private, QUESTION)
        await sandbox.until(lambda: 'turned_away_total{reason="stranger"} 4.0' in service.metrics.text().decode())
        assert len(stranger.private.from_bot) == 1
        assert "已經由 Telegram 傳送" in (await ask(stranger, "/privacy")).text


@pytest.mark.parametrize("command", ADMINISTRATION)
async def test_administration_is_for_administrators(
    bot: Bot, ann: Person, ask: Ask, notebook: Notebook, command: str
) -> None:
    async with bot():
        assert "只有" in (await ask(ann, command)).text
    assert notebook.acts == []


async def test_an_invitation_works_once_and_the_member_stays(
    bot: Bot, admin: Person, stranger: Person, ask: Ask, notebook: Notebook, sandbox: Sandbox
) -> None:
    async with bot():
        code = re.search(r"/start (\S+)", (await ask(admin, "/invite 稽核 政風處 2")).text)
        assert code
        assert wording.BAD_INVITATION in (await ask(stranger, "/start wrong-code")).text
        assert wording.INVITED in (await ask(stranger, f"/start {code[1]}")).text
        other = sandbox.user(1010, "乙")
        assert wording.BAD_INVITATION in (await ask(other, f"/start {code[1]}")).text
    async with bot():
        assert (await ask(stranger, QUESTION)).text.startswith("不可以。")
        assert "稽核 政風處" in (await ask(stranger, "/members")).text
        assert "只有" in (await ask(stranger, "/pause")).text
        assert "已移除 1 筆" in (await ask(admin, "/remove 政風處")).text
        assert "邀請碼" in (await ask(stranger, QUESTION)).text
    acts = [act for act, _, _ in notebook.acts]
    assert acts == ["telegram.invite", "telegram.joined", "telegram.members", "telegram.remove"]
    assert not any(str(STRANGER) in object_ for _, _, object_ in notebook.acts)


async def test_an_expired_invitation_is_refused(
    bot: Bot, admin: Person, stranger: Person, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot():
        code = re.search(r"/start (\S+)", (await ask(admin, "/invite 1")).text)
        assert code
        now = access.time.time
        monkeypatch.setattr(access.time, "time", lambda: now() + 3601)
        assert wording.BAD_INVITATION in (await ask(stranger, f"/start {code[1]}")).text


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("/allow", wording.USAGE_ALLOW),
        ("/allow abc", wording.USAGE_ALLOW),
        ("/allow 5 編輯 社會局 多餘", wording.USAGE_ALLOW),
        (f"/allow {ANN}", wording.FIXED_IN_SETTINGS.format(id=ANN)),
        (f"/remove {ADMIN}", wording.FIXED_IN_SETTINGS.format(id=ADMIN)),
        ("/remove", wording.USAGE_REMOVE),
        ("/invite 使用者 社會局 9999", wording.USAGE_INVITE),
        ("/members", wording.NO_MEMBERS),
        ("/status", "狀態：服務中"),
        ("/help", "/invite"),
    ],
)
async def test_administrators_are_told_how(bot: Bot, admin: Person, ask: Ask, command: str, expected: str) -> None:
    async with bot():
        assert expected in (await ask(admin, command)).text


async def test_allow_and_remove(bot: Bot, admin: Person, stranger: Person, ask: Ask, notebook: Notebook) -> None:
    async with bot():
        assert "編輯，社會局" in (await ask(admin, f"/allow {STRANGER} 編輯 社會局")).text
        assert (await ask(stranger, QUESTION)).text.startswith("不可以。")
        await ask(admin, f"/remove {STRANGER}")
        assert "邀請碼" in (await ask(stranger, QUESTION)).text
    assert [act for act, _, _ in notebook.acts] == ["telegram.allow", "telegram.remove"]


async def test_pause_lasts_over_a_restart(bot: Bot, admin: Person, ann: Person, ask: Ask) -> None:
    async with bot():
        assert (await ask(admin, "/pause")).text == wording.PAUSED_NOW
        assert (await ask(ann, QUESTION)).text == replies.PAUSED
    async with bot():
        assert (await ask(ann, QUESTION)).text == replies.PAUSED
        assert "暫停中" in (await ask(admin, "/status")).text
        assert (await ask(admin, "/resume")).text == wording.RESUMED_NOW
        assert (await ask(ann, QUESTION)).text.startswith("不可以。")


async def test_the_switch_in_the_settings_wins(bot: Bot, admin: Person, ann: Person, ask: Ask) -> None:
    async with bot(paused=True):
        assert (await ask(ann, QUESTION)).text == replies.PAUSED
        assert (await ask(admin, "/resume")).text == wording.STILL_PAUSED
        assert "已經由 Telegram 傳送" in (await ask(ann, "/privacy")).text


async def test_too_many_questions_a_minute(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    async with bot():
        for number in range(access.PERSON_PER_MINUTE + 5):
            ann.send(ann.private, "/edition" if number % 2 else "/checklist")
        await sandbox.until(lambda: len(ann.private.from_bot) == access.PERSON_PER_MINUTE + 5, 30)
    assert sum("秒後再試" in message.text for message in ann.private.from_bot) >= 3


async def test_metrics_count_kinds_and_name_nobody(bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox) -> None:
    async with bot() as service:
        await ask(ann, QUESTION)
        await sandbox.until(lambda: not service.intake.running)
        told = service.metrics.text().decode()
    assert 'zhiyin_replies_total{kind="answer"} 1.0' in told
    assert str(ANN) not in told
    assert QUESTION not in told
