"""Counting rows in the stores of a sandbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from troth.datamap.model import Person
from troth.datamap.read import from_value
from troth.drill.sandbox import Sandbox


def as_person(sandbox: Sandbox, subject: str) -> Person:
    """The sample person as stores look for them."""
    person = sandbox.person
    return Person(subject, (("phone", person.phone), ("email", person.email)))


def totals(sandbox: Sandbox, subject: str) -> Mapping[tuple[str, str], int]:
    """How many rows are the sample person's, by store and dataset."""
    person = as_person(sandbox, subject)
    return {
        (name, dataset): number
        for name, store in sandbox.stores(sandbox.version).items()
        for dataset, number in store.look([person]).items()
    }


def table_sizes(sandbox: Sandbox) -> Mapping[tuple[str, str], int]:
    """How many rows every table of the sample company has, whoever they belong to, counted without the data map."""
    return {
        (name, table): _count(engine, table)
        for name, engine in sandbox.company.items()
        for table in sa.inspect(engine).get_table_names()
    }


Place = tuple[str, str, tuple[str, ...], str]
"""Where a value stands: the store, the table, the row's key, the column."""


def cells(sandbox: Sandbox) -> Mapping[Place, object]:
    """Every value of the sample company, read without the data map."""
    return {
        (name, table.name, tuple(str(row[column.name]) for column in table.primary_key), column.name): row[column.name]
        for name, engine in sandbox.company.items()
        for table in _tables(engine)
        for row in _rows(engine, table)
        for column in table.columns
    }


def of_person(sandbox: Sandbox, subject: str, item: str) -> frozenset[Place]:
    """Where the values of an item stand that are the sample person's alone."""
    maps = {name: from_value(value).datasets for name, value in sandbox.version.maps.items()}
    return frozenset(
        (name, dataset.table, tuple(str(row.values[key]) for key in dataset.key), column)
        for name, store in sandbox.stores(sandbox.version).items()
        for row in store.access([as_person(sandbox, subject)])
        for dataset in (maps[name][row.dataset],)
        for column, rule in dataset.fields.items()
        if rule.item == item and row.values.get(column) is not None
    )


def _tables(engine: sa.Engine) -> Iterable[sa.Table]:
    known = sa.MetaData()
    known.reflect(engine)
    return known.tables.values()


def _rows(engine: sa.Engine, table: sa.Table) -> Sequence[sa.RowMapping]:
    with engine.connect() as connection:
        return connection.execute(sa.select(table)).mappings().all()


def _count(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0)
