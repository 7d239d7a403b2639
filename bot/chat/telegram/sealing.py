"""The installation's key, and what is derived from it: sealed texts, signatures, names that tell nobody who it is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import OurFault

_NONCE = 12


class SealBroken(OurFault):
    """A sealed text cannot be opened: damaged, or sealed under another key."""


@dataclass(frozen=True, slots=True)
class InstallationKey:
    """The installation's key as the chat uses it; every use has a key of its own, derived by purpose.

    ``earlier``: keys before a rotation, which still open what was sealed with them.
    """

    secret: bytes = field(repr=False)
    earlier: tuple[bytes, ...] = field(default=(), repr=False)

    def derived(self, purpose: str) -> bytes:
        """A key for ``purpose`` alone."""
        return _derived(self.secret, purpose)

    def all_derived(self, purpose: str) -> list[bytes]:
        """The same of every key, the current one first."""
        return [_derived(secret, purpose) for secret in (self.secret, *self.earlier)]

    def signature(self, purpose: str, text: str, length: int) -> str:
        """The first ``length`` characters of a signature, URL-safe."""
        digest = hmac.new(self.derived(purpose), text.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode()[:length]

    def pseudonym(self, user: int) -> str:
        """The same for the same person of this installation; the number cannot be computed back without the key."""
        return self.signature("pseudonym", str(user), 16)


def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.new(secret, f"chat {purpose}".encode(), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A text under a key of its own, and that key under the installation's."""

    body: bytes = field(repr=False)
    key: bytes = field(repr=False)


class Sealer:
    """Seals and opens texts. Whoever destroys ``Sealed.key`` destroys the text."""

    def __init__(self, installation: InstallationKey) -> None:
        self._wrapping = [AESGCM(key) for key in installation.all_derived("updates")]

    def seal(self, plain: bytes, reference: str) -> Sealed:
        """``plain`` bound to ``reference``, under a fresh key."""
        key = AESGCM.generate_key(bit_length=256)
        bound = reference.encode()
        return Sealed(_encrypt(AESGCM(key), plain, bound), _encrypt(self._wrapping[0], key, bound))

    def open(self, sealed: Sealed, reference: str) -> bytes:
        """The text again; ``SealBroken`` otherwise."""
        bound = reference.encode()
        for wrapping in self._wrapping:
            try:
                key = wrapping.decrypt(sealed.key[:_NONCE], sealed.key[_NONCE:], bound)
                return AESGCM(key).decrypt(sealed.body[:_NONCE], sealed.body[_NONCE:], bound)
            except (InvalidTag, ValueError):
                continue
        raise SealBroken("a waiting text cannot be opened")


def _encrypt(cipher: AESGCM, plain: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + cipher.encrypt(nonce, plain, bound)
