"""Prompt templates of the room ``models/prompts/``, joined with a model's limits."""

from __future__ import annotations

import hashlib

from pydantic import Field

from bot.llm.manifest import ChatManifest
from bot.ports import PromptTemplate
from bot.rooms import RoomModel, read_text, read_yaml, rooms_root


class _Example(RoomModel):
    clause: str
    question: str
    answer: str


class _PromptFile(RoomModel):
    schema_version: int = Field(alias="schema")
    id: str
    heading: str
    examples: list[_Example]
    clause_mark: str
    question_mark: str
    answer_mark: str
    stop: list[str]
    joining: str


def read_template(manifest: ChatManifest) -> PromptTemplate:
    """The template that the manifest names; ``RoomError`` where it is missing or wrong."""
    path = rooms_root() / "models" / "prompts" / f"{manifest.prompt}.yaml"
    raw = read_yaml(path, _PromptFile)
    return PromptTemplate(
        id=raw.id,
        heading=raw.heading,
        examples=tuple((e.clause, e.question, e.answer) for e in raw.examples),
        clause_mark=raw.clause_mark,
        question_mark=raw.question_mark,
        answer_mark=raw.answer_mark,
        stop=tuple(raw.stop),
        joining=raw.joining,
        max_tokens=manifest.limits.max_tokens,
        sentences=manifest.limits.sentences,
        attempts=manifest.limits.attempts,
        quoted_only=manifest.vocabulary == "quoted",
        chat=manifest.template == "chat",
        sha256=hashlib.sha256(read_text(path).encode()).hexdigest(),
    )
