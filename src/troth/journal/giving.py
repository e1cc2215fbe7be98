"""Giving the journal away: as static files for anybody to check, and as a proof of one entry."""

from __future__ import annotations

from collections.abc import Callable

from troth.base.errors import ConflictError
from troth.base.work import Work
from troth.journal import checkpoint as checkpoints
from troth.journal import merkle, tiles
from troth.journal.nodes import reader
from troth.journal.proof import Proof
from troth.journal.reading import entries
from troth.journal.signing import latest_checkpoint

Writer = Callable[[str, bytes], None]
"""Puts one file of an export where it belongs: its path, its content."""


def export(work: Work, writer: Writer, *, since: int = 0) -> int:
    """Write the log up to its latest checkpoint as tlog-tiles, the checkpoint last; returns the size it covers.

    Files that an earlier export of `since` entries has whole already are left out: they never change. Raises
    ConflictError `journal.no-checkpoint` when nothing has been signed yet.
    """
    signed = _signed(work)
    covered = checkpoints.read(signed).size
    for bundle in tiles.bundles(covered):
        if not bundle.full_at(since):
            held = entries(work, bundle.number * tiles.WIDTH, bundle.width)
            writer(bundle.path, tiles.encode([entry.leaf for entry in held]))
    read = reader(work)
    for tile in tiles.tiles(covered):
        if not tile.full_at(since):
            stored = read(tile.nodes)
            writer(tile.path, b"".join(stored[node] for node in tile.nodes))
    writer(tiles.CHECKPOINT_PATH, signed.encode())
    return covered


def prove(work: Work, index: int) -> Proof:
    """The proof that an entry is in the log as signed last.

    Raises InputError `journal.no-such-entry`, ConflictError `journal.no-checkpoint`.
    """
    signed = _signed(work)
    path = merkle.inclusion_proof(index, checkpoints.read(signed).size, reader(work))
    (entry,) = entries(work, index, 1)
    return Proof(entry.leaf, index, path, signed)


def _signed(work: Work) -> str:
    signed = latest_checkpoint(work)
    if signed is None:
        hint = "sign it first: `troth journal checkpoint`"
        raise ConflictError("journal.no-checkpoint", "the journal has never been signed", hint=hint)
    return signed
