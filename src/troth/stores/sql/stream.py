"""Reads the rows of all datasets together, in the order of people, without holding a dataset in memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import chain
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from troth.datamap.plan import Read
from troth.stores.model import Lines, Row
from troth.stores.sql.connection import failing
from troth.stores.sql.objects import Objects
from troth.stores.sql.plain import plain

_AT_ONCE = 500  # rows fetched at a time


def streamed(connection: sa.Connection, asked: Sequence[Objects], subjects: Sequence[str]) -> Iterator[Lines]:
    """The rows of all statements, person by person, and for one person statement by statement.

    One cursor each; all are in the order of people, so the next person is whoever is next in any of them.
    """
    with ExitStack() as opened:  # whoever stops early leaves no cursor behind
        cursors = [opened.enter_context(closing(_Cursor(connection, one, n))) for n, one in enumerate(asked)]
        streams = [_Stream(one.dataset, found, subjects) for one, found in zip(asked, cursors, strict=True)]
        nobody = len(subjects)
        while (last := min((stream.last for stream in streams), default=nobody)) < nobody:
            runs = chain.from_iterable(stream.before(last) for stream in streams)
            yield from map(itemgetter(1), sorted(runs, key=itemgetter(0)))
            for stream in streams:
                yield from stream.of(last)


class _Cursor:
    """The driver's own cursor, which leaves the rows with the database: SQLAlchemy makes an object of each of them."""

    def __init__(self, connection: sa.Connection, asked: Objects, number: int) -> None:
        self._connection = connection
        named = (f"troth_{number}",) if connection.dialect.name == "postgresql" else ()
        self._cursor = connection.connection.cursor(*named)
        with failing(connection):
            self._cursor.execute(asked.statement, asked.values)

    def fetch(self) -> Sequence[tuple[int, str]]:
        """The next rows; none at the end."""
        with failing(self._connection):
            rows: Sequence[tuple[int, str]] = self._cursor.fetchmany(_AT_ONCE)
        return rows

    def close(self) -> None:
        """Give the rows up that were not fetched."""
        with failing(self._connection):
            self._cursor.close()


class _Stream:
    """The rows of one statement, in blocks: what is done for each of a million rows is done by C."""

    def __init__(self, dataset: str, found: _Cursor, subjects: Sequence[str]) -> None:
        self._dataset = dataset
        self._found = found
        self._subjects = subjects
        self._persons: Sequence[int] = ()
        self._objects: Sequence[str] = ()
        self._at = 0
        self._fetch()

    @property
    def last(self) -> int:
        """The person of the last row at hand, who may have more; one beyond all where no row is left."""
        return self._persons[-1] if self._at < len(self._persons) else len(self._subjects)

    def before(self, person: int) -> list[tuple[int, Lines]]:
        """The rows at hand of the people before this one, with whose they are."""
        return self._runs(bisect_left(self._persons, person, self._at))

    def of(self, person: int) -> Iterator[Lines]:
        """The next rows, as long as they are this person's."""
        while self._at < len(self._persons) and self._persons[self._at] == person:
            yield from (lines for _, lines in self._runs(bisect_right(self._persons, person, self._at)))
            if self._at == len(self._persons):
                self._fetch()

    def _runs(self, end: int) -> list[tuple[int, Lines]]:
        """The rows at hand up to there, person by person."""
        persons, objects, subjects = self._persons, self._objects, self._subjects
        runs, start, self._at = list[tuple[int, Lines]](), self._at, end
        while start < end:
            person = persons[start]
            after = bisect_right(persons, person, start, end)
            text = ",\n".join(objects[start:after]).encode()
            runs.append((person, Lines(subjects[person], self._dataset, after - start, text)))
            start = after
        return runs

    def _fetch(self) -> None:
        block = self._found.fetch()
        self._persons, self._objects = zip(*block, strict=True) if block else ((), ())
        self._at = 0


def united(connection: sa.Connection, reads: Sequence[Read], subjects: Sequence[str]) -> Iterator[Row]:
    """The same rows by one cursor, where a connection can have no more (MariaDB): the database merges."""
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
