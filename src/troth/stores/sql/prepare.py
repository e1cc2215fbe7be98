"""Fills the people's table and the tables of keys that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.sql.ddl import ExecutableDDLElement

from troth.datamap.identify import lines
from troth.datamap.model import Person
from troth.datamap.plan import Setting
from troth.datamap.sql import DropTemporary, KeepKeys, KeepPeople

_TEXTS: WeakKeyDictionary[ExecutableDDLElement, dict[str, str]] = WeakKeyDictionary()
"""By dialect; as long as the plan lives that the statement is of."""

_MARKS = {"sqlite": "?, ?, ?, ?", "mariadb": "%s, %s, %s, %s"}


def prepare(connection: sa.Connection, setting: Setting, people: Sequence[Person]) -> None:
    """Make the tables for a run that writes: what leads to the people's rows is locked on the way."""
    first, *others = setting.prepare
    _people(connection, first, setting, people)
    for statement in others:
        if is_needed(statement, connection.dialect):
            _send(connection, statement)
        if isinstance(statement, KeepKeys) and connection.dialect.name == "postgresql":
            _analyse(connection, statement)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("ANALYZE temp")  # all at once: none of them is read before


def is_needed(statement: sa.Executable, dialect: sa.Dialect) -> bool:
    """SQLite locks the whole database before it changes anything, and needs no more of that."""
    return isinstance(statement, KeepKeys) or dialect.name != "sqlite"


def prepare_to_read(connection: sa.Connection, setting: Setting, people: Sequence[Person]) -> None:
    """Make the tables for a run that reads. Nothing of the store is locked."""
    if connection.dialect.name != "mariadb":
        reading = tuple(one for one in setting.prepare if isinstance(one, KeepKeys | KeepPeople))
        prepare(connection, replace(setting, prepare=reading), people)
        return
    first, *others = setting.prepare
    _people(connection, first, setting, people)
    for statement in others:
        if isinstance(statement, KeepKeys):
            _copy(connection, statement)


def clear(connection: sa.Connection, setting: Setting) -> None:
    """Drop the tables, where somebody may use the connection after us; else they go with it."""
    if isinstance(connection.engine.pool, sa.NullPool):
        return
    for statement in dropping(connection.dialect, setting):
        _send(connection, statement)


def dropping(dialect: sa.Dialect, setting: Setting) -> tuple[DropTemporary, ...]:
    """What drops the tables: one statement where the database can, none where they go with the transaction."""
    if dialect.name == "sqlite":
        return setting.clear
    if dialect.name == "postgresql":
        return ()
    return (DropTemporary(*(name for statement in setting.clear for name in statement.names)),)


def filling(dialect: sa.Dialect) -> str:
    """The statement that fills the people's table; on PostgreSQL each column comes as one array."""
    if dialect.name == "postgresql":
        values = "SELECT * FROM unnest(%s::integer[], %s::integer[], %s::text[], %s::bigint[])"
    else:
        values = f"VALUES ({_MARKS[dialect.name]})"
    return f"INSERT INTO troth_people (person, slot, words, number) {values}"


def _people(connection: sa.Connection, create: sa.Executable, setting: Setting, people: Sequence[Person]) -> None:
    _send(connection, create)
    found, statement = lines(people, setting.slots), filling(connection.dialect)
    if found and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(statement, tuple(list(column) for column in zip(*found, strict=True)))
    elif found:
        connection.exec_driver_sql(statement, found)


def _send(connection: sa.Connection, statement: sa.Executable) -> None:
    """SQLAlchemy keeps the text of a select, and writes that of a table anew every time: so we keep that."""
    if not isinstance(statement, ExecutableDDLElement):
        connection.execute(statement)
        return
    texts = _TEXTS.setdefault(statement, {})
    name = connection.dialect.name
    if name not in texts:
        texts[name] = str(statement.compile(dialect=connection.dialect))
    connection.exec_driver_sql(texts[name])


def _analyse(connection: sa.Connection, made: KeepKeys) -> None:
    """Without figures on it, one person's keys are taken for thousands and large tables are read whole."""
    connection.exec_driver_sql(f"ANALYZE {made.table_name}")


def _copy(connection: sa.Connection, made: KeepKeys) -> None:
    """On MariaDB `CREATE TABLE … SELECT` locks what it selects, and whoever changes it would wait for the reader.

    A plain SELECT does not, and sees the one state of the store that all of the run's do; so the keys come here and
    go back. They are keys, not what the rows hold.
    """
    asked = made.selectable
    assert isinstance(asked, sa.Select | sa.CompoundSelect)
    rows = connection.execute(asked).all()
    nothing = sa.select(asked.subquery("shape")).where(sa.false())
    connection.execute(KeepKeys([nothing], made.keys))
    if rows:
        names = [column.name for column in asked.selected_columns]
        target = sa.table(made.table_name, *map(sa.column, names))
        connection.execute(sa.insert(target), [dict(zip(names, row, strict=True)) for row in rows])
