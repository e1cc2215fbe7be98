"""Reads the rows of all datasets together, in the order of people, without holding a dataset in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import repeat
from typing import Any

import sqlalchemy as sa

from troth.datamap.plan import Read
from troth.stores.model import Row
from troth.stores.sql.plain import plain, plain_column

_AT_ONCE = 1000  # rows fetched at a time


def streamed(connection: sa.Connection, reads: Sequence[Read], subjects: Sequence[str]) -> Iterator[Row]:
    """The rows of all reads, person by person, and for one person read by read."""
    if connection.dialect.name == "mariadb":
        return _one_after_another(connection, reads, subjects)
    return _side_by_side(connection, reads, subjects)


def _side_by_side(connection: sa.Connection, reads: Sequence[Read], subjects: Sequence[str]) -> Iterator[Row]:
    """One cursor a dataset; all are in the order of people, so the next person is whoever is next in any of them."""
    with ExitStack() as opened:  # whoever stops early leaves no cursor behind
        found = (
            opened.enter_context(connection.execute(read.ordered, execution_options={"yield_per": _AT_ONCE}))
            for read in reads
        )
        streams = [_Stream(read, one, subjects) for read, one in zip(reads, found, strict=True)]
        nobody = len(subjects)
        while (last := min((stream.last for stream in streams), default=nobody)) < nobody:
            yield from _in_order([stream.before(last) for stream in streams])
            for stream in streams:
                yield from stream.of(last)


def _in_order(parts: Sequence[tuple[Sequence[int], Sequence[Row]]]) -> Iterator[Row]:
    """The rows of several streams by person; for one person they stay in the order of the streams."""
    persons = [person for part, _ in parts for person in part]
    rows = [row for _, part in parts for row in part]
    return map(rows.__getitem__, sorted(range(len(rows)), key=persons.__getitem__))


class _Stream:
    """The rows of one read, made in blocks: what is done for each of a million rows is done by C."""

    def __init__(self, read: Read, found: sa.Result[Any], subjects: Sequence[str]) -> None:
        self._read = read
        self._blocks = found.partitions()
        self._subjects = subjects
        self._persons: Sequence[int] = ()
        self._rows: list[Row] = []
        self._at = 0
        self._fetch()

    @property
    def last(self) -> int:
        """The person of the last row at hand, who may have more; one beyond all where no row is left."""
        return self._persons[-1] if self._at < len(self._persons) else len(self._subjects)

    def before(self, person: int) -> tuple[Sequence[int], Sequence[Row]]:
        """The rows at hand of the people before this one, with whose they are."""
        start, self._at = self._at, bisect_left(self._persons, person, self._at)
        return self._persons[start : self._at], self._rows[start : self._at]

    def of(self, person: int) -> Iterator[Row]:
        """The next rows, as long as they are this person's."""
        while self._at < len(self._persons) and self._persons[self._at] == person:
            end = bisect_right(self._persons, person, self._at)
            yield from self._rows[self._at : end]
            self._at = end
            if end == len(self._persons):
                self._fetch()

    def _fetch(self) -> None:
        block = next(self._blocks, ())
        self._persons, *columns = zip(*block, strict=True) if block else ((),)
        names = self._read.columns
        values = zip(*map(plain_column, columns), strict=True) if names else repeat((), len(block))
        whose = map(self._subjects.__getitem__, self._persons)
        told = [dict(zip(names, one)) for one in values]  # noqa: B905 - slower by a third, and done for every row
        self._rows, self._at = list(map(Row, whose, repeat(self._read.dataset), told)), 0


def _one_after_another(connection: sa.Connection, reads: Sequence[Read], subjects: Sequence[str]) -> Iterator[Row]:
    """One cursor for everything, where a connection can have no more: the database merges."""
    if not reads:
        return
    starts = [sum(len(read.columns) for read in reads[:place]) for place in range(len(reads))]
    with connection.execute(_united(reads), execution_options={"yield_per": _AT_ONCE}) as found:
        for person, place, *values in found:
            names = reads[place].columns
            own = values[starts[place] : starts[place] + len(names)]
            yield Row(subjects[person], reads[place].dataset, dict(zip(names, map(plain, own), strict=True)))


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
