"""All fixed wording of the product: Traditional Chinese as Taiwan writes it, plain text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from pydantic import Field

from bot.domain import MAX_MESSAGE, Complaint, Kind, Manifest, ModelStamp, Refusal, Tier
from bot.rooms import RoomModel, read_yaml, rooms_root

TIER_WORDS = {
    Tier.PROHIBITED: "🔴 絕對禁止",
    Tier.HIGH: "🟠 高度風險",
    Tier.MEDIUM: "🟡 中度風險",
    Tier.LOW: "🟢 低度風險",
}
KIND_WORDS = {
    Kind.ANSWER: "答覆",
    Kind.TRIAGE: "判級",
    Kind.CLARIFY: "追問",
    Kind.NOT_COVERED: "指引未規定",
    Kind.REFUSED: "不受理",
    Kind.SMALL_TALK: "寒暄",
    Kind.ERROR: "錯誤",
}
SMALL_TALK = (
    "您好，我是指引小幫手，回答《{title}》的問題，也替您想做的用途判風險等級。\n"
    "可以這樣問：「對外的海報要揭露什麼？」「聊天機器人放上官網，算哪一級？」\n"
    "請不要貼上民眾個資或機密內容。"
)
NOT_COVERED = "指引沒有規定這一點。"
OFF_TOPIC = "這不在指引的範圍；我只回答《{title}》怎麼規定 AI 的使用。"
NEAREST = "最接近的是："
MANIFEST = "《{title}》：{date}{number}函頒（{issuer}），這是目前使用的版本。"
NOT_GUESSING = "以上條文並未回答您的問題，我不推測。"
EMPTY = "訊息是空的；請寫下您的問題。"
NOTHING_DESCRIBED = "還看不出要用 AI 做什麼。請用一兩句話描述：用什麼工具、放進什麼資料、產出給誰看、有沒有人確認。"
PAUSED = "服務暫停中，請稍後再試。"
BROKEN = "處理這則訊息時出了狀況，已記下狀況代號 {code}（不含您的文字）。請再試一次；若仍不行，請告知管理者。"
NOT_RECORDED = (
    "使用紀錄目前無法寫入。為了事後可以查核，沒有紀錄的回覆不提供；您的文字沒有留存。"
    "請稍後再試，並告知管理者（狀況代號 {code}）。"
)
COMPLAINTS = {
    Complaint.WRONG: "內容錯誤",
    Complaint.WRONG_CLAUSE: "條文不符",
    Complaint.UNCLEAR: "看不懂",
    Complaint.UNANSWERED: "未回答",
}
COPY_TITLE = "指引：回覆副本"
COPY_REFERENCES = "引用"


class _RefusalsFile(RoomModel):
    """``guardrails/refusals.yaml``."""

    schema_version: Literal[1] = Field(alias="schema")
    personal_data: str
    personal_data_basis: list[str]
    masked_shown: int
    secret: str
    attack: str
    too_long: str
    not_allowed: str
    broken: str


class _DisclosureFile(RoomModel):
    """``guardrails/disclosure.yaml``."""

    schema_version: Literal[1] = Field(alias="schema")
    line: str


@cache
def _refusals() -> _RefusalsFile:
    return read_yaml(rooms_root() / "guardrails" / "refusals.yaml", _RefusalsFile)


@cache
def _disclosure() -> _DisclosureFile:
    return read_yaml(rooms_root() / "guardrails" / "disclosure.yaml", _DisclosureFile)


def refused(refusal: Refusal, manifest: Manifest, *, kinds: Sequence[str] = (), masked: str = "") -> str:
    """The refusal in the room's words: for personal data the kinds, that nothing is kept, and a copy to send again."""
    room = _refusals()
    copy = masked if len(masked) <= room.masked_shown else masked[: room.masked_shown] + "…"
    words: str = getattr(room, refusal.value)
    return words.format(
        kinds="、".join(kinds),
        copy=copy,
        basis="、".join(shown(place) for place in room.personal_data_basis),
        title=manifest.title,
        limit=f"{MAX_MESSAGE:,}",
    )


def guard_broken() -> str:
    """What a person reads when a guard broke."""
    return _refusals().broken


def disclosure(stamp: ModelStamp, manifest: Manifest) -> str:
    """The AI-use disclosure of 陸/一/(五) and 陸/二/(四): vendor, model, version, and the check that is due."""
    line = _disclosure().line.format(vendor=stamp.vendor, name=stamp.name, version=stamp.version)
    return f"{line}｜{edition_mark(manifest)}"


def edition_mark(manifest: Manifest) -> str:
    """Which edition answers."""
    return f"指引版本 {manifest.id}"


def shown(location: str) -> str:
    """A location as a person reads it: 肆／二／(二)／3."""
    return location.replace("/", "／")
