"""C2SP tlog-proof: one file that shows offline that an entry is in the log.

Index, inclusion proof and signed checkpoint; the extra line carries the entry itself, which is believed because the
proof is over its hash, not because it is there.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from dataclasses import dataclass

from troth.base.errors import IntegrityError
from troth.journal import checkpoint, cosignature, merkle
from troth.journal.cosignature import Witness
from troth.journal.model import Verifier

HEADER = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")
_EXTRA = "extra "


@dataclass(frozen=True)
class Proof:
    """A proof, not believed yet: the leaf that it carries, where it stands, the way to the root, the checkpoint."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        lines = [HEADER, f"{_EXTRA}{_encoded(self.leaf)}", f"index {self.index}", *map(_encoded, self.path), ""]
        return "\n".join(lines) + f"\n{self.checkpoint}"


def parse(text: str) -> Proof:
    """Read a proof that carries its entry. Raises IntegrityError `journal.bad-proof-file`."""
    head, separator, signed = text.partition("\n\n")
    header, _, rest = head.partition("\n")
    extra, _, rest = rest.partition("\n")
    place, *path = rest.split("\n")
    index = _INDEX.fullmatch(place)
    if not separator or header != HEADER or index is None or not extra.startswith(_EXTRA):
        raise _bad_file()
    leaf = _decoded(extra.removeprefix(_EXTRA))
    return Proof(leaf, int(index[1]), tuple(map(_decoded, path)), signed)


def check(proof: Proof, keys: Collection[Verifier], witnesses: Collection[Witness] = (), least: int = 0) -> None:
    """Verify that the log signed a tree that holds the proof's leaf at its index.

    `least` of the `witnesses` must have cosigned it. Raises IntegrityError naming the fault.
    """
    claimed = checkpoint.verify(proof.checkpoint, keys)
    cosignature.demand(proof.checkpoint, witnesses, least)
    leaf = merkle.leaf_hash(proof.leaf)
    merkle.check_inclusion(leaf, proof.index, claimed.size, proof.path, claimed.root)


def _encoded(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise _bad_file() from None


def _bad_file() -> IntegrityError:
    return IntegrityError("journal.bad-proof-file", "the text is not a proof", hint="get it from the log again")
