"""The store that a SQL database is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from troth.base.errors import InputError, IntegrityError, Problem
from troth.base.text import Text
from troth.datamap.check import against_store
from troth.datamap.live import LiveSchema
from troth.datamap.model import Person, StoreMap
from troth.datamap.plan import ErasurePlan, Step
from troth.stores.model import Erased, Row
from troth.stores.sql.connection import session, told, unavailable
from troth.stores.sql.plans import plans_of
from troth.stores.sql.prepare import clear, prepare, prepare_to_read
from troth.stores.sql.schema import read_schema
from troth.stores.sql.show import Aim, shown
from troth.stores.sql.stream import streamed


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

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What `erase` would do and say now, refusals included. Nothing is written."""
        return told(self.name, lambda: self._rehearse(people))

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
            prepare_to_read(connection, plan.setting, people)
            _guard(connection, plan)
            return _expected(connection, plan)

    def _schema(self) -> LiveSchema:
        with session(self._engine, "read") as connection:
            return read_schema(connection)

    def _look(self, people: Sequence[Person]) -> Mapping[str, int]:
        with session(self._engine, "read") as connection:
            plan = self._plans.planned(connection).erasure
            prepare_to_read(connection, plan.setting, people)
            steps = (*plan.mask, *plan.delete)
            found = dict(zip((step.dataset for step in steps), _counted(connection, steps), strict=True))
        return {name: found[name] for name in self._map.datasets if name in found}

    def _access(self, people: Sequence[Person]) -> Iterator[Row]:
        with session(self._engine, "read") as connection:
            plan = self._plans.planned(connection).access
            prepare_to_read(connection, plan.setting, people)
            yield from streamed(connection, plan.reads, [person.subject for person in people])

    def _erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        with session(self._engine, "write") as connection:
            plan = self._plans.planned(connection).erasure
            prepare(connection, plan.setting, people)
            _guard(connection, plan)
            found = _expected(connection, plan)
            _change(connection, plan.detach)
            _verify(connection, plan.detach, self.name)
            _change(connection, plan.mask)
            _run(connection, plan.unlink)
            _change(connection, plan.delete)
            _verify(connection, (*plan.mask, *plan.delete), self.name)
            clear(connection, plan.setting)
        return found


def _run(connection: sa.Connection, statements: Sequence[sa.Executable]) -> None:
    for statement in statements:
        connection.execute(statement)


def _counted(connection: sa.Connection, steps: Sequence[Step]) -> list[int]:
    """The counts of several steps, by one statement."""
    return _numbers(connection, [step.count for step in steps])


def _numbers(connection: sa.Connection, counts: Sequence[sa.Select[Any]]) -> list[int]:
    if not counts:
        return []
    asked = sa.select(*(one.scalar_subquery().label(f"n{at}") for at, one in enumerate(counts)))
    return [int(number or 0) for number in connection.execute(asked).one()]


def _guard(connection: sa.Connection, plan: ErasurePlan) -> None:
    counted = _numbers(connection, [guard.rows for guard in plan.guards])
    problems = tuple(guard.problem(found) for guard, found in zip(plan.guards, counted, strict=True) if found)
    if problems:
        raise InputError.of(problems)


def _expected(connection: sa.Connection, plan: ErasurePlan) -> tuple[Erased, ...]:
    """What the run will have done; true of it only because the counts are taken again before it is committed."""
    changing = (*plan.detach, *plan.mask, *plan.delete)
    found = _counted(connection, (*changing, *plan.kept))
    changed, kept = zip(changing, found, strict=False), zip(plan.kept, found[len(changing) :], strict=True)
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
    found = zip(steps, _counted(connection, steps), strict=True)
    left = {step.dataset: number for step, number in found if number}
    if left:
        counted = ", ".join(f"{number} rows of `{dataset}`" for dataset, number in left.items())
        raise IntegrityError(
            "stores.not-erased",
            f"store `{store}` still holds {counted} after erasing; everything was rolled back",
            hint="a trigger, rule or row security of the database keeps them; let Troth's user change these rows",
        )
