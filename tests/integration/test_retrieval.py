"""The real index: what must be found, what must lead, what is not covered; damage is noticed."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from bot.app import App
from bot.domain import covers
from bot.errors import IndexFault, StateError
from bot.evaluation.cases import read_sets
from bot.knowledge.head import Head
from bot.knowledge.index import collection_names, head_path, is_built
from bot.knowledge.retrieval import EditionRetriever
from bot.knowledge.store import PassageStore
from bot.ports import Knowledge
from bot.rooms import own_eval_sets

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def knowledge(bare_app: App) -> Knowledge:
    return bare_app.library.current()


@pytest.mark.parametrize(
    ("question", "item"),
    [
        ("公務用的 AI 帳號能不能用私人信箱註冊？", "附件五/一"),
        ("公務用的 AI 帳號能不能用員工信箱註冊？", None),
        ("註冊 AI 為什麼不能用私人信箱？", None),
        ("機密公文可以請外部 AI 擬嗎？", "附件五/三"),
        ("機密公文可以請府內自建、不連外網的 AI 擬嗎？", None),
        ("已經公開的計畫書可以請外部 AI 摘要嗎？", None),
        ("裁罰處分書可以請外部 AI 擬嗎？", "附件五/四"),
        ("裁罰處分書可以用地端的 AI 擬嗎？", None),
        ("裁罰處分書不能用外部 AI 擬，那拿來寫宣導單可以嗎？", None),
        ("可以直接採信 AI 對民眾資格的判斷嗎？", "附件五/二"),
        ("AI 對民眾資格的判斷可以當參考嗎？", None),
        ("AI 的判斷先給股長審過再認定，可以嗎？", None),
        ("新聞稿可以用外部 AI 寫嗎？", "附件五/七"),
        ("新聞稿可以直接發布不給主管看嗎？", None),
        ("用 AI 寫的新聞稿要標示嗎？", None),
    ],
)
def test_the_verdict_leads_only_where_its_own_question_is_asked(
    knowledge: Knowledge, question: str, item: str | None
) -> None:
    assert knowledge.retriever.find(question).item == item


def test_own_questions_are_found(knowledge: Knowledge) -> None:
    cases = [case for case in read_sets(own_eval_sets())["questions"] if case.label["gold"]]
    assert len(cases) > 60
    first = five = 0
    for case in cases:
        places = [passage.location for passage in knowledge.retriever.find(case.text).passages]
        first += any(covers(gold, places[0]) for gold in case.label["gold"])
        five += any(covers(gold, place) for gold in case.label["gold"] for place in places[:5])
    assert first / len(cases) >= 0.85
    assert five / len(cases) >= 0.95


def test_retrieval_is_quick(knowledge: Knowledge) -> None:
    spent = []
    for number in range(15):
        started = time.perf_counter()
        knowledge.retriever.find(f"第 {number} 版新聞稿要不要給科長看過才發")
        spent.append(time.perf_counter() - started)
    assert min(spent) < 0.15


def test_ten_places_best_first(knowledge: Knowledge) -> None:
    passages = knowledge.retriever.find("檢核表要填哪些").passages
    assert len(passages) == 10
    assert [p.score for p in passages] == sorted((p.score for p in passages), reverse=True)


def copied(app: App, folder: Path) -> Path:
    shutil.copytree(app.library.index_folder, folder)
    return folder


def test_another_embedding_model_is_noticed(bare_app: App, tmp_path: Path) -> None:
    folder = copied(bare_app, tmp_path / "index")
    name = collection_names("113-09-09")[0]
    with pytest.raises(IndexFault, match="另一個嵌入模型"):
        PassageStore(folder / "chroma").all(name, "another")


def test_a_damaged_head_is_noticed(bare_app: App, tmp_path: Path) -> None:
    folder = copied(bare_app, tmp_path / "index")
    path = head_path(folder, "113-09-09")
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(IndexFault, match="sha256"):
        Head.load(path)
    edition = bare_app.library.edition_in_force()
    with pytest.raises(IndexFault):
        EditionRetriever(edition, bare_app.embedder, folder)


def test_a_head_of_other_phrasings_is_not_used(bare_app: App, tmp_path: Path) -> None:
    folder = copied(bare_app, tmp_path / "index")
    card = head_path(folder, "113-09-09").with_suffix(".json")
    document = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps({**document, "content": "other"}), encoding="utf-8")
    assert not is_built(bare_app.library.edition_in_force(), bare_app.embedder, folder)


def test_a_damaged_database_is_one_clear_line(bare_app: App, tmp_path: Path) -> None:
    folder = copied(bare_app, tmp_path / "index")
    (folder / "chroma" / "chroma.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(IndexFault, match="重建"):
        PassageStore(folder / "chroma").all(collection_names("113-09-09")[0], bare_app.embedder.fingerprint)


def test_a_file_in_the_way_of_the_index(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("a file")
    with pytest.raises(StateError):
        PassageStore(tmp_path / "chroma").fingerprint("any")
