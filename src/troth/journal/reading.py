"""Reading the journal as it lies in the own database."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from troth.base.work import Work
from troth.journal import tables
from troth.journal.model import Entry


def end(work: Work) -> tuple[int, datetime | None]:
    """How many entries there are, and the instant of the last."""
    c = tables.entry.c
    last = work.db.execute(sa.select(c.number, c.at).order_by(c.number.desc()).limit(1)).first()
    return (0, None) if last is None else (last.number + 1, last.at)


def size(work: Work) -> int:
    """How many entries the journal holds."""
    return end(work)[0]


def entries(work: Work, start: int, count: int) -> tuple[Entry, ...]:
    """Up to `count` entries from index `start` on."""
    found = work.db.execute(
        sa.select(tables.entry)
        .where(tables.entry.c.number >= start, tables.entry.c.number < start + count)
        .order_by(tables.entry.c.number)
    )
    return tuple(Entry(row.number, row.kind, row.at, bytes(row.leaf), bytes(row.hash)) for row in found)
