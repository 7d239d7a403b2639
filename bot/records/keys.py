"""The installation's key file: made at first start, mode 600; rotation adds a key and keeps the earlier ones."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from bot.errors import RecordsFault
from bot.rooms import RoomModel

_SHOWN = 32
"""Hexadecimal digits kept of a pseudonym: 128 bits."""
Purpose = Literal["person", "reply", "chain", "head"]


@dataclass(frozen=True, slots=True)
class Key:
    """One key. What it is used for never meets: a mark made for one purpose is useless for another."""

    id: str
    secret: bytes = field(repr=False)

    def mark(self, purpose: Purpose, text: str) -> str:
        """HMAC-SHA256 of ``text`` for ``purpose``, 64 hexadecimal digits."""
        return hmac.new(self.secret, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()

    def pseudonym(self, purpose: Literal["person", "reply"], name: str) -> str:
        """The stand-in for a person or for a reply's id, 32 hexadecimal digits; empty for the empty name."""
        return self.mark(purpose, name)[:_SHOWN] if name else ""


class _KeyLine(RoomModel):
    id: str
    made: str
    secret: str


class _KeyFile(RoomModel):
    keys: list[_KeyLine]


class KeyRing:
    """The keys of one file, newest last. Another process's rotation is seen at the next use. Safe across threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read_at: tuple[int, int, int] = (0, 0, 0)
        self._keys: tuple[Key, ...] = ()

    def exists(self) -> bool:
        """Whether there is a key file."""
        return self.path.exists()

    def make(self) -> None:
        """A first key, unless another process was quicker."""
        if not self.exists():
            self._write([_fresh()], replace=False)

    @property
    def current(self) -> Key:
        """The key that new rows are written with."""
        return self._all()[-1]

    def by_id(self) -> Mapping[str, Key]:
        """Every key still in the file."""
        return {key.id: key for key in self._all()}

    def rotate(self) -> Key:
        """Adds a key, which is used from now on; the earlier ones stay so that old rows can still be checked."""
        lines = self._lines() if self.exists() else []
        self._write([*lines, _fresh()], replace=True)
        return self.current

    def _all(self) -> tuple[Key, ...]:
        with self._lock:
            try:
                stat = self.path.stat()
            except OSError as exc:
                raise RecordsFault(_MISSING.format(path=self.path)) from exc
            seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
            if seen != self._read_at:
                if stat.st_mode & 0o077:
                    raise RecordsFault(f"金鑰檔 {self.path} 的權限太寬；請執行 chmod 600 {self.path}")
                self._keys = tuple(Key(line.id, bytes.fromhex(line.secret)) for line in self._lines())
                self._read_at = seen
            return self._keys

    def _lines(self) -> list[_KeyLine]:
        damaged = f"金鑰檔 {self.path} 損壞；請由備份還原"
        try:
            lines = _KeyFile.model_validate(json.loads(self.path.read_text(encoding="ascii"))).keys
            sound = all(len(bytes.fromhex(line.secret)) == 32 for line in lines)
        except OSError as exc:
            raise RecordsFault(f"無法讀取金鑰檔 {self.path}（{exc.strerror}）；請檢查權限") from exc
        except (ValueError, ValidationError):
            raise RecordsFault(damaged) from None  # the cause would show what the file holds
        if not lines or not sound:
            raise RecordsFault(damaged)
        return lines

    def _write(self, lines: list[_KeyLine], *, replace: bool) -> None:
        """Whole or not at all; mode 600 from the first byte on."""
        partial = self.path.with_name(f"{self.path.name}.{os.getpid()}.{threading.get_ident()}.partial")
        body = json.dumps({"keys": [line.model_dump() for line in lines]}, indent=1)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(body + "\n")
                file.flush()
                os.fsync(file.fileno())
            if replace:
                partial.replace(self.path)
            else:
                _link(partial, self.path)
        except OSError as exc:
            raise RecordsFault(f"無法寫入金鑰檔 {self.path}（{exc.strerror}）；請檢查權限與空間") from exc
        finally:
            partial.unlink(missing_ok=True)


_MISSING = "找不到金鑰檔 {path}；請由備份還原，確定遺失時執行 zhiyin records rotate 以新金鑰接續"


def _link(partial: Path, path: Path) -> None:
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return


def _fresh() -> _KeyLine:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return _KeyLine(id=secrets.token_hex(4), made=made, secret=secrets.token_hex(32))
