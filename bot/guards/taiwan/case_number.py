"""Numbers under which one person's case runs (陳情, 訴願, 個案); document numbers and tenders are public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from bot.guards.taiwan.base import Hit, TaiwanRecognizer

_CODE = r"[A-Za-z0-9][A-Za-z0-9\-]{3,30}(?![0-9A-Za-z])"
_PETITION = re.compile(
    r"(?<![0-9A-Za-z\-])[A-Za-z]{1,3}[0-9]{2}-(?:1[0-9]{2}|20[0-9]{2})(?:0[1-9]|1[0-2])[0-3][0-9]-[0-9]{3,6}(?![0-9A-Za-z\-])"
)
_LABELLED = re.compile(
    r"(?:案件?(?:號碼?|編號)|(?:陳情|申訴|檢舉|受理|收件|報案|派案|通報|個案|立案|申請|訴願|調解|服務|派工單?|工單|叫修|報修|客訴|查報)(?:案件?)?(?:編號|號碼|案號|序號|單號|號)|"
    r"case ?(?:no\.?|number|id|#)|(?:本|該|此|案)件 ?(?=[A-Za-z]{1,4}[0-9]))[\s:是為#「\[(]{0,4}"
    rf"({_CODE})",
    re.IGNORECASE,
)
_CHARACTERS = re.compile(r"(?<![0-9])(?:民國)?(?:1[0-9]{2}|[0-9]{2})年(?:度)?[\u4e00-\u9fff]{1,6}字?第[0-9]{2,8}號")


class CaseNumber(TaiwanRecognizer):
    """Finds case numbers behind their label, petition numbers by their form, 字第…號 beside a case word."""

    ENTITY: ClassVar[str] = "CASE_NUMBER"

    def hits(self, text: str) -> Iterator[Hit]:
        """See ``TaiwanRecognizer.hits``."""
        for match in _PETITION.finditer(text):
            yield Hit(*match.span(), self.rule.raised)
        for match in _LABELLED.finditer(text):
            enough = sum(char.isdigit() for char in match[1]) >= 4
            if enough and not self._exclusions.search(text[max(0, match.start() - 6) : match.start()]):
                yield Hit(*match.span(1), self.rule.raised)
        for match in _CHARACTERS.finditer(text):
            if self.near(text, *match.span(), before=8, after=8) or self._context.search(match.group()):
                yield self.scored(text, *match.span())
