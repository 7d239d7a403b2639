"""Inline mode, off by default: it sends half-typed words to the bot at every pause of the fingers."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from telegram import InlineQueryResultArticle, InputTextMessageContent, LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.chat.telegram import wording
from bot.chat.telegram.access import PERSON_PER_MINUTE
from bot.chat.telegram.desk import Busy, Question
from bot.chat.telegram.office import Office
from bot.chat.telegram.rendering import marked
from bot.domain import Kind, Message, Mode

SHORTEST = 6
_SHOWN = 40


class Inline:
    """Answers with the official words alone, for the asker only, never cached, never on disk."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def asked(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """One inline query."""
        query, office = update.inline_query, self._office
        if query is None or office.access.paused or office.access.role(query.from_user.id) is None:
            return
        text = query.query.strip()
        results = []
        if len(text) >= SHORTEST and not office.rates.wait(query.from_user.id, 2 * PERSON_PER_MINUTE):
            person = query.from_user.id
            message = Message(text, f"i{uuid4().hex[:10]}")
            question = Question(message, Mode.ASK, person, f"telegram:{person}", explain=False)
            try:
                reply = await office.desk.reply(question, _Nobody(), asyncio.Event())
            except Busy:
                return
            if reply and reply.kind is Kind.ANSWER:
                content = InputTextMessageContent(
                    marked(reply.text), ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)
                )
                title = wording.INLINE_TITLE.format(question=text[:_SHOWN])
                results = [InlineQueryResultArticle(uuid4().hex, title, content)]
        try:
            await office.bot.answer_inline_query(query.id, results, cache_time=0, is_personal=True)
        except TelegramError:
            office.metrics.failed("answerInlineQuery")


class _Nobody:
    def official(self, text: str) -> None:
        """Nobody watches."""

    def sentence(self, text: str) -> None:
        """Nobody watches."""

    def waiting(self, before: int) -> None:
        """Nobody watches."""
