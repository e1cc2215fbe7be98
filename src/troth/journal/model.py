"""What the journal is made of: entries, who signs for them, who is believed, and what a verification found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from troth.base.errors import InputError
from troth.journal import vkey as vkeys
from troth.journal.vkey import ED25519, KEY_SIZE


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
        vkeys.check_name(self.origin)

    @classmethod
    def from_seed(cls, origin: str, seed: bytes) -> Signer:
        """The signer whose private key is these 32 bytes. Raises InputError `journal.bad-key` for another length."""
        if len(seed) != KEY_SIZE:
            raise InputError("journal.bad-key", f"a signing key has {KEY_SIZE} bytes")
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
        return cls(*vkeys.read(vkey, ED25519))

    @property
    def key_id(self) -> bytes:
        """What a signature line names the key by."""
        return vkeys.key_id(self.name, ED25519, self.public_key)

    @property
    def vkey(self) -> str:
        """The public verifier string."""
        return vkeys.written(self.name, ED25519, self.public_key)

    def accepts(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` over `message` is this key's."""
        return vkeys.is_signed(self.public_key, signature, message)
