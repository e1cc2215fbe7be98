"""What a scan sees of a database: its shape, its comments, and a sample of values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from troth.datamap.live import LiveSchema
from troth.datamap.scan.guess import Catalogue, Seen
from troth.datamap.sql import named_table
from troth.stores.sql.connection import session, told
from troth.stores.sql.schema import read_schema

_ROWS = 200
_LONGEST = 200  # characters of a value that a guess looks at
_DOCUMENT = 20_000  # and of a document, which says nothing when it is cut


def read_catalogue(store: str, engine: sa.Engine) -> Catalogue:
    """Read it, on one snapshot; nothing is written, and no value is kept beyond the guesses.

    Raises:
        UnavailableError: `stores.unavailable`: the database failed.
    """
    return told(store, lambda: _read(engine))


def _read(engine: sa.Engine) -> Catalogue:
    with session(engine, "read") as connection:
        live = read_schema(connection)
        seen = {place: one for table in live for place, one in _seen(connection, table, live).items()}
        return Catalogue(live, seen, _table_comments(connection))


def _table_comments(connection: sa.Connection) -> dict[str, str]:
    if not connection.dialect.supports_comments:
        return {}
    found = sa.inspect(connection).get_multi_table_comment()
    return {table: one["text"] or "" for (_, table), one in found.items()}


def _seen(connection: sa.Connection, table: str, live: LiveSchema) -> dict[tuple[str, str], Seen]:
    columns = tuple(live[table].columns)
    source = named_table(table, columns)
    rows = connection.execute(sa.select(*(source.c[name] for name in columns)).limit(_ROWS)).all() if columns else []
    comments = {one["name"]: one.get("comment") or "" for one in sa.inspect(connection).get_columns(table)}
    return {(table, name): Seen(comments.get(name, ""), _values(rows, at)) for at, name in enumerate(columns)}


def _values(rows: Sequence[Sequence[Any]], at: int) -> tuple[str, ...]:
    return tuple(told for row in rows if (told := _told(row[at])))


def _told(value: object) -> str:
    """A value as a guess reads it; empty where it tells nothing. A list may be an array, which is no document."""
    if isinstance(value, dict):
        return json.dumps(value, default=str)[:_DOCUMENT]
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    text = str(value)
    return text[: _DOCUMENT if text[:1] in ("{", "[") else _LONGEST]
