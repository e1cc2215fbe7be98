"""What the journal is made of: entries, who signs for them, who is believed, and what a verification found."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from troth.base.errors import InputError

_ED25519 = b"\x01"  # C2SP signed-note: the signature type that begins the encoded public key
_KEY_SIZE = 32
_NAME = re.compile(r"[^\s+\x00-\x1f]{1,200}")


@dataclass(frozen=True)
class Entry:
    """One leaf of the journal: `leaf` is its exact bytes, `hash` its RFC 6962 leaf hash."""

    index: int
    kind: str
    at: datetime
    leaf: bytes
    hash: bytes


@dataclass(frozen=True)
class Verified:
    """What a verification covered: so many entries, so many checkpoints, all consistent and signed."""

    size: int
    checkpoints: int


@dataclass(frozen=True)
class Signer:
    """Signs checkpoints. `origin` names the log for ever; a schema-less URL such as `privacy.kaiconn.example/log`."""

    origin: str
    key: Ed25519PrivateKey = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_name(self.origin)

    @classmethod
    def from_seed(cls, origin: str, seed: bytes) -> Signer:
        """The signer whose private key is these 32 bytes. Raises InputError `journal.bad-key` for another length."""
        if len(seed) != _KEY_SIZE:
            raise InputError("journal.bad-key", f"a signing key has {_KEY_SIZE} bytes")
        return cls(origin, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def verifier(self) -> Verifier:
        """Who believes this signer."""
        return Verifier(self.origin, self.key.public_key().public_bytes_raw())

    @property
    def vkey(self) -> str:
        """The public verifier string `name+key id+key`; give it to everybody."""
        return self.verifier.vkey


@dataclass(frozen=True)
class Verifier:
    """A public key under a name (C2SP signed-note § verifier keys)."""

    name: str
    public_key: bytes

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """Read a verifier string. Raises InputError `journal.bad-vkey`."""
        name, _, rest = vkey.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        try:
            material = base64.b64decode(encoded, validate=True)
        except (binascii.Error, ValueError):
            material = b""
        if material[:1] != _ED25519 or len(material) != _KEY_SIZE + 1:
            raise _bad_vkey(vkey)
        _check_name(name)
        verifier = cls(name, material[1:])
        if verifier.key_id.hex() != key_id:
            raise _bad_vkey(vkey)
        return verifier

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256(name ‖ newline ‖ 0x01 ‖ public key)."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ED25519 + self.public_key).digest()[:4]

    @property
    def vkey(self) -> str:
        """The public verifier string."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(_ED25519 + self.public_key).decode()}"

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` over `message` is this key's."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InputError(
            "journal.bad-origin", f"`{name}` cannot name a log", hint="use a name without spaces and plus signs"
        )


def _bad_vkey(vkey: str) -> InputError:
    return InputError(
        "journal.bad-vkey", f"`{vkey}` is not a verifier string", hint="copy it whole: name, key id and key with plus"
    )
