"""Whether a model's sentence may stand: supported by the clause, with its modal words, as Taiwan writes it.

What fails is dropped. A rejected sentence costs an explanation; an accepted wrong one costs trust, so every doubt
counts against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.text import is_simplified, squeeze

LEXICAL_FLOOR = 0.62
"""Share of a sentence's character pairs that the clause and the question have between them."""
CLAUSE_FLOOR = 0.45
"""Share that the clause alone has."""
POINT_FLOOR = 0.35
"""Share of the answering words' pairs that the first sentence has."""
LONG_ENOUGH = 1.6
"""A sentence that repeats shown words helps only where the shown text is so many times longer: it names the point."""
MEANING_FLOOR = 0.86
"""Cosine to the nearest quote, as the embedded model gives it (unrelated texts lie near 0.78)."""
SHORTEST, LONGEST = 8, 130

_PROHIBITION = re.compile(r"不得|不可|不應|不宜|不能|禁止|避免|勿|不准|不許|嚴禁|切勿")
_NEGATION = re.compile(r"不|未|無|非|勿|禁|避免|否|沒有|毋")
_OBLIGATION = re.compile(r"必須|務必|應|須|一定要")
_PERMISSION = re.compile(
    r"(?<![不取使值獲記覺所])得(?![標到出知])|可以|(?<![不認許])可(?![能靠信行疑])|允許|准許|無須|不必|免"
)
_LEAVE = re.compile(r"可以|(?<!不)可(?:用|使用|直接|由|採)|(?<!不)得(?:使用|用|以|直接|由|採)|允許|准許|無須|不必|免於")
_ADVICE = re.compile(r"宜|最好|建議|盡可能|儘量|盡量")
_VERDICT = re.compile(
    r"(?:^|[，、：])(?:不?可以|可|不行|可行|不可|是的|沒問題|當然)(?:[，。！]|$)|可以的|沒有問題|都可以|不需要|不用(?:再)?(?:檢|標|揭|送|經)"
)
_NUMBER = re.compile(r"[0-9]+|[一二三四五六七八九十百千]+(?=[條項款日天年月次份元個小])")
_MAINLAND = re.compile(
    r"信息|軟件|硬件|網絡|視頻|默認|質量|用戶|服務器|數據庫|打印|屏幕|智能(?!手機)|鏈接|程序員|代碼|優化算法|賬號|賬戶|登錄|互聯網|短信|文檔|郵箱"
)
_FORBIDDEN = re.compile(
    r"https?:|www\.|[<>{}\[\]`|]|\*\*|原文：|提問：|回答：|條文：|作為(?:一個)?(?:AI|人工智慧)(?:模型|助理)?，|！"
)


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a sentence was dropped; the name of the check only."""

    check: str


def sentences(text: str) -> list[str]:
    """Complete sentences of the model's text; what was cut off at the end is left out."""
    return [match.group().strip() for match in re.finditer(r"[^。\n]+。", text) if match.group().strip()]


def pairs(text: str) -> set[str]:
    """Character pairs, white space and punctuation aside."""
    bare = re.sub(r"[^\w]", "", squeeze(text)).lower()
    return {bare[at : at + 2] for at in range(len(bare) - 1)}


def check(
    sentence: str,
    quotes: Sequence[str],
    question: str,
    shown: str,
    accepted: Sequence[str],
    *,
    denied: bool = False,
    point: str = "",
) -> Rejection | None:
    """The first check the sentence fails by its words alone, or None.

    ``quotes`` are the clauses given to the model, ``shown`` the official text the person already sees; ``denied``: the
    edition's verdict is no, so nothing may sound like leave; ``point``: the words that answer, which the first sentence
    must take up.
    """
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("length", lambda: SHORTEST <= len(sentence) <= LONGEST),
        ("form", lambda: not _FORBIDDEN.search(sentence) and sentence.count("「") == sentence.count("」")),
        ("script", lambda: not any(map(is_simplified, sentence)) and _as_taiwan_writes(sentence, quotes)),
        ("verdict", lambda: not _VERDICT.search(sentence)),
        ("leave", lambda: not (denied and _LEAVE.search(sentence))),
        ("loop", lambda: not _loops(sentence)),
        ("repeated", lambda: not any(_alike(sentence, other) for other in accepted)),
        ("adds nothing", lambda: _shorter(sentence, shown)),
        ("point", lambda: bool(accepted) or _to_the_point(sentence, point, quotes)),
        ("words", lambda: _worded(sentence, quotes, question)),
        ("numbers", lambda: _numbered(sentence, quotes, question)),
        ("modal", lambda: _modal(sentence, quotes)),
    )
    for name, holds in checks:
        if not holds():
            return Rejection(name)
    return None


