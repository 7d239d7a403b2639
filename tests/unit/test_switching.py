"""The pointer, the gate and the desk: who is in force, what blocks, and that two at once do not both win."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands.switching import TAIPEI, _moment
from bot.domain import Finding, Passage
from bot.errors import StateError, UsageError
from bot.knowledge.desk import Asked, EditionDesk, acknowledgements
from bot.knowledge.diff import compare
from bot.knowledge.editions import DEFAULT_EDITION, FolderEdition, read_edition, read_manifest, rebuild, shipped_folder
from bot.knowledge.gate import Level, checked
from bot.knowledge.library import Library
from bot.knowledge.pointer import FILE, HISTORY, Pointer, PointerFile
from bot.ports import Knowledge
from bot.triage.rulebook import read_rulebook, stale_words

NEW = "115-03-01"


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> FolderEdition:
    """The shipped edition with one verdict flipped and one clause reworded."""
    folder = tmp_path_factory.mktemp("editions") / NEW
    shutil.copytree(shipped_folder(), folder)
    source = (folder / "source.txt").read_text(encoding="utf-8")
    at = source.index("不可以", source.index("可否使用外部生成式人工智慧來研擬行政處分文書"))
    source = source[:at] + "可以，惟須經主管核可" + source[at + 3 :]
    source = source.replace("部署供民眾使用之聊天機器人", "部署供市民使用之聊天機器人")
    (folder / "source.txt").write_text(source, encoding="utf-8")
    manifest = read_manifest(folder)
    text = (folder / "manifest.yaml").read_text(encoding="utf-8").replace(f"id: {manifest.id}", f"id: {NEW}", 1)
    (folder / "manifest.yaml").write_text(text, encoding="utf-8")
    rebuild(folder)
    return read_edition(folder)


class Knows:
    """Finds one place for everything."""

    def __init__(self, place: str) -> None:
        self.place = place

    def find(self, question: str) -> Finding:
        return Finding((Passage(self.place, 0.9),), 1.0, 0.0, 0.0)

    def support(self, sentences: Any, quotes: Any) -> Any:
        return []


def items(edition: FolderEdition, in_force: FolderEdition, place: str | None = None) -> list[Any]:
    retriever = (lambda _: Knows(place)) if place else None
    return checked(edition, in_force, compare(in_force, edition), retriever, stale_words)


def test_what_a_person_must_see(revised: FolderEdition, edition: FolderEdition) -> None:
    found = {item.name: item for item in items(revised, edition)}
    assert found["verdict:附件五/四"].level is Level.EYE
    assert "no 改為 conditional" in found["verdict:附件五/四"].message
    assert found["rule-words:肆/二/(二)/2"].level is Level.EYE
    assert found["files"].level is Level.GREEN
    assert len({item.name for item in items(revised, edition)}) == len(items(revised, edition))


def test_the_same_edition_needs_nobodys_eye(edition: FolderEdition) -> None:
    assert {item.level for item in items(edition, edition)} == {Level.GREEN}


def test_golden_questions_that_miss_block(revised: FolderEdition, edition: FolderEdition) -> None:
    golden = next(item for item in items(revised, edition, "柒") if item.name == "golden")
    assert golden.level is Level.RED


def test_a_rule_whose_words_changed_quotes_the_clause(revised: FolderEdition) -> None:
    for rule in read_rulebook(revised).rules:
        assert rule.says in revised.clauses[rule.location].text
    assert stale_words(revised) == ("肆/二/(二)/2",)


def test_without_a_pointer_the_shipped_edition_is_in_force(tmp_path: Path) -> None:
    assert PointerFile(tmp_path).read() == Pointer()
    assert PointerFile(tmp_path).read().id == DEFAULT_EDITION


def test_others_see_the_move_and_the_history(tmp_path: Path) -> None:
    one, other = PointerFile(tmp_path), PointerFile(tmp_path)
    seen = other.read()
    one.moved(one.read(), replace(seen, id=NEW, previous=seen.id), act="activated", who="甲")
    assert other.read().id == NEW
    assert [(row["from"], row["to"], row["who"]) for row in other.history()] == [(DEFAULT_EDITION, NEW, "甲")]
    assert other.was_in_force(DEFAULT_EDITION)
    assert not other.was_in_force("116-01-01")


def test_the_slower_of_two_is_told(tmp_path: Path) -> None:
    one, other = PointerFile(tmp_path), PointerFile(tmp_path)
    seen = one.read()
    other.moved(seen, replace(seen, id=NEW), act="activated", who="甲")
    with pytest.raises(UsageError, match="別人"):
        one.moved(seen, replace(seen, id="116-01-01"), act="activated", who="乙")
    assert one.read().id == NEW


RACER = """
import sys
from dataclasses import replace
from pathlib import Path
from bot.errors import UsageError
from bot.knowledge.pointer import PointerFile
file = PointerFile(Path(sys.argv[1]))
seen = file.read()
print("ready", flush=True)
sys.stdin.readline()
try:
    file.moved(seen, replace(seen, id=sys.argv[2]), act="activated", who=sys.argv[2])
    print("won")
