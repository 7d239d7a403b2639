"""Whether what a description mentions is there or denied: 不含…, 沒有…, …已拿掉, 與…無關."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_STOP = r"[^,。;!?:()\n]"
_LEFT = 26
_RIGHT = 26
_WHETHER_REACH = 14
_NEAR = 7
_CLAUSE_END = re.compile(r"[,。;!?:()\n]")
_NO_NEGATION = re.compile(
    r"不(?:過|只|但|僅|同|小心|論|管|少|錯|久|足|得不|知道?|確定|曉得|清楚|明|實|良|法|便|動產|滿|斷|時|公開|對外|適合)"
    r"|無(?:論|法|障礙|人機|線|名)|沒(?:問題|錯|空|辦法)|(?<!並)未(?:來|成年|婚|公|經|定|滿)|非(?:常|洲|營利|凡)|有沒有|是不是|會不會|要不要|能不能"
)
_NEGATOR = re.compile(
    rf"(?:沒有?|沒在|(?:並|毫|也|都)?無|(?:並|也|都)?未|免|除了|並非|不是|"
    rf"不$|不(?=會|曾|能|可|要|想|再|另|直接|需|用|必|涉|含|放|寫|提|談|碰|帶|蒐|收|拍|錄|記|留|存|輸|貼|附|給|影響|改|計|算|做|打|評|看|出現"
    rf"|關|屬|是|填|露|顯|辨|認|講|說|讀|包|牽|登|抓|丟|上傳|處理|當|拿|進|儲|保留|動|讓|把|針對|列|開|安排|設|派|經|由|透過|等|計|碰))(?P<gap>{_STOP}{{0,14}})$"
)
_REMOVER = re.compile(rf"(?:拿掉|去掉|刪掉|刪除|遮掉|塗掉|排除|去除|移除|抽掉){_STOP}{{0,10}}$")
_BREAKS = re.compile(
    r"但|卻|只有|同意|告知|通知|問|經過|取得|授權|確認|檢視|簽|公開|公布|發布|去識別|拿掉|遮|刪|塗|隱|匿|去除|移除|馬賽克|才|就|以前|之前"
    r"|看過|審|核|改過|由|讓[^的]{0,4}知道|保留|接|連|安全|把關|複|換"
)
_GONE = (
    r"(?<![沒不未另得])(拿掉|拿光|刪掉|刪光|刪除|遮掉|遮(住|起來|蔽|好|了)|塗掉|隱去|去識別|抹掉|換成代號|改成代號|代稱)"
    r"|(?<!有)(沒有?|不)(放|碰|提|給|貼|上傳|貼進|帶|附|填|讀|留|存|拍|錄|用到|會(放|出現|提))|一概不碰|碰不到|(?<!不是)無關|無涉|沒(有)?關係|空著|留白|另外收"
    r"|(一個字)?(都|也|完全)?(沒提|不(寫|提|放|談|講)(?!清))|換成假|改成假|是假的"
)
_DENIED_BEHIND = re.compile(
    rf"^{_STOP}{{0,14}}?(?P<here>{_GONE}|不給(ai|它|模型))"
    rf"|^{_STOP}{{0,8}},(都|也都|全部?|一概|已經?|通通|全都|這些都|先)(?P<next>{_GONE})"
)
_NOT_REMOVED = re.compile(r"(沒|沒有|不|未|懶得|來不及|不另|不用|還沒|尚未)(先|全|都|有)?[^,。;]{0,2}$")


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the mention ``text[start:end]`` (normalised, lower case) stands in a denial of its own clause."""
    before = text[max(0, start - _LEFT) : start]
    ends = list(_CLAUSE_END.finditer(before))
    clause = before[ends[-1].end() :] if ends else before
    clause = _NO_NEGATION.sub(lambda match: "·" * len(match.group()), clause)
    if (match := _NEGATOR.search(clause)) and not _BREAKS.search(match["gap"]):
        return True
    if _REMOVER.search(clause) and not _NOT_REMOVED.search(clause[: _REMOVER.search(clause).start()]):  # type: ignore[union-attr]
        return True
    behind = text[end : end + _RIGHT]
    if gone := _DENIED_BEHIND.search(behind):
        at = max(gone.start("here"), gone.start("next"))
        return not _NOT_REMOVED.search(behind[:at])
    return False


@dataclass(frozen=True, slots=True)
class Openings:
    """Finds what a description itself leaves open: somebody does not know, and of what."""

    uncertain: tuple[re.Pattern[str], ...]
    whether: tuple[re.Pattern[str], ...]
    """Opens only what follows it in its own clause."""
    others: re.Pattern[str]
    """Who else may not know something: their not knowing is a fact, not an open one."""
    topics: Mapping[str, re.Pattern[str]]

    def find(self, text: str) -> list[tuple[str, int, int]]:
        """(fact, start, end) of the clauses that leave it open."""
        clauses = _clauses(text)
        found = []
        for at, (start, end) in enumerate(clauses):
            for pattern in self.whether:
                if match := pattern.search(text, start, end):
                    behind = (match.end(), min(end, match.end() + _WHETHER_REACH))
                    found += [(name, start, end) for name, topic in self.topics.items() if topic.search(text, *behind)]
            if not self._is_unsure(text, start, end):
                continue
            for near in (clauses[at : at + 1], clauses[max(0, at - 1) : at], clauses[at + 1 : at + 2]):
                named = [
                    (name, *span) for span in near for name, topic in self.topics.items() if topic.search(text, *span)
                ]
                if named:
                    found += named
                    break
        return found

    def _is_unsure(self, text: str, start: int, end: int) -> bool:
        for pattern in self.uncertain:
            match = pattern.search(text, start, end)
            if match and not self.others.search(text, max(start, match.start() - _NEAR), match.start()):
                return True
        return False


def _clauses(text: str) -> list[tuple[int, int]]:
    ends = [match.start() for match in _CLAUSE_END.finditer(text)] + [len(text)]
    starts = [0, *(end + 1 for end in ends[:-1])]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if end > start]
