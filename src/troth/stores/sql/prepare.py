"""Fills the people's table and the tables of keys that follow from it."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.schema import CreateTableAs

from troth.datamap.identify import lines
from troth.datamap.model import Person
from troth.datamap.plan import Setting
from troth.datamap.sql import PEOPLE, DropTemporary


def prepare(connection: sa.Connection, setting: Setting, people: Sequence[Person]) -> None:
    """Make the tables for a run that writes: what leads to the people's rows is locked on the way."""
    first, *others = setting.prepare
    _people(connection, first, setting, people)
    for statement in others:
        connection.execute(statement)
        if isinstance(statement, CreateTableAs) and connection.dialect.name == "postgresql":
            _analyse(connection, statement)


def prepare_to_read(connection: sa.Connection, setting: Setting, people: Sequence[Person]) -> None:
    """Make the tables for a run that reads. Nothing of the store is locked."""
    if connection.dialect.name != "mariadb":
        prepare(connection, setting, people)
        return
    first, *others = setting.prepare
    _people(connection, first, setting, people)
    for statement in others:
        if isinstance(statement, CreateTableAs):
            _copy(connection, statement)


def clear(connection: sa.Connection, setting: Setting) -> None:
    """Drop the tables; by one statement where the database can."""
    if connection.dialect.name == "sqlite":
        for statement in setting.clear:
            connection.execute(statement)
    else:
        connection.execute(DropTemporary(*(name for statement in setting.clear for name in statement.names)))


def _people(connection: sa.Connection, create: sa.Executable, setting: Setting, people: Sequence[Person]) -> None:
    connection.execute(create)
    if found := lines(people, setting.slots):
        connection.execute(sa.insert(PEOPLE), found)


def _analyse(connection: sa.Connection, made: CreateTableAs) -> None:
    """Without figures on it, one person's keys are taken for thousands and large tables are read whole."""
    connection.exec_driver_sql(f"ANALYZE {made.table_name}")


def _copy(connection: sa.Connection, made: CreateTableAs) -> None:
    """On MariaDB `CREATE TABLE … SELECT` locks what it selects, and whoever changes it would wait for the reader.

    A plain SELECT does not, and sees the one state of the store that all of the run's do; so the keys come here and
    go back. They are keys, not what the rows hold.
    """
    asked = made.selectable
    assert isinstance(asked, sa.Select | sa.CompoundSelect)
    rows = connection.execute(asked).all()
    nothing = sa.select(asked.subquery("shape")).where(sa.false())
    connection.execute(CreateTableAs(nothing, made.table_name, temporary=True))
    if rows:
        names = [column.name for column in asked.selected_columns]
        target = sa.table(made.table_name, *map(sa.column, names))
        connection.execute(sa.insert(target), [dict(zip(names, row, strict=True)) for row in rows])
