"""Writes the files that hold something to erase or to correct anew, beside the old ones."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from troth.datamap.model import Dataset, StoreMap
from troth.datamap.rewrite import Rewrite
from troth.datamap.sql import count, named_table
from troth.stores.files.duck import ROW, number, pointer, types, view, write
from troth.stores.files.shape import Seen

_ONE = "troth_file"
_PLAIN_JSON = ("UBIGINT", "BIGINT", "DOUBLE", "BOOLEAN")


def renew(
    connection: duckdb.DuckDBPyConnection,
    found: StoreMap,
    seen: Seen,
    changing: Collection[str],
    rewriting: Callable[[Dataset, sa.TableClause], Rewrite],
) -> dict[str, Path]:
    """The new files of the datasets that change, by the names of those whose place they take.

    `rewriting` says what becomes of a dataset's rows.

    Afterwards the datasets' views read the new ones.
    """
    fresh = dict[str, Path]()
    for dataset in (one for one in found.datasets.values() if one.name in changing):
        files = seen.paths[dataset.name]
        for name, path in files.items():
            view(connection, _ONE, [path], dataset.fields)
            row = named_table(_ONE, (*types(connection, _ONE), ROW))
            todo = rewriting(dataset, row)
            if len(files) == 1 or number(connection, count(row, todo.touched)):
                fresh[name] = seen.scratch / f"new{len(fresh)}{path.suffix}"
                _renew(connection, row, todo, path, fresh[name])
    for dataset in found.datasets.values():
        paths = [fresh.get(name, path) for name, path in seen.paths.get(dataset.name, {}).items()]
        if paths:
            view(connection, dataset.table, paths, dataset.fields)
    return fresh


def _renew(connection: duckdb.DuckDBPyConnection, row: sa.TableClause, todo: Rewrite, path: Path, to: Path) -> None:
    declared = types(connection, _ONE)
    write(connection, _left(row, todo, declared, is_json=path.suffix == ".jsonl"), path, to, declared)


def _left(row: sa.TableClause, todo: Rewrite, columns: dict[str, str], *, is_json: bool) -> sa.Select[Any]:
    if is_json:
        return sa.select(_line(row, todo, columns).label(ROW)).where(sa.not_(todo.gone))
    values = (todo.value(row.c[name], declared).label(name) for name, declared in columns.items())
    return sa.select(*values).where(sa.not_(todo.gone))


def _line(row: sa.TableClause, todo: Rewrite, columns: dict[str, str]) -> sa.ColumnElement[Any]:
    """The line as it was, but for the fields that change; what becomes NULL is no longer in it."""
    line: sa.ColumnElement[Any] = row.c[ROW]
    for column, changes in todo.changes.items():
        condition = sa.or_(*(one for one, _ in changes))
        value = _like_before(row.c[ROW], column, todo.value(row.c[column], columns[column]))
        patch = sa.func.json_merge_patch(line, sa.func.json_object(column, value))
        line = sa.case((condition, patch), else_=line)
    return line


def _like_before(line: sa.ColumnElement[Any], column: str, value: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A number stays a number for whoever reads the line; everything is read from it as text."""
    is_plain = sa.func.json_type(line, pointer(column), type_=sa.Text()).in_(_PLAIN_JSON)
    words = sa.func.to_json(value)
    held = sa.cast(sa.case((sa.func.json_valid(value), value), else_=sa.literal("null")), sa.JSON)
    return sa.case((sa.and_(is_plain, sa.func.json_valid(value)), held), else_=words)
