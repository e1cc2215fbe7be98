"""Keys. Master keys wrap subjects' keys and the key that hashes what subjects are looked up by.

Each subject has a key of their own, stored wrapped; what is sealed for them opens with nothing else, so destroying the
wrapped key destroys all of it at once, wherever copies of the sealed data lie. A copy of the own database that still
holds the wrapped key is the exception: it opens with the master key until that copy, or that master key, is gone.

Every wrapped key names the master key that it is under, so that master keys rotate (`rotation`) while people come and
go. The lookup key never changes: nobody could be found again.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from troth.base.errors import InputError, IntegrityError
from troth.base.work import Entropy

KEY_SIZE = 32
_NONCE_SIZE = 12  # NIST SP 800-38D § 8.2.2: 96 random bits; a subject's key seals far fewer than 2**32 messages
_FORMAT = b"\x01"
_WRAPPED = b"\x02"
_ID_SIZE = 6
PREFIX_SIZE = 1 + _ID_SIZE


Masters = Callable[[], Sequence[bytes]]
"""Gives the master keys anew: another process may have brought in a new one."""


class Vault:
    """Wraps and opens subjects' keys, and hashes identifiers; holds secrets, so it never prints them.

    The first of `masters` wraps; all of them open. `again` is asked once whenever a key is under none of them. Without
    a `lookup` key of its own the lookup key is derived from the first master key.
    """

    __slots__ = ("_again", "_lookup", "_masters", "_wrapping", "current")

    def __init__(self, *masters: bytes, lookup: bytes | None = None, again: Masters | None = None) -> None:
        self._again = again
        self._take(masters)
        self._lookup = derive(masters[0], b"troth/1 lookup") if lookup is None else lookup

    def looking_up_by(self, key: bytes) -> Vault:
        """The same vault with this lookup key."""
        return Vault(*self._masters, lookup=key, again=self._again)

    def wrap(self, key: bytes, subject: str, entropy: Entropy) -> bytes:
        """A subject's key, sealed so that it opens for that subject only; begins with `prefix(current)`."""
        sealed = seal(self._wrapping[self.current], key, _bound(subject, "key"), entropy)
        return prefix(self.current) + sealed

    def unwrap(self, wrapped: bytes, subject: str) -> bytes:
        """The subject's key.

        Raises IntegrityError `subjects.unknown-master-key` if it is under a master key that is not there,
        `subjects.does-not-open` if it was altered.
        """
        if wrapped[:1] != _WRAPPED or len(wrapped) < PREFIX_SIZE:
            raise _does_not_open()
        return unseal(self._under(wrapped[1:PREFIX_SIZE].hex()), wrapped[PREFIX_SIZE:], _bound(subject, "key"))

    def lookup(self, *parts: str) -> bytes:
        """A keyed hash (HMAC-SHA-256) of `parts`: equal for equal parts, telling nothing without the key."""
        return keyed_hash(self._lookup, *parts)

    def finder(self, kind: str, value: str) -> bytes:
        """What an identifier, in its normal form, is found by."""
        return self.lookup("identifier", kind, value)

    def _take(self, masters: Sequence[bytes]) -> None:
        self._masters = tuple(masters)
        self._wrapping = _wrapping_keys(masters)
        self.current = next(iter(self._wrapping))

    def _under(self, master: str) -> bytes:
        if master not in self._wrapping and self._again is not None:
            self._take(self._again())
        if master not in self._wrapping:
            hint = "give back the master key of this id beside today's; without it these people's data do not open"
            raise IntegrityError("subjects.unknown-master-key", f"a key is under master key `{master}`", hint=hint)
        return self._wrapping[master]


def master_id(master: bytes) -> str:
    """What a wrapped key names its master key by; tells nothing of it."""
    return derive(master, b"troth/1 id")[:_ID_SIZE].hex()


def prefix(master: str) -> bytes:
    """How every key begins that is wrapped under the master key of this id."""
    return _WRAPPED + bytes.fromhex(master)


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


def _wrapping_keys(masters: Sequence[bytes]) -> dict[str, bytes]:
    if not masters or any(len(master) != KEY_SIZE for master in masters):
        hint = "give the 32 random bytes whole; without them nothing that was sealed opens"
        raise InputError("subjects.bad-master-key", f"the master key must have {KEY_SIZE} bytes", hint=hint)
    return {master_id(master): derive(master, b"troth/1 wrapping") for master in masters}


def _does_not_open() -> IntegrityError:
    hint = "check that the master key is the one that sealed it"
    return IntegrityError("subjects.does-not-open", "sealed data does not open", hint=hint)


def _bound(subject: str, context: str) -> bytes:
    return subject.encode() + b"\x00" + context.encode()
