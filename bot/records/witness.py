"""The last row, noted beside the key: a chain cut off at its end no longer reaches it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from pathlib import Path

from bot.errors import RecordsFault
from bot.records.chain import Mark

log = logging.getLogger(__name__)


class Witness:
    """A file for one database. Written after the row is safe, so what it names must be there."""

    def __init__(self, key_path: Path, database: str) -> None:
        tag = hashlib.sha256(database.encode()).hexdigest()[:8]
        self.path = key_path.with_name(f"{key_path.stem}.{tag}.head")

    def keep(self, mark: Mark) -> None:
        """Notes ``mark``. Where that fails the row is kept all the same, and the log says so."""
        partial = self.path.with_name(f"{self.path.name}.{os.getpid()}.{threading.get_ident()}.partial")
        body = {"seq": mark.seq, "hash": mark.hash, "key_id": mark.key_id, "mac": mark.mac}
        try:
            partial.write_text(json.dumps(body) + "\n", encoding="ascii")
            partial.replace(self.path)
        except OSError as exc:
            log.warning("head of the records not noted error=%s", type(exc).__name__)

    def read(self) -> Mark | None:
        """What was noted last, or None; ``RecordsFault`` where the file is no such note."""
        try:
            body = self.path.read_text(encoding="ascii")
            if not body:  # what a power cut can leave
                return None
            told = json.loads(body)
            return Mark(int(told["seq"]), str(told["hash"]), str(told["key_id"]), str(told["mac"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise RecordsFault(f"紀錄鏈的旁證 {self.path} 無法讀取；可能遭更動，請由備份還原") from exc
