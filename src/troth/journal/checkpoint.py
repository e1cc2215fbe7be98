"""C2SP checkpoints: what the log commits itself to, in three lines and a signature."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass

from troth.base.errors import IntegrityError
from troth.journal import note
from troth.journal.merkle import HASH_SIZE
from troth.journal.model import Signer, Verifier

_LINES = 3
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """The root of the first `size` entries of the log named `origin`."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(size: int, root: bytes, signer: Signer) -> str:
    """A signed checkpoint. It is for the caller to know that it contradicts no earlier one."""
    return note.sign(str(Checkpoint(signer.origin, size, root)), signer)


def parse(text: str) -> Checkpoint:
    """Read a checkpoint's body. Raises IntegrityError `journal.bad-checkpoint`; extension lines are not accepted."""
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1] or not lines[0] or not _SIZE.fullmatch(lines[1]):
        raise _bad_checkpoint()
    try:
        root = base64.b64decode(lines[2], validate=True)
    except (binascii.Error, ValueError):
        raise _bad_checkpoint() from None
    if len(root) != HASH_SIZE:
        raise _bad_checkpoint()
    return Checkpoint(lines[0], int(lines[1]), root)


def read(signed: str) -> Checkpoint:
    """What a signed checkpoint claims, without believing it."""
    return parse(note.read(signed).text)


def verify(signed: str, keys: Collection[Verifier]) -> Checkpoint:
    """What a signed checkpoint claims, once a known key of the log itself has signed it.

    Raises IntegrityError: see `note.verify`, and `journal.another-log` if it is a checkpoint of a log whose key is not
    among `keys`; a witness's signature alone is not enough.
    """
    claimed = read(signed)
    if keys and claimed.origin not in {key.name for key in keys}:
        hint = "give the verifier string of that log, or get the checkpoint of the right one"
        raise IntegrityError("journal.another-log", f"the checkpoint is of the log `{claimed.origin}`", hint=hint)
    _, signed_by = note.verify(signed, keys)
    if claimed.origin not in {key.name for key in signed_by}:
        raise IntegrityError("journal.unknown-key", "no key of the log itself signed the checkpoint")
    return claimed


def _bad_checkpoint() -> IntegrityError:
    return IntegrityError("journal.bad-checkpoint", "the text is not a checkpoint", hint="get it from the log again")
