"""The chain: every row's digest hangs on the row before it, so that a missing, changed or moved row shows.

``digest`` is over a row's contents and a random salt, ``hash`` over the digest, the number and the hash before it,
keyed with the installation's key. Purging empties a row and its salt: what is left carries the chain and tells nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.records.keys import Key

START = "0" * 64
"""What the first row hangs on."""
PURGE = "purge"
GAP = "gap"
"""A row written by itself where the end of the chain was found missing, so that going on hides nothing."""
_FRAME = frozenset({"salt", "digest", "previous", "hash", "purged"})
_LISTED = 100
"""Most faults listed; all are counted."""

Row = Mapping[str, Any]
What = Literal["missing", "changed", "unlinked", "forged", "unknown_key", "emptied", "purged_unsound", "head", "tail"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, at or before row ``seq``."""

    seq: int
    what: What


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain, noted outside of it."""

    seq: int
    hash: str
    key_id: str = ""
    mac: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """What an examination found. ``count`` is of all faults, ``faults`` the first hundred."""

    rows: int
    tombstones: int
    seq: int
    hash: str
    count: int
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.count


def digest(row: Row) -> str:
    """Of everything a row says. Empty columns are left out, so that a later migration changes no digest."""
    said = {name: value for name, value in row.items() if value is not None and name not in _FRAME}
    canonical = json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{row['salt']}\n{canonical}".encode()).hexdigest()


def link(key: Key, seq: int, previous: str, content: str) -> str:
    """The hash of a row."""
    return key.mark("chain", f"{seq}\n{previous}\n{content}")


def mark_of(key: Key, seq: int, hash_: str) -> Mark:
    """A mark that only a holder of the key can make."""
    return Mark(seq, hash_, key.id, key.mark("head", f"{seq}\n{hash_}"))


def is_genuine(mark: Mark, keys: Mapping[str, Key]) -> bool:
    """Whether this installation made ``mark``."""
    key = keys.get(mark.key_id)
    return key is not None and mark.mac == key.mark("head", f"{mark.seq}\n{mark.hash}")


def is_sound(row: Row) -> bool:
    """Whether a live row still says what was written."""
    return bool(row["salt"]) and digest(row) == row["digest"]


class _Examination:
    """One pass over the rows, in the order of their numbers."""

    def __init__(self, keys: Mapping[str, Key], marks: Iterable[Mark]) -> None:
        self._keys = keys
        self._expected = {mark.seq: mark.hash for mark in marks}
        self._previous, self.seq = START, 0
        self.rows = self.tombstones = self.count = self._purged_rows = 0
        self.faults: list[Fault] = []
        self._pointing: dict[int, int] = {}
        self._purges: dict[int, tuple[int, int]] = {}

    def fault(self, seq: int, what: What) -> None:
        self.count += 1
        if len(self.faults) < _LISTED:
            self.faults.append(Fault(seq, what))

    def see(self, row: Row) -> None:
        self.rows += 1
        seq = int(row["seq"])
        if seq != self.seq + 1:
            self.fault(seq, "missing")
        elif row["previous"] != self._previous:
            self.fault(seq, "unlinked")
        self._contents(seq, row)
        key = self._keys.get(row["key_id"])
        if key is None:
            self.fault(seq, "unknown_key")
        elif link(key, seq, row["previous"], row["digest"]) != row["hash"]:
            self.fault(seq, "forged")
        if self._expected.pop(seq, row["hash"]) != row["hash"]:
            self.fault(seq, "head")
        self.seq, self._previous = seq, row["hash"]

    def _contents(self, seq: int, row: Row) -> None:
        if row["purged"] is not None:
            self.tombstones += 1
            self._pointing[row["purged"]] = self._pointing.get(row["purged"], 0) + 1
            left = {name for name, value in row.items() if value is not None} - _FRAME - {"seq", "key_id"}
            if left or row["salt"] is not None:
                self.fault(seq, "changed")
        elif not is_sound(row):
            self.fault(seq, "changed")
        elif row["type"] == GAP:
            self.fault(seq, "tail")
        elif row["type"] == PURGE:
            try:
                told = json.loads(row["object"])
                self._purges[seq] = (int(told["rows"]), int(told["unsound"]))
            except (ValueError, KeyError, TypeError):
                self.fault(seq, "changed")

    def close(self, head: Mark | None) -> Verification:
        """The rows are all seen: purges must account for the tombstones, and the noted heads must have been there."""
        for at, (rows, unsound) in self._purges.items():
            if self._pointing.pop(at, 0) != rows:
                self.fault(at, "emptied")
            if unsound:
                self.fault(at, "purged_unsound")
        for at in self._pointing:
            self.fault(at, "emptied")
        for seq in sorted(self._expected):
            self.fault(seq, "tail")
        if head is None and self.rows:
            self.fault(self.seq, "head")
        if head is not None and (head.seq, head.hash) != (self.seq, self._previous):
            self.fault(head.seq, "tail" if head.seq > self.seq else "head")
        return Verification(self.rows, self.tombstones, self.seq, self._previous, self.count, tuple(self.faults))


def examine(
    rows: Iterable[Row], keys: Mapping[str, Key], head: Mark | None, noted: Iterable[Mark] = ()
) -> Verification:
    """Checks ``rows`` (by ascending number) against themselves, their head, and marks noted elsewhere."""
    noted = tuple(noted)
    examination = _Examination(keys, noted)
    for mark in noted:
        if mark.mac and not is_genuine(mark, keys):
            examination.fault(mark.seq, "head")
    for row in rows:
        examination.see(row)
    if head is not None and not is_genuine(head, keys):
        examination.fault(head.seq, "head")
    return examination.close(head)
