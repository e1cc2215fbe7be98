"""Signing the journal as it stands, and keeping what witnesses say about it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from troth.base.errors import IntegrityError
from troth.base.work import Work
from troth.journal import checkpoint as checkpoints
from troth.journal import cosignature, merkle, note, tables
from troth.journal.cosignature import Witness
from troth.journal.lock import one_writer
from troth.journal.model import Signer
from troth.journal.nodes import reader
from troth.journal.reading import size


def checkpoint(work: Work, signer: Signer, *, seen: str | None = None) -> str:
    """Sign the journal as it stands, or give back the latest checkpoint if it covers all and is this signer's.

    `seen` is a checkpoint that is remembered outside the database, so that a database which lost its end is noticed.
    Never signs what contradicts an earlier checkpoint: raises IntegrityError `journal.regressed` instead.
    """
    one_writer(work)
    now, earlier = size(work), latest_checkpoint(work)
    root = merkle.root(now, reader(work))
    for known in (seen, earlier):
        if known is not None:
            refuse_regress(work, now, known)
    if earlier is not None and _is_current(earlier, now, signer):
        return earlier
    signed = checkpoints.sign(now, root, signer)
    number = 1 + (work.db.scalar(sa.select(sa.func.max(tables.checkpoint.c.number))) or 0)
    work.db.execute(tables.checkpoint.insert().values(number=number, size=now, note=signed, at=work.at))
    return signed


def latest_checkpoint(work: Work) -> str | None:
    """The signed checkpoint that was made last, with the cosignatures that were kept for it."""
    c = tables.checkpoint.c
    last = work.db.execute(sa.select(c.number, c.note).order_by(c.number.desc()).limit(1)).first()
    return None if last is None else cosignature.joined(last.note, _lines(work, last.number))


def cosign(work: Work, signed: str, witnesses: Collection[str]) -> str:
    """Keep the cosignatures that known witnesses put on one of our checkpoints; returns it with all that it has.

    Raises IntegrityError `journal.other-checkpoint` if the note is none of ours, `journal.not-witnessed` if no
    witness of these cosigned it, `journal.bad-signature` if a cosignature is not over this checkpoint.
    """
    one_writer(work)
    text = note.read(signed).text
    number, ours = _ours(work, text)
    c = tables.cosignature.c
    for found in cosignature.demand(signed, [Witness.parse(each) for each in witnesses], 1):
        name = f"{found.witness.name}+{found.witness.key_id.hex()}"
        work.db.execute(tables.cosignature.delete().where(c.checkpoint == number, c.witness == name))
        row = {"checkpoint": number, "witness": name, "line": found.line, "at": found.at}
        work.db.execute(tables.cosignature.insert().values(row))
    return cosignature.joined(ours, _lines(work, number))


def cosigned_size(work: Work, witness: str) -> int:
    """The size of the latest checkpoint that we keep this witness's cosignature of; 0 if there is none."""
    known = Witness.parse(witness)
    c, k = tables.cosignature.c, tables.checkpoint.c
    query = sa.select(sa.func.max(k.size)).join(tables.cosignature, c.checkpoint == k.number)
    return work.db.scalar(query.where(c.witness == f"{known.name}+{known.key_id.hex()}")) or 0


def refuse_regress(work: Work, now: int, earlier: str) -> None:
    """Raise IntegrityError `journal.regressed` if the journal of `now` entries contradicts a checkpoint of it."""
    claimed = checkpoints.read(earlier)
    if claimed.size > now or merkle.root(claimed.size, reader(work)) != claimed.root:
        raise IntegrityError(
            "journal.regressed",
            f"the journal no longer contains the `{claimed.size}` entries that were signed",
            hint="restore the own database from a backup that does; `troth journal verify` names the fault",
        )


def _ours(work: Work, text: str) -> tuple[int, str]:
    c = tables.checkpoint.c
    of_size = sa.select(c.number, c.note).where(c.size == checkpoints.parse(text).size).order_by(c.number.desc())
    for row in work.db.execute(of_size):
        if note.read(row.note).text == text:
            return row.number, row.note
    raise IntegrityError("journal.other-checkpoint", "the note is not a checkpoint of this journal")


def _lines(work: Work, number: int) -> list[str]:
    c = tables.cosignature.c
    return list(work.db.scalars(sa.select(c.line).where(c.checkpoint == number).order_by(c.witness)))


def _is_current(earlier: str, now: int, signer: Signer) -> bool:
    try:
        return checkpoints.verify(earlier, [signer.verifier]).size == now
    except IntegrityError:  # the key or the name was changed since
        return False
