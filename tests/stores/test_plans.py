"""Plans are compiled once for as long as the database keeps its shape, and never a run longer."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from benchmarks.plans.shop import ROWS, fill, people, shop_map

from tests.stores.company import Company, data_map, person, statements_sent
from troth.base.errors import InputError
from troth.base.sensitive import Sensitive
from troth.stores.sql.plans import plans_of
from troth.stores.sql.schema import read_schema
from troth.stores.sql.shape import shape
from troth.stores.sql.store import SqlStore

ANN, BOB = person("sub-ann", email="ann@mail.example"), person("sub-bob", email="bob@mail.example")

MAP = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email, name: account.nickname}
orders:
  label: orders
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none}
"""

CHANGES = [
    "ALTER TABLE customers ADD COLUMN phone varchar(20)",
    "ALTER TABLE customers RENAME COLUMN name TO called",
    "ALTER TABLE customers DROP COLUMN name",
    "CREATE UNIQUE INDEX one ON customers (name)",
    "DROP INDEX known",
    "ALTER TABLE orders RENAME TO purchases",
    "CREATE TABLE gifts (id integer PRIMARY KEY, customer integer REFERENCES customers (id) ON DELETE CASCADE)",
    "DROP TABLE orders",
]
LATER = [
    "ALTER TABLE customers ALTER COLUMN email DROP NOT NULL",
    "ALTER TABLE customers ALTER COLUMN name TYPE varchar(7)",
    "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey",
    "ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES customers (id) NOT VALID",
    "CREATE UNIQUE INDEX one ON customers (name) WHERE id > 1",
]


def _shop(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) NOT NULL, name varchar(50))",
        "CREATE UNIQUE INDEX known ON customers (email)",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', 'Ann'), (2, 'bob@mail.example', 'Bob')",
        "INSERT INTO orders VALUES (10, 1), (20, 2)",
    )


def test_a_table_made_since_the_last_run_stops_the_next_one_before_it_writes(company: Company) -> None:
    _shop(company)
    store = company.store(MAP)
    assert sum(one.changed for one in store.erase([ANN])) == 2
    company.run(
        "CREATE TABLE invoices (id integer PRIMARY KEY, order_id integer REFERENCES orders (id))",
        "INSERT INTO invoices VALUES (1, 20)",
    )
    with pytest.raises(InputError, match="`invoices`"):
        store.erase([BOB])
    assert company.rows("SELECT id FROM orders") == [(20,)]


def test_a_column_lost_since_the_last_run_stops_every_kind_of_run(company: Company) -> None:
    _shop(company)
    store = company.store(MAP)
    assert len(list(store.access([ANN]))) == 2
    assert sum(one.changed for one in store.erase([ANN])) == 2
    company.run("ALTER TABLE customers DROP COLUMN name")
    for act in (store.erase, store.look, lambda them: list(store.access(them))):
        with pytest.raises(InputError, match="`name`"):
            act([BOB])


@pytest.mark.parametrize("change", CHANGES + LATER)
def test_every_change_that_a_plan_could_feel_changes_the_shape(company: Company, change: str) -> None:
    if company.kind == "mariadb" or (company.is_sqlite and change in LATER):
        pytest.skip("does not say its shape" if company.kind == "mariadb" else "cannot change a table so")
    _shop(company)
    with company.engine.connect() as connection:
        before, seen = read_schema(connection), shape(connection)
        assert shape(connection) == seen
    company.run(change)
    with company.engine.connect() as connection:
        assert shape(connection) != seen
        assert read_schema(connection) != before or "WHERE" in change


def test_the_schema_is_read_once_for_all_stores_of_a_map(company: Company) -> None:
    _shop(company)
    with statements_sent() as first:
        company.store(MAP).look([ANN])
    with statements_sent() as second:
        company.store(MAP).look([ANN])
    assert len(second) < len(first) or company.kind == "mariadb"


def test_a_plan_that_holds_a_secret_is_kept_by_its_store_alone() -> None:
    found = data_map(MAP)
    assert plans_of(found) is plans_of(data_map(MAP))
    secret = replace(found, key=Sensitive(b"k" * 32))
    assert plans_of(secret) is not plans_of(secret)
    assert plans_of(secret) is not plans_of(found)


def test_no_more_statements_than_two_for_a_dataset_and_five(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'shop.db'}", poolclass=sa.NullPool)
    fill(engine, 60)
    store = SqlStore(shop_map(), engine)
    store.look(people(1, 1))
    with statements_sent() as sent:
        assert sum(one.changed for one in store.erase(people(1, 50))) == 50 * ROWS
    assert len([one for one in sent if not one.startswith("PRAGMA")]) <= 2 * 12 + 5


def test_the_rows_of_a_package_are_never_all_in_memory(tmp_path: Path) -> None:
    engine, rows = sa.create_engine(f"sqlite:///{tmp_path / 'one.db'}", poolclass=sa.NullPool), 60_000
    fill(engine, 1)
    numbers = f"(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {rows}) SELECT n FROM s)"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO cookies SELECT n + 1, 1, 'a note of some length' FROM {numbers}")
    store = SqlStore(shop_map(), engine)
    store.look(people(1, 1))
    tracemalloc.start()
    try:
        assert sum(1 for _ in store.access(people(1, 1))) == rows + ROWS
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000, "as one list they take thrice that"


@pytest.mark.long
def test_a_million_rows_go_into_one_package_in_a_quarter_of_a_gigabyte(tmp_path: Path) -> None:
    """The whole process, the rest of Troth loaded; measured by the benchmark, in a process of its own."""
    written = tmp_path / "figures.json"
    subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "plan.million_rows_memory", "--json", str(written)], check=True
    )
    (figure,) = json.loads(written.read_text())
    assert figure["met"], f"{figure['value']} MB"
