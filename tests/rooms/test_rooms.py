"""Every data file of every room is read by its one reader, and says what it must."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.evaluation.cases import KINDS, read_sets
from bot.knowledge.editions import FolderEdition, phrasings, read_edition, sha256_of, shipped_folder
from bot.knowledge.embedding import read_embedding_manifest
from bot.knowledge.family import read_family
from bot.knowledge.index import edition_corpus, read_beyond
from bot.knowledge.items import read_items
from bot.knowledge.words import terms
from bot.llm.manifest import ChatManifest
from bot.llm.manifest import shipped_folder as chat_folder
from bot.llm.policy import check_origin, read_policy
from bot.llm.prompts import read_template
from bot.rooms import own_eval_sets, read_yaml
from bot.text import plain, squeeze
from tests.conftest import ROOT

ROOMS = ["knowledge", "guardrails", "models", "docker", "tests", "bot"]
PIECE = 11
"""So many characters in a row that the guideline does not have are taken for a copy."""


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_lives_there(room: str) -> None:
    text = (ROOT / room / "README.md").read_text(encoding="utf-8")
    assert "Read by" in text
    assert "Checked by" in text


def data_files() -> list[Path]:
    return sorted(path for room in ("knowledge", "guardrails", "models") for path in (ROOT / room).rglob("*.yaml"))


@pytest.mark.parametrize("path", data_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_data_file_is_yaml_with_a_schema(path: Path) -> None:
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    assert raw["schema"] == 1


def test_there_are_data_files() -> None:
    assert len(data_files()) > 15


@pytest.mark.parametrize("path", sorted(chat_folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_chat_manifest(path: Path) -> None:
    manifest = read_yaml(path, ChatManifest)
    assert manifest.id == path.stem
    check_origin(manifest)
    assert read_template(manifest).heading


def test_models_named_by_the_project_are_there() -> None:
    names = {path.stem for path in chat_folder().glob("*.yaml")}
    assert {"gemma-3-270m", "gemma-3-taide-12b-chat", "llama-3.1-taide-lx-8b-chat", "breeze-2-8b", "endpoint"} <= names
    assert read_embedding_manifest("multilingual-e5-small").dimensions == 384
    assert "CN" not in read_policy().allowed


def test_manifest_names_every_file(edition: FolderEdition) -> None:
    raw = yaml.safe_load((edition.folder / "manifest.yaml").read_text(encoding="utf-8"))
    present = {path.name for path in edition.folder.iterdir()} - {"manifest.yaml"}
    assert set(raw["files"]) == present
    for name, digest in raw["files"].items():
        assert sha256_of((edition.folder / name).read_bytes()) == digest


def test_a_changed_file_is_noticed(tmp_path: Path, edition: FolderEdition) -> None:
    from bot.errors import RoomError

    copy = tmp_path / "edition"
    copy.mkdir()
    for path in edition.folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    text = (copy / "clauses.yaml").read_text(encoding="utf-8").replace("不可以。", "可以。", 1)
    (copy / "clauses.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RoomError, match="sha256"):
        read_edition(copy)


def test_the_words_of_every_group_stand_in_its_clause(edition: FolderEdition) -> None:
    groups = edition.questions.groups
    assert len(groups) > 150
    for group in groups:
        assert squeeze(group.words) in squeeze(edition.clauses[group.locations[0]].text), group.words


def test_no_phrasing_stands_twice(edition: FolderEdition) -> None:
    data = edition_corpus(edition)
    bare = [re.sub(r"\W", "", plain(text)).lower() for text in data.texts]
    assert len(bare) > 1_000
    assert len(set(bare)) >= len(bare) * 0.998


def test_at_least_two_fifths_are_written_one_by_one(edition: FolderEdition) -> None:
    rows = list(phrasings(edition.questions.groups))
    assert len({template for _, template, _ in rows}) >= 0.4 * len(rows)


def test_every_answering_clause_has_phrasings(edition: FolderEdition) -> None:
    asked = {location for group in edition.questions.groups for location in group.locations}
    headings = {"貳", "肆", "伍", "陸", "附件一", "附件二", "附件四/備註", "附件五", "參考文獻"}
    assert set(edition.clauses) - asked <= headings


def test_items_and_family_and_dictionary_are_read(edition: FolderEdition) -> None:
    assert set(read_items(edition)) <= set(edition.official)
    assert len(read_family().levels) == 3
    assert "=人工智慧" in terms("AI")
    off_topic, small_talk = read_beyond()
    assert off_topic.groups
    assert small_talk.groups


def test_own_labelled_sets_are_whole(edition: FolderEdition) -> None:
    sets = read_sets(own_eval_sets())
    assert {"questions", "unanswerable"} <= set(sets) <= set(KINDS)
    for case in sets["questions"]:
        for location in case.label["gold"]:
            assert location in edition.clauses, case.id
        said = [squeeze(words) for words in case.label["must_contain"]]
        if case.label["gold"]:
            whole = "".join(
                squeeze(clause.text)
                for at, clause in edition.clauses.items()
                if any(
                    at == gold or at.startswith(gold + "/") or gold.startswith(at + "/") for gold in case.label["gold"]
                )
            )
            assert any(words in whole for words in said), case.id


def bare(text: str) -> str:
    return re.sub(r"[^\w]", "", text)


def pieces(text: str) -> set[str]:
    return {text[at : at + PIECE] for at in range(len(text) - PIECE + 1)}


def labelled_folders() -> Iterator[Path]:
    yield own_eval_sets()
    if os.environ.get("ZHIYIN_EVAL_DIR"):
        yield Path(os.environ["ZHIYIN_EVAL_DIR"])


@pytest.mark.parametrize("folder", labelled_folders(), ids=lambda folder: folder.name)
def test_nothing_was_learned_by_heart(folder: Path) -> None:
    """No long piece of a labelled line stands in what the product is made from."""
    known = pieces(bare((shipped_folder() / "source.txt").read_text(encoding="utf-8")))
    asked: dict[str, str] = {}
    lines = 0
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            lines += 1
            text = str(row.get("question") or row.get("scenario") or row.get("text"))
            # A piece with an underscore is a name of the reply record or of a fact, not somebody's wording.
            own = {piece for piece in pieces(bare(text)) - known if "_" not in piece}
            asked |= dict.fromkeys(own, f"{path.name} {row['id']}")
    assert lines > 100
    found = {
        f"{path.relative_to(ROOT)}: {asked[piece]}: {piece}"
        for path in data_files()
        if "models/chat" not in str(path)  # a model's own name
        for piece in pieces(bare(path.read_text(encoding="utf-8"))) & asked.keys()
    }
    assert not found


@pytest.mark.skipif(not os.environ.get("ZHIYIN_EVAL_DIR"), reason="ZHIYIN_EVAL_DIR is not set")
def test_further_sets_are_readable() -> None:
    assert read_sets(Path(os.environ["ZHIYIN_EVAL_DIR"]))
