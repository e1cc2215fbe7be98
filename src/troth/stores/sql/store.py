"""The store that a SQL database is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal, TypeVar

import sqlalchemy as sa

from troth.base.errors import Problem
from troth.base.text import Text
from troth.datamap.check import against_store
from troth.datamap.indexes import missing_indexes
from troth.datamap.live import LiveSchema
from troth.datamap.model import Person, StoreMap
from troth.datamap.seeds import SeedPlan, is_telling
from troth.stores.lines import lines_of, rows_of
from troth.stores.model import Corrected, Correction, Erased, Lines, Named, Row
from troth.stores.sql.connection import session, told, unavailable
from troth.stores.sql.correct import put
from troth.stores.sql.erasing import chunk, erased, left, rehearsed
from troth.stores.sql.everybody import everybody
from troth.stores.sql.naming import named, own_names
from troth.stores.sql.plans import plans_of
from troth.stores.sql.prepare import prepare_to_read
from troth.stores.sql.runs import begun
from troth.stores.sql.schema import read_schema
from troth.stores.sql.show import Aim, shown
from troth.stores.sql.stream import streamed, united

T = TypeVar("T")

_Reads = Callable[[sa.Connection, SeedPlan, Sequence[Person]], tuple[Named, ...]]


class SqlStore:
    """Runs the plans of one data map on one database. Satisfies `stores.model.Store`."""

    def __init__(self, found: StoreMap, engine: sa.Engine) -> None:
        self._map = found
        self._engine = engine
        self._plans = plans_of(found)

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._map.name

    @property
    def label(self) -> Text:
        """What people call it."""
        return self._map.label

    def check(self) -> tuple[Problem, ...]:
        """How the live store differs from its map."""
        return against_store(self._map, self.live())

    def slow(self) -> tuple[Problem, ...]:
        """What makes requests slow and nothing wrong: indexes that are missing, with the statements that make them."""
        return missing_indexes(self._map, self.live(), self._engine.dialect.identifier_preparer.quote_identifier)

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        """By dataset, how many rows of these people an erasure would still have to delete or change."""
        return told(self.name, lambda: self._look(people))

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        """Every row that belongs to one of these people and to nobody else, in the order of the people given."""
        return self._told(self._rows(people))

    def lines(self, people: Sequence[Person]) -> Iterator[Lines]:
        """The same rows as JSON, which the database itself writes where it can."""
        return self._told(self._lines(people))

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """Erase what belongs to these people as the map says: in one transaction, all of it or nothing."""
        return told(self.name, lambda: self._erase(people))

    def erase_chunk(self, people: Sequence[Person]) -> Erased | None:
        """Erase some rows of what the map lets go in chunks; None if no more are left."""
        if all(one.chunks is None for one in self._map.datasets.values()):
            return None
        return told(self.name, lambda: self._erase_chunk(people))

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What `erase` would do and say now, refusals included. Nothing is written."""
        return told(self.name, lambda: self._rehearse(people))

    def own_names(self, people: Sequence[Person]) -> tuple[Named, ...]:
        """The rows that are one person's and nobody else's, with what seeds in them."""
        return told(self.name, lambda: self._names(own_names, people))

    def named(self, people: Sequence[Person]) -> tuple[Named, ...]:
        """The rows that an identifier of these people finds, with all that they name."""
        return told(self.name, lambda: self._names(named, people))

    def everybody(self) -> Iterator[tuple[str, str]]:
        """Every kind of identifier and value by which its rows name people, as they are spelt there."""
        return self._told(self._everybody())

    def correct(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """Put people's new values into every field that holds the item: in one transaction, all of it or nothing."""
        return told(self.name, lambda: self._correct(corrections, ends="commit"))

    def rehearse_correction(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """Do the same and roll it back, so that every rule of the database has its say."""
        return told(self.name, lambda: self._correct(corrections, ends="rollback"))

    def statements(self, aim: Aim) -> tuple[str, ...]:
        """The statements of a plan, in their order. Raises InputError if the map does not fit the store."""
        return shown(self._map, self.live(), aim, self._engine.dialect)

    def live(self) -> LiveSchema:
        """What the database looks like."""
        return told(self.name, self._schema)

    @property
    def dialect(self) -> str:
        """Which database it is: sqlite, postgresql or mariadb."""
        return self._engine.dialect.name

    @property
    def database(self) -> str:
        """The database's own name."""
        return self._engine.url.database or ""

    def _rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        with session(self._engine, "read") as connection:
            plan = self._plans.planned(connection).erasure
            return rehearsed(begun(connection, plan.setting, people, "read"), plan)

    def _names(self, read: _Reads, people: Sequence[Person]) -> tuple[Named, ...]:
        if not is_telling(self._map):
            return ()
        with session(self._engine, "read") as connection:
            return read(connection, self._plans.planned(connection).seeds, people)

    def _schema(self) -> LiveSchema:
        with session(self._engine, "read") as connection:
            return read_schema(connection)

    def _everybody(self) -> Iterator[tuple[str, str]]:
        with session(self._engine, "read") as connection:
            yield from everybody(connection, self._map)

    def _look(self, people: Sequence[Person]) -> Mapping[str, int]:
        with session(self._engine, "read") as connection:
            plan = self._plans.planned(connection).erasure
            found = left(begun(connection, plan.setting, people, "read"), plan)
        return {name: found[name] for name in self._map.datasets if name in found}

    def _rows(self, people: Sequence[Person]) -> Iterator[Row]:
        if self.dialect != "mariadb":
            yield from rows_of(self._lines(people))
            return
        with session(self._engine, "read") as connection:
            plan = self._plans.planned(connection).access
            prepare_to_read(connection, plan.setting, people)
            yield from united(connection, plan.reads, [person.subject for person in people])

    def _lines(self, people: Sequence[Person]) -> Iterator[Lines]:
        if self.dialect == "mariadb":
            yield from lines_of(self._rows(people))
            return
        with session(self._engine, "read") as connection:
            planned = self._plans.planned(connection)
            run = begun(connection, planned.access.setting, people, "read")
            asked = run.reads(planned)
            yield from streamed(connection, asked, [person.subject for person in people])

    def _told(self, found: Iterator[T]) -> Iterator[T]:
        """What is read, one after the other; a failure of the database is told without what it read."""
        try:
            yield from found
        except sa.exc.SQLAlchemyError as error:
            failure = unavailable(self.name, error)
        else:
            return
        raise failure

    def _correct(
        self, corrections: Sequence[Correction], *, ends: Literal["commit", "rollback"]
    ) -> tuple[Corrected, ...]:
        with session(self._engine, "write") as connection:
            done = put(connection, self._map, self._plans.planned(connection).live, corrections)
            if ends == "rollback":
                connection.rollback()
        return done

    def _erase_chunk(self, people: Sequence[Person]) -> Erased | None:
        with session(self._engine, "write") as connection:
            plan = self._plans.planned(connection).erasure
            run = begun(connection, plan.setting, people, "write")
            found = chunk(run, plan)
            run.clear()
        return found

    def _erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        with session(self._engine, "write") as connection:
            plan = self._plans.planned(connection).erasure
            run = begun(connection, plan.setting, people, "write")
            found = erased(run, plan, self.name)
            run.clear()
        return found
