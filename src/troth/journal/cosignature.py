"""C2SP cosignatures (`cosignature/v1`, Ed25519): what witnesses say about a checkpoint, and when.

A cosignature states that at its time the checkpoint was the largest consistent one that the witness had seen of the
log. Enough independent witnesses together keep a log from showing different histories to different people.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from troth.base.errors import IntegrityError
from troth.journal import note, vkey
from troth.journal.vkey import COSIGNATURE

_TIME_SIZE = 8  # seconds since 1970 as a big-endian number, before the signature itself
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


@dataclass(frozen=True)
class Witness:
    """Somebody whose cosignatures are believed: a public key under a name."""

    name: str
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> Witness:
        """Read a witness's verifier string (type 0x04). Raises InputError `journal.bad-vkey`."""
        return cls(*vkey.read(text, COSIGNATURE))

    @property
    def key_id(self) -> bytes:
        """What a signature line names the key by."""
        return vkey.key_id(self.name, COSIGNATURE, self.public_key)

    @property
    def vkey(self) -> str:
        """The public verifier string."""
        return vkey.written(self.name, COSIGNATURE, self.public_key)

    def when(self, signature: bytes, text: str) -> datetime | None:
        """When the witness cosigned the checkpoint with this text; None if it did not."""
        seconds = int.from_bytes(signature[:_TIME_SIZE], "big")
        message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
        if seconds > _LATEST or not vkey.is_signed(self.public_key, signature[_TIME_SIZE:], message):
            return None
        return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True)
class Cosignature:
    """A cosignature that verified, with the signature line that holds it."""

    witness: Witness
    at: datetime
    line: str


def find(signed: str, witnesses: Collection[Witness]) -> tuple[Cosignature, ...]:
    """The cosignatures of known witnesses on a checkpoint, one a witness; those of others are ignored.

    Raises IntegrityError `journal.bad-signature` for one that claims a known key and is not over this checkpoint.
    """
    parts = note.read(signed)
    known = {(witness.name, witness.key_id): witness for witness in witnesses}
    found: dict[Witness, Cosignature] = {}
    for signature in parts.signatures:
        witness = known.get((signature.name, signature.key_id))
        if witness is None:
            continue
        at = witness.when(signature.value, parts.text)
        if at is None:
            raise IntegrityError("journal.bad-signature", f"the cosignature of `{witness.name}` does not verify")
        found[witness] = Cosignature(witness, at, str(signature))
    return tuple(found.values())


def demand(signed: str, witnesses: Collection[Witness], least: int) -> tuple[Cosignature, ...]:
    """The same, and at least so many of them. Raises IntegrityError `journal.not-witnessed`."""
    found = find(signed, witnesses)
    if len(found) < least:
        raise IntegrityError(
            "journal.not-witnessed",
            f"`{len(found)}` of the named witnesses cosigned the checkpoint, `{least}` are demanded",
            hint="ask the log for a checkpoint with cosignatures; `troth journal witness` gets them",
        )
    return found


def joined(signed: str, lines: Collection[str]) -> str:
    """The checkpoint with more signature lines, each once."""
    return signed + "".join(line for line in dict.fromkeys(lines) if line not in signed)
