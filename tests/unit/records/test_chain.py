"""The chain: whatever is taken out, changed, moved or put in without the key is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.chain import PURGE, START, Mark, digest, examine, link, mark_of
from bot.records.keys import Key

KEY = Key("0a0a0a0a", b"k" * 32)
OTHER = Key("0a0a0a0a", b"x" * 32)
KEYS = {KEY.id: KEY}
COLUMNS = ("time", "type", "who", "kind", "tier", "total_ms", "act", "object")


def chained(count: int, key: Key = KEY) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    previous = START
    for seq in range(1, count + 1):
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {"seq": seq, "time": f"t{seq}", "type": "reply", "key_id": key.id, "kind": "answer", "total_ms": seq}
        row |= {"salt": f"{seq:032x}", "previous": previous, "purged": None}
        row["digest"] = digest(row)
        row["hash"] = previous = link(key, seq, previous, row["digest"])
        rows.append(row)
    return rows


def head_of(rows: list[dict[str, Any]]) -> Mark:
    return mark_of(KEY, rows[-1]["seq"], rows[-1]["hash"])


def rehashed(rows: list[dict[str, Any]], key: Key) -> list[dict[str, Any]]:
    """What somebody without the key would do: everything consistent again."""
    previous = START
    for seq, row in enumerate(rows, 1):
        row |= {"seq": seq, "previous": previous}
        row["digest"] = digest(row)
        row["hash"] = previous = link(key, seq, previous, row["digest"])
    return rows


def test_an_untouched_chain_is_sound() -> None:
    rows = chained(5)
    found = examine(rows, KEYS, head_of(rows))
    assert (found.ok, found.rows, found.seq, found.hash) == (True, 5, 5, rows[-1]["hash"])


def test_nothing_yet_is_sound() -> None:
    assert examine([], {}, None).ok


@given(data=st.data(), count=st.integers(2, 12))
def test_a_deleted_row_is_found(data: st.DataObject, count: int) -> None:
    rows = chained(count)
    head = head_of(rows)
    del rows[data.draw(st.integers(0, count - 1))]
    assert not examine(rows, KEYS, head).ok


@given(data=st.data(), count=st.integers(1, 12))
def test_a_changed_cell_is_found(data: st.DataObject, count: int) -> None:
    rows = chained(count)
    head = head_of(rows)
    row = rows[data.draw(st.integers(0, count - 1))]
    name = data.draw(st.sampled_from([*COLUMNS, "salt", "digest", "previous", "hash", "purged"]))
    new = data.draw(st.one_of(st.none(), st.integers(0, 99), st.text(max_size=8)).filter(lambda v: v != row[name]))
    row[name] = new
    assert not examine(rows, KEYS, head).ok


@given(data=st.data(), count=st.integers(2, 12))
def test_reordered_rows_are_found(data: st.DataObject, count: int) -> None:
    rows = chained(count)
    head = head_of(rows)
    one, two = data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
    rows[one], rows[two] = rows[two], rows[one]
    for seq, row in enumerate(rows, 1):
        row["seq"] = seq
    assert not examine(rows, KEYS, head).ok


@given(data=st.data(), count=st.integers(1, 8))
def test_an_inserted_copy_is_found(data: st.DataObject, count: int) -> None:
    rows = chained(count)
    head = head_of(rows)
    copied = dict(rows[data.draw(st.integers(0, count - 1))])
    rows.insert(data.draw(st.integers(0, count)), copied)
    for seq, row in enumerate(rows, 1):
        row["seq"] = seq
    assert not examine(rows, KEYS, head).ok


@given(cut=st.integers(1, 5))
def test_a_cut_tail_is_found_even_with_an_older_head(cut: int) -> None:
    rows = chained(6)
    noted = head_of(rows)
    kept = rows[:-cut]
    assert not examine(kept, KEYS, noted).ok
    old = head_of(kept)
    assert examine(kept, KEYS, old).ok
    assert [fault.what for fault in examine(kept, KEYS, old, [noted]).faults] == ["tail"]


def test_a_whole_chain_without_the_key_is_found() -> None:
    rows = rehashed(chained(4), OTHER)
    found = examine(rows, KEYS, mark_of(OTHER, 4, rows[-1]["hash"]))
    assert {fault.what for fault in found.faults} == {"forged", "head"}


def test_an_unknown_key_is_found() -> None:
    rows = chained(2)
    assert {fault.what for fault in examine(rows, {}, head_of(rows)).faults} == {"unknown_key", "head"}


@pytest.mark.parametrize("claimed", [None, 3, 99], ids=["no purge", "a purge of fewer", "a row that is none"])
def test_an_emptied_row_without_its_purge_is_found(claimed: int | None) -> None:
    rows = chained(2)
    purge: dict[str, Any] = chained(3)[2] | {"type": PURGE, "object": '{"rows": 1, "unsound": 0}'}
    rows = rehashed([*rows, purge], KEY)
    for row in rows[:2]:
        row.update(dict.fromkeys(COLUMNS), salt=None, purged=claimed or 2)
    assert not examine(rows, KEYS, head_of(rows)).ok


def test_a_purge_that_accounts_for_its_tombstones_is_sound() -> None:
    purge: dict[str, Any] = chained(3)[2] | {"type": PURGE, "object": '{"rows": 2, "unsound": 0}'}
    rows = rehashed([*chained(2), purge], KEY)
    for row in rows[:2]:
        row.update(dict.fromkeys(COLUMNS), salt=None, purged=3)
    found = examine(rows, KEYS, head_of(rows))
    assert (found.ok, found.tombstones) == (True, 2)


def test_a_later_column_changes_no_digest() -> None:
    row = chained(1)[0]
    assert digest(row) == digest({**row, "added_later": None})
    assert digest(row) != digest({**row, "added_later": "x"})
