"""How far a store has come that is erased in chunks: each is one transaction there, and is written down here after it.

A worker may be killed between any two: the rows say what is left, the next run goes on with them, and what the last
chunk before the kill erased shows in the certificate by what was counted before the first write.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import tables
from troth.stores.model import Erased


def done(work: Work, request_id: str, store: str) -> Mapping[str, int]:
    """By dataset, the rows that were erased in chunks so far."""
    table = tables.request_chunk
    chosen = sa.select(table.c.dataset, table.c.rows).where(table.c.request == request_id, table.c.store == store)
    return {row.dataset: row.rows for row in work.db.execute(chosen)}


def add(work: Work, request_id: str, store: str, chunk: Erased) -> None:
    """Write that one more chunk is erased."""
    table = tables.request_chunk
    mine = (table.c.request == request_id, table.c.store == store, table.c.dataset == chunk.dataset)
    before = done(work, request_id, store).get(chunk.dataset)
    values = {"rows": (before or 0) + chunk.changed, "at": work.at}
    if before is None:
        names = {"request": request_id, "store": store, "dataset": chunk.dataset}
        work.db.execute(sa.insert(table).values(**names, **values))
    else:
        work.db.execute(sa.update(table).where(*mine).values(**values))


def with_chunks(outcome: Iterable[Erased], rows: Mapping[str, int]) -> tuple[Erased, ...]:
    """What a store said at its end, and what went in chunks before."""
    said = tuple(outcome)
    more = tuple(
        Erased(name, number, number, 0, None, "delete")
        for name, number in rows.items()
        if not any(one.dataset == name and one.change == "delete" for one in said)
    )
    return (*(_joined(one, rows) for one in said), *more)


def _joined(one: Erased, rows: Mapping[str, int]) -> Erased:
    number = rows.get(one.dataset, 0) if one.change == "delete" else 0
    return replace(one, matched=one.matched + number, changed=one.changed + number)
