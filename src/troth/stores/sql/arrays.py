"""The keys of a run for few people on PostgreSQL: they come here once, and travel on with every statement.

Statements that do not wait for each other's answers are sent together, so that a run takes as many ways to the
database and back as the owners of rows lie deep, and a few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import sqlalchemy as sa

from troth.datamap.identify import lines
from troth.datamap.keys import ARRAYS, Keys
from troth.datamap.model import Person
from troth.datamap.plan import Setting
from troth.datamap.sql import PEOPLE, KeepKeys
from troth.stores.sql.connection import failing
from troth.stores.sql.objects import Objects
from troth.stores.sql.plans import Planned

MOST_PEOPLE = 10_000
"""For more of them tables are faster."""
MOST_KEYS = 50_000
"""So many rows of one dataset that own others come here; if there are more, tables are made after all."""

_USES = re.compile(r"%\((troth_people|troth_(?:mark|shared)_\d+)_")
_READY: WeakKeyDictionary[sa.Executable, Ready] = WeakKeyDictionary()
"""As long as the plan lives that the statement is of."""


class TooManyKeysError(Exception):
    """There are more keys than should come here; nothing was written."""


@dataclass(frozen=True)
class Ready:
    """A statement as it is sent, with the values that are the plan's; `uses` are the keys that it reads as arrays."""

    text: str
    values: Mapping[str, Any]
    uses: frozenset[str]


def ready(statement: sa.Executable, dialect: sa.Dialect) -> Ready:
    """The statement, written once."""
    found = _READY.get(statement)
    if found is None:
        assert isinstance(statement, sa.ClauseElement)
        compiled = statement.compile(dialect=dialect, compile_kwargs={**ARRAYS, "render_postcompile": True})
        text = str(compiled)
        found = Ready(text, compiled.params or {}, frozenset(_USES.findall(text)))
        _READY[statement] = found
    return found


@dataclass(frozen=True)
class Arrays:
    """A run whose keys are found, by the names of their arrays; on a connection that is in its transaction."""

    connection: sa.Connection
    found: Mapping[str, str]

    def counted(self, asked: sa.Select[Any] | None) -> Sequence[int]:
        """The numbers of the one row that a select finds."""
        _, numbers = self.change((), asked)
        return numbers

    def change(
        self, changes: Sequence[sa.Executable], asked: sa.Select[Any] | None
    ) -> tuple[Sequence[int], Sequence[int]]:
        """Change rows, and count afterwards: how many rows each statement met, and the numbers."""
        statements = changes if asked is None else (*changes, asked)
        sent = [ready(one, self.connection.dialect) for one in statements]
        answers = _together(self.connection, sent, self.found)
        met = [one.rowcount for one in answers[: len(changes)]]
        return met, () if asked is None else answers[-1].fetchall()[0]

    def reads(self, planned: Planned) -> list[Objects]:
        """What reads all rows as JSON."""
        return [one.of(self.found) for one in planned.objects(self.connection.dialect, ARRAYS)]

    def clear(self) -> None:
        """Nothing stays behind."""


def collected(connection: sa.Connection, setting: Setting, people: Sequence[Person], aim: str) -> Arrays:
    """Find the keys, owners first; their rows are locked on the way if the aim is to `write`.

    Raises:
        TooManyKeysError: tables are wanted after all.
    """
    finding = _Finding(connection, aim)
    finding.keep(PEOPLE, lines(people, setting.slots))
    try:
        finding.all(setting.prepare[1:])
    except TooManyKeysError:
        for name in finding.made:
            connection.exec_driver_sql(f"DROP TABLE {name}")
        raise
    return Arrays(connection, finding.found)


@dataclass
class _Finding:
    connection: sa.Connection
    aim: str
    found: dict[str, str] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    """Of which tables of keys the arrays are here."""
    locked: set[str] = field(default_factory=set)
    """Of which of them the rows were locked when they were found."""
    made: list[str] = field(default_factory=list)
    """Temporary tables that were wanted all the same."""

    def all(self, waiting: Sequence[sa.Executable]) -> None:
        """Send what finds keys and what locks their rows."""
        while waiting:
            now = self._next(waiting)
            self._send([one for one in now if isinstance(one, KeepKeys) or self._is_to_lock(one)])
            waiting = [one for one in waiting if one not in now]

    def keep(self, keys: Keys, rows: Sequence[tuple[Any, ...]]) -> None:
        """Make arrays of what was found."""
        columns = zip(*rows, strict=True) if rows else (() for _ in keys.c)
        for name, values in zip(keys.c.keys(), columns, strict=True):
            self.found[keys.array(name)] = written(values)
            self.found[keys.values(name)] = written(sorted({one for one in values if one is not None}))
        self.known.add(keys.name)

    def _next(self, waiting: Sequence[sa.Executable]) -> list[sa.Executable]:
        """Those whose keys are known; a table that stays with the database is made after all before it, by itself."""
        now: list[sa.Executable] = []
        for one in waiting:
            if isinstance(one, KeepKeys) and one.keys.types is None:
                return now or [one]
            if self._statement(one).uses <= self.known:
                now.append(one)
        return now

    def _is_to_lock(self, one: sa.Executable) -> bool:
        uses = self._statement(one).uses
        return self.aim == "write" and (not uses or not uses <= self.locked)

    def _send(self, now: Sequence[sa.Executable]) -> None:
        answers = _together(self.connection, [self._statement(one) for one in now], self.found)
        for one, answer in zip(now, answers, strict=True):
            if isinstance(one, KeepKeys) and one.keys.types is None:
                self.made.append(one.keys.name)
                self.connection.exec_driver_sql(f"ANALYZE {one.keys.name}")
            elif isinstance(one, KeepKeys):
                if answer.rowcount > MOST_KEYS:
                    raise TooManyKeysError
                self.keep(one.keys, list(dict.fromkeys(answer.fetchall())))
                self.locked |= {one.keys.name} if self._locks(one) else set()

    def _locks(self, one: KeepKeys) -> bool:
        return self.aim == "write" and one.locking is not None

    def _statement(self, one: sa.Executable) -> Ready:
        dialect = self.connection.dialect
        if not isinstance(one, KeepKeys):
            return ready(one, dialect)
        asked = one.locking if self._locks(one) else one.selectable
        assert isinstance(asked, sa.Select | sa.CompoundSelect)
        found = ready(asked, dialect)
        if one.keys.types is None:
            return replace(found, text=f"CREATE TEMPORARY TABLE {one.keys.name} ON COMMIT DROP AS {found.text}")
        return replace(found, text=f"{found.text} LIMIT {MOST_KEYS + 1}")


def written(values: Iterable[object]) -> str:
    """An array as PostgreSQL reads it: written once, while the driver would do it anew for each statement."""
    return f"{{{','.join(map(_written, values))}}}"


def _written(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _together(
    connection: sa.Connection, statements: Sequence[Ready], arrays: Mapping[str, str]
) -> list[psycopg.Cursor[Any]]:
    """Send them together, and give their answers; after one that fails no other has an effect."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    with failing(connection), driver.pipeline():
        return [driver.cursor().execute(one.text, {**one.values, **arrays}) for one in statements]
