"""The store that a SQL database is."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTableAs

from troth.base.errors import InputError, IntegrityError, Problem
from troth.base.text import Text
from troth.datamap.check import against_store
from troth.datamap.identify import lines
from troth.datamap.live import LiveSchema
from troth.datamap.model import Person, StoreMap
from troth.datamap.plan import ErasurePlan, Read, Setting, Step, compile_access, compile_erasure
from troth.datamap.sql import PEOPLE
from troth.stores.model import Erased, Row
from troth.stores.sql.connection import session, told, unavailable
from troth.stores.sql.plain import plain
from troth.stores.sql.schema import read_schema

_AT_ONCE = 1000  # rows fetched at a time


class SqlStore:
    """Runs the plans of one data map on one database. Satisfies `stores.model.Store`."""

    def __init__(self, found: StoreMap, engine: sa.Engine) -> None:
        self._map = found
        self._engine = engine

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
        return against_store(self._map, told(self.name, self._schema))

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        """By dataset, how many rows of these people an erasure would still have to delete or change."""
        return told(self.name, lambda: self._look(people))

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        """Every row that belongs to one of these people and to nobody else, in the order of the people given."""
        try:
            yield from self._access(people)
        except sa.exc.SQLAlchemyError as error:
            failure = unavailable(self.name, error)
        else:
            return
        raise failure

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """Erase what belongs to these people as the map says: in one transaction, all of it or nothing."""
        return told(self.name, lambda: self._erase(people))

    def _schema(self) -> LiveSchema:
        with session(self._engine, "read") as connection:
            return read_schema(connection)

    def _look(self, people: Sequence[Person]) -> Mapping[str, int]:
        with session(self._engine, "read") as connection:
            plan = compile_erasure(self._map, read_schema(connection))
            _prepare(connection, plan.setting, people)
            found = {step.dataset: _number(connection, step) for step in (*plan.mask, *plan.delete)}
        return {name: found[name] for name in self._map.datasets if name in found}

    def _access(self, people: Sequence[Person]) -> Iterator[Row]:
        with session(self._engine, "read") as connection:
            plan = compile_access(self._map, read_schema(connection))
            _prepare(connection, plan.setting, people)
            yield from _rows(connection, plan.reads, people)

    def _erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        with session(self._engine, "write") as connection:
            plan = compile_erasure(self._map, read_schema(connection))
            _prepare(connection, plan.setting, people)
            _guard(connection, plan)
            found = _expected(connection, plan)
            _change(connection, plan.detach)
            _verify(connection, plan.detach, self.name)
            _change(connection, plan.mask)
            _run(connection, plan.unlink)
            _change(connection, plan.delete)
            _verify(connection, (*plan.mask, *plan.delete), self.name)
            _run(connection, plan.setting.clear)
        return found


def _run(connection: sa.Connection, statements: Sequence[sa.Executable]) -> None:
    for statement in statements:
        connection.execute(statement)


def _prepare(connection: sa.Connection, setting: Setting, people: Sequence[Person]) -> None:
    """Make the people's table and the tables of keys that follow from it."""
    first, *others = setting.prepare
    connection.execute(first)
    if found := lines(people, setting.slots):
        connection.execute(sa.insert(PEOPLE), found)
    for statement in others:
        connection.execute(statement)
        if isinstance(statement, CreateTableAs) and connection.dialect.name == "postgresql":
            # Without figures on it, one person's keys are taken for thousands and large tables are read whole.
            connection.exec_driver_sql(f"ANALYZE {statement.table_name}")


def _number(connection: sa.Connection, step: Step) -> int:
    return int(connection.scalar(step.count) or 0)


def _rows(connection: sa.Connection, reads: Sequence[Read], people: Sequence[Person]) -> Iterator[Row]:
    """All datasets side by side, so that a person's rows come together and no dataset is held in memory."""
    with ExitStack() as opened:  # whoever stops early leaves no cursor behind
        streams = []
        for place, read in enumerate(reads):
            found = connection.execute(read.rows, execution_options={"yield_per": _AT_ONCE})
            streams.append(_numbered(opened.enter_context(found), place))
        for person, place, values in heapq.merge(*streams, key=lambda one: one[:2]):
            row = dict(zip(reads[place].columns, map(plain, values), strict=True))
            yield Row(people[person].subject, reads[place].dataset, row)


def _numbered(found: Iterable[Sequence[Any]], place: int) -> Iterator[tuple[int, int, Sequence[object]]]:
    for person, *values in found:
        yield person, place, values


def _guard(connection: sa.Connection, plan: ErasurePlan) -> None:
    counted = [(guard, int(connection.scalar(guard.rows) or 0)) for guard in plan.guards]
    problems = tuple(guard.problem(found) for guard, found in counted if found)
    if problems:
        raise InputError.of(problems)


def _expected(connection: sa.Connection, plan: ErasurePlan) -> tuple[Erased, ...]:
    """What the run will have done; true of it only because the counts are taken again before it is committed."""
    changed = [(step, _number(connection, step)) for step in (*plan.detach, *plan.mask, *plan.delete)]
    kept = [(step, _number(connection, step)) for step in plan.kept]
    return (
        *(Erased(one.dataset, n, n, 0, one.ground, one.kind) for one, n in changed if n or one.kind != "detach"),
        *(Erased(one.dataset, n, 0, n, one.ground, one.kind) for one, n in kept if n),
    )


def _change(connection: sa.Connection, steps: Sequence[Step]) -> None:
    for step in steps:
        if step.change is not None:
            connection.execute(step.change)


def _verify(connection: sa.Connection, steps: Sequence[Step], store: str) -> None:
    """Look again; what a trigger or a rule of the database silently put back or held is not called erased."""
    left = {step.dataset: found for step in steps if (found := _number(connection, step))}
    if left:
        counted = ", ".join(f"{found} rows of `{dataset}`" for dataset, found in left.items())
        raise IntegrityError(
            "stores.not-erased",
            f"store `{store}` still holds {counted} after erasing; everything was rolled back",
            hint="a trigger, rule or row security of the database keeps them; let Troth's user change these rows",
        )
