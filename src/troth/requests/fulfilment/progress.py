"""How far an erasure has come in each store: counted, erased, looked at again. Each step is written once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import tables
from troth.stores.model import Erased


@dataclass(frozen=True)
class Expected:
    """A dataset before the first write: `due` rows had to be deleted or changed, `held` rows were the person's."""

    due: int
    held: int


@dataclass(frozen=True)
class Progress:
    """One store: what it held before the first write, what erasing said, and what there was still to do after it.

    `erased` is None until the store has been erased, `remaining` until it has been looked at again.
    """

    store: str
    expected: Mapping[str, Expected]
    erased: tuple[Erased, ...] | None
    remaining: Mapping[str, int] | None

    @property
    def clean(self) -> bool:
        """Whether it was looked at again and nothing was left to erase."""
        return self.remaining is not None and not any(self.remaining.values())


def progress(work: Work, request_id: str) -> Mapping[str, Progress]:
    """What is known of each store, by name; empty until all were counted."""
    rows = work.db.execute(sa.select(tables.request_store).where(tables.request_store.c.request == request_id))
    return {row.store: _progress(row) for row in rows}


def expect(work: Work, request_id: str, counts: Mapping[str, Mapping[str, Expected]]) -> None:
    """Write what stores hold before anything is erased in them; once, later counts change nothing."""
    known = progress(work, request_id)
    rows = [
        {"request": request_id, "store": name, "expected": {key: asdict(one) for key, one in found.items()}}
        for name, found in counts.items()
        if name not in known
    ]
    if rows:
        work.db.execute(sa.insert(tables.request_store), rows)


def forget(work: Work, request_id: str, store: str) -> None:
    """Have a store counted anew: nothing was erased in it yet, and less is to be erased now."""
    table = tables.request_store
    work.db.execute(sa.delete(table).where(table.c.request == request_id, table.c.store == store))


def erased(work: Work, request_id: str, store: str, outcome: Iterable[Erased]) -> None:
    """Write what a store said when it was erased; the first run to say so is believed, not one that overlapped it."""
    if progress(work, request_id)[store].erased is None:
        _set(work, request_id, store, outcome=[asdict(one) for one in outcome])


def looked(work: Work, request_id: str, store: str, remaining: Mapping[str, int]) -> None:
    """Write what there was still to do in a store after it was erased."""
    _set(work, request_id, store, remaining=dict(remaining))


def again(work: Work, request_id: str, store: str) -> None:
    """Have a store erased once more: rows were left in it."""
    _set(work, request_id, store, outcome=sa.null(), remaining=sa.null())


def _set(work: Work, request_id: str, store: str, **values: object) -> None:
    table = tables.request_store
    work.db.execute(sa.update(table).where(table.c.request == request_id, table.c.store == store).values(**values))


def _progress(row: sa.Row[tuple[object, ...]]) -> Progress:
    return Progress(
        row.store,
        {name: Expected(**one) for name, one in row.expected.items()},
        None if row.outcome is None else tuple(Erased(**one) for one in row.outcome),
        row.remaining,
    )
