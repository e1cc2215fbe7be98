"""Reads what a database looks like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedColumn

from troth.datamap.live import Kind, LiveColumn, LiveForeignKey, LiveSchema, LiveTable, OnDelete
from troth.stores.sql.indexed import Indexes, indexed, is_partial, is_whole, sqlite_indexes

_KINDS: tuple[tuple[type[sa.types.TypeEngine[Any]], Kind], ...] = (
    (sa.Enum, "other"),
    (sa.String, "text"),
    (sa.Boolean, "boolean"),
    (sa.Integer, "integer"),
    (sa.Numeric, "number"),
    (sa.Float, "number"),
    (sa.DateTime, "instant"),
    (sa.Date, "date"),
)

_ON_DELETE: Mapping[str, OnDelete] = {"CASCADE": "cascade", "SET NULL": "unlink", "SET DEFAULT": "unlink"}


def read_schema(connection: sa.Connection) -> LiveSchema:
    """All tables of the connection's default schema, in the order of their names."""
    found = sa.inspect(connection)
    columns = found.get_multi_columns()
    keys = found.get_multi_pk_constraint()
    is_sqlite = connection.dialect.name == "sqlite"
    unique = {} if is_sqlite else found.get_multi_unique_constraints()  # there they are among the indexes
    indexes: Indexes = sqlite_indexes(connection) if is_sqlite else found.get_multi_indexes()
    foreign = _sqlite_keys(connection) if is_sqlite else _foreign_keys(found, connection)
    collations = _collations(connection) if connection.dialect.name == "mariadb" else {}
    tables = {}
    for place, of_table in sorted(columns.items(), key=lambda one: one[0][1]):  # so that every database reads alike
        key = tuple(keys[place]["constrained_columns"]) if place in keys else ()
        groups = [key, *(tuple(one["column_names"]) for one in unique.get(place, ()))]
        groups += [_names(one["column_names"]) for one in indexes.get(place, ()) if is_whole(one)]
        tables[place[1]] = LiveTable(
            columns={
                one["name"]: _column(one, key, collations.get((place[1], one["name"])), connection.dialect)
                for one in of_table
            },
            unique=frozenset(frozenset(group) for group in groups if group),
            foreign_keys=tuple(sorted(foreign.get(place[1], ()), key=str)),
            indexes=frozenset((key, *(indexed(one) for one in indexes.get(place, ()) if not is_partial(one)))),
        )
    return tables


def _names(names: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(name for name in names if name is not None)


def _column(found: ReflectedColumn, key: tuple[str, ...], collation: str | None, dialect: sa.Dialect) -> LiveColumn:
    kind: Kind = next((kind for of, kind in _KINDS if isinstance(found["type"], of)), "other")
    length = getattr(found["type"], "length", None) if kind == "text" else None
    compared = collation if kind in ("text", "other") else None
    nullable = found["nullable"] and found["name"] not in key
    return LiveColumn(kind, nullable, length, compared, _declared(found["type"], dialect))


def _declared(found: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> str:
    return "" if isinstance(found, sa.types.NullType) else found.compile(dialect)


def _collations(connection: sa.Connection) -> dict[tuple[str, str], str]:
    """By table and column, how MariaDB compares texts; only letters, digits and `_` occur in such a name.

    What is no text there is compared as the text that it is cast to, letter by letter.
    """
    rows = connection.exec_driver_sql(
        "SELECT table_name, column_name, coalesce(collation_name, 'utf8mb4_nopad_bin')"
        " FROM information_schema.columns WHERE table_schema = database()"
    )
    return {(table, column): collation for table, column, collation in rows}


def _foreign_keys(found: sa.Inspector, connection: sa.Connection) -> dict[str, tuple[LiveForeignKey, ...]]:
    is_mariadb = connection.dialect.name == "mariadb"
    inherited = frozenset[tuple[str, str]]() if is_mariadb else _inherited(connection)
    return {
        place[1]: tuple(
            LiveForeignKey(
                tuple(one["constrained_columns"]),
                one["referred_table"],
                tuple(one["referred_columns"]),
                _on_delete(str(one.get("options", {}).get("ondelete", ""))),
                is_checked_by_row=is_mariadb,
            )
            for one in keys
            if one["referred_schema"] is None  # a table of another schema is in no map
            and (place[1], one["name"]) not in inherited
        )
        for place, keys in found.get_multi_foreign_keys().items()
    }


def _inherited(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """Tables and names of the keys that partitions have from their whole: it speaks for them, and for their rows."""
    rows = connection.exec_driver_sql(
        "SELECT c.relname, k.conname FROM pg_catalog.pg_constraint AS k"
        " JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid WHERE k.contype = 'f' AND k.conparentid <> 0"
    )
    return frozenset((table, name) for table, name in rows)


def _sqlite_keys(connection: sa.Connection) -> dict[str, tuple[LiveForeignKey, ...]]:
    """From SQLite's own list: what SQLAlchemy adds to it, it reads from the text of CREATE TABLE, and misses some."""
    rows = connection.exec_driver_sql(
        'SELECT m.name, k.id, k."table", k."from", k."to", k.on_delete FROM sqlite_master AS m,'
        " pragma_foreign_key_list(m.name) AS k WHERE m.type = 'table' ORDER BY m.name, k.id, k.seq"
    )
    keys: dict[str, list[LiveForeignKey]] = {}
    for (table, _), parts in groupby(rows, key=lambda row: (row[0], row[1])):
        _, _, target, _, _, action = (lines := list(parts))[0]
        at = tuple(line[4] for line in lines)
        if None in at:  # the primary key is meant
            at = tuple(sa.inspect(connection).get_pk_constraint(target)["constrained_columns"])
        found = LiveForeignKey(tuple(line[3] for line in lines), target, at, _on_delete(action))
        keys.setdefault(table, []).append(found)
    return {table: tuple(found) for table, found in keys.items()}


def _on_delete(action: str) -> OnDelete:
    return _ON_DELETE.get(action.upper(), "refuse")
