"""Reading what belongs to people: in order, streamed, with plain values."""

from __future__ import annotations

import gc
import tracemalloc

import pytest
import sqlalchemy as sa

from tests.stores.company import Company, person
from troth.stores.model import Row

ANN = person("sub-ann", phone="+8619900000001", email="ann@mail.example", account="1")
BOB = person("sub-bob", phone="+8619900000002", email="bob@mail.example", account="2")

LOGS = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email, password_hash: {item: account.password, disclose: never}}
logs:
  label: logs
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none, what: usage.log}
"""


def _logs(company: Company, each: int) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), password_hash text, extra text)",
        "CREATE TABLE logs (id integer PRIMARY KEY, customer_id integer, what text)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', '$argon2id$', 'x'), (2, 'bob@mail.example', 'y', 'z')",
    )
    rows = [{"id": n, "customer_id": 1 + n % 2, "what": "x" * 200} for n in range(each * 2)]
    logs = sa.table("logs", sa.column("id"), sa.column("customer_id"), sa.column("what"))
    with company.engine.begin() as connection:
        connection.execute(sa.insert(logs), rows)


def test_people_come_in_the_order_given_with_all_their_datasets(company: Company) -> None:
    _logs(company, 3)
    rows = list(company.store(LOGS).access([BOB, ANN]))
    assert [(row.subject, row.dataset) for row in rows] == [
        ("sub-bob", "customers"),
        *[("sub-bob", "logs")] * 3,
        ("sub-ann", "customers"),
        *[("sub-ann", "logs")] * 3,
    ]
    assert [row.values["id"] for row in rows if row.dataset == "logs"] == [1, 3, 5, 0, 2, 4]


def test_what_is_never_disclosed_and_what_is_not_mapped_is_not_even_read(company: Company) -> None:
    _logs(company, 1)
    row, _ = company.store(LOGS).access([ANN])
    assert row.values == {"id": 1, "email": "ann@mail.example"}


def test_a_row_does_not_show_its_values_when_it_is_printed(company: Company) -> None:
    _logs(company, 1)
    for row in company.store(LOGS).access([ANN]):
        assert "mail.example" not in repr(row)
    assert "mail.example" not in repr(ANN)


def test_rows_are_streamed_in_bounded_memory(company: Company) -> None:
    _logs(company, 15_000)
    store = company.store(LOGS)
    next(store.access([ANN]))  # what the first access loads once and for all is not the point
    gc.collect()
    tracemalloc.start()
    try:
        count = sum(1 for _ in store.access([ANN, BOB]))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 30_002
    assert peak < 4_000_000, "thirty thousand rows are more than 15 MB"


def test_reading_can_stop_early_and_the_store_is_free_again(company: Company) -> None:
    _logs(company, 2000)
    store = company.store(LOGS)
    rows = store.access([ANN])
    assert isinstance(next(rows), Row)
    rows.close()  # type: ignore[attr-defined]  # a generator behind the protocol
    assert sum(one.changed for one in store.erase([ANN])) == 2001


def test_a_change_while_reading_does_not_show(company: Company) -> None:
    if company.is_sqlite:
        company.run("PRAGMA journal_mode=WAL")
    _logs(company, 3000)
    rows = company.store(LOGS).access([BOB, ANN])
    next(rows)
    company.run("DELETE FROM logs WHERE customer_id = 1", "DELETE FROM customers WHERE id = 1")
    assert sum(1 for _ in rows) == 3000 + 3001


@pytest.mark.parametrize(
    ("identifies", "stored"),
    [
        ("{phone: who}", "'+8619900000001'"),
        ("{phone: {column: who, spelling: e164}}", "'+8619900000001'"),
        ("{phone: {column: who, spelling: national}}", "'19900000001'"),
        ("{email: {column: who, spelling: any-case}}", "'Ann@Mail.example'"),
        ("{account: who}", "'1'"),
    ],
)
def test_a_person_is_found_however_the_store_spells_them(company: Company, identifies: str, stored: str) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, who varchar(60))",
        f"INSERT INTO customers VALUES (1, {stored}), (2, NULL), (3, '')",
    )
    store = company.store(f"""
        customers:
          label: customers
          key: id
          identifies: {identifies}
          fields: {{id: none, who: account.phone}}
    """)
    assert [row.values["id"] for row in store.access([BOB, ANN])] == [1]


@pytest.mark.parametrize(("kind", "spelling"), [("account", "exact"), ("phone", "national")])
def test_numbers_are_found_in_columns_of_numbers(company: Company, kind: str, spelling: str) -> None:
    company.run(
        "CREATE TABLE customers (id bigint PRIMARY KEY, n bigint)",
        "INSERT INTO customers VALUES (1, 19900000001), (2, 19900000002), (3, 3)",
    )
    store = company.store(f"""
        customers:
          label: customers
          key: id
          identifies: {{{kind}: {{column: {"id" if kind == "account" else "n"}, spelling: {spelling}}}}}
          fields: {{id: none, n: account.phone}}
    """)
    worded = person("sub-x", account="not a number", phone="neither")
    huge = person("sub-y", account="9" * 30)
    assert [row.values["id"] for row in store.access([worded, huge, BOB])] == [2]


def test_a_column_that_is_no_text_is_compared_as_text(company: Company) -> None:
    kind = "char(36)" if company.is_sqlite else "uuid"
    company.run(
        f"CREATE TABLE customers (id {kind} PRIMARY KEY, at numeric(9, 2))",
        "INSERT INTO customers VALUES ('6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 1.50)",
    )
    store = company.store("""
        customers:
          label: customers
          key: id
          identifies: {account: id}
          fields: {id: none, at: order.record}
    """)
    known = person("sub-u", account="6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
    assert [row.values["id"] for row in store.access([known])] == ["6f9619ff-8b86-4d01-b42d-00cf4fc964ff"]


def test_one_person_found_by_several_identifiers_is_shown_once(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, phone varchar(20), email varchar(60))",
        "INSERT INTO customers VALUES (1, '+8619900000001', 'ann@mail.example'), (2, NULL, 'ann@mail.example')",
    )
    store = company.store("""
        customers:
          label: customers
          key: id
          identifies: {phone: phone, email: email}
          fields: {id: none, phone: account.phone, email: account.email}
    """)
    assert [row.values["id"] for row in store.access([ANN])] == [1, 2]
    assert store.look([ANN]) == {"customers": 2}


def test_a_guest_order_is_found_by_its_e_mail_and_a_customers_order_only_by_its_customer(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(60))",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, email varchar(60))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
        "INSERT INTO orders VALUES (10, NULL, 'ann@mail.example'), (11, 2, 'ann@mail.example'), (12, 1, 'x@y.example')",
    )
    store = company.store("""
        customers:
          label: customers
          key: id
          identifies: {email: email}
          fields: {id: none, email: account.email}
        orders:
          label: orders
          key: id
          identifies: {email: email}
          refers: {customer_id: customers.id}
          owner: customer_id
          fields: {id: none, customer_id: none, email: account.email}
    """)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "orders"] == [10, 12]
    assert [row.values["id"] for row in store.access([BOB]) if row.dataset == "orders"] == [11]
    store.erase([ANN])
    assert company.rows("SELECT id FROM orders") == [(11,)]


def test_what_a_row_names_does_not_count_where_its_owner_is_nobody_any_more(company: Company) -> None:
    """Order 10 is of a customer who was erased long ago; that it names somebody makes it nobody's neighbour."""
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(60))",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, email varchar(60))",
        "CREATE TABLE reviews (id integer PRIMARY KEY, order_id integer, customer_id integer)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, NULL), (3, 'eve@mail.example')",
        "INSERT INTO orders VALUES (10, 2, 'x@mail.example'), (11, 3, NULL), (12, NULL, 'x@mail.example')",
        "INSERT INTO reviews VALUES (100, 10, 1), (101, 11, 1), (102, 12, 1), (103, NULL, 1)",
    )
    store = company.store("""
        customers:
          label: customers
          key: id
          identifies: {email: email}
          fields: {id: none, email: account.email}
        orders:
          label: orders
          key: id
          identifies: {email: email}
          refers: {customer_id: customers.id}
          owner: customer_id
          fields: {id: none, customer_id: none, email: account.email}
        reviews:
          label: reviews
          key: id
          refers: {order_id: orders.id, customer_id: customers.id}
          owner: [order_id, customer_id]
          fields: {id: none, order_id: none, customer_id: none}
    """)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "reviews"] == [100, 103]
    store.erase([ANN])
    assert company.rows("SELECT id, customer_id FROM reviews ORDER BY id") == [(101, None), (102, None)]
