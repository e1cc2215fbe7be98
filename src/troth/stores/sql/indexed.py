"""Reads which indexes a database has, and what they are ordered by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

Indexes = Mapping[tuple[str | None, str], Sequence[Mapping[str, Any]]]
"""By schema and table, indexes in SQLAlchemy's shape."""

_LOWER = re.compile(r'lower\(\(?["`]?([^"`():]+)["`]?\)?(?:::text)?\)', re.IGNORECASE)


def indexed(index: Mapping[str, Any]) -> tuple[str, ...]:
    """What it is ordered by: columns, and `lower(column)`."""
    said = index.get("expressions") or index["column_names"]
    return tuple(_folded(str(one)) for one in said)


def is_partial(index: Mapping[str, Any]) -> bool:
    """Whether it holds some rows only."""
    options = index.get("dialect_options", {})
    return any(name.endswith("_where") and value is not None for name, value in options.items())


def is_whole(index: Mapping[str, Any]) -> bool:
    """A unique index over plain columns and all rows."""
    return bool(index["unique"]) and not is_partial(index) and None not in index["column_names"]


def sqlite_indexes(connection: sa.Connection) -> Indexes:
    """From SQLite's own list: unnamed UNIQUE constraints show only there, and SQLAlchemy leaves expressions out."""
    rows = connection.exec_driver_sql(
        "SELECT m.name, l.name, l.\"unique\", l.partial, x.name, coalesce(i.sql, '')"
        " FROM sqlite_master AS m, pragma_index_list(m.name) AS l, pragma_index_xinfo(l.name) AS x"
        " LEFT JOIN sqlite_master AS i ON i.type = 'index' AND i.name = l.name"
        " WHERE m.type = 'table' AND x.key = 1 ORDER BY m.name, l.name, x.seqno"
    )
    found: dict[tuple[str | None, str], list[Mapping[str, Any]]] = {}
    for (table, _), parts in groupby(rows, key=lambda row: (row[0], row[1])):
        lines = list(parts)
        found.setdefault((None, table), []).append(_sqlite_index(lines))
    return found


def _sqlite_index(lines: Sequence[sa.Row[*tuple[Any, ...]]]) -> Mapping[str, Any]:
    _, _, unique, partial, _, text = lines[0]
    names = [line[4] for line in lines]
    folded = iter(found[0] for found in _LOWER.finditer(text))
    said = [next(folded, "") if name is None else name for name in names]
    where = {"sqlite_where": True} if partial else {}
    return {"column_names": names, "expressions": said, "unique": unique, "dialect_options": where}


def _folded(said: str) -> str:
    found = _LOWER.fullmatch(said)
    return f"lower({found[1]})" if found else said
