"""C2SP signed notes: a text and signature lines under it, readable by people and by other logs' tools.

Signatures of unknown keys are ignored, which is what lets keys rotate and witnesses add theirs; a signature that
claims a known key and does not verify is a fault. Not here: what the text says (`checkpoint`).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass

from troth.base.errors import IntegrityError
from troth.journal.model import Signer, Verifier

MAX_SIGNATURES = 64  # C2SP signed-note: a verifier must bound them
_MARK = "— "
_ID_SIZE = 4


@dataclass(frozen=True)
class Signature:
    """One signature line: who claims to have signed, and what."""

    name: str
    key_id: bytes
    value: bytes

    def __str__(self) -> str:
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text, which ends with a newline, and its signatures, none of them verified yet."""

    text: str
    signatures: tuple[Signature, ...]


def sign(text: str, signer: Signer) -> str:
    """The signed note for `text`, which must end with a newline."""
    return f"{text}\n{Signature(signer.origin, signer.verifier.key_id, signer.key.sign(text.encode()))}"


def read(note: str) -> Note:
    """Take a note apart without believing it. Raises IntegrityError `journal.bad-note`."""
    text, separator, lines = note.rpartition("\n\n")
    if not separator or not lines.endswith("\n") or not _is_plain(note):
        raise _bad_note("it is not a signed note")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise _bad_note("it has too many signatures")
    return Note(f"{text}\n", signatures)


def verify(note: str, keys: Collection[Verifier]) -> tuple[str, tuple[Verifier, ...]]:
    """The text of a note and the known keys that signed it, at least one.

    Raises:
        IntegrityError: `journal.bad-note`, `journal.bad-signature` (a known key's signature is wrong), or
            `journal.unknown-key` (nobody known signed).
    """
    parts = read(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed: dict[Verifier, None] = {}
    for signature in parts.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not key.accepts(signature.value, parts.text.encode()):
            raise IntegrityError("journal.bad-signature", f"the signature of `{key.name}` does not verify")
        signed[key] = None
    if not signed:
        hint = "give the verifier string of every key that the log has used"
        raise IntegrityError("journal.unknown-key", "no known key signed the note", hint=hint)
    return parts.text, tuple(signed)


def _signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    try:
        value = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if not line.startswith(_MARK) or not name or len(value) <= _ID_SIZE:
        raise _bad_note("a signature line is damaged")
    return Signature(name, value[:_ID_SIZE], value[_ID_SIZE:])


def _is_plain(note: str) -> bool:
    return not any(ord(character) < ord(" ") and character != "\n" for character in note)


def _bad_note(why: str) -> IntegrityError:
    return IntegrityError("journal.bad-note", why, hint="get the note from the log again")
