"""C2SP verifier keys: `name+key id+key`, the public half of whoever signs notes, as a line of text."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from troth.base.errors import InputError

ED25519 = b"\x01"  # C2SP signed-note: the signature type that begins the encoded key
COSIGNATURE = b"\x04"  # C2SP tlog-cosignature: an Ed25519 key that signs with a time
KEY_SIZE = 32

_NAME = re.compile(r"[^\s+\x00-\x1f]{1,200}")


def key_id(name: str, kind: bytes, key: bytes) -> bytes:
    """The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + key).digest()[:4]


def written(name: str, kind: bytes, key: bytes) -> str:
    """The verifier string."""
    return f"{name}+{key_id(name, kind, key).hex()}+{base64.b64encode(kind + key).decode()}"


def read(vkey: str, kind: bytes) -> tuple[str, bytes]:
    """Name and public key of a verifier string of this type. Raises InputError `journal.bad-vkey`."""
    name, _, rest = vkey.strip().partition("+")
    claimed, _, encoded = rest.partition("+")
    try:
        material = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        material = b""
    key = material[1:]
    if material[:1] != kind or len(key) != KEY_SIZE:
        raise _bad(vkey)
    check_name(name)
    if key_id(name, kind, key).hex() != claimed:
        raise _bad(vkey)
    return name, key


def check_name(name: str) -> None:
    """Raises InputError `journal.bad-origin` for what cannot name a signer."""
    if not _NAME.fullmatch(name):
        hint = "use a name without spaces and plus signs"
        raise InputError("journal.bad-origin", f"`{name}` cannot name a log", hint=hint)


def is_signed(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` over `message` is by this Ed25519 key."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bad(vkey: str) -> InputError:
    hint = "copy it whole: name, key id and key with plus; a log's key begins with AQ, a witness's with BA"
    return InputError("journal.bad-vkey", f"`{vkey}` is not a verifier string", hint=hint)
