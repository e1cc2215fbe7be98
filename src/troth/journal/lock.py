"""One writer at a time: whoever appends to the journal holds this lock until their transaction ends."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.work import Work

_WRITER = 0x74726F7468  # "troth": the number of the advisory lock on PostgreSQL


def one_writer(work: Work) -> None:
    """Wait until no other transaction writes, and keep it so until this one ends; taking it again costs little.

    Use cases that change state take it first, before they read what they are about to change: there is one lock and
    one order, so no two of them can wait for each other. SQLite holds its write lock from the start anyway.
    """
    if work.db.dialect.name == "postgresql":
        work.db.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITER)))
