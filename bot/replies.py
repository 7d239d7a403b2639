"""All fixed wording of the product: Traditional Chinese as Taiwan writes it, plain text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Complaint, Kind, Manifest, ModelStamp, Refusal, Tier

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
    "您好，我是指引小幫手，回答《{title}》的問題。\n"
    "可以這樣問：「對外的海報要揭露什麼？」「聊天機器人放上官網，算哪一級？」\n"
    "請不要貼上民眾個資或機密內容。"
)
NOT_COVERED = "指引沒有規定這一點。"
OFF_TOPIC = "這不在指引的範圍；我只回答《{title}》怎麼規定 AI 的使用。"
NEAREST = "最接近的是："
MANIFEST = "《{title}》：{date}{number}函頒（{issuer}），這是目前使用的版本。"
NOT_GUESSING = "以上條文並未回答您的問題，我不推測。"
MASKED_SHOWN = 300
"""Characters of a masked copy that a refusal offers."""
REFUSAL_BASIS = ("伍/一/(五)", "陸/二/(一)")
"""Why personal data are not taken: 隱私與個資保護, and the check of prompts before they are sent."""
EMPTY = "訊息是空的；請寫下您的問題。"
TOO_LONG = "訊息有 {length:,} 個字，超過上限 {limit:,} 個字。請只留下要問的重點再傳一次；這則訊息沒有留存。"
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
GUARD_BROKEN = "安全檢查未能完成，為了保護資料，這則訊息不處理，也沒有留存。請稍後再試。"
REFUSALS = {
    Refusal.SECRET: (
        "訊息裡像是有密碼、金鑰或列有密等的文件內容，我不能處理，也沒有留存。請改以文字描述您想問的情況，不要貼上內容。"
    ),
    Refusal.ATTACK: "這則訊息要我改變規則或角色，我只依《{title}》的原文回答。請直接問您想知道的規定。",
    Refusal.NOT_ALLOWED: "這個功能您目前沒有權限使用。",
}


def disclosure(stamp: ModelStamp, manifest: Manifest) -> str:
    """The AI-use disclosure of 陸/一/(五) and 陸/二/(四): vendor, model, version, and the check that is due."""
    return (
        f"說明段由 {stamp.vendor} {stamp.name}（{stamp.version}）產生，請承辦人員檢視確認。｜{edition_mark(manifest)}"
    )


def edition_mark(manifest: Manifest) -> str:
    """Which edition answers."""
    return f"指引版本 {manifest.id}"


def personal_data_refused(kinds: Sequence[str], masked: str) -> str:
    """The refusal: kinds found, that nothing is kept, a masked copy to send again, and why."""
    copy = masked if len(masked) <= MASKED_SHOWN else masked[:MASKED_SHOWN] + "…"
    return (
        f"訊息裡有{'、'.join(kinds)}，我不能處理，也沒有留存。請去識別化後再問，可以改傳遮蔽後的版本：\n「{copy}」\n\n"
        f"依據：{'、'.join(shown(place) for place in REFUSAL_BASIS)}（詳參本府「個資去識別化平臺標準作業流程」）"
    )


def shown(location: str) -> str:
    """A location as a person reads it: 肆／二／(二)／3."""
    return location.replace("/", "／")
