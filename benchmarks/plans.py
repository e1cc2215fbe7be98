"""Access and erasure on a company of twelve tables, beside the best SQL that a person would write by hand."""

from __future__ import annotations

import gc
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy import event
from tests.support.mariadb import MariaServer, is_installed
from tests.support.postgres import PostgresServer

from benchmarks.harness import Figure, Measure
from troth.base.sensitive import Sensitive
from troth.datamap.model import Person, StoreMap
from troth.datamap.read import from_value
from troth.stores.files.place import Place
from troth.stores.files.store import FileStore
from troth.stores.model import Store
from troth.stores.sql.store import SqlStore

# table: (the table that it refers to, rows for each of its rows)
TABLES: dict[str, tuple[str, int]] = {
    "devices": ("customers", 2),
    "addresses": ("customers", 1),
    "tickets": ("customers", 1),
    "reviews": ("customers", 1),
    "sessions": ("customers", 2),
    "orders": ("customers", 2),
    "device_logs": ("devices", 3),
    "push_tokens": ("devices", 1),
    "messages": ("tickets", 2),
    "order_lines": ("orders", 2),
    "payments": ("orders", 1),
}
SMALL, LARGE = 10_000, 100_000


def shop_map() -> StoreMap:
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


def fill(engine: sa.Engine, customers: int) -> None:
    """Customer n has the same rows in every database; made by the database itself."""
    counted, size = {"customers": customers}, customers
    with engine.begin() as connection:
        run = connection.exec_driver_sql
        run("CREATE TABLE customers (id integer PRIMARY KEY, email varchar(60) NOT NULL UNIQUE, note varchar(80))")
        email = _joined(engine, "n", "'@mail.example'")
        run(f"INSERT INTO customers SELECT n, {email}, 'a note of some length' FROM {_numbers(engine, size)}")
        for name, (above, each) in TABLES.items():
            counted[name] = counted[above] * each
            run(
                f"CREATE TABLE {name} (id integer PRIMARY KEY, up integer NOT NULL REFERENCES {above} (id),"
                " note varchar(80))"
            )
            source = _numbers(engine, counted[name])
            parent = f"1 + ((n - 1) {'DIV' if engine.dialect.name == 'mariadb' else '/'} {each})"
            run(f"INSERT INTO {name} SELECT n, {parent}, 'a note of some length' FROM {source}")
            run(f"CREATE INDEX {name}_up ON {name} (up)")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name != "mariadb":
            connection.exec_driver_sql("ANALYZE")


def _joined(engine: sa.Engine, *parts: str) -> str:
    return f"concat({', '.join(parts)})" if engine.dialect.name == "mariadb" else " || ".join(parts)


def _numbers(engine: sa.Engine, size: int) -> str:
    if engine.dialect.name == "postgresql":
        return f"generate_series(1, {size}) AS s (n)"
    if engine.dialect.name == "mariadb":
        return f"(SELECT seq AS n FROM seq_1_to_{size}) AS s"
    return f"(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {size}) SELECT n FROM s)"


def people(first: int, number: int) -> list[Person]:
    return [Person(f"s{n}", (("email", Sensitive(f"{n}@mail.example")),)) for n in range(first, first + number)]


