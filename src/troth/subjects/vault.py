"""Keys. One master secret gives a key that wraps subjects' keys and one that hashes what they are looked up by.

Each subject has a key of their own, stored wrapped; what is sealed for them opens with nothing else, so destroying the
wrapped key destroys all of it at once, wherever copies of the sealed data lie. A backup of the own database that still
holds the wrapped key is the exception: it opens with the master key until the backup itself is gone. The master secret
comes from the environment, a file or a KMS; it is never stored beside the database.
"""

from __future__ import annotations

import hmac

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from troth.base.errors import InputError, IntegrityError
from troth.base.work import Entropy

KEY_SIZE = 32
_NONCE_SIZE = 12  # NIST SP 800-38D § 8.2.2: 96 random bits; a subject's key seals far fewer than 2**32 messages
_FORMAT = b"\x01"


class Vault:
    """Wraps and opens subjects' keys, and hashes identifiers; holds secrets, so it never prints them."""

    __slots__ = ("_lookup", "_wrapping")

    def __init__(self, master: bytes) -> None:
        if len(master) != KEY_SIZE:
            hint = "give the 32 random bytes whole; without them nothing that was sealed opens"
            raise InputError("subjects.bad-master-key", f"the master key must have {KEY_SIZE} bytes", hint=hint)
        self._wrapping = derive(master, b"troth/1 wrapping")
        self._lookup = derive(master, b"troth/1 lookup")

    def wrap(self, key: bytes, subject: str, entropy: Entropy) -> bytes:
        """A subject's key, sealed so that it opens for that subject only."""
        return seal(self._wrapping, key, _bound(subject, "key"), entropy)

    def unwrap(self, wrapped: bytes, subject: str) -> bytes:
        """The subject's key. Raises IntegrityError `subjects.does-not-open`: another master key, or altered."""
        return unseal(self._wrapping, wrapped, _bound(subject, "key"))

    def lookup(self, *parts: str) -> bytes:
        """A keyed hash (HMAC-SHA-256) of `parts`: equal for equal parts, telling nothing without the key."""
        return keyed_hash(self._lookup, *parts)


class SubjectKey:
    """One subject's key, opened for one piece of work."""

    __slots__ = ("_commit", "_seal", "_subject")

    def __init__(self, subject: str, key: bytes) -> None:
        self._subject = subject
        self._seal = derive(key, b"troth/1 seal")
        self._commit = derive(key, b"troth/1 commit")

    def seal(self, plaintext: bytes, context: str, entropy: Entropy) -> bytes:
        """Seal for this subject and this context."""
        return seal(self._seal, plaintext, _bound(self._subject, context), entropy)

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """Open what was sealed for this subject and context; IntegrityError `subjects.does-not-open` otherwise."""
        return unseal(self._seal, sealed, _bound(self._subject, context))

    def commitment(self, value: str) -> str:
        """What stands for `value` in the journal; links to nobody once the key is destroyed."""
        return f"hmac-sha256:{keyed_hash(self._commit, value).hex()}"


def derive(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_SIZE, salt=None, info=purpose).derive(secret)


def keyed_hash(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA-256 over `parts`, each after its length, so that no two lists of parts read alike."""
    encoded = [part.encode() for part in parts]
    message = b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
    return hmac.digest(key, message, "sha256")


def seal(key: bytes, plaintext: bytes, bound: bytes, entropy: Entropy) -> bytes:
    """AES-256-GCM: format byte, nonce, ciphertext with tag; `bound` must be given again to open it."""
    nonce = entropy(_NONCE_SIZE)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plaintext, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """The plaintext. Raises IntegrityError `subjects.does-not-open` without saying why: key, place or bytes differ."""
    nonce, ciphertext = sealed[1 : 1 + _NONCE_SIZE], sealed[1 + _NONCE_SIZE :]
    if sealed[:1] != _FORMAT:
        raise _does_not_open()
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, bound)
    except (InvalidTag, ValueError):
        raise _does_not_open() from None


def _does_not_open() -> IntegrityError:
    hint = "check that the master key is the one that sealed it"
    return IntegrityError("subjects.does-not-open", "sealed data does not open", hint=hint)


def _bound(subject: str, context: str) -> bytes:
    return subject.encode() + b"\x00" + context.encode()
