"""Of which rows of a table a dataset speaks: one tenant's, those not marked, those of a type, all partitions."""

from __future__ import annotations

import pytest

from tests.stores.company import Company, person
from troth.base.errors import InputError

ANN = person("sub-ann", email="ann@mail.example")

CUSTOMERS = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
"""


def test_every_partition_of_a_table_is_part_of_it(company: Company) -> None:
    if company.kind != "postgresql":
        pytest.skip("partitions are tables of their own in PostgreSQL only")
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) UNIQUE)",
        "CREATE TABLE logs (id integer, at date, customer_id integer REFERENCES customers (id), PRIMARY KEY (id, at))"
        " PARTITION BY RANGE (at)",
        "CREATE TABLE logs_2025 PARTITION OF logs FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        "CREATE TABLE logs_2026 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
        "CREATE INDEX logs_of ON logs (customer_id)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
        "INSERT INTO logs VALUES (1, '2025-03-01', 1), (2, '2026-03-01', 1), (3, '2026-03-01', 2)",
    )
    store = company.store(
        CUSTOMERS
        + """
logs:
  label: logs
  key: [id, at]
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, at: none, customer_id: none}
"""
    )
    assert len([row for row in store.access([ANN]) if row.dataset == "logs"]) == 2
    assert {one.dataset: one.changed for one in store.erase([ANN])} == {"logs": 2, "customers": 1}
    assert company.rows("SELECT id FROM logs") == [(3,)]
    assert company.rows("SELECT id FROM logs_2026") == [(3,)]


MARKED = CUSTOMERS.replace("{id: none,", "{id: none, deleted_at: none,")


def test_rows_that_are_marked_as_deleted_are_nobodys(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, deleted_at integer, email varchar(100))",
        "INSERT INTO customers VALUES (1, NULL, 'ann@mail.example'), (2, 5, 'ann@mail.example')",
    )
    store = company.store(MARKED.replace("key: id", "key: id\n  only: {deleted_at: null}"))
    assert [row.values["id"] for row in store.access([ANN])] == [1]
    store.erase([ANN])
    assert company.rows("SELECT id FROM customers") == [(2,)]
    whole = company.store(MARKED)
    assert [row.values["id"] for row in whole.access([ANN])] == [2], "a map without it finds them"
    whole.erase([ANN])
    assert company.rows("SELECT id FROM customers") == []


TENANTS = """
customers:
  label: customers
  key: id
  only: {tenant: 7}
  identifies: {email: email}
  fields: {id: none, tenant: none, email: account.email}
orders:
  label: orders
  key: id
  only: {tenant: 7}
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, tenant: none, customer_id: none}
"""


def test_another_tenants_rows_are_never_shown_or_erased_and_stop_what_would_break_them(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, tenant integer, email varchar(100))",
        "CREATE TABLE orders (id integer PRIMARY KEY, tenant integer, customer_id integer,"
        " FOREIGN KEY (customer_id) REFERENCES customers (id))",
        "INSERT INTO customers VALUES (1, 7, 'ann@mail.example'), (2, 8, 'ann@mail.example')",
        "INSERT INTO orders VALUES (1, 7, 1), (2, 8, 2), (3, 8, 1)",
    )
    store = company.store(TENANTS)
    assert [(row.dataset, row.values["id"]) for row in store.access([ANN])] == [("customers", 1), ("orders", 1)]
    strict = company.store(
        TENANTS.replace("{customer_id: customers.id}", "{customer_id: {to: customers, detach: false}}")
    )
    with pytest.raises(InputError, match="1 rows of `orders`"):
        strict.erase([ANN])
    assert len(company.rows("SELECT * FROM orders")) == 3
    store.erase([ANN])
    assert company.rows("SELECT * FROM orders ORDER BY id") == [(2, 8, 2), (3, 8, None)]
    assert company.rows("SELECT id FROM customers") == [(2,)]


def test_a_type_column_says_to_which_table_a_reference_leads(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
        "CREATE TABLE clerks (id integer PRIMARY KEY, email varchar(100))",
        "CREATE TABLE notes (id integer PRIMARY KEY, author_type varchar(20), author_id integer)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example')",
        "INSERT INTO clerks VALUES (1, 'bob@mail.example')",
        "INSERT INTO notes VALUES (1, 'customer', 1), (2, 'clerk', 1), (3, 'robot', 1), (4, NULL, 1)",
    )
    store = company.store(
        CUSTOMERS
        + """
clerks:
  label: clerks
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
notes:
  label: notes
  key: id
  refers:
    by_customer: {columns: [author_id], to: customers, only: {author_type: customer}}
    by_clerk: {columns: [author_id], to: clerks, only: {author_type: clerk}}
  owner: [by_customer, by_clerk]
  fields: {id: none, author_type: none, author_id: none}
"""
    )
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "notes"] == [1]
    store.erase([ANN])
    assert company.rows("SELECT id FROM notes ORDER BY id") == [(2,), (3,), (4,)]
