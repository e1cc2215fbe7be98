"""Appending to the journal, signing it, proving it and giving it away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, IntegrityError
from troth.base.work import Work
from troth.journal import admission, merkle, tables, tiles
from troth.journal import checkpoint as checkpoints
from troth.journal.audit import audit
from troth.journal.lock import one_writer
from troth.journal.model import Entry, Signer, Verified, Verifier
from troth.journal.nodes import reader

__all__ = [
    "append",
    "audit",
    "checkpoint",
    "consistency",
    "entries",
    "export",
    "inclusion",
    "latest_checkpoint",
    "size",
    "verify",
]

Writer = Callable[[str, bytes], None]
"""Puts one file of an export where it belongs: its path, its content."""


def append(work: Work, kind: str, refs: Mapping[str, str | int]) -> Entry:
    """Write one entry in the caller's transaction; the state change that it tells of belongs in the same one.

    `refs` are ids, hashes, numbers and commitments. Raises InputError `journal.not-admitted` for anything else.
    """
    leaf = admission.leaf(kind, work.at, refs)
    one_writer(work)
    index = size(work)
    entry = Entry(index, kind, work.at, leaf, merkle.leaf_hash(leaf))
    work.db.execute(
        tables.entry.insert().values(number=index, kind=kind, at=entry.at, leaf=leaf, hash=entry.hash),
    )
    _store_completed(work, entry)
    return entry


def size(work: Work) -> int:
    """How many entries the journal holds."""
    last = work.db.scalar(sa.select(sa.func.max(tables.entry.c.number)))
    return 0 if last is None else int(last) + 1


def entries(work: Work, start: int, count: int) -> tuple[Entry, ...]:
    """Up to `count` entries from index `start` on."""
    found = work.db.execute(
        sa.select(tables.entry)
        .where(tables.entry.c.number >= start, tables.entry.c.number < start + count)
        .order_by(tables.entry.c.number)
    )
    return tuple(Entry(row.number, row.kind, row.at, bytes(row.leaf), bytes(row.hash)) for row in found)


def checkpoint(work: Work, signer: Signer) -> str:
    """Sign the journal as it stands, or give back the latest checkpoint if it covers all and is this signer's.

    Never signs what contradicts an earlier checkpoint: raises IntegrityError `journal.regressed` instead.
    """
    one_writer(work)
    now, earlier = size(work), latest_checkpoint(work)
    root = merkle.root(now, reader(work))
    if earlier is not None:
        _refuse_regress(work, now, earlier)
        if _is_current(earlier, now, signer):
            return earlier
    signed = checkpoints.sign(now, root, signer)
    number = 1 + (work.db.scalar(sa.select(sa.func.max(tables.checkpoint.c.number))) or 0)
    work.db.execute(tables.checkpoint.insert().values(number=number, size=now, note=signed, at=work.at))
    return signed


def latest_checkpoint(work: Work) -> str | None:
    """The signed checkpoint that was made last."""
    return work.db.scalar(sa.select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.number.desc()).limit(1))


def inclusion(work: Work, index: int, size: int) -> tuple[bytes, ...]:
    """The proof that entry `index` is among the first `size` entries; `merkle.check_inclusion` verifies it."""
    _refuse_beyond(work, size)
    return merkle.inclusion_proof(index, size, reader(work))


def consistency(work: Work, old: int, new: int) -> tuple[bytes, ...]:
    """The proof that the journal at size `new` only adds to that at `old`; for `merkle.check_consistency`."""
    _refuse_beyond(work, new)
    return merkle.consistency_proof(old, new, reader(work))


def verify(work: Work, keys: Collection[str]) -> Verified:
    """Re-derive everything from the leaves to the last checkpoint; `keys` are the log's verifier strings.

    Raises IntegrityError with the first fault: a gap, an altered entry or hash, a checkpoint that is not signed by a
    known key, that regressed, or that claims another root.
    """
    for problem in audit(work):
        raise IntegrityError(problem.code, problem.message, hint=problem.hint)
    known = [Verifier.parse(key) for key in keys]
    notes = work.db.scalars(sa.select(tables.checkpoint.c.note).order_by(tables.checkpoint.c.number)).all()
    for signed in notes:
        checkpoints.verify(signed, known)
    return Verified(size(work), len(notes))


def export(work: Work, writer: Writer) -> None:
    """Write the log up to its latest checkpoint as tlog-tiles, the checkpoint last.

    Raises ConflictError `journal.no-checkpoint` when nothing has been signed yet.
    """
    signed = latest_checkpoint(work)
    if signed is None:
        hint = "sign it first; `troth journal verify` does"
        raise ConflictError("journal.no-checkpoint", "the journal has never been signed", hint=hint)
    covered = checkpoints.read(signed).size
    for bundle in tiles.bundles(covered):
        held = entries(work, bundle.number * tiles.WIDTH, bundle.width)
        writer(bundle.path, tiles.encode([entry.leaf for entry in held]))
    read = reader(work)
    for tile in tiles.tiles(covered):
        stored = read(tile.nodes)
        writer(tile.path, b"".join(stored[node] for node in tile.nodes))
    writer(tiles.CHECKPOINT_PATH, signed.encode())


def _store_completed(work: Work, entry: Entry) -> None:
    completed = merkle.completed_by(entry.index)
    if not completed:
        return
    siblings = merkle.siblings_for(entry.index)
    stored = reader(work)(siblings)
    rows, value = [], entry.hash
    for node, sibling in zip(completed, siblings, strict=True):
        value = merkle.node_hash(stored[sibling], value)
        rows.append({"level": node.level, "number": node.number, "hash": value})
    work.db.execute(tables.node.insert(), rows)


def _refuse_regress(work: Work, now: int, earlier: str) -> None:
    claimed = checkpoints.read(earlier)
    if claimed.size > now or merkle.root(claimed.size, reader(work)) != claimed.root:
        raise IntegrityError(
            "journal.regressed",
            f"the journal no longer contains the `{claimed.size}` entries that were signed",
            hint="restore the own database from a backup that does; `troth journal verify` names the fault",
        )


def _is_current(earlier: str, now: int, signer: Signer) -> bool:
    try:
        return checkpoints.verify(earlier, [signer.verifier]).size == now
    except IntegrityError:  # the key or the name was changed since
        return False


def _refuse_beyond(work: Work, wanted: int) -> None:
    if wanted > size(work):
        raise InputError("journal.no-such-size", f"the journal has never held `{wanted}` entries")
