"""Builds the sample company's database, and lets one more person join it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from troth.drill.sample.spec import SampleSpec, TableSpec, read_spec
from troth.drill.sample.values import Invention, check_people

_JOINER = 9001  # beyond the numbers of a sample's own people
_PEOPLE_AT_ONCE = 500  # how many people's rows are held in memory

RowsByTable = dict[str, list[dict[str, Any]]]


def build(
    engine: sa.Engine, schema_sql: str, spec: Mapping[str, Any], *, people: int | None, seed: int
) -> Mapping[str, int]:
    """Create the tables and fill them; the same seed gives the same rows, and more people leave the first ones as
    they are. Without `people`, as many as the spec says. Returns the number of rows by table.

    Raises:
        InputError: the spec cannot be read, or asks for more people than there are invented numbers.
    """
    sample = read_spec(spec)
    number = sample.people if people is None else people
    check_people(number)
    with engine.begin() as connection:
        for statement in statements(schema_sql):
            connection.exec_driver_sql(statement)
        writer = _Writer(connection, sample)
        for start in range(1, number + 1, _PEOPLE_AT_ONCE):
            writer.write(range(start, min(start + _PEOPLE_AT_ONCE, number + 1)), seed)
    return writer.last_ids


def join(engine: sa.Engine, spec: Mapping[str, Any], *, identifiers: Mapping[str, str], seed: int) -> None:
    """Add a customer who is known by `identifiers` (kind to normalised value) and has rows in every table."""
    sample = read_spec(spec)
    with engine.begin() as connection:
        writer = _Writer(connection, sample)
        writer.find_last_ids()
        number = max(writer.last_ids[sample.tables[0].name] + 1, _JOINER)
        writer.write(range(number, number + 1), seed, identifiers, at_least=1)


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script without comments after code and without semicolons in values."""
    kept = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("--"))
    yield from (statement.strip() for statement in kept.split(";") if statement.strip())


@dataclass
class _Writer:
    connection: sa.Connection
    sample: SampleSpec
    last_ids: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        metadata = sa.MetaData()
        metadata.reflect(self.connection, only=[table.name for table in self.sample.tables])
        self._tables = metadata.tables
        if self.connection.dialect.name == "sqlite":
            _write_whole_seconds(metadata)
        self.last_ids = dict.fromkeys((table.name for table in self.sample.tables), 0)

    def find_last_ids(self) -> None:
        """Go on after the rows that are there."""
        for name in self.last_ids:
            self.last_ids[name] = self.connection.scalar(sa.select(sa.func.max(self._key(name)))) or 0

    def write(
        self, numbers: range, seed: int, identifiers: Mapping[str, str] | None = None, *, at_least: int = 0
    ) -> None:
        """Write all rows of some people, one insert a table."""
        rows: RowsByTable = {name: [] for name in self.last_ids}
        for number in numbers:
            source = Random(f"{seed}/{number}")  # noqa: S311 -- invented people, not secrets
            invention = Invention(source, number, self.sample.since, self.sample.until, identifiers or {})
            invention.now += timedelta(days=source.randrange(200))
            self._person(invention, rows, at_least)
        for name, found in rows.items():
            if found:
                self.connection.execute(sa.insert(self._tables[name]), found)

    def _person(self, invention: Invention, rows: RowsByTable, at_least: int) -> None:
        first = self.sample.tables[0]
        self._row(first, {}, invention, rows, at_least)

    def _row(
        self, table: TableSpec, above: Mapping[str, int], invention: Invention, rows: RowsByTable, at_least: int
    ) -> None:
        """One row and all rows beneath it."""
        self.last_ids[table.name] += 1
        place = {**above, table.name: self.last_ids[table.name]}
        rows[table.name].append(
            {
                self._key(table.name).name: place[table.name],
                **self._references(table.name, above),
                **{column.name: invention.value(column) for column in table.columns},
            }
        )
        began = invention.now
        for child in self.sample.tables:
            if child.parent == table.name:
                for _ in range(max(invention.random.randint(child.least, child.most), at_least)):
                    self._row(child, place, invention, rows, at_least)
                invention.now = began

    def _key(self, name: str) -> sa.Column[Any]:
        (key,) = self._tables[name].primary_key.columns
        return key

    def _references(self, name: str, above: Mapping[str, int]) -> dict[str, int]:
        """Every foreign key into a table above leads to the row above."""
        keys = (key for key in self._tables[name].foreign_keys if key.column.table.name in above)
        return {key.parent.name: above[key.column.table.name] for key in keys}


def _write_whole_seconds(metadata: sa.MetaData) -> None:
    """SQLite keeps instants as text; write them as other programs do, without six digits of nothing."""
    for table in metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, sa.DateTime):
                column.type = sqlite.DATETIME(truncate_microseconds=True)  # type: ignore[no-untyped-call]  # theirs
