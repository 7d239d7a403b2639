"""Automatic numbers of lists as the reader of a page sees them; files only say how they are counted."""

from __future__ import annotations

from bot.text import chinese_numeral

_FORMAL = ("", "壹", "貳", "參", "肆", "伍", "陸", "柒", "捌", "玖", "拾")
_CHINESE = {
    "taiwaneseCountingThousand",
    "taiwaneseCounting",
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "ideographDigital",
    "taiwaneseDigital",
    "一, 二, 三, ...",
}
_LEGAL = {"ideographLegalTraditional", "chineseLegalSimplified", "japaneseLegal", "壹, 貳, 參, ...", "壹, 贰, 叁, ..."}
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def shown_number(style: str, number: int) -> str:
    """The number in the style that the file names; empty for bullets and styles that show none."""
    if style in {"bullet", "none", ""}:
        return ""
    if style in _LEGAL:
        tens, ones = divmod(number, 10)
        head = "" if tens == 0 else ("拾" if tens == 1 else _FORMAL[min(tens, 9)] + "拾")
        return head + _FORMAL[ones] if ones or head else ""
    if style in _CHINESE:
        return chinese_numeral(number) if 0 < number < 100 else str(number)
    if style == "decimalFullWidth":
        return str(number).translate(_FULL_WIDTH)
    first = {"lowerLetter": "a", "a": "a", "upperLetter": "A", "A": "A"}.get(style)
    return chr(ord(first) + (number - 1) % 26) if first else str(number)


class Counters:
    """Running numbers of lists: one row of counters a list, reset below the level that counts."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, int]] = {}

    def step(self, list_id: str, level: int, start: int = 1) -> dict[int, int]:
        """Counts one more item; the numbers of this level and of those above it."""
        counts = self._counts.setdefault(list_id, {})
        counts[level] = counts.get(level, start - 1) + 1
        for below in [at for at in counts if at > level]:
            del counts[below]
        return counts
