"""What is MariaDB's own: texts that compare loosely, plans that join, reading without locks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.stores.company import Company, person, statements_sent
from tests.support.mariadb import MariaServer

ANN = person("sub-ann", email="ann@mail.example")

CUSTOMERS = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
"""

ORDERS = """
orders:
  label: orders
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none, what: order.record}
lines:
  label: lines
  key: id
  refers: {order_id: orders.id}
  owner: order_id
  fields: {id: none, order_id: none}
"""


@pytest.fixture
def maria(mariadb: MariaServer) -> Iterator[Company]:
    mariadb.execute("CREATE DATABASE own_ways")
    yield Company(mariadb.url("own_ways"), sa.create_engine(mariadb.url("own_ways"), poolclass=sa.NullPool))
    mariadb.execute("DROP DATABASE own_ways")


@pytest.mark.parametrize("charset", ["latin1", "utf8mb4", "utf8mb4 COLLATE utf8mb4_unicode_ci", "binary"])
def test_whoever_is_only_spelt_alike_is_somebody_else(maria: Company, charset: str) -> None:
    maria.run(
        f"CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) CHARACTER SET {charset})",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'ANN@mail.example'), (3, 'ann@mail.example '),"
        " (4, 'änn@mail.example')",
    )
    store = maria.store(CUSTOMERS)
    assert [row.values["id"] for row in store.access([ANN])] == [1]
    assert store.erase([ANN])[0].changed == 1
    assert maria.rows("SELECT id FROM customers ORDER BY id") == [(2,), (3,), (4,)]


def test_any_case_is_any_case_and_nothing_looser(maria: Company) -> None:
    maria.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'ANN@mail.example'), (4, 'änn@mail.example')",
    )
    store = maria.store(CUSTOMERS.replace("{email: email}", "{email: {column: email, spelling: any-case}}"))
    assert [row.values["id"] for row in store.access([ANN])] == [1, 2]


@pytest.mark.parametrize("word", ["安娜", "😀", "o'neill", "back\\\\slash", "100%"])
def test_names_in_any_script_are_found(maria: Company, word: str) -> None:
    maria.run("CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))")
    table = sa.table("customers", sa.column("id"), sa.column("email"))
    with maria.engine.begin() as connection:
        connection.execute(sa.insert(table), [{"id": 1, "email": word}, {"id": 2, "email": "x"}])
    assert [row.values["id"] for row in maria.store(CUSTOMERS).access([person("sub-x", email=word)])] == [1]


def _orders(maria: Company, people: int) -> None:
    maria.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) NOT NULL UNIQUE)",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id),"
        " what text)",
        "CREATE TABLE `lines` (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES orders (id))",
        f"INSERT INTO customers SELECT seq, CONCAT(seq, '@mail.example') FROM seq_1_to_{people}",
        f"INSERT INTO orders SELECT seq, 1 + seq MOD {people}, 'x' FROM seq_1_to_{2 * people}",
        f"INSERT INTO `lines` SELECT seq, 1 + seq MOD {2 * people} FROM seq_1_to_{4 * people}",
    )


def test_no_statement_reads_a_large_table_whole(maria: Company) -> None:
    """The server counts the rows that it hands out: they go with the rows erased, not with the rows there are."""
    _orders(maria, 5000)
    store = maria.store(CUSTOMERS + ORDERS)
    reads = "SHOW GLOBAL STATUS LIKE 'Handler_read_rnd_next'"
    ((_, before),) = maria.rows(reads)
    assert sum(one.changed for one in store.erase([person("sub-7", email="7@mail.example")])) == 7
    ((_, after),) = maria.rows(reads)
    assert int(after) - int(before) < 5000, "35,000 rows are there"


def test_reading_locks_nothing(maria: Company) -> None:
    _orders(maria, 50)
    rows = maria.store(CUSTOMERS + ORDERS).access([person("sub-7", email="7@mail.example")])
    next(rows)
    with maria.engine.begin() as other:
        other.exec_driver_sql("SET innodb_lock_wait_timeout = 1")
        other.exec_driver_sql("UPDATE orders SET what = 'changed'")
    assert {row.values["what"] for row in rows if row.dataset == "orders"} == {"x"}


def test_everything_is_read_by_one_statement_at_one_state(maria: Company) -> None:
    _orders(maria, 10)
    store = maria.store(CUSTOMERS + ORDERS)
    with statements_sent() as sent:
        assert len(list(store.access([person("sub-7", email="7@mail.example")]))) == 7
    assert sum("troth_mark" in one and "UNION ALL" in one for one in sent) == 1
