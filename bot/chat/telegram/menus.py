"""The commands in Telegram's menus, by scope; a server that does not know them loses the menu only."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot.chat.telegram import wording

log = logging.getLogger(__name__)
LANGUAGES = (None, "zh")
"""For everybody, and by name for clients set to Chinese; Telegram knows two-letter codes only."""


async def register_menus(bot: Bot, administrators: Iterable[int]) -> None:
    """Private chats, groups, and each administrator's own chat."""
    groups = {name: wording.COMMANDS[name] for name in wording.GROUP_COMMANDS}
    everything = {**wording.COMMANDS, **wording.ADMIN_COMMANDS}
    await _set(bot, wording.COMMANDS, BotCommandScopeAllPrivateChats())
    await _set(bot, groups, BotCommandScopeAllGroupChats())
    for person in administrators:
        await _set(bot, everything, BotCommandScopeChat(person))


async def _set(bot: Bot, commands: Mapping[str, str], scope: BotCommandScope) -> None:
    listed = [BotCommand(name, text) for name, text in commands.items()]
    for language in LANGUAGES:
        try:
            await bot.set_my_commands(listed, scope=scope, language_code=language)
        except TelegramError as exc:
            log.info("menu not set: %s", type(exc).__name__)
            return
