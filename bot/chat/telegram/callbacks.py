"""Button data: what to do, with which reply, signed for one chat; at most 64 bytes."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum

from bot.chat.telegram.sealing import InstallationKey

LONGEST = 64
_SIGNATURE = 10


class Act(StrEnum):
    """What a button does."""

    SOURCES = "s"
    TRIAGE = "t"
    WHY = "w"
    GOOD = "g"
    BAD = "b"
    REASON = "r"
    FACT = "f"
    CORRECT = "c"
    STOP = "x"


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button."""

    act: Act
    reply: str
    argument: str = ""


class Buttons:
    """Writes and reads button data."""

    def __init__(self, key: InstallationKey) -> None:
        self._key = key

    def data(self, press: Press, chat: int) -> str:
        """The data of a button in ``chat``."""
        plain = f"{press.act}.{press.reply}.{press.argument}"
        data = f"{plain}.{self._signature(plain, chat)}"
        if len(data.encode()) > LONGEST:
            raise ValueError("button data too long")
        return data

    def read(self, data: str, chat: int) -> Press | None:
        """What was pressed; None where the data are not ours, or of another chat."""
        plain, _, signature = data.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(plain, chat).encode()):
            return None
        act, reply, argument = plain.split(".", 2)
        return Press(Act(act), reply, argument)

    def _signature(self, plain: str, chat: int) -> str:
        return self._key.signature("buttons", f"{chat}:{plain}", _SIGNATURE)
