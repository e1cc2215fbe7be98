"""Holds rows of other packages against the journal: no row without its entry, no entry without its row.

A table takes part by a column named `entry`; `info=tells(…)` on it says which entries are its rows'.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from troth.base.errors import Problem
from troth.base.schema import metadata
from troth.base.work import Work
from troth.journal import tables

COLUMN = "entry"
_INFO = "journal"
_SHOWN = 20  # faults of one kind and table that are named one by one
_PAGE = 1000
_E = tables.entry.c

_HINT = "restore the own database from a backup that verifies, and find out who wrote to it"


@dataclass(frozen=True)
class Tells:
    """The kinds of entries that rows of a table have; `reference` in the leaf is the row's `column`."""

    kinds: tuple[str, ...]
    but: tuple[str, ...]
    reference: str | None
    column: str | None


def tells(
    *kinds: str, but: tuple[str, ...] = (), reference: str | None = None, column: str | None = None
) -> dict[str, object]:
    """What a column `entry` says of itself: every entry of these kinds has its row in this table.

    A kind that ends with a star stands for all that begin so, `but` for those among them that have no row.
    """
    return {_INFO: Tells(kinds, but, reference, column)}


def tables_with_entries() -> tuple[sa.Table, ...]:
    """Every table whose rows name their entry."""
    return tuple(table for table in metadata.sorted_tables if COLUMN in table.c)


def check_rows(work: Work) -> Iterator[Problem]:
    """Rows and entries that do not belong together, table by table; nothing when all do."""
    for table in tables_with_entries():
        entry = table.c[COLUMN]
        said: Tells | None = entry.info.get(_INFO)
        kinds = sa.true() if said is None else _of_kind(said)
        without = sa.select(entry).where(~sa.exists().where(_E.number == entry, kinds)).order_by(entry).limit(_SHOWN)
        for number in work.db.scalars(without):
            yield Problem(
                "journal.row-without-entry", f"`{table.name}` has a row whose entry `{number}` is none", _HINT
            )
        if said is not None:
            yield from _entries_without_row(work, table, said)
            yield from _rows_that_differ(work, table, said)


def _entries_without_row(work: Work, table: sa.Table, said: Tells) -> Iterator[Problem]:
    has_row = sa.exists().where(table.c[COLUMN] == _E.number)
    query = sa.select(_E.number).where(_of_kind(said), ~has_row).order_by(_E.number).limit(_SHOWN)
    for number in work.db.scalars(query):
        yield Problem("journal.entry-without-row", f"entry `{number}` has no row in `{table.name}`", _HINT)


def _rows_that_differ(work: Work, table: sa.Table, said: Tells) -> Iterator[Problem]:
    if said.reference is None or said.column is None:
        return
    query = sa.select(_E.number, _E.leaf, table.c[said.column].label("id")).join(table, table.c[COLUMN] == _E.number)
    for row in work.db.execute(query.execution_options(yield_per=_PAGE)):
        if _reference(bytes(row.leaf), said.reference) != row.id:
            yield Problem("journal.row-differs", f"entry `{row.number}` is not of its row in `{table.name}`", _HINT)


def _of_kind(said: Tells) -> sa.ColumnElement[bool]:
    alike = [
        _E.kind.startswith(kind.removesuffix("*"), autoescape=True) if kind.endswith("*") else _E.kind == kind
        for kind in said.kinds
    ]
    return sa.and_(sa.or_(*alike), _E.kind.not_in(said.but))


def _reference(leaf: bytes, name: str) -> object:
    try:
        return json.loads(leaf)["refs"].get(name)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
