"""Which edition is in force: one small file in the state folder, moved whole or not at all.

Whoever changes it names the generation that he read; where somebody else was faster he is told, and nothing is changed.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.errors import StateError, UsageError
from bot.knowledge.editions import DEFAULT_EDITION

log = logging.getLogger(__name__)
FILE = "in_force.json"
HISTORY = "in_force.history.jsonl"


@dataclass(frozen=True, slots=True)
class Pointer:
    """``id`` is in force since ``since`` (ISO); ``previous`` was before. ``generation`` counts the changes.

    ``scheduled_id`` takes force at ``scheduled_at``; ``requested_id`` waits for a second person.
    """

    id: str = DEFAULT_EDITION
    generation: int = 0
    since: str = ""
    previous: str = ""
    scheduled_id: str = ""
    scheduled_at: str = ""
    requested_id: str = ""
    requested_by: str = ""
    requested_at: str = ""
    requested_for: str = ""
    """When it shall take force, as the first person asked; empty: at once."""
    requested_override: str = ""
    """The first person's reason to pass what blocks."""

    @property
    def settled(self) -> Pointer:
        """The same without a request or a schedule: what every act that takes force leaves behind."""
        return Pointer(self.id, self.generation, self.since, self.previous)


class PointerFile:
    """The pointer of one state folder; cheap to read again."""

    def __init__(self, state: Path) -> None:
        self._state, self._path = state, state / FILE
        self._seen: tuple[int, int, int] | None = None
        self._pointer = Pointer()

    def read(self) -> Pointer:
        """As it is now, whoever wrote it; the shipped edition where there is none. ``StateError`` if damaged."""
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return Pointer()
        except OSError as exc:
            raise StateError(f"無法讀取 {self._path}（{exc.strerror or type(exc).__name__}）；請檢查權限") from exc
        mark = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
        if mark != self._seen:
            try:
                raw = json.loads(self._path.read_text(encoding="utf-8"))
                self._pointer = Pointer(**{name: value for name, value in raw.items() if name != "schema"})
            except (ValueError, TypeError, AttributeError, OSError) as exc:
                raise StateError(f"{self._path} 已損壞；請由備份還原，或刪除它（即回到隨附的版本）") from exc
            self._seen = mark
        return self._pointer

    def moved(self, seen: Pointer, to: Pointer, *, act: str, who: str, reason: str = "") -> Pointer:
        """``to`` in place of ``seen``; ``UsageError`` where somebody changed it since. The history says who."""
        with self._alone():
            now = self.read()
            if now.generation != seen.generation:
                raise UsageError(f"別人剛剛改過生效的版本（目前是 {now.id}），這次沒有變更；請重新檢視後再試")
            made = replace(to, generation=now.generation + 1)
            self._write(self._path, json.dumps({"schema": 1, **asdict(made)}, ensure_ascii=False).encode())
            self._seen = None
            row = {"at": told_now(), "act": act, "who": who, "from": now.id, "to": made.id, "reason": reason}
            self._note({**row, "scheduled": made.scheduled_at} if made.scheduled_id else row)
            return made

    def history(self) -> list[dict[str, str]]:
        """Every change, oldest first."""
        path = self._state / HISTORY
        if not path.exists():
            return []
        rows = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                rows.append(json.loads(line))
            except ValueError:
                continue  # a line that was cut off while it was written
        return rows

    def was_in_force(self, edition_id: str) -> bool:
        """Whether the edition is or was in force, so that it never changes."""
        return edition_id == self.read().id or any(edition_id in {row["from"], row["to"]} for row in self.history())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._state.mkdir(parents=True, exist_ok=True)
            lock = (self._state / f".{FILE}.lock").open("w")
        except OSError as exc:
            raise StateError(
                f"無法寫入 {self._state}（{exc.strerror or type(exc).__name__}）；請檢查空間與權限"
            ) from exc
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _note(self, row: dict[str, str]) -> None:
        """The move stands even where its row cannot be written; a row that was cut off does not swallow the next."""
        path = self._state / HISTORY
        try:
            whole = not path.exists() or path.read_bytes()[-1:] in {b"", b"\n"}
            with path.open("a", encoding="utf-8") as file:
                file.write(("" if whole else "\n") + json.dumps(row, ensure_ascii=False) + "\n")
        except OSError as exc:
            log.error("history of editions not written error=%s", type(exc).__name__)

    @staticmethod
    def _write(path: Path, data: bytes) -> None:
        partial = path.with_name(f"{path.name}.partial")
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        except OSError as exc:
            raise StateError(f"無法寫入 {path}（{exc.strerror or type(exc).__name__}）；生效的版本沒有改變") from exc


def told_now() -> str:
    """Now, ISO, with the zone."""
    return datetime.now().astimezone().isoformat(timespec="seconds")
