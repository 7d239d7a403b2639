"""Speed and memory of a reply, beside plain llama-cpp-python on the same prompts in the same run."""

from __future__ import annotations

import json
import resource
import time
from typing import TYPE_CHECKING, Any

from bot.domain import Kind, Message, Mode
from bot.evaluation.scores import median

if TYPE_CHECKING:
    from bot.app import App

QUESTIONS = (
    "員工旅遊的抽獎名單用 AI 排版要注意什麼",
    "可以用自己的信箱開 AI 帳號辦公嗎",
    "AI 寫的程式要不要比對",
    "市民聊天機器人算哪一級風險",
    "對外的海報要揭露模型版本嗎",
    "檢核表的風險等級怎麼勾",
    "公開報告請 AI 摘要要注意什麼",
    "裁罰函可以請外部 AI 寫嗎",
    "AI 說錯了誰負責",
    "得標廠商要遵守這份指引嗎",
    "什麼是強化學習",
    "臉部辨識經過同意算哪一級",
)


def bench(app: App, *, as_json: bool) -> int:
    """Prints medians over a dozen questions; exit code 0."""
    started = time.perf_counter()
    app.warm()
    warm = (time.perf_counter() - started) * 1000
    replies = [app.assistant.reply(Message(question), Mode.ASK, channel="bench") for question in QUESTIONS]
    explained = [reply for reply in replies if reply.kind is Kind.ANSWER]
    figures: dict[str, Any] = {
        "warm_ms": round(warm),
        "retrieve_ms": round(median([reply.timings_ms.retrieve for reply in replies]), 1),
        "first_token_ms": round(median([reply.timings_ms.first_token for reply in explained]), 1),
        "generate_ms": round(median([reply.timings_ms.generate for reply in explained]), 1),
        "reply_ms": round(median([reply.timings_ms.total for reply in replies]), 1),
        "reply_ms_longest": round(max(reply.timings_ms.total for reply in replies), 1),
        "without_model_ms": round(median([reply.timings_ms.total - reply.timings_ms.generate for reply in replies]), 1),
    }
    figures |= _plain(app, figures)
    figures["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return 0
    for name, value in figures.items():
        print(f"{name:<26}{value}")
    return 0


def _plain(app: App, ours: dict[str, Any]) -> dict[str, Any]:
    """The same prompts, word for word, without reuse of what is constant."""
    from bot.answering.answer import find
    from bot.answering.official import official_part
    from bot.answering.prompting import build_prompt
    from bot.llm.files import model_path
    from bot.llm.llama import PlainLlama

    manifest = app.chat_manifest
    if manifest.source == "endpoint" or app.explainer is None:
        return {}
    plain = PlainLlama(model_path(manifest, app.settings.state), manifest.context, app.settings.threads)
    knowledge = app.library.current()
    firsts = []
    for question in QUESTIONS:
        finding = find(knowledge, question)
        official = official_part(knowledge.edition, finding, finding.passages)
        firsts.append(plain.write(build_prompt(app.explainer.template, app.explainer.material(official), question))[0])
    first = median(firsts)
    return {
        "plain_first_token_ms": round(first, 1),
        "first_token_ratio": round(first / ours["first_token_ms"], 2) if ours["first_token_ms"] else None,
    }
