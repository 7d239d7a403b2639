"""Inline mode: off unless it is wanted, personal, not cached, never on disk."""

from __future__ import annotations

import asyncio

from bot.sandbox.people import Person
from bot.sandbox.server import Sandbox
from tests.e2e.telegram.assistants import QUESTION
from tests.e2e.telegram.conftest import Bot


async def test_inline_is_off_by_default(bot: Bot, ann: Person, sandbox: Sandbox) -> None:
    async with bot():
        ann.ask_inline(QUESTION)
        await asyncio.sleep(0.5)
    assert sandbox.calls("answerInlineQuery") == []


async def test_inline_answers_the_official_words_to_who_may(
    bot: Bot, ann: Person, stranger: Person, sandbox: Sandbox
) -> None:
    async with bot(telegram_inline=True) as service:
        refused = stranger.ask_inline(QUESTION)
        asked = ann.ask_inline(QUESTION)
        answer = await sandbox.until(lambda: sandbox.world.inline[asked].answer)
        assert answer["is_personal"] is True
        assert answer["cache_time"] == 0
        assert "不可以。" in answer["results"][0]["input_message_content"]["message_text"]
        assert await service.inbox.waiting() == []
        assert sandbox.world.inline[refused].answer is None
