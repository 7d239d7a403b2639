"""Revised editions with known truth: random edits to the real source text, and the changes that they are.

The source is cut into its clauses' own pieces, which form a tree; edits move, remove, insert and reword pieces; the
tree is written out again with the numbers that its places have. What changed follows from the pieces alone.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from bot.domain import Verdict
from bot.knowledge.family import Family
from bot.knowledge.guideline import parse
from bot.text import chinese_numeral

INSERTED = [
    "各機關導入人工智慧前，應評估系統停擺時之人工替代作業程序，並至少每年演練一次。",
    "委外開發之人工智慧系統，其訓練資料所有權與刪除義務應於契約中載明。",
    "使用人工智慧進行語音轉錄會議內容前，應告知全體與會人員，並於會後三十日內刪除音檔。",
    "對於未滿十八歲之服務對象，不得僅以人工智慧推薦結果提供輔導建議。",
    "機關得設置人工智慧諮詢窗口，受理同仁就適用疑義之提問，並彙整後送資訊局公告。",
    "人工智慧系統之運算主機應採用節能設備，並逐年申報用電量。",
    "以人工智慧產製之影像或聲音，不得模仿可辨識之特定自然人，但經其書面同意者不在此限。",
    "各機關每半年應就已上線之人工智慧應用檢討效益，效益不彰者應予退場。",
    "災害應變期間使用人工智慧判讀災情影像者，應由值班指揮官覆核後始得發布警示。",
    "採用開放原始碼模型者，應留存授權條款影本與下載來源紀錄。",
    "人工智慧產出之統計圖表，應附資料來源、期間與樣本數。",
    "圖書館與博物館以人工智慧修復之典藏影像，應註明修復部位並保存原始掃描檔。",
    "消防、警察機關使用無人機搭配人工智慧巡檢時，飛行區域應事先公告。",
    "多語翻譯服務應提供母語審稿管道，供新住民反映譯文錯誤。",
]
QUESTIONS = [
    (
        "可否以人工智慧合成主管的聲音錄製宣導廣播？",
        "不可以。",
        "合成可辨識之個人聲音，易使聽者誤信為本人發言，應改以真人錄製或明顯可辨之合成音。",
    ),
    (
        "可否把會議錄音交給雲端服務做逐字稿？",
        "可以，惟會議須無機敏議題並經與會人員同意。",
        "上傳前應確認服務商不留存音檔，逐字稿完成後應刪除原始錄音。",
    ),
    (
        "臨時人員與實習生是否也適用本作業指引？",
        "可以，適用範圍依勞務契約而定。",
        "各機關應於報到時提供本作業指引並留存簽收紀錄。",
    ),
    (
        "可否用人工智慧替長官代回市民陳情信？",
        "不可以。",
        "陳情回覆須由權責單位查明事實後函復，草擬文字亦應由承辦人員逐字核對。",
    ),
    (
        "可否在公務手機安裝人工智慧鍵盤？",
        "不可以。",
        "鍵盤程式可讀取全部輸入內容，資訊局列管之清單以外者一律不得安裝。",
    ),
    (
        "學校教師可否要求學生註冊生成式服務帳號繳交作業？",
        "依學生年齡及監護人同意情形而定。",
        "未滿十三歲者不得要求註冊，並應提供不使用該服務之替代作業。",
    ),
]
LOOKALIKE = (
    "可否使用外部生成式人工智慧來研擬契約文書？\n\n答：不可以。\n\n考量輸入外部生成式人工智慧的內容及其產出的內容可能會被外部機構所記錄，"
    "衍生營業秘密外流之疑慮，契約草稿應由採購人員自行撰擬，並送法務單位審查。"
)
CLAUSES_OF_A_SECTION = [
    "各機關應每年辦理至少三小時之人工智慧素養課程，新進人員於到職三個月內完成。",
    "推動成效優良之機關及人員，得依本府獎懲標準敘獎。",
    "廠商不得將履約過程取得之資料用於訓練其自有模型。",
    "契約終止時，廠商應於十四日內交付全部模型參數並出具刪除證明。",
    "資訊局應建置案例庫，供各機關分享導入經驗。",
]
SENTENCES = [
    "相關紀錄應保存三年備查。",
    "違反者依公務人員考績規定辦理。",
    "其細部作法由資訊局另行函知。",
    "遇有疑義時，得先停止使用並通報資安窗口。",
    "本項每年由研考會抽查一次。",
]
OPTIONS = ["混合雲環境", "語音合成", "即時翻譯", "影像判讀", "第三方授權資料", "開放資料平臺"]
FLIPS = [
    ("不可以。", Verdict.NO),
    ("可以，惟須事先報請機關首長核准。", Verdict.CONDITIONAL),
    ("可以。", Verdict.YES),
]
EXAMPLES = ("肆/二/(一)", "肆/二/(二)", "肆/二/(三)", "肆/二/(四)")
DUTIES = ("伍/一", "陸/一", "陸/二")
LISTS = (*EXAMPLES, *DUTIES, "肆/一", "伍/二", "貳", "附件一", "附件二")


_RARE = 0.02
"""Of the edits come with a whole new section or appendix, which moves everything behind it."""


@dataclass(eq=False)
class Piece:
    """One clause: its own raw text with ``{n}`` where its number stood, and what follows its children."""

    origin: str | None
    mark: str
    """``、``, ``(`` or ``.``: how its number is written; empty where it has none that changes."""
    raw: str
    tail: str = ""
    children: list[Piece] = field(default_factory=list)
    parent: Piece | None = None
    touched: bool = False
    reworded: bool = False
    verdict: Verdict | None = None

    def add(self, child: Piece, at: int) -> None:
        child.parent = self
        self.children.insert(at, child)

    def leave(self) -> None:
        assert self.parent
        self.parent.children.remove(self)
        self.parent = None


@dataclass(frozen=True)
class Truth:
    """What a diff must say: (kind, before, after) of every change, and the verdicts of reworded questions."""

    changes: frozenset[tuple[str, str | None, str | None]]
    verdicts: dict[str, Verdict | None]


class Revision:
    """The source as a tree of pieces, open to edits."""

    def __init__(self, source: str, family: Family, seed: int) -> None:
        self.random = random.Random(seed)
        self.front, self.tops, self.by_origin = _pieces(source, family)
        self.inserted: list[Piece] = []
        self.done: list[str] = []

    # What an edit may touch.
    def _free(self, parents: tuple[str, ...] | None = None) -> list[Piece]:
        return [
            piece
            for piece in self.by_origin.values()
            if not piece.touched
            and piece.parent
            and piece.mark
            and not piece.children
            and not (piece.origin or "").startswith(("附件四", "參考文獻"))
            and (parents is None or piece.parent.origin in parents)
        ]

    def _pick(self, parents: tuple[str, ...] | None = None, least: int = 0) -> Piece | None:
        free = [piece for piece in self._free(parents) if len(piece.raw) >= least]
        chosen = self.random.choice(free) if free else None
        if chosen:
            chosen.touched = True
        return chosen

    def edit(self) -> None:
        """One random edit."""
        kinds: list[Callable[[], bool]] = [
            self.flip, self.insert, self.move_example, self.remove_duty, self.add_question, self.add_option,
            self.change_article, self.mend_typo, self.move, self.append_sentence, self.remove_question,
            self.move_and_reword, self.rename_heading, self.drop_option, self.swap, self.rewrite_half,
            self.replace_question,
        ]  # fmt: skip
        for kind in self.random.sample(kinds, len(kinds)):
            if kind():
                self.done.append(kind.__name__)
                break
        if self.random.random() < _RARE:
            self.random.choice([self.insert_appendix, self.insert_section])()

    def flip(self) -> bool:
        piece = self._pick(("附件五",))
        if not piece or piece.origin == "附件五/十":
            return False
        words, verdict = self.random.choice(FLIPS)
        raw = re.sub(r"答：[^。]*。", f"答：{words}", piece.raw, count=1)
        piece.reworded, piece.raw, piece.verdict = raw != piece.raw, raw, verdict
        return True

    def insert(self) -> bool:
        text = self.random.choice(INSERTED)
        if any(text in piece.raw for piece in self.inserted):
            return False
        parent = self.by_origin[self.random.choice(LISTS)]
        return self._insert(parent, text)

    def _insert(self, parent: Piece, text: str) -> bool:
        mark = parent.children[0].mark
        piece = Piece(None, mark, f"{{n}} {text}\n\n", touched=True)
        parent.add(piece, self.random.randint(0, len(parent.children)))
        self.inserted.append(piece)
        return True

    def add_question(self) -> bool:
        question, verdict, rest = self.random.choice(QUESTIONS)
        if any(question in piece.raw for piece in self.inserted):
            return False
        return self._insert(self.by_origin["附件五"], f"{question}\n\n答：{verdict}\n\n{rest}")

    def move_example(self) -> bool:
        piece = self._pick(EXAMPLES)
        if not piece or not piece.parent:
            return False
        goals = [at for at in EXAMPLES if at != piece.parent.origin]
        return self._move_to(piece, self.by_origin[self.random.choice(goals)])

    def move(self) -> bool:
        piece = self._pick(("肆/一", *DUTIES))
        if not piece or piece.origin in {"陸/一/(八)", "陸/二/(三)"}:
            return False
        goals = [at for at in ("肆/一", *DUTIES) if self.by_origin[at] is not piece.parent]
        return self._move_to(piece, self.by_origin[self.random.choice(goals)])

    def _move_to(self, piece: Piece, goal: Piece) -> bool:
        if not piece.parent or len(piece.parent.children) < 2 or not goal.children:
            return False
        mark = goal.children[0].mark
        piece.leave()
        piece.mark = mark
        goal.add(piece, self.random.randint(0, len(goal.children)))
        return True

    def move_and_reword(self) -> bool:
        piece = self._pick(DUTIES, 60)
        if not piece or piece.origin in {"陸/一/(八)", "陸/二/(三)"}:
            return False
        goals = [at for at in DUTIES if self.by_origin[at] is not piece.parent]
        return self._move_to(piece, self.by_origin[self.random.choice(goals)]) and self._say_more(piece)

    def remove_duty(self) -> bool:
        return self._remove(self._pick(DUTIES))

    def remove_question(self) -> bool:
        return self._remove(self._pick(("附件五",)))

    def _remove(self, piece: Piece | None) -> bool:
        if not piece or not piece.parent or len(piece.parent.children) < 2:
            return False
        piece.leave()
        return True

    def swap(self) -> bool:
        """Two neighbours change places."""
        piece = self._pick(LISTS)
        siblings = piece.parent.children if piece and piece.parent else []
        at = siblings.index(piece) if piece else 0
        if len(siblings) < at + 2 or siblings[at + 1].touched or siblings[at + 1].children:
            return False
        siblings[at + 1].touched = True
        siblings[at], siblings[at + 1] = siblings[at + 1], siblings[at]
        return True

    def rewrite_half(self) -> bool:
        """The second half of a clause says something else."""
        piece = self._pick(DUTIES, 90)
        if not piece:
            return False
        body = piece.raw.rstrip()
        piece.raw = body[: len(body) // 2] + self.random.choice(INSERTED) + piece.raw[len(body) :]
        piece.reworded = True
        return True

    def replace_question(self) -> bool:
        """A question goes, and one that shares its turns of phrase comes: that is no rewording."""
        piece = self._pick(("附件五",))
        if not piece or any("契約" in other.raw for other in self.inserted) or not self._remove(piece):
            return False
        return self._insert(self.by_origin["附件五"], LOOKALIKE)

    def insert_appendix(self) -> bool:
        return self._insert_top("appendix", "人工智慧採購契約應載事項", 4)

    def insert_section(self) -> bool:
        return self._insert_top("section", "教育訓練與獎勵", 2)

    def _insert_top(self, mark: str, title: str, earliest: int) -> bool:
        if any(title in piece.raw for piece in self.inserted):
            return False
        tops = [at for at, piece in enumerate(self.tops) if piece.mark == mark]
        at = self.random.choice(tops[min(earliest, len(tops) - 1) :])
        top = Piece(None, mark, f"{{n}}{title}\n\n", touched=True)
        for text in self.random.sample(CLAUSES_OF_A_SECTION, 3):
            child = Piece(None, "ordinal", f"{{n}} {text}\n\n", touched=True)
            top.add(child, len(top.children))
            self.inserted.append(child)
        self.tops.insert(at, top)
        self.inserted.append(top)
        return True

    def append_sentence(self) -> bool:
        piece = self._pick(least=40)
        return bool(piece) and self._say_more(piece)

    def _say_more(self, piece: Piece | None) -> bool:
        assert piece
        body = piece.raw.rstrip()
        piece.raw = body + self.random.choice(SENTENCES) + piece.raw[len(body) :]
        piece.reworded = True
        return True

    def mend_typo(self) -> bool:
        piece = self._pick(least=30)
        if not piece:
            return False
        places = [
            m.start() for m in re.finditer(r"(?<=[\u4e00-\u9fff]{3})[\u4e00-\u9fff](?=[\u4e00-\u9fff]{2})", piece.raw)
        ]
        places = [at for at in places if "答：" not in piece.raw[max(0, at - 12) : at + 4]]
        if not places:
            return False
        at = self.random.choice(places)
        mended = self.random.choice([char for char in "發屬即與依應據" if char != piece.raw[at]])
        piece.raw = piece.raw[:at] + mended + piece.raw[at + 1 :]
        piece.reworded = True
        return True

    def change_article(self) -> bool:
        piece = self.by_origin["伍/二/(一)" if self.random.random() < 0.5 else "伍/二/(二)"]
        articles = list(re.finditer(r"第 (\d+) (?=[條項款])", piece.raw))
        if piece.touched or not piece.parent or not articles:
            return False
        match = self.random.choice(articles)
        piece.raw = f"{piece.raw[: match.start(1)]}{int(match.group(1)) + 1}{piece.raw[match.end(1) :]}"
        piece.touched = piece.reworded = True
        return True

    def add_option(self) -> bool:
        return self._option(lambda raw, option: raw.replace(" 其他", f' {option} <input type="checkbox"/> 其他', 1))

    def drop_option(self) -> bool:
        return self._option(
            lambda raw, _: re.sub(r"<input[^>]*> ?(?:政策規劃|預測式人工智慧|本府其他局處) ?", "", raw, count=1)
        )

    def _option(self, change: Callable[[str, str], str]) -> bool:
        rows = [p for at, p in self.by_origin.items() if at.startswith("附件四/三/") and not p.touched]
        for piece in self.random.sample(rows, len(rows)):
            raw = change(piece.raw, self.random.choice(OPTIONS))
            if raw != piece.raw:
                piece.raw, piece.touched, piece.reworded = raw, True, True
                return True
        return False

    def rename_heading(self) -> bool:
        names = {
            "伍": ("責任與法律遵循", "責任、倫理與法律遵循"),
            "肆/二/(三)": ("中度風險的使用情境", "中度風險之使用態樣"),
        }
        origin = self.random.choice(list(names))
        piece = self.by_origin[origin]
        old, new = names[origin]
        if piece.touched or old not in piece.raw:
            return False
        piece.raw, piece.touched, piece.reworded = piece.raw.replace(old, new, 1), True, True
        return True

    # What comes of it.
    def places(self) -> dict[Piece, str]:
        """Every piece that is still there -> its location now."""
        return dict(_located(self.tops, ""))

    def text(self, date: str = "115 年 3 月 1 日", number: str = "府資創字第 11530000001 號") -> str:
        """The revised source."""
        front = re.sub(r"113 年 9 月 9 日", date, self.front)
        front = re.sub(r"府資創字第 \d+ 號", number, front)
        return front + "".join(_written(self.tops))

    def truth(self) -> Truth:
        """What changed, by the pieces."""
        now = self.places()
        changes: set[tuple[str, str | None, str | None]] = set()
        verdicts = {}
        for origin, piece in self.by_origin.items():
            at = now.get(piece)
            if at is None:
                changes.add(("removed", origin, None))
                continue
            moved, reworded = at != origin, piece.reworded
            if moved or reworded:
                kind = "moved_reworded" if moved and reworded else "moved" if moved else "reworded"
                changes.add((kind, origin, at))
            if piece.verdict:
                verdicts[at] = piece.verdict
        changes |= {("added", None, now[piece]) for piece in self.inserted}
        return Truth(frozenset(changes), verdicts)


def revise(source: str, family: Family, seed: int, edits: int = 12) -> Revision:
    """A revision with so many random edits."""
    revision = Revision(source, family, seed)
    for _ in range(edits):
        revision.edit()
    return revision


_NUMBER = re.compile(
    r"(?P<section>[壹貳參肆伍陸柒捌玖拾]{1,2}、)|(?P<appendix>附件[一二三四五六七八九十]：)|(?P<ordinal>[一二三四五六七八九十]{1,3}、)|(?P<bracket>[（(][一二三四五六七八九十]{1,3}[）)])|(?P<arabic>\d{1,2}\.)"
)
_WRITTEN = {"section": "{}、", "appendix": "附件{}：", "ordinal": "{}、", "bracket": "({})", "arabic": "{}."}
_SECTIONS = "壹貳參肆伍陸柒捌玖"


def _pieces(source: str, family: Family) -> tuple[str, list[Piece], dict[str, Piece]]:
    parsed = parse(source, family)
    runs: list[tuple[int, str]] = []
    for start, location in sorted((span[0], clause.location) for clause in parsed.clauses for span in clause.spans):
        if not runs or runs[-1][1] != location:
            runs.append((start, location))
    ends = [start for start, _ in runs[1:]] + [len(source)]
    parents = {clause.location: clause.parent for clause in parsed.clauses}
    pieces: dict[str, Piece] = {}
    tops: list[Piece] = []
    for (start, location), end in zip(runs, ends, strict=True):
        raw = source[start:end]
        if location in pieces:
            pieces[location].tail += raw
            continue
        inside = location.startswith(("附件四/", "參考文獻"))
        mark = "" if inside else _mark(raw)
        # Bullets before a marker stand in the piece before; they are no words.
        raw = re.sub(r"\n- $", "\n", _NUMBER.sub("{n}", raw, count=1) if mark else raw)
        piece = Piece(location, mark, raw)
        pieces[location] = piece
        parent = parents[location]
        if parent is None:
            tops.append(piece)
        else:
            pieces[parent].add(piece, len(pieces[parent].children))
    return source[: runs[0][0]], tops, pieces


def _mark(raw: str) -> str:
    match = _NUMBER.match(raw)
    return match.lastgroup or "" if match else ""


def _numbered(pieces: list[Piece]) -> Iterator[tuple[Piece, str]]:
    """Each piece with the number that its place gives it, counted by its way of numbering."""
    counts: dict[str, int] = {}
    for piece in pieces:
        count = counts[piece.mark] = counts.get(piece.mark, 0) + 1
        yield (
            piece,
            (
                _SECTIONS[count - 1]
                if piece.mark == "section"
                else str(count)
                if piece.mark == "arabic"
                else chinese_numeral(count)
            ),
        )


def _located(pieces: list[Piece], above: str) -> Iterator[tuple[Piece, str]]:
    for piece, number in _numbered(pieces):
        steps = {"appendix": f"附件{number}", "bracket": f"({number})", "": _own_step(piece)}
        step = steps.get(piece.mark, number)
        location = f"{above}/{step}" if above else step
        yield piece, location
        yield from _located(piece.children, location)


def _own_step(piece: Piece) -> str:
    return str(piece.origin).rpartition("/")[2]


def _written(pieces: list[Piece]) -> Iterator[str]:
    for piece, number in _numbered(pieces):
        yield piece.raw.replace("{n}", _WRITTEN[piece.mark].format(number), 1) if piece.mark else piece.raw
        yield from _written(piece.children)
        yield piece.tail
