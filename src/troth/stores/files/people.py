"""Fills the people's table, and other tables of a run, in the database that reads the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from troth.datamap.identify import lines
from troth.datamap.model import Person
from troth.datamap.plan import Setting
from troth.datamap.sql import PEOPLE
from troth.stores.files.duck import run


def prepare(connection: duckdb.DuckDBPyConnection, setting: Setting, people: Sequence[Person]) -> None:
    """Make the people's table and the tables of keys that follow from it."""
    first, *others = setting.prepare
    run(connection, first)
    found = lines(people, setting.slots)
    if found:
        held = pa.table(dict(zip(PEOPLE.c.keys(), zip(*found, strict=True), strict=True)))
        connection.register("troth_lines", held)
        connection.execute("INSERT INTO troth_people SELECT person, slot, words, number FROM troth_lines")
        connection.unregister("troth_lines")
    for statement in others:
        if not isinstance(statement, sa.Select):  # which would only lock rows
            run(connection, statement)


def fill(connection: duckdb.DuckDBPyConnection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put lines into a table that was made before; values travel as values, never as SQL."""
    names = [column.name for column in table.columns]
    if rows:
        connection.register("troth_lines", pa.table({name: [row[name] for row in rows] for name in names}))
        listed = ", ".join(names)
        connection.execute(f"INSERT INTO {table.name} SELECT {listed} FROM troth_lines")  # noqa: S608 - our own names
        connection.unregister("troth_lines")
