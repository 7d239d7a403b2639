"""python-telegram-bot's application: which update goes to which handler."""

from __future__ import annotations

from typing import Any

from telegram import Bot
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ExtBot,
    InlineQueryHandler,
    MessageHandler,
    filters,
)
from telegram.request import HTTPXRequest

from bot.chat.telegram.access import Role
from bot.chat.telegram.administering import Administering
from bot.chat.telegram.asking import Asking
from bot.chat.telegram.commands import Commands
from bot.chat.telegram.gate import Gate
from bot.chat.telegram.inline import Inline
from bot.chat.telegram.office import Office
from bot.chat.telegram.order import ChatOrder
from bot.chat.telegram.pressing import Pressing

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
OVERSIGHT = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


def make_bot(token: str, api: str) -> ExtBot[None]:
    """The bot; ``api`` is the address up to the token, files lie beside it."""
    files = f"{api.removesuffix('bot')}file/bot"
    return ExtBot(
        token,
        base_url=api,
        base_file_url=files,
        request=HTTPXRequest(
            connection_pool_size=256, read_timeout=20, write_timeout=20, connect_timeout=10, pool_timeout=30
        ),
        get_updates_request=HTTPXRequest(connection_pool_size=2, connect_timeout=10),
    )


def make_application(bot: Bot, order: ChatOrder) -> AnyApplication:
    """Without an updater: updates come from ``intake``, which has them on disk first."""
    builder = ApplicationBuilder().bot(bot).updater(None).job_queue(None).concurrent_updates(order)
    return builder.build()


def register(application: AnyApplication, office: Office, *, inline: bool) -> None:
    """All handlers; the first that fits gets the update."""
    gate, asking = Gate(office), Asking(office)
    commands, administering = Commands(office), Administering(office)
    handlers: list[Any] = [
        CommandHandler("start", gate(commands.start, always=True, strangers=True)),
        CommandHandler("help", gate(commands.help, always=True)),
        CommandHandler("privacy", gate(commands.privacy, always=True, strangers=True)),
        CommandHandler("ask", gate(asking.ask, counted=True)),
        CommandHandler("triage", gate(asking.triage, counted=True)),
        CommandHandler("checklist", gate(commands.checklist, counted=True)),
        CommandHandler("sources", gate(commands.sources, counted=True)),
        CommandHandler("edition", gate(commands.edition, counted=True)),
        CommandHandler("export", gate(commands.export, counted=True)),
        CommandHandler("cancel", gate(commands.cancel, always=True)),
        CommandHandler("status", gate(administering.status, roles=OVERSIGHT, always=True)),
        CommandHandler("members", gate(administering.members, roles=OVERSIGHT, always=True)),
        CommandHandler("pause", gate(administering.pause, roles=ADMINISTRATORS, always=True)),
        CommandHandler("resume", gate(administering.resume, roles=ADMINISTRATORS, always=True)),
        CommandHandler("allow", gate(administering.allow, roles=ADMINISTRATORS, always=True)),
        CommandHandler("remove", gate(administering.remove, roles=ADMINISTRATORS, always=True)),
        CommandHandler("invite", gate(administering.invite, roles=ADMINISTRATORS, always=True)),
        CallbackQueryHandler(gate(Pressing(office, asking).pressed, counted=True)),
        MessageHandler(filters.COMMAND, gate(commands.unknown)),
        MessageHandler(filters.TEXT, gate(asking.text, counted=True)),
        MessageHandler(~filters.StatusUpdate.ALL, gate(asking.media, counted=True)),
    ]
    if inline:
        handlers.append(InlineQueryHandler(Inline(office).asked))
    application.add_handlers(handlers)


def allowed_updates(*, inline: bool) -> list[str]:
    """The kinds of updates that the bot asks for."""
    return ["message", "edited_message", "callback_query", *(["inline_query"] if inline else [])]
