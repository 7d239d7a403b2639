"""The prompt: what is constant first, then the clauses in the order of the edition, the question last.

Clauses and the person's words stand in marked fields and are flattened to one line each, so that neither can begin a
field of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Clause
from bot.ports import Prompt, PromptTemplate


def flat(text: str) -> str:
    """One line, ended as a sentence ends."""
    line = " ".join(text.split())
    return line[:-1] + "。" if line.endswith(("，", "；", "、")) else line


def build_prompt(
    template: PromptTemplate, clauses: Sequence[tuple[Clause, str]], question: str, attempt: int = 0
) -> Prompt:
    """The prompt for (clause, words to explain) pairs; later attempts are a little freer and differently seeded."""
    ordered = [flat(words) for _, words in sorted(clauses, key=lambda pair: pair[0].order)]
    fields = "".join(f"{template.clause_mark}{words}\n" for words in ordered)
    asked = f"{template.question_mark}{flat(question)}\n{template.answer_mark}"
    examples = "".join(
        f"{template.clause_mark}{clause}\n{template.question_mark}{example}\n{template.answer_mark}{answer}\n\n"
        for clause, example, answer in template.examples
    )
    shared = f"{template.heading}\n{examples}"
    messages: list[tuple[str, str]] = []
    if template.chat:
        messages.append(("system", template.heading.strip()))
        for clause, example, answer in template.examples:
            messages.append(("user", f"{template.clause_mark}{clause}\n{template.question_mark}{example}"))
            messages.append(("assistant", answer))
        messages.append(("user", f"{fields}{template.question_mark}{flat(question)}"))
    return Prompt(
        shared=shared,
        own=fields + asked,
        stop=template.stop,
        max_tokens=template.max_tokens,
        messages=tuple(messages),
        sources=tuple(ordered) if template.quoted_only else (),
        joining=template.joining,
        temperature=0.0 if attempt == 0 else 0.4,
        seed=attempt + 1,
    )
