"""A shop of twelve tables, the same in every database, made by the database itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from tests.support.mariadb import MariaServer
from tests.support.postgres import PostgresServer

from troth.base.sensitive import Sensitive
from troth.datamap.model import Person, StoreMap
from troth.datamap.read import from_value

# table: (the table that it refers to, rows for each of its rows)
TABLES: dict[str, tuple[str, int]] = {
    "addresses": ("customers", 1),
    "devices": ("customers", 2),
    "orders": ("customers", 2),
    "tickets": ("customers", 1),
    "preferences": ("customers", 1),
    "consents": ("customers", 1),
    "cookies": ("customers", 1),
    "device_logs": ("devices", 25),
    "order_lines": ("orders", 2),
    "payments": ("orders", 1),
    "messages": ("tickets", 2),
}
OWNERS = ("devices", "orders", "tickets")
"""The tables, besides the customers, that others refer to."""


def columns(table: str) -> tuple[str, str, str]:
    """All columns of a table."""
    return ("id", "email", "note") if table == "customers" else ("id", "up", "note")


def _rows_each() -> dict[str, int]:
    each = {"customers": 1}
    for name, (above, number) in TABLES.items():
        each[name] = each[above] * number
    return each


ROWS = sum(_rows_each().values())
"""Of one customer, in all tables: 68, of which 50 are lines of the logs of devices."""


def shop_map() -> StoreMap:
    """The data map of the shop."""
    datasets: dict[str, Any] = {
        "customers": {
            "label": "customers",
            "key": "id",
            "identifies": {"email": "email"},
            "fields": {"id": "none", "email": "account.email", "note": "x.note"},
        }
    }
    for name, (above, _) in TABLES.items():
        datasets[name] = {
            "label": name,
            "key": "id",
            "refers": {"up": f"{above}.id"},
            "owner": "up",
            "fields": {"id": "none", "up": "none", "note": "x.note"},
        }
    return from_value({"store": "shop", "url": "env:SHOP", "datasets": datasets})


def people(first: int, number: int) -> list[Person]:
    """So many customers, from the one of this number on."""
    return [Person(f"s{n}", (("email", Sensitive(f"{n}@mail.example")),)) for n in range(first, first + number)]


def fill(engine: sa.Engine, customers: int) -> None:
    """Customer n has the same rows in every database."""
    counted = {"customers": customers}
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("CREATE TABLE customers (id integer PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, note varchar(80))")
        email = _joined(engine, "n", "'@mail.example'")
        run(f"INSERT INTO customers SELECT n, {email}, 'a note of some length' FROM {numbers(engine, customers)}")
        for name, (above, each) in TABLES.items():
            counted[name] = counted[above] * each
            refers = f"REFERENCES {above} (id)"
            is_later = engine.dialect.name != "sqlite"  # the others would check each row as it comes
            columns = f"id integer PRIMARY KEY, up integer NOT NULL {'' if is_later else refers}, note varchar(80)"
            run(f"CREATE TABLE {name} ({columns})")
            parent = f"1 + ((n - 1) {'DIV' if engine.dialect.name == 'mariadb' else '/'} {each})"
            source = numbers(engine, counted[name])
            run(f"INSERT INTO {name} SELECT n, {parent}, 'a note of some length' FROM {source}")
            run(f"CREATE INDEX {name}_up ON {name} (up)")
            if is_later:
                run(f"ALTER TABLE {name} ADD FOREIGN KEY (up) {refers}")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name != "mariadb":
            connection.exec_driver_sql("ANALYZE")


def numbers(engine: sa.Engine, size: int) -> str:
    """A table expression: the numbers from 1 on, as column `n`."""
    if engine.dialect.name == "postgresql":
        return f"generate_series(1, {size}) AS s (n)"
    if engine.dialect.name == "mariadb":
        return f"(SELECT seq AS n FROM seq_1_to_{size}) AS s"
    return f"(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {size}) SELECT n FROM s)"


def _joined(engine: sa.Engine, *parts: str) -> str:
    return f"concat({', '.join(parts)})" if engine.dialect.name == "mariadb" else " || ".join(parts)


@contextmanager
def databases(customers: int, *kinds: str) -> Iterator[dict[str, sa.Engine]]:
    """Fresh databases of the kinds asked for, filled."""
    with tempfile.TemporaryDirectory() as folder:
        servers: list[PostgresServer | MariaServer] = []
        engines: dict[str, sa.Engine] = {}
        try:
            for kind in kinds:
                url = f"sqlite:///{folder}/shop.db" if kind == "sqlite" else _served(kind, servers)
                engines[kind] = sa.create_engine(url, poolclass=sa.NullPool)
                fill(engines[kind], customers)
            yield engines
        finally:
            for server in servers:
                server.remove()


def _served(kind: str, servers: list[PostgresServer | MariaServer]) -> str:
    server = PostgresServer() if kind == "postgresql" else MariaServer()
    server.start()
    servers.append(server)
    server.execute("CREATE DATABASE shop")
    return server.url("shop")
