"""Writes the files that hold something to erase anew, beside the old ones."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa

from troth.datamap.model import StoreMap
from troth.datamap.plan import erasing
from troth.datamap.rewrite import Rewrite, rewrite
from troth.datamap.sql import count, named_table
from troth.stores.files.duck import ROW, number, types, view, write
from troth.stores.files.shape import Seen

_ONE = "troth_file"


def renew(
    connection: duckdb.DuckDBPyConnection, found: StoreMap, seen: Seen, changing: Collection[str]
) -> dict[str, Path]:
    """The new files of the datasets that change, by the names of those whose place they take.

    Afterwards the datasets' views read the new ones.
    """
    owned, fresh = erasing(found, seen.live), dict[str, Path]()
    for dataset in (one for one in found.datasets.values() if one.name in changing):
        files = seen.paths[dataset.name]
        for name, path in files.items():
            view(connection, _ONE, [path], dataset.fields)
            row = named_table(_ONE, (*types(connection, _ONE), ROW))
            todo = rewrite(dataset, owned, row)
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
        patch = sa.func.json_merge_patch(line, sa.func.json_object(column, todo.value(row.c[column], columns[column])))
        line = sa.case((condition, patch), else_=line)
    return line