def grounded(
    text: str,
    quotes: Sequence[str],
    question: str,
    shown: str,
    support: Callable[[Sequence[str], Sequence[str]], Sequence[float]],
    most: int,
    *,
    denied: bool = False,
    point: str = "",
) -> tuple[list[str], list[Rejection]]:
    """The sentences that hold, at most ``most``, and why the others fell."""
    kept: list[str] = []
    fallen: list[Rejection] = []
    for sentence in sentences(text):
        if len(kept) == most:
            break
        rejection = check(sentence, quotes, question, shown, kept, denied=denied, point=point)
        if rejection is None and support([sentence], [*quotes])[0] < MEANING_FLOOR:
            rejection = Rejection("meaning")
        if rejection is None:
            kept.append(sentence)
        else:
            fallen.append(rejection)
            if kept:
                break
    return kept, fallen


def _worded(sentence: str, quotes: Sequence[str], question: str) -> bool:
    own = pairs(sentence)
    if not own:
        return False
    clause = set().union(*(pairs(quote) for quote in quotes)) if quotes else set()
    known = clause | pairs(question)
    return len(own & known) / len(own) >= LEXICAL_FLOOR and len(own & clause) / len(own) >= CLAUSE_FLOOR


def _as_taiwan_writes(sentence: str, quotes: Sequence[str]) -> bool:
    """No word of other Chinese-speaking places, unless the clause itself has it."""
    return all(match.group() in "".join(quotes) for match in _MAINLAND.finditer(sentence))


def _to_the_point(sentence: str, point: str, quotes: Sequence[str]) -> bool:
    """The sentence takes up the words that answer, where the model was given them."""
    if not point or squeeze(point) not in squeeze("".join(quotes)):
        return True
    return _overlap(point, sentence) >= POINT_FLOOR


def _shorter(sentence: str, shown: str) -> bool:
    """Whether the sentence says less, or something else, than what is shown already."""
    if squeeze(sentence).rstrip("。") in squeeze(shown) or _overlap(sentence, shown) > 0.95:
        return len(shown) >= LONG_ENOUGH * len(sentence) + 30
    return True


def _numbered(sentence: str, quotes: Sequence[str], question: str) -> bool:
    known = set(_NUMBER.findall(squeeze(question + "".join(quotes))))
    return set(_NUMBER.findall(squeeze(sentence))) <= known


def _modal(sentence: str, quotes: Sequence[str]) -> bool:
    """The sentence agrees with the stretch of the clause that it restates: same prohibition, duty, leave, negation."""
    told = [part for quote in quotes for part in re.split(r"[。；\n]", quote) if len(part) >= 4]
    if not told:
        return False
    near = max(told, key=lambda part: _overlap(sentence, part))
    if _overlap(sentence, near) < CLAUSE_FLOOR:
        near = "，".join(told)
    stretch = _matching(sentence, near)
    return (
        bool(_PROHIBITION.search(sentence)) == bool(_PROHIBITION.search(stretch))
        and (not _PERMISSION.search(sentence) or bool(_PERMISSION.search(stretch)))
        and (not _OBLIGATION.search(sentence) or bool(_OBLIGATION.search(stretch)))
        and (not _ADVICE.search(sentence) or bool(_ADVICE.search(stretch)))
        and len(_NEGATION.findall(sentence)) % 2 == len(_NEGATION.findall(stretch)) % 2
    )


def _matching(piece: str, near: str) -> str:
    """The stretch of ``near`` that ``piece`` restates, by its first and last shared pair."""
    own = pairs(piece)
    at = [i for i in range(len(near) - 1) if near[i : i + 2].lower() in own]
    if not at:
        return near
    start, end = at[0], at[-1] + 2
    while start > 0 and near[start - 1] in "不未無非勿禁得應須可":
        start -= 1
    return near[start:end]


def _overlap(piece: str, part: str) -> float:
    own = pairs(piece)
    return len(own & pairs(part)) / len(own) if own else 0.0


def _alike(one: str, other: str) -> bool:
    a, b = pairs(one), pairs(other)
    return bool(a and b) and len(a & b) / min(len(a), len(b)) > 0.7


def runs_away(text: str) -> bool:
    """Whether what is being written can no longer hold: a loop, or a sentence without end."""
    last = text.rsplit("。", 1)[-1]
    return len(last) > LONGEST or _loops(last)


def _loops(sentence: str) -> bool:
    """The same stretch of six characters twice."""
    bare = re.sub(r"[^\w]", "", sentence)
    seen: dict[str, int] = {}
    for at in range(len(bare) - 5):
        piece = bare[at : at + 6]
        if piece in seen and at - seen[piece] >= 6:
            return True
        seen.setdefault(piece, at)
    return False
