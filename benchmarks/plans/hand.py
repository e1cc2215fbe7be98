"""The same work by SQL that a person would write for this shop alone: set by set, one transaction, nothing general.

It does less than Troth, which locks what it erases, counts what stays and looks again after; asks whether a row is also
somebody else's; writes numbers that JSON readers would round as text; and never holds more than some rows of a person.
The package of a person is here the JSON of their rows in each table, as it is with Troth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter

import psycopg
import sqlalchemy as sa

from benchmarks.plans.shop import OWNERS, TABLES, columns
from troth.datamap.model import Person

Packages = list[dict[str, bytes]]

_FEW = 10_000  # people; so many keys travel faster than a temporary table is filled and measured on PostgreSQL


def erase(engine: sa.Engine, found: Sequence[Person]) -> int:
    """Delete the rows of these people, children before parents; gives how many."""
    if engine.dialect.name == "postgresql" and len(found) <= _FEW:
        return _erase_by_arrays(engine, found)
    rows = 0
    with _keys(engine, found, write=True) as connection:
        named = "{0} " if engine.dialect.name == "mariadb" else ""
        for table in (*reversed(TABLES), "customers"):
            column, keys = _link(table)
            statement = f"DELETE {named.format(table)}FROM {table} WHERE {column} IN (SELECT id FROM {keys})"
            rows += connection.exec_driver_sql(statement).rowcount
    return rows


def read(engine: sa.Engine, found: Sequence[Person]) -> Packages:
    """The package of each of them."""
    packages: Packages = [{} for _ in found]
    with _keys(engine, found, write=False) as connection:
        for table in ("customers", *TABLES):
            for person, text in _texts(connection, table):
                packages[person][table] = text
    return packages


def _texts(connection: sa.Connection, table: str) -> Iterator[tuple[int, bytes]]:
    """The rows of each person as JSON, in the way that is quickest on this database."""
    column, keys = _link(table)
    source = f"FROM {table} t JOIN {keys} k ON t.{column} = k.id"
    cursor = connection.connection.cursor()
    if connection.dialect.name == "mariadb":
        cursor.execute(f"SELECT k.n, JSON_OBJECT({_pairs(table)}) {source} ORDER BY k.n, t.id")
        for person, rows in groupby(cursor.fetchall(), key=itemgetter(0)):
            yield person, ",\n".join([text for _, text in rows]).encode()
        return
    cursor.execute(_AGGREGATED[connection.dialect.name](table, source))
    yield from ((person, text.encode()) for person, text in cursor.fetchall())


def _on_sqlite(table: str, source: str) -> str:
    rows = f"SELECT k.n AS n, json_object({_pairs(table)}) AS row {source} ORDER BY k.n, t.id"
    return f"SELECT n, group_concat(row, ',\n') FROM ({rows}) GROUP BY n"


def _on_postgresql(table: str, source: str) -> str:
    fields = " || ',' || ".join(f"'\"{one}\":' || to_json(t.{one})::text" for one in columns(table))
    return f"SELECT k.n, string_agg('{{' || {fields} || '}}', ',\n' ORDER BY t.id) {source} GROUP BY k.n"


_AGGREGATED: dict[str, Callable[[str, str], str]] = {"sqlite": _on_sqlite, "postgresql": _on_postgresql}


def _pairs(table: str) -> str:
    return ", ".join(f"'{one}', t.{one}" for one in columns(table))


def _link(table: str) -> tuple[str, str]:
    """The column by which the table's rows are found, and the temporary table that holds what it holds."""
    return ("id", "k_customers") if table == "customers" else ("up", f"k_{TABLES[table][0]}")


@contextmanager
def _keys(engine: sa.Engine, found: Sequence[Person], *, write: bool) -> Iterator[sa.Connection]:
    """The people's keys, one temporary table a level, until the end of the transaction."""
    with engine.connect() as connection:
        run = connection.exec_driver_sql
        if engine.dialect.name == "sqlite":
            for pragma in ("foreign_keys=ON", "secure_delete=ON"):
                run(f"PRAGMA {pragma}")
            run("BEGIN IMMEDIATE" if write else "BEGIN")
        run("CREATE TEMPORARY TABLE who (n integer, e varchar(60))")
        emails = [one.identifiers[0][1].reveal() for one in found]
        if engine.dialect.name == "postgresql":
            run("INSERT INTO who SELECT * FROM unnest(%s::integer[], %s::text[])", (list(range(len(emails))), emails))
        else:
            marks = "?, ?" if engine.dialect.name == "sqlite" else "%s, %s"
            run(f"INSERT INTO who VALUES ({marks})", list(enumerate(emails)))
        run("CREATE TEMPORARY TABLE k_customers AS SELECT n, id FROM customers JOIN who ON email = e")
        for name in OWNERS:
            run(f"CREATE TEMPORARY TABLE k_{name} AS SELECT n, t.id FROM {name} t JOIN k_customers k ON t.up = k.id")
        if engine.dialect.name == "postgresql":
            run("ANALYZE k_customers, k_devices, k_tickets, k_orders")
        elif engine.dialect.name == "sqlite":
            run("ANALYZE temp")
        yield connection
        for name in ("who", "k_customers", *(f"k_{one}" for one in OWNERS)):
            run(f"DROP {'TEMPORARY ' if engine.dialect.name == 'mariadb' else ''}TABLE {name}")
        connection.commit()


def _erase_by_arrays(engine: sa.Engine, found: Sequence[Person]) -> int:
    """Keys as bound arrays, and the deletions sent together."""
    emails = [one.identifiers[0][1].reveal() for one in found]
    with engine.connect() as outer:
        connection = outer.connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        keys = {"customers": _ids(connection, "SELECT id FROM customers WHERE email = ANY (%s)", emails)}
        for name in OWNERS:
            keys[name] = _ids(connection, f"SELECT id FROM {name} WHERE up = ANY (%s)", keys["customers"])
        with connection.pipeline():
            sent = [
                connection.execute(f"DELETE FROM {table} WHERE up = ANY (%s)", (keys[TABLES[table][0]],))
                for table in reversed(TABLES)
            ]
            sent.append(connection.execute("DELETE FROM customers WHERE id = ANY (%s)", (keys["customers"],)))
        connection.commit()
        return sum(one.rowcount for one in sent)


def _ids(connection: psycopg.Connection, statement: str, values: Sequence[object]) -> list[int]:
    return [row[0] for row in connection.execute(statement, (values,)).fetchall()]
