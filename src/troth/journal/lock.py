"""One writer at a time: whoever appends to the journal holds this lock until their transaction ends."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.work import Work

_WRITER = 0x74726F7468  # "troth": the number of the advisory lock on PostgreSQL
_LOCK = sa.select(sa.func.pg_advisory_xact_lock(_WRITER))
_HELD_IN = "troth.one-writer"


def one_writer(work: Work) -> None:
    """Wait until no other transaction writes, and keep it so until this one ends; taking it again costs nothing.

    Use cases that change state take it first, before they read what they are about to change: there is one lock and
    one order, so no two of them can wait for each other. SQLite holds its write lock from the start anyway.
    """
    if work.db.dialect.name != "postgresql" or work.db.info.get(_HELD_IN) is work.db.get_transaction():
        return
    work.db.execute(_LOCK)
    if not work.db.in_nested_transaction():  # what is taken after a savepoint is given back when that is rolled back
        work.db.info[_HELD_IN] = work.db.get_transaction()
