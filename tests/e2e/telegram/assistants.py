"""Assistants for tests of the chat: the real one over fakes, and one that asks back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from bot.answering.answer import Explainer
from bot.assistant import Assistant
from bot.domain import Breach, Citation, Complaint, Kind, Message, Mode, ModelStamp, Reply, Tier
from bot.guards.attacks import AttackHead, Attacks
from bot.guards.chain import InputChain
from bot.guards.personal_data import PersonalData
from bot.guards.secrets import Secrets
from bot.knowledge.editions import read_edition, shipped_folder
from bot.llm.manifest import read_manifest
from bot.llm.prompts import read_template
from bot.ngrams import BUCKETS
from bot.ports import Prompt
from bot.settings import Settings
from tests.fakes import STAMP, FixedRetriever, OneShelf, OpenOutput, finding_of

SENTENCE = "應以本府員工電子郵件帳號來註冊人工智慧的帳戶。"
QUESTION = "可以用私人信箱註冊嗎？"


@dataclass
class SlowModel:
    """Writes one sentence in pieces, with a pause before it; stops when it is told to."""

    seconds: float = 0.0
    stamp: ModelStamp = STAMP
    capabilities: frozenset[str] = frozenset({"explain"})
    lane: threading.Lock = field(default_factory=threading.Lock)

    def write(self, prompt: Prompt, *, deadline: float, cancelled: Callable[[], bool]) -> Iterator[str]:
        with self.lane:
            end = time.monotonic() + self.seconds
            while time.monotonic() < end:
                if cancelled():
                    return
                time.sleep(0.01)
            for at in range(0, len(SENTENCE), 4):
                if cancelled():
                    return
                yield SENTENCE[at : at + 4]


@dataclass
class SlowRetriever(FixedRetriever):
    """Takes its time."""

    seconds: float = 0.0

    def find(self, question: str) -> Any:
        time.sleep(self.seconds)
        return FixedRetriever.find(self, question)


@cache
def guards() -> InputChain:
    """The real input guards; attacks are known by their patterns alone, so that nothing is trained here."""
    zeros = np.zeros(BUCKETS, dtype=np.float32)
    chain = InputChain(PersonalData.from_room(), Secrets(), Attacks(AttackHead(zeros, zeros, -10.0)))
    chain.judge(Message("暖機"))
    return chain


def real_over_fakes(seconds: float = 0.0, lookup_seconds: float = 0.0, recorder: Any = None) -> Assistant:
    """The real assistant; what it finds is the first question of 附件五."""
    edition = read_edition(shipped_folder())
    template = read_template(read_manifest("gemma-3-270m", Settings().state))
    finding = finding_of("附件五/一", "陸/一/(二)", item="附件五/一")
    shelf = OneShelf(edition, SlowRetriever(finding, seconds=lookup_seconds))
    return Assistant(shelf, guards(), OpenOutput(), Explainer(SlowModel(seconds), template), recorder)


@dataclass
class AsksBack:
    """Answers as ``inner``; a triage asks for one fact first."""

    inner: Assistant
    heard: list[dict[str, bool | None]] = field(default_factory=list)

    def reply(
        self,
        message: Message,
        mode: Mode = Mode.AUTO,
        *,
        facts: Mapping[str, bool | None] | None = None,
        **more: Any,
    ) -> Reply:
        if mode is not Mode.TRIAGE:
            return self.inner.reply(message, mode, **more)
        self.heard.append(dict(facts or {}))
        cited = (Citation("肆/二/(二)/3", "高度風險的使用情境", "影響民眾權益之准駁"),)
        if "human_confirms" not in (facts or {}):
            text = "還差一件事：准駁在生效前，有沒有承辦人檢視並確認？\n\n指引版本 113-09-09"
            possible = (Tier.PROHIBITED, Tier.HIGH)
            missing = ("human_confirms",)
            return Reply(
                message.id,
                Kind.CLARIFY,
                text,
                "113-09-09",
                possible_tiers=possible,
                missing_facts=missing,
                citations=cited,
            )
        tier = Tier.HIGH if facts and facts["human_confirms"] else Tier.PROHIBITED
        word = "🟠 高度風險" if tier is Tier.HIGH else "🔴 絕對禁止"
        breach = Breach("伍/一/(五)", "不得輸入個資", "先去識別化")
        text = f"{word}（肆／二／(二)／3）\n\n指引版本 113-09-09"
        return Reply(
            message.id,
            Kind.TRIAGE,
            text,
            "113-09-09",
            details="逐項說明",
            tier=tier,
            citations=cited,
            breaches=(breach,),
        )


@dataclass
class Notebook:
    """Fits ``Feedback`` and ``AuditLog``; keeps what it is given."""

    ratings: list[tuple[str, bool, Complaint | None]] = field(default_factory=list)
    acts: list[tuple[str, str, str]] = field(default_factory=list)

    def rate(self, reply_id: str, *, good: bool, reason: Complaint | None = None, who: str = "") -> bool:
        self.ratings.append((reply_id, good, reason))
        return True

    def note(self, *, act: str, who: str, object: str = "", reason: str = "") -> None:
        self.acts.append((act, who, object))
