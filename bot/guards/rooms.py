"""The files of ``guardrails/`` that order the guards, name the attacks, and word the refusals."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from bot.rooms import RoomModel, read_yaml, rooms_root


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.MULTILINE)
    except re.error as exc:
        raise ValueError(f"不是正確的正規表示式：{text}") from exc


Pattern = Annotated[re.Pattern[str], PlainValidator(_pattern)]


class InputEntry(RoomModel):
    """One guard of a message, in its place."""

    name: Literal["length", "secrets", "personal_data", "attacks"]
    on_fail: Literal["refuse", "cut"]
    longest: int = 0


class InputFile(RoomModel):
    """``input.yaml``."""

    schema_version: Literal[1] = Field(alias="schema")
    guards: list[InputEntry]


class OutputEntry(RoomModel):
    """One guard of a reply, in its place."""

    name: Literal[
        "citations",
        "quotes",
        "simplified",
        "personal_data",
        "verdict",
        "tier",
        "markup",
        "prompt",
        "length",
        "disclosure",
    ]
    on_fail: Literal["block", "drop", "fix"]
    longest: int = 0
    longest_shared: int = 0


class OutputFile(RoomModel):
    """``output.yaml``."""

    schema_version: Literal[1] = Field(alias="schema")
    guards: list[OutputEntry]
    permits: Pattern
    forbids: Pattern
    opens_forbidding: Pattern
    unconditional: Pattern
    tier_words: dict[str, str]
    markup: Pattern


class AttackClass(RoomModel):
    """One kind of attack: how it is recognised, and what it sounds like."""

    name: str
    what: str
    patterns: list[Pattern]
    examples: list[str]


class AttacksFile(RoomModel):
    """``attacks.yaml``."""

    schema_version: Literal[1] = Field(alias="schema")
    threshold: dict[Literal["sentence", "message", "framed", "quoted"], float]
    frames: list[Pattern]
    orders: Pattern
    classes: list[AttackClass]
    honest: list[str]


@cache
def input_file() -> InputFile:
    """``guardrails/input.yaml``; ``RoomError`` where it is wrong."""
    return read_yaml(rooms_root() / "guardrails" / "input.yaml", InputFile)


@cache
def output_file() -> OutputFile:
    """``guardrails/output.yaml``; ``RoomError`` where it is wrong."""
    return read_yaml(rooms_root() / "guardrails" / "output.yaml", OutputFile)


@cache
def attacks_file() -> AttacksFile:
    """``guardrails/attacks.yaml``; ``RoomError`` where it is wrong."""
    return read_yaml(rooms_root() / "guardrails" / "attacks.yaml", AttacksFile)
