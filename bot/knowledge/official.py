"""The official questions and answers of 附件五, and the verdict each begins with, read from the text in force."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain import Clause, OfficialAnswer, Verdict
from bot.knowledge.family import Family

_NO = re.compile(r"(?:不可以?|不得|不行|不能|不宜|禁止|否)(?=[。，；,]|$)")
_YES = re.compile(r"(?:可以?|得|是|能)(?:使用)?$")
_CONDITIONAL = re.compile(
    r"可以?，|可，|得，|原則上|而定|有可能|視.{1,20}情形|在.{1,30}(?:下|前提)|經.{1,20}後.{0,4}可"
)


def read_verdict(first_sentence: str) -> Verdict | None:
    """The verdict that an answer's first sentence states; None where it states none.

    A 可以 with anything behind it is conditional; a bare 可以 alone is yes.
    """
    sentence = first_sentence.strip().rstrip("。")
    if _NO.match(sentence) and not sentence.startswith(("否則", "不得不")):
        return Verdict.NO
    if _YES.fullmatch(sentence):
        return Verdict.YES
    if _CONDITIONAL.search(sentence):
        return Verdict.CONDITIONAL
    return None


def official_answers(clauses: Iterable[Clause], family: Family) -> dict[str, OfficialAnswer]:
    """Location -> official answer, for every clause that asks and answers."""
    found: dict[str, OfficialAnswer] = {}
    for clause in clauses:
        question, mark, answer = clause.text.partition("\n" + family.answer)
        if not mark:
            continue
        sentence = re.match(r"[^。]*。?", answer.strip())
        words = sentence.group() if sentence else ""
        found[clause.location] = OfficialAnswer(
            location=clause.location,
            question=question,
            verdict=read_verdict(words),
            verdict_words=words,
            words=answer.strip()[len(words) :].strip(),
        )
    return found