except UsageError:
    print("told")
"""


def test_of_several_processes_one_wins(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RACER, str(tmp_path)]
    racers = [
        subprocess.Popen([*command, f"11{n}-01-01"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(5, 9)
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    outcomes = [racer.communicate("go\n", timeout=60)[0].strip() for racer in racers]
    assert sorted(outcomes) == ["told", "told", "told", "won"]
    assert PointerFile(tmp_path).read().generation == 1


@pytest.mark.parametrize("damage", ["", "[]", "{", '{"schema": 1, "nonsense": 2}'])
def test_a_damaged_pointer_is_told(tmp_path: Path, damage: str) -> None:
    (tmp_path / FILE).write_text(damage, encoding="utf-8")
    with pytest.raises(StateError, match="備份"):
        PointerFile(tmp_path).read()


def test_a_cut_off_move_leaves_the_former_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PointerFile(tmp_path)
    seen = file.read()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.knowledge.pointer.os.fsync", full)
    with pytest.raises(StateError, match="沒有改變"):
        file.moved(seen, replace(seen, id=NEW), act="activated", who="甲")
    assert PointerFile(tmp_path).read().id == DEFAULT_EDITION


class Shelf:
    """A library with two editions and nothing to build."""

    def __init__(self, state: Path, *editions: FolderEdition) -> None:
        self.pointer = PointerFile(state)
        self.embedder, self.index_folder = None, state / "index"
        self.editions = {edition.manifest.id: edition for edition in editions}
        self.prepared: list[str] = []

    def edition(self, edition_id: str) -> FolderEdition:
        return self.editions[edition_id]

    def edition_in_force(self) -> FolderEdition:
        return self.editions[self.pointer.read().id]

    def prepare(self, progress: object, edition_id: str) -> None:
        self.prepared.append(edition_id)


@pytest.fixture
def desk(
    tmp_path: Path, edition: FolderEdition, revised: FolderEdition, monkeypatch: pytest.MonkeyPatch
) -> tuple[EditionDesk, Shelf]:
    monkeypatch.setattr("bot.knowledge.desk.is_built", lambda *_: False)
    shelf = Shelf(tmp_path, edition, revised)
    return EditionDesk(shelf, stale_words, two_person=False), shelf  # type: ignore[arg-type]


def test_nothing_takes_force_unseen(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    with pytest.raises(UsageError, match="--acknowledge"):
        office.activate(NEW, Asked("甲"))
    assert shelf.prepared == []
    assert shelf.pointer.read().id == DEFAULT_EDITION


def test_there_and_back(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    seen = acknowledgements(office.check(NEW))
    assert office.activate(NEW, Asked("甲", seen)).act == "activated"
    assert shelf.prepared == [NEW]
    assert shelf.edition_in_force().manifest.id == NEW
    with pytest.raises(UsageError, match="已經是"):
        office.activate(NEW, Asked("甲", seen))
    assert office.rollback("甲").pointer.id == DEFAULT_EDITION


def test_two_persons(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    seen = acknowledgements(office.check(NEW))
    careful = EditionDesk(shelf, stale_words, two_person=True)  # type: ignore[arg-type]
    assert careful.activate(NEW, Asked("甲", seen)).act == "requested"
    assert careful.activate(NEW, Asked("甲", seen)).act == "requested"
    assert shelf.pointer.read().id == DEFAULT_EDITION
    assert careful.activate(NEW, Asked("乙", seen)).act == "activated"


def test_the_second_person_confirms_the_very_same(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    seen = acknowledgements(office.check(NEW))
    careful = EditionDesk(shelf, stale_words, two_person=True)  # type: ignore[arg-type]
    later = datetime.now(TAIPEI) + timedelta(days=30)
    careful.activate(NEW, Asked("甲", seen, at=later))
    assert careful.activate(NEW, Asked("乙", seen)).act == "requested"
    assert careful.activate(NEW, Asked("甲", seen, override="理由")).act == "requested"
    assert careful.activate(NEW, Asked("乙", seen, override="別的理由")).act == "requested"
    assert careful.activate(NEW, Asked("", seen, override="別的理由")).act == "requested"
    assert shelf.pointer.read().id == DEFAULT_EDITION


def test_blank_is_no_reason(desk: tuple[EditionDesk, Shelf]) -> None:
    office, _ = desk
    seen = acknowledgements(office.check(NEW))
    assert office.activate(NEW, Asked("甲", seen, override="  ")).act == "activated"


def test_what_waits_is_called_off_first(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    seen = acknowledgements(office.check(NEW))
    office.activate(NEW, Asked("甲", seen, at=datetime.now(TAIPEI) + timedelta(days=1)))
    assert office.rollback("甲").act == "called_off"
    assert shelf.pointer.read().scheduled_id == ""
    assert shelf.pointer.read().id == DEFAULT_EDITION


def test_going_back_twice_is_no_way_forward(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    office.activate(NEW, Asked("甲", acknowledgements(office.check(NEW))))
    office.rollback("甲")
    with pytest.raises(UsageError, match="沒有可以還原"):
        office.rollback("甲")
    assert shelf.pointer.read().id == DEFAULT_EDITION


def test_a_torn_history_line_swallows_nothing(tmp_path: Path) -> None:
    (tmp_path / HISTORY).write_text('{"at": "torn', encoding="utf-8")
    file = PointerFile(tmp_path)
    for name in ("114-01-01", "115-01-01"):
        seen = file.read()
        file.moved(seen, replace(seen, id=name), act="activated", who="甲")
    assert [row["to"] for row in file.history()] == ["114-01-01", "115-01-01"]


def test_a_bot_goes_on_with_the_edition_it_has(tmp_path: Path, edition: FolderEdition) -> None:
    library = Library(tmp_path, None)  # type: ignore[arg-type]
    (tmp_path / FILE).write_text("damaged", encoding="utf-8")
    with pytest.raises(StateError):
        library.current()
    library._last = Knowledge(edition, Knows("壹"))  # type: ignore[arg-type]
    assert library.current().edition is edition


def test_an_override_needs_two(desk: tuple[EditionDesk, Shelf]) -> None:
    office, _ = desk
    seen = acknowledgements(office.check(NEW))
    assert office.activate(NEW, Asked("甲", seen, override="長官指示")).act == "requested"
    assert office.activate(NEW, Asked("乙", seen, override="長官指示")).act == "activated"


def test_what_is_scheduled_waits(desk: tuple[EditionDesk, Shelf]) -> None:
    office, shelf = desk
    later = datetime.now(TAIPEI) + timedelta(days=1)
    seen = acknowledgements(office.check(NEW))
    assert office.activate(NEW, Asked("甲", seen, at=later)).act == "scheduled"
    assert shelf.pointer.read().id == DEFAULT_EDITION
    assert shelf.pointer.read().scheduled_id == NEW


def test_nothing_to_go_back_to(desk: tuple[EditionDesk, Shelf]) -> None:
    with pytest.raises(UsageError, match="沒有可以還原"):
        desk[0].rollback("甲")


@pytest.mark.parametrize(
    ("text", "told"),
    [("115-12-01", "2026-12-01T00:00:00+08:00"), ("2026-12-01T08:00", "2026-12-01T08:00:00+08:00")],
)
def test_times_are_taipeis(text: str, told: str) -> None:
    moment = _moment(text)
    assert moment is not None
    assert moment.isoformat() == told


@pytest.mark.parametrize("text", ["明天", "115-13-01", "2026-12-41"])
def test_what_is_no_time_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="不是時間"):
        _moment(text)
