"""The few shapes of SQL that plans are made of: the people's table, tables of the store, tuples of columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable, CreateTableAs
from sqlalchemy.sql.compiler import DDLCompiler
from sqlalchemy.sql.ddl import ExecutableDDLElement
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.sql.selectable import FromClause

from troth.datamap.keys import Held, Keys, same
from troth.datamap.live import Kind
from troth.datamap.model import Dataset

Columns = Sequence[sa.ColumnElement[Any]]
Condition = sa.ColumnElement[bool]

_PEOPLE = sa.Table(
    "troth_people",
    sa.MetaData(),
    sa.Column("person", sa.Integer, nullable=False),  # place in the list of people; the subject's id stays with us
    sa.Column("slot", sa.Integer, nullable=False),  # which identifying column this value is for
    sa.Column("words", sa.Text),
    sa.Column("number", sa.BigInteger),
    prefixes=["TEMPORARY"],
    mariadb_charset="utf8mb4",
)

PEOPLE = Keys(_PEOPLE.name, {one.name: str(one.type.compile()) for one in _PEOPLE.columns})
"""The people of one run. Temporary, so that nobody else sees it and no trace stays."""


class KeepPeople(CreateTable):
    """Makes the people's table, or another one of a run; where the database can, it goes with the transaction."""

    def __init__(self, table: sa.Table = _PEOPLE) -> None:
        super().__init__(table)


@compiles(KeepPeople, "postgresql")
def _keep_people_until_the_end(keep: KeepPeople, compiler: DDLCompiler, **options: Any) -> str:
    made: str = compiler.visit_create_table(keep, **options)  # type: ignore[no-untyped-call]  # SQLAlchemy's is not
    return f"{made.rstrip()} ON COMMIT DROP"


class KeepKeys(CreateTableAs):
    """Makes a temporary table of what some selects find, each row once, in the same way."""

    def __init__(self, parts: Sequence[sa.Select[Any]], keys: Keys, locking: sa.Select[Any] | None = None) -> None:
        """`locking` finds the same rows, some maybe more than once, and locks them in the store as it goes."""
        super().__init__(union(parts), keys.name, temporary=True)
        self.keys = keys
        self.locking = locking


@compiles(KeepKeys, "postgresql")
def _keep_until_the_end(keep: KeepKeys, compiler: DDLCompiler, **options: Any) -> str:
    made = compiler.visit_create_table_as(keep, **options)
    return made.replace(f"{keep.table_name} AS", f"{keep.table_name} ON COMMIT DROP AS", 1)


class DropTemporary(ExecutableDDLElement):
    """Drops temporary tables of ours; on SQLite only one. MariaDB must be told that they are, or it would commit."""

    def __init__(self, *names: str) -> None:
        self.names = names


@compiles(DropTemporary)
def _drop(drop: DropTemporary, _compiler: DDLCompiler, **_: object) -> str:
    return f"DROP TABLE {', '.join(drop.names)}"


@compiles(DropTemporary, "mariadb")
def _drop_on_mariadb(drop: DropTemporary, _compiler: DDLCompiler, **_: object) -> str:
    return f"DROP TEMPORARY TABLE {', '.join(drop.names)}"


def table_of(dataset: Dataset) -> sa.TableClause:
    """The dataset's table; every name is quoted, whatever it holds."""
    return named_table(dataset.table, dataset.fields)


def named_table(name: str, columns: Iterable[str]) -> sa.TableClause:
    """A table of the store."""
    return sa.table(quoted_name(name, quote=True), *(sa.column(quoted_name(column, quote=True)) for column in columns))


def columns_of(source: FromClause, names: Iterable[str]) -> list[sa.ColumnElement[Any]]:
    """Some columns of a table, in the order of `names`."""
    return [source.c[name] for name in names]


def deleting(row: sa.TableClause, condition: Condition) -> sa.Delete:
    """Deletes the rows that fulfil the condition.

    MariaDB looks each row of the table up in a subquery, unless the table is named twice: then it joins.
    """
    named: sa.ColumnClause[Any] = sa.column(quoted_name(row.name, quote=True))
    return sa.delete(row).prefix_with(named, dialect="mariadb").where(condition)


def changing(row: sa.TableClause, values: Mapping[Any, sa.ColumnElement[Any]], condition: Condition) -> sa.Update:
    """Changes the rows that fulfil the condition; MariaDB joins where more than one table is named."""
    beside = sa.text("(SELECT 1 AS troth_one) AS troth_one,")
    return sa.update(row).prefix_with(beside, dialect="mariadb").values(dict(values)).where(condition)


def equal(left: Columns, right: Columns) -> Condition:
    """Two tuples of columns agree in every place; false or unknown if one holds NULL."""
    return sa.and_(*(same(one, other) for one, other in zip(left, right, strict=True)))


def holds(column: sa.ColumnElement[Any], kind: Kind, value: str | None) -> Condition:
    """The column holds the value that a map writes; what is no number in a column of numbers stands in no row."""
    if value is None:
        return column.is_(None)
    if kind == "boolean":
        return column == sa.literal(value.lower() in ("true", "1"))
    if kind == "integer":
        return column == sa.literal(int(value)) if value.lstrip("-").isdecimal() else sa.false()
    words = column if kind == "text" else sa.cast(column, sa.Text)
    return words == sa.literal(value)


def among(columns: Columns, rows: sa.Select[Any]) -> Condition:
    """The tuple of columns is one of `rows`. Never unknown: where NULL stands on either side, it is not."""
    some = rows.where(*(one.is_not(None) for one in rows.selected_columns))
    member = columns[0].in_(some) if len(columns) == 1 else sa.tuple_(*columns).in_(some)
    return sa.and_(*(one.is_not(None) for one in columns), member)


def held(columns: Columns, keys: Keys, names: Sequence[str]) -> Condition:
    """The tuple of columns stands in these columns of the keys. Never unknown, as `among`."""
    if len(columns) > 1:
        return among(columns, sa.select(*columns_of(keys, names)))
    return sa.and_(columns[0].is_not(None), Held(columns[0], keys, names[0]))


def union(parts: Sequence[sa.Select[Any]]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """All rows of the parts, each once."""
    return parts[0].distinct() if len(parts) == 1 else sa.union(*parts)


def count(source: FromClause, condition: Condition, *, lock: bool = False) -> sa.Select[Any]:
    """How many rows fulfil the condition. With `lock`, nobody adds a row that refers to them until the end."""
    if not lock:
        return sa.select(sa.func.count()).select_from(source).where(condition)
    held = sa.select(sa.literal(1).label("held")).select_from(source).where(condition).with_for_update()
    return sa.select(sa.func.count()).select_from(held.subquery())
