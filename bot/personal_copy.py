"""The asker's own copy of one reply, for the city's files: made on the spot, kept nowhere here."""

from __future__ import annotations

from datetime import datetime

from bot.domain import Kind, Manifest, Reply
from bot.replies import COPY_REFERENCES, COPY_TITLE, KIND_WORDS, shown


def personal_copy(reply: Reply, asked: str, manifest: Manifest, at: datetime) -> str:
    """Plain text: when, which edition, what was asked and answered, every reference with its verbatim quote.

    ``at`` is the time of asking, with its zone. What was refused is not repeated, and neither is the masked copy a
    refusal offers: a file must not hold what the assistant would not take.
    """
    refused = reply.kind is Kind.REFUSED
    lines = [
        COPY_TITLE,
        f"時間：{at.isoformat(sep=' ', timespec='seconds')}",
        f"編號：{reply.id}",
        f"依據：《{manifest.title}》{manifest.spoken_date}{manifest.number}（版本 {reply.edition}）",
        f"種類：{KIND_WORDS[reply.kind]}",
    ]
    if reply.model:
        lines.append(f"模型：{reply.model.vendor} {reply.model.name}（{reply.model.version}）")
    if refused:
        return "\n".join([*lines, "", "這則訊息未受理，內容不列入副本。"]) + "\n"
    lines += ["", "提問", asked.strip(), "", "回覆", reply.text.strip()]
    if reply.citations:
        lines += ["", COPY_REFERENCES]
        lines += [f"{shown(cited.location)} {cited.title}\n「{cited.quote}」" for cited in reply.citations]
    if reply.details.strip():
        lines += ["", "引用條文全文", reply.details.strip()]
    return "\n".join(lines) + "\n"
