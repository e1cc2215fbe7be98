"""Reads the rows of all datasets together, in the order of people, without holding a dataset in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import sqlalchemy as sa

from troth.datamap.plan import Read

_AT_ONCE = 1000  # rows fetched at a time

Place = tuple[int, int, Sequence[object]]
"""A row: the person's place in the list, the place of the read in the plan, and the values."""


def streamed(connection: sa.Connection, reads: Sequence[Read]) -> Iterator[Place]:
    """The rows of all reads, person by person, and for one person read by read."""
    if connection.dialect.name == "mariadb":
        return _one_after_another(connection, reads)
    return _side_by_side(connection, reads)


def _side_by_side(connection: sa.Connection, reads: Sequence[Read]) -> Iterator[Place]:
    """One cursor a dataset; all are in the order of people, so the next person is whoever is next in any of them."""
    with ExitStack() as opened:  # whoever stops early leaves no cursor behind
        found = (
            opened.enter_context(connection.execute(read.ordered, execution_options={"yield_per": _AT_ONCE}))
            for read in reads
        )
        streams = [iter(one) for one in found]
        heads: list[Sequence[Any] | None] = [next(stream, None) for stream in streams]
        while waiting := [head[0] for head in heads if head is not None]:
            person = min(waiting)
            for place, stream in enumerate(streams):
                head = heads[place]
                while head is not None and head[0] == person:
                    yield person, place, head[1:]
                    head = next(stream, None)
                heads[place] = head


def _one_after_another(connection: sa.Connection, reads: Sequence[Read]) -> Iterator[Place]:
    """One cursor for everything, where a connection can have no more: the database merges."""
    if not reads:
        return
    starts = [sum(len(read.columns) for read in reads[:place]) for place in range(len(reads))]
    with connection.execute(_united(reads), execution_options={"yield_per": _AT_ONCE}) as found:
        for person, place, *values in found:
            yield person, place, values[starts[place] : starts[place] + len(reads[place].columns)]


def _united(reads: Sequence[Read]) -> sa.Select[Any]:
    """All reads as one: each row has its own columns filled, those of the other reads are NULL."""
    parts = [_part(reads, place) for place in range(len(reads))]
    rows = sa.union_all(*parts).subquery("rows")
    shown = [column for column in rows.c if not column.name.startswith("k")]
    return sa.select(*shown).order_by(rows.c.person, rows.c.place, *(one for one in rows.c if one.name.startswith("k")))


def _part(reads: Sequence[Read], place: int) -> sa.Select[Any]:
    read = reads[place]
    _, *own = read.rows.selected_columns
    person, *keys = read.order
    values = [_label("c", at, n, own[n] if at == place else None) for at, one in enumerate(reads) for n in _places(one)]
    order = [
        _label("k", at, n, keys[n] if at == place else None)
        for at, one in enumerate(reads)
        for n in range(len(one.order) - 1)
    ]
    return read.rows.with_only_columns(person.label("person"), sa.literal(place).label("place"), *values, *order)


def _places(read: Read) -> range:
    return range(len(read.columns))


def _label(family: str, at: int, number: int, column: sa.ColumnElement[Any] | None) -> sa.ColumnElement[Any]:
    return (sa.null() if column is None else column).label(f"{family}{at}_{number}")
