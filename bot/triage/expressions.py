"""Conditions of the rules: a small boolean language over fact names (``and``, ``or``, ``not``, parentheses)."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Values = Mapping[str, bool | None]


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition; ``parts`` are empty for a single fact."""

    kind: Literal["fact", "not", "and", "or"]
    name: str = ""
    parts: tuple[Expression, ...] = ()

    def holds(self, values: Values) -> bool | None:
        """True, false, or unknown (three-valued; a fact that is absent is unknown)."""
        if self.kind == "fact":
            return values.get(self.name)
        if self.kind == "not":
            inner = self.parts[0].holds(values)
            return None if inner is None else not inner
        short = self.kind == "or"
        unknown = False
        for part in self.parts:
            value = part.holds(values)
            if value is short:
                return short
            unknown = unknown or value is None
        return None if unknown else not short

    def facts(self) -> tuple[str, ...]:
        """Names used, in order, each once."""
        if self.kind == "fact":
            return (self.name,)
        return tuple(dict.fromkeys(name for part in self.parts for name in part.facts()))


def parse(text: str) -> Expression:
    """The expression; ``ValueError`` where the text holds anything but names, and, or, not and parentheses."""
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as exc:
        raise ValueError(f"不是正確的條件：{text}") from exc
    return _read(tree.body, text)


def _read(node: ast.expr, text: str) -> Expression:
    if isinstance(node, ast.Name):
        return Expression("fact", node.id)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return Expression("not", parts=(_read(node.operand, text),))
    if isinstance(node, ast.BoolOp):
        kind: Literal["and", "or"] = "and" if isinstance(node.op, ast.And) else "or"
        return Expression(kind, parts=tuple(_read(value, text) for value in node.values))
    raise ValueError(f"條件只能用事實名稱、and、or、not 與括號：{text}")
