"""The installation's key, and what is derived from it: sealed texts, signatures, names that tell nobody who it is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import OurFault, StateError

KEY_BYTES = 32
_NONCE = 12


class SealBroken(OurFault):
    """A sealed text cannot be opened: damaged, or sealed under another key."""


@dataclass(frozen=True, slots=True)
class InstallationKey:
    """Thirty-two random bytes; every use has a key of its own, derived by purpose."""

    secret: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """A key for ``purpose`` alone."""
        return hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest()

    def signature(self, purpose: str, text: str, length: int) -> str:
        """The first ``length`` characters of a signature, URL-safe."""
        digest = hmac.new(self.derived(purpose), text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode()[:length]

    def pseudonym(self, user: int) -> str:
        """The same for the same person of this installation; the number cannot be computed back without the key."""
        return self.signature("pseudonym", str(user), 16)


def read_or_make(path: Path) -> InstallationKey:
    """The key in ``path``, made with mode 600 where there is none; ``StateError`` where it cannot be used."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES) + "\n")
        text = path.read_text(encoding="ascii").strip()
        secret = bytes.fromhex(text)
    except OSError as exc:
        raise StateError(f"無法讀寫金鑰檔 {path}（{exc.strerror or type(exc).__name__}）") from exc
    except ValueError as exc:
        raise StateError(f"金鑰檔 {path} 的內容不對；請由備份還原，或移走它以重新產生") from exc
    if len(secret) < KEY_BYTES:
        raise StateError(f"金鑰檔 {path} 太短；請由備份還原，或移走它以重新產生")
    return InstallationKey(secret)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text under a key of its own, and that key under the installation's."""

    body: bytes = field(repr=False)
    key: bytes = field(repr=False)


class Sealer:
    """Seals and opens texts. Whoever destroys ``Sealed.key`` destroys the text."""

    def __init__(self, installation: InstallationKey) -> None:
        self._wrapping = AESGCM(installation.derived("updates"))

    def seal(self, plain: bytes, reference: str) -> Sealed:
        """``plain`` bound to ``reference``, under a fresh key."""
        key = AESGCM.generate_key(bit_length=256)
        bound = reference.encode()
        return Sealed(_encrypt(AESGCM(key), plain, bound), _encrypt(self._wrapping, key, bound))

    def open(self, sealed: Sealed, reference: str) -> bytes:
        """The text again; ``SealBroken`` otherwise."""
        bound = reference.encode()
        try:
            key = self._wrapping.decrypt(sealed.key[:_NONCE], sealed.key[_NONCE:], bound)
            return AESGCM(key).decrypt(sealed.body[:_NONCE], sealed.body[_NONCE:], bound)
        except (InvalidTag, ValueError) as exc:
            raise SealBroken("a waiting text cannot be opened") from exc


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, bound)
