"""The few shapes of SQL that plans are made of: the people's table, tables of the store, tuples of columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.sql.selectable import FromClause

from troth.datamap.model import Dataset

Columns = Sequence[sa.ColumnElement[Any]]
Condition = sa.ColumnElement[bool]

PEOPLE = sa.Table(
    "troth_people",
    sa.MetaData(),
    sa.Column("person", sa.Integer, nullable=False),  # place in the list of people; the subject's id stays with us
    sa.Column("slot", sa.Integer, nullable=False),  # which identifying column this value is for
    sa.Column("words", sa.Text),
    sa.Column("number", sa.BigInteger),
    prefixes=["TEMPORARY"],
)
"""The people of one run. Temporary, so that nobody else sees it and no trace stays."""


def table_of(dataset: Dataset) -> sa.TableClause:
    """The dataset's table; every name is quoted, whatever it holds."""
    return named_table(dataset.table, dataset.fields)


def named_table(name: str, columns: Iterable[str]) -> sa.TableClause:
    """A table of the store."""
    return sa.table(quoted_name(name, quote=True), *(sa.column(quoted_name(column, quote=True)) for column in columns))


def columns_of(source: FromClause, names: Iterable[str]) -> list[sa.ColumnElement[Any]]:
    """Some columns of a table, in the order of `names`."""
    return [source.c[name] for name in names]


def equal(left: Columns, right: Columns) -> Condition:
    """Two tuples of columns agree in every place; false or unknown if one holds NULL."""
    return sa.and_(*(one == other for one, other in zip(left, right, strict=True)))


def among(columns: Columns, rows: sa.Select[Any]) -> Condition:
    """The tuple of columns is one of `rows`. Never unknown: where NULL stands on either side, it is not."""
    some = rows.where(*(one.is_not(None) for one in rows.selected_columns))
    member = columns[0].in_(some) if len(columns) == 1 else sa.tuple_(*columns).in_(some)
    return sa.and_(*(one.is_not(None) for one in columns), member)


def union(parts: Sequence[sa.Select[Any]]) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """All rows of the parts, each once."""
    return parts[0].distinct() if len(parts) == 1 else sa.union(*parts)


def count(source: FromClause, condition: Condition, *, lock: bool = False) -> sa.Select[Any]:
    """How many rows fulfil the condition. With `lock`, nobody adds a row that refers to them until the end."""
    if not lock:
        return sa.select(sa.func.count()).select_from(source).where(condition)
    held = sa.select(sa.literal(1).label("held")).select_from(source).where(condition).with_for_update()
    return sa.select(sa.func.count()).select_from(held.subquery())
