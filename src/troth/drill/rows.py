"""Counting rows in the stores of a sandbox."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from troth.datamap.model import Person
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


def _count(engine: sa.Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(sa.table(table))) or 0)