def by_hand(engine: sa.Engine, found: Sequence[Person], act: str) -> int:
    """The best set-based SQL: keys in one temporary table a level, children before parents, one transaction.

    It does less than Troth: it neither counts before nor looks again after, and does not ask whether two people share
    a row. Reading, it tells whose each row is and gives the rows of a table in the order of people, as tuples.
    """
    emails = [{"n": n, "e": person.identifiers[0][1].reveal()} for n, person in enumerate(found)]
    drop = "DROP TEMPORARY TABLE" if engine.dialect.name == "mariadb" else "DROP TABLE"
    rows = 0
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            for pragma in ("foreign_keys=ON", "secure_delete=ON"):
                connection.exec_driver_sql(f"PRAGMA {pragma}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        run = connection.exec_driver_sql
        run("CREATE TEMPORARY TABLE who (n integer, e varchar(60))")
        if engine.dialect.name == "postgresql":
            run("INSERT INTO who SELECT * FROM unnest(%s::integer[], %s::text[])", _arrays(emails))
        else:
            connection.execute(sa.text("INSERT INTO who VALUES (:n, :e)"), emails)
        run("CREATE TEMPORARY TABLE k_customers AS SELECT n, id FROM customers JOIN who ON email = e")
        for name in ("devices", "tickets", "orders"):
            run(f"CREATE TEMPORARY TABLE k_{name} AS SELECT n, t.id FROM {name} t JOIN k_customers k ON t.up = k.id")
        if engine.dialect.name == "postgresql":
            run("ANALYZE k_customers, k_devices, k_tickets, k_orders")
        for name in reversed(TABLES):
            rows += _one(connection, name, "up", f"k_{TABLES[name][0]}", act)
        rows += _one(connection, "customers", "id", "k_customers", act)
        for name in ("k_customers", "k_devices", "k_tickets", "k_orders", "who"):
            run(f"{drop} {name}")
        connection.commit()
    return rows


def _arrays(lines: Sequence[Mapping[str, object]]) -> tuple[list[object], ...]:
    return tuple([line[column] for line in lines] for column in ("n", "e"))


def _one(connection: sa.Connection, table: str, column: str, keys: str, act: str) -> int:
    if act == "read":
        asked = f"SELECT k.n, t.* FROM {table} t JOIN {keys} k ON t.{column} = k.id ORDER BY k.n, t.id"
        return len(connection.exec_driver_sql(asked).all())
    named = f"{table} " if connection.dialect.name == "mariadb" else ""
    return connection.exec_driver_sql(f"DELETE {named}FROM {table} WHERE {column} IN (SELECT id FROM {keys})").rowcount


def seconds(act: Callable[[], object]) -> float:
    gc.collect()
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


@contextmanager
def databases(customers: int, *kinds: str) -> Iterator[dict[str, sa.Engine]]:
    """Fresh databases of the sorts asked for, filled."""
    with tempfile.TemporaryDirectory() as folder:
        servers: list[PostgresServer | MariaServer] = []
        engines: dict[str, sa.Engine] = {}
        for kind in kinds:
            if kind == "sqlite":
                url = f"sqlite:///{folder}/shop.db"
            else:
                server = PostgresServer() if kind == "postgresql" else MariaServer()
                server.start()
                server.execute("CREATE DATABASE shop")
                servers.append(server)
                url = server.url("shop")
            engines[kind] = sa.create_engine(url, poolclass=sa.NullPool)
            fill(engines[kind], customers)
        yield engines
        for server in servers:
            server.remove()


def erasing() -> Iterable[Figure]:
    """Different people of the same database, in turn by hand and by Troth."""
    kinds = ("sqlite", "postgresql", *(("mariadb",) if is_installed() else ()))
    times: dict[tuple[str, int], float] = {}
    with databases(LARGE, *kinds) as engines:
        for kind, engine in engines.items():
            store, first = SqlStore(shop_map(), engine), 1
            for number in (1, 100, 10_000):
                repeats, ratios, took = (3 if number < 10_000 else 1), [], []
                for _ in range(repeats):
                    hand = seconds(partial(by_hand, engine, people(first, number), "delete"))
                    first += number
                    ours = seconds(partial(store.erase, people(first, number)))
                    first += number
                    ratios.append(ours / hand)
                    took.append(ours)
                times[kind, number] = min(took)
                yield Figure(
                    f"plan.erase_{number}_{kind}", min(took), "s", None, f"of {LARGE:,} customers, 23 rows each"
                )
                yield Figure(f"plan.erase_{number}_{kind}_ratio", min(ratios), "×", 1.3, "set-based SQL by hand")
            yield from _reading(kind, engine, store, first)
    yield from _statements()
    yield from _growth(times, kinds)


def _reading(kind: str, engine: sa.Engine, store: Store, first: int) -> Iterable[Figure]:
    found = people(first, 1000)
    hand = min(seconds(lambda: by_hand(engine, found, "read")) for _ in range(2))
    ours = min(seconds(lambda: sum(1 for _ in store.access(found))) for _ in range(2))
    yield Figure(f"plan.access_1000_{kind}", ours, "s", None, "23,000 rows")
    yield Figure(f"plan.access_1000_{kind}_ratio", ours / hand, "×", 1.5, "set-based SQL by hand")


def _statements() -> Iterable[Figure]:
    with databases(200, "sqlite") as engines:
        store = SqlStore(shop_map(), engines["sqlite"])
        store.look(people(1, 1))  # reads the schema, as whoever sees a database for the first time does
        counts = [_counted(partial(store.erase, people(1 + n, n))) for n in (1, 50)]
    yield Figure("plan.statements_more_for_50_than_for_1", counts[1] - counts[0], "", 0, "an erasure of 12 datasets")
    yield Figure("plan.statements", counts[0], "", 2 * 12 + 5, "2 a dataset + 5")


def _counted(act: Callable[[], object]) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().startswith("PRAGMA"):
            sent.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
    return len(sent)


def _growth(times: dict[tuple[str, int], float], kinds: Sequence[str]) -> Iterable[Figure]:
    with databases(SMALL, *kinds) as engines:
        for kind, engine in engines.items():
            store = SqlStore(shop_map(), engine)
            small = min(seconds(partial(store.erase, people(1 + 100 * n, 100))) for n in range(3))
            yield Figure(f"plan.growth_{kind}", times[kind, 100] / small, "×", 1.3, "100 people of 100k and of 10k")


def one_package() -> Iterable[Figure]:
    """A million rows of one person, read one after the other."""
    rows = 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{folder}/one.db", poolclass=sa.NullPool)
        fill(engine, 1)
        with engine.begin() as connection:
            source = _numbers(engine, rows)
            connection.exec_driver_sql(f"INSERT INTO reviews SELECT n + 1, 1, 'a note of some length' FROM {source}")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        took = seconds(lambda: sum(1 for _ in SqlStore(shop_map(), engine).access(people(1, 1))))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield Figure("plan.million_rows", took, "s", None, "read in the order of people")
    yield Figure("plan.million_rows_memory", after / 1024, "MB", 250, f"the whole process; {before / 1024:.0f} before")


def files() -> Iterable[Figure]:
    """A thousand of a million people erased from one Parquet file."""
    size, gone = 1_000_000, 1000
    value = shop_map().value
    customers = {**value["datasets"]["customers"], "table": "customers.parquet"}
    found = from_value({**value, "kind": "files", "order": ["customers"], "datasets": {"customers": customers}})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lake" / "customers.parquet"
        path.parent.mkdir()
        hand = duckdb.connect()
        hand.execute(
            "COPY (SELECT n::INTEGER AS id, n || '@mail.example' AS email, md5(n::VARCHAR) AS note"
            f" FROM range(1, {size + 1}) AS s (n)) TO '{path}' (FORMAT parquet)"
        )
        runs = []
        for n in range(3):
            low, high = 1 + 2 * n * gone, 1 + (2 * n + 1) * gone
            runs.append(
                (
                    seconds(partial(_rewrite, path, low, high)),
                    seconds(partial(FileStore(found, Place(str(path.parent))).erase, people(high, gone))),
                )
            )
    ours = min(one for _, one in runs)
    yield Figure("plan.parquet_1000_of_1m", ours, "s", None, "one file, 3 columns")
    yield Figure("plan.parquet_ratio", ours / min(one for one, _ in runs), "×", 1.5, "DuckDB by hand")


def _rewrite(path: Path, low: int, high: int) -> None:
    fresh = path.with_suffix(".new")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE who (email VARCHAR)")
        connection.execute(f"INSERT INTO who SELECT n || '@mail.example' FROM range({low}, {high}) AS s (n)")
        connection.execute(
            f"COPY (SELECT * FROM '{path}' WHERE email NOT IN (SELECT email FROM who)) TO '{fresh}' (FORMAT parquet)"
        )
    fresh.replace(path)


BENCHMARKS: dict[str, Measure] = {
    "plan.erase,plan.access,plan.statements,plan.growth": erasing,
    "plan.million_rows": one_package,
    "plan.parquet": files,
}
"""By the beginnings of the names of their figures."""
