"""Appending to the journal and verifying it; what signs it and gives it away is gathered here for its callers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import InputError, IntegrityError
from troth.base.work import Work
from troth.journal import admission, cosignature, merkle, tables
from troth.journal import checkpoint as checkpoints
from troth.journal.audit import audit
from troth.journal.cosignature import Witness
from troth.journal.giving import export, prove
from troth.journal.lock import one_writer
from troth.journal.merkle import Growing, Node, Reader
from troth.journal.model import Entry, Verified, Verifier
from troth.journal.nodes import reader
from troth.journal.reading import end, entries, size
from troth.journal.signing import checkpoint, cosign, latest_checkpoint
from troth.journal.time import not_before

__all__ = [
    "append",
    "append_all",
    "audit",
    "checkpoint",
    "consistency",
    "cosign",
    "entries",
    "export",
    "inclusion",
    "latest_checkpoint",
    "prove",
    "size",
    "verify",
]


def append(work: Work, kind: str, refs: Mapping[str, str | int]) -> Entry:
    """Write one entry in the caller's transaction; the state change that it tells of belongs in the same one.

    `refs` are ids, hashes, numbers and commitments. The time of an entry is never before that of the one before it.

    Raises:
        InputError: `journal.not-admitted` for any other reference.
        UnavailableError: `journal.clock-backwards` if the clock is far behind the last entry.
    """
    return append_all(work, [(kind, refs)])[0]


def append_all(work: Work, told: Sequence[tuple[str, Mapping[str, str | int]]]) -> tuple[Entry, ...]:
    """Write entries in this order, as `append` would one by one, in a few statements however many there are.

    Each is its kind and references. Raises as `append` does, and then nothing of it is written.
    """
    if not told:
        return ()
    one_writer(work)
    start, last = end(work)
    at = not_before(last, work.at)
    entries = tuple(_entry(number, kind, at, refs) for number, (kind, refs) in enumerate(told, start=start))
    work.db.execute(
        tables.entry.insert(),
        [{"number": one.index, "kind": one.kind, "at": one.at, "leaf": one.leaf, "hash": one.hash} for one in entries],
    )
    _store_completed(work, entries)
    return entries


def inclusion(work: Work, index: int, size: int) -> tuple[bytes, ...]:
    """The proof that entry `index` is among the first `size` entries; `merkle.check_inclusion` verifies it."""
    return _proved(work, size, lambda read: merkle.inclusion_proof(index, size, read))


def consistency(work: Work, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the journal at size `new` only adds to that at `old`; for `merkle.check_consistency`."""
    return _proved(work, new, lambda read: merkle.consistency_proof(old, new, read))


def verify(work: Work, keys: Collection[str], witnesses: Collection[str] = (), least: int = 0) -> Verified:
    """Re-derive everything from the leaves to the last checkpoint; `keys` are the log's verifier strings.

    At least so many of the `witnesses` must have cosigned the latest checkpoint. Raises IntegrityError with the first
    fault: a gap, an altered entry or hash, a checkpoint that is not signed by a known key, that regressed, or that
    claims another root.
    """
    for problem in audit(work):
        raise IntegrityError(problem.code, problem.message, hint=problem.hint)
    known = [Verifier.parse(key) for key in keys]
    notes = work.db.scalars(sa.select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.number)).all()
    for signed in notes:
        checkpoints.verify(signed, known)
    if latest := latest_checkpoint(work):
        cosignature.demand(latest, [Witness.parse(each) for each in witnesses], least)
    return Verified(size(work), len(notes))


def _entry(number: int, kind: str, at: datetime, refs: Mapping[str, str | int]) -> Entry:
    leaf = admission.leaf(kind, at, refs)
    return Entry(number, kind, at, leaf, merkle.leaf_hash(leaf))


def _store_completed(work: Work, entries: Sequence[Entry]) -> None:
    tree = _grown(work, entries[0].index)
    made = [pair for entry in entries for pair in tree.add(entry.hash)[1:]]
    if made:
        work.db.execute(tables.node.insert(), [{"place": node.place, "hash": value} for node, value in made])


def _grown(work: Work, size: int) -> Growing:
    """The tree of the first `size` entries, ready to take in more."""
    edge = merkle.range_nodes((0, size))
    stored = reader(work)(edge) if edge else {}
    return Growing([(node, stored[node]) for node in edge])


def _proved(work: Work, wanted: int, prove: Callable[[Reader], tuple[bytes, ...]]) -> tuple[bytes, ...]:
    """The proof; the last entry is looked up with the proof's own hashes, so that no other query asks for the size."""
    read, last = reader(work), [Node(0, wanted - 1)] if wanted > 0 else []
    try:
        return prove(lambda nodes: read([*nodes, *last]))
    except IntegrityError:
        if wanted > size(work):
            raise InputError("journal.no-such-size", f"the journal has never held `{wanted}` entries") from None
        raise
