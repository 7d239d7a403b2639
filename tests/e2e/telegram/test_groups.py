"""Groups: when the bot answers, where, how often it edits, and what it deletes."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.chat.telegram import wording
from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from bot.sandbox.world import Chat
from tests.e2e.telegram.assistants import QUESTION, SENTENCE, AsksBack, real_over_fakes
from tests.e2e.telegram.conftest import Ask, Bot
from tests.unit.guards.values import national_id

ID = national_id("F", "22745612")


@pytest.fixture
def group(sandbox: Sandbox, ann: Person, stranger: Person) -> Chat:
    return sandbox.supergroup(7, "採購科", [ann, stranger])


@pytest.fixture
def forum(sandbox: Sandbox, ann: Person) -> Chat:
    return sandbox.supergroup(8, "分主題", [ann], forum=True, bot_rights={"can_delete_messages"})


async def test_answers_to_mention_command_and_reply_and_to_nothing_else(
    bot: Bot, ann: Person, ask: Ask, group: Chat, sandbox: Sandbox
) -> None:
    name = sandbox.world.bot["username"]
    async with bot() as service:
        ann.send(group, "今天中午吃什麼")
        mentioned = await ask(ann, f"@{name} {QUESTION}", group)
        await sandbox.until(lambda: mentioned.buttons)
        assert mentioned.text.startswith("不可以。")
        assert mentioned.reply_to == group.messages[1].id
        assert group.messages[1].reaction == "👀"
        replied = await ask(ann, "為什麼？", group, reply_to=mentioned)
        await sandbox.until(lambda: replied.buttons)
        commanded = await ask(ann, f"/ask@{name} {QUESTION}", group)
        await sandbox.until(lambda: commanded.buttons)
        assert len(group.from_bot) == 3
        await sandbox.until(lambda: not service.intake.running)
        assert await service.inbox.waiting() == []


async def test_what_is_not_meant_for_the_bot_is_not_taken(bot: Bot, ann: Person, forum: Chat, sandbox: Sandbox) -> None:
    """As an administrator the bot gets everything that is written."""
    async with bot() as service:
        ann.send(forum, "王科長的分機是多少", thread=forum.add_topic("契約"))
        ann.send_media(forum, "photo", thread=next(iter(forum.topics)))
        await sandbox.until(lambda: not sandbox.world.pending)
        assert forum.from_bot == []
        assert await service.inbox.waiting() == []


async def test_the_official_words_first_then_one_edit_in_the_topic(
    bot: Bot, ann: Person, ask: Ask, forum: Chat, sandbox: Sandbox
) -> None:
    topic = forum.add_topic("契約")
    async with bot(AsksBack(real_over_fakes(seconds=1.0))):
        answer = await ask(ann, f"/ask {QUESTION}", forum, thread=topic)
        assert SENTENCE not in answer.text.partition("」\n\n")[2]
        await sandbox.until(lambda: answer.buttons)
        assert SENTENCE in answer.text
    assert answer.thread == topic
    times = [at for at, method, _ in sandbox.calls() if method in {"sendMessage", "editMessageText"}]
    assert all(later - earlier >= 1.15 for earlier, later in pairwise(times))


@pytest.mark.parametrize(
    ("rights", "told"), [({"can_delete_messages"}, wording.DELETED), (None, wording.PLEASE_DELETE)]
)
async def test_personal_data_in_a_group(
    bot: Bot, ann: Person, ask: Ask, sandbox: Sandbox, rights: set[str] | None, told: str
) -> None:
    group = sandbox.supergroup(9, "社會局", [ann], bot_rights=rights)
    async with bot():
        refusal = await ask(ann, f"/ask 民眾簡大華 {ID} 來電", group)
    assert told in refusal.text
    assert ID not in refusal.text
    written = group.everything[0]
    assert written.deleted is (rights is not None)


async def test_a_group_on_the_list_lets_its_members_ask(
    bot: Bot, stranger: Person, ask: Ask, group: Chat, sandbox: Sandbox
) -> None:
    async with bot(telegram_allow=(str(group.id),)):
        answer = await ask(stranger, f"/ask {QUESTION}", group)
        assert answer.text.startswith("不可以。")
        assert "邀請碼" in (await ask(stranger, QUESTION)).text


async def test_strangers_in_groups_get_silence(bot: Bot, stranger: Person, group: Chat, sandbox: Sandbox) -> None:
    async with bot() as service:
        stranger.send(group, f"/ask {QUESTION}")
        await sandbox.until(lambda: "stranger" in service.metrics.text().decode())
        assert group.from_bot == []


async def test_only_who_described_answers_the_open_question(
    bot: Bot, ann: Person, admin: Person, ask: Ask, press: Ask, sandbox: Sandbox
) -> None:
    group = sandbox.supergroup(10, "資訊局", [ann, admin])
    async with bot():
        question = await ask(ann, "/triage 用 AI 決定補助", group)
        assert (await press(admin, question, "是"))["text"] == wording.NOT_YOURS
        await press(ann, question, "是")
        await sandbox.until(lambda: any(message.text.startswith("🟠") for message in group.from_bot))
