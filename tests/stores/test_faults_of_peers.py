"""Faults that others have, one test each: what Troth does in the same situation."""

from __future__ import annotations

import pytest

from tests.stores.company import Company, person
from troth.base.errors import InputError, IntegrityError
from troth.stores.model import Erased

ANN = person("sub-ann", email="ann@mail.example")
BOB = person("sub-bob", email="bob@mail.example")

CUSTOMERS = """
customers:
  label: {zh: 顾客, en: customers}
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
"""


def _customers(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) UNIQUE)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
    )


ADDRESSES = (
    CUSTOMERS
    + """
addresses:
  label: addresses
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none, street: account.address}
orders:
  label: orders
  key: id
  refers: {customer_id: customers.id, address_id: addresses.id}
  owner: customer_id
  fields: {id: none, customer_id: none, address_id: none, at: order.record}
"""
)


def _addresses(company: Company) -> None:
    """Ann has ordered to Bob's home."""
    _customers(company)
    company.run(
        "CREATE TABLE addresses (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id), street text)",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id),"
        " address_id integer REFERENCES addresses (id), at timestamp)",
        "INSERT INTO addresses VALUES (20, 2, 'Bob Street 2'), (10, 1, 'Ann Street 1')",
        "INSERT INTO orders VALUES (100, 1, 20, '2026-01-02 03:04:05'), (101, 1, 10, '2026-01-02 03:04:05')",
    )


def test_f1_a_row_reached_through_my_order_that_is_somebody_elses_home_is_neither_shown_nor_erased(
    company: Company,
) -> None:
    _addresses(company)
    store = company.store(ADDRESSES)
    shown = {row.values["street"] for row in store.access([ANN]) if row.dataset == "addresses"}
    assert shown == {"Ann Street 1"}
    store.erase([ANN])
    assert company.rows("SELECT id, street FROM addresses") == [(20, "Bob Street 2")]
    assert company.rows("SELECT id FROM orders") == []


def test_f1_his_home_cannot_go_while_my_order_needs_it_unless_the_map_lets_the_order_let_go(company: Company) -> None:
    _addresses(company)
    with pytest.raises(InputError) as refused:
        company.store(ADDRESSES).erase([BOB])
    assert [problem.code for problem in refused.value.problems()] == ["datamap.would-break"]
    assert "1 rows of `orders` stay" in refused.value.message
    assert company.rows("SELECT count(*) FROM customers") == [(2,)]
    letting_go = ADDRESSES.replace("address_id: addresses.id}", "address_id: {to: addresses.id, detach: true}}")
    outcome = company.store(letting_go).erase([BOB])
    assert Erased("orders", 1, 1, 0, "shared", "detach") in outcome
    assert company.rows("SELECT id, address_id FROM orders ORDER BY id") == [(100, None), (101, 10)]


def test_f2_composite_keys_join_as_tuples_so_that_other_tenants_rows_stay(company: Company) -> None:
    company.run(
        "CREATE TABLE users (tenant_id integer, id integer, email varchar(100), PRIMARY KEY (tenant_id, id))",
        "CREATE TABLE notes (tenant_id integer, id integer, user_id integer, body text, PRIMARY KEY (tenant_id, id))",
        "INSERT INTO users VALUES (1, 7, 'ann@mail.example'), (2, 7, 'bob@mail.example'), (1, 8, 'eve@mail.example')",
        "INSERT INTO notes VALUES (1, 1, 7, 'a'), (2, 1, 7, 'b'), (1, 2, 8, 'e'), (2, 2, 7, 'bb')",
    )
    store = company.store("""
        users:
          label: users
          key: [tenant_id, id]
          identifies: {email: email}
          fields: {tenant_id: none, id: none, email: account.email}
        notes:
          label: notes
          key: [tenant_id, id]
          refers: {author: {columns: [tenant_id, user_id], to: users}}
          owner: author
          fields: {tenant_id: none, id: none, user_id: none, body: support.message}
    """)
    assert [row.values["body"] for row in store.access([ANN]) if row.dataset == "notes"] == ["a"]
    store.erase([ANN])
    assert company.rows("SELECT body FROM notes ORDER BY body") == [("b",), ("bb",), ("e",)]
    assert company.rows("SELECT tenant_id, id FROM users ORDER BY 1, 2") == [(1, 8), (2, 7)]


MASKED = CUSTOMERS.replace("key: id\n", "key: id\n  erase: redact\n")


def test_f3_a_mask_that_matches_rows_and_changes_none_is_a_failure(company: Company) -> None:
    _customers(company)
    if company.is_sqlite:
        company.run("CREATE TRIGGER keep BEFORE UPDATE ON customers BEGIN SELECT RAISE(IGNORE); END")
    elif company.kind == "mariadb":
        company.run("CREATE TRIGGER keep BEFORE UPDATE ON customers FOR EACH ROW SET NEW.email = OLD.email")
    else:
        company.run(
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER keep BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION keep()",
        )
    with pytest.raises(IntegrityError) as failed:
        company.store(MASKED).erase([ANN])
    assert failed.value.code == "stores.not-erased"
    assert "1 rows of `customers`" in failed.value.message
    assert "ann" not in failed.value.message


def test_f4_masking_a_not_null_column_with_null_is_refused_before_anything_is_touched(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) NOT NULL)",
        "CREATE TABLE logs (id integer PRIMARY KEY, customer_id integer, what text)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example')",
        "INSERT INTO logs VALUES (1, 1, 'on')",
    )
    store = company.store(
        CUSTOMERS.replace("key: id\n", "key: id\n  erase: null\n")
        + """
logs:
  label: logs
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none, what: usage.log}
"""
    )
    with pytest.raises(InputError) as refused:
        store.erase([ANN])
    (problem,) = refused.value.problems()
    assert problem.code == "datamap.not-null"
    assert "redact" in problem.hint
    assert "ann" not in str(problem)
    assert company.rows("SELECT count(*) FROM logs") == [(1,)]
    assert problem in store.check()
    assert len(list(store.access([ANN]))) == 2, "what cannot be erased can still be shown"


def test_f5_null_values_are_masked_without_a_crash_and_stay_null(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), nick varchar(3), born date, n integer,"
        " paid boolean, at timestamp)",
        "INSERT INTO customers (id, email) VALUES (1, 'ann@mail.example')",
        "INSERT INTO customers VALUES (2, 'bob@mail.example', 'bob', '1990-05-06', 7, true, '2026-01-02 03:04:05')",
    )
    store = company.store("""
        customers:
          label: customers
          key: id
          identifies: {email: email}
          erase: redact
          fields: {id: none, email: {item: account.email, erase: null}, nick: x, born: x, n: x, paid: x, at: x}
    """)
    assert store.erase([ANN, BOB]) == (Erased("customers", 2, 2, 0, None, "mask"),)
    empty, masked = company.rows("SELECT * FROM customers ORDER BY id")
    assert empty == (1, None, None, None, None, None, None)
    assert masked[1:3] == (None, "era")
    assert str(masked[3]) == "1970-01-02"
    assert (masked[4], bool(masked[5])) == (0, False)
    assert str(masked[6]).startswith("1970-01-02 00:00:00")


def test_f6_a_table_that_refers_to_itself_works_and_ends(company: Company) -> None:
    """Comments answer comments: each is its author's; folders lie in folders: the owner of the top one has them all."""
    _customers(company)
    company.run(
        "CREATE TABLE comments (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id),"
        " answers integer REFERENCES comments (id), body text)",
        "CREATE TABLE folders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id),"
        " inside integer REFERENCES folders (id))",
        "INSERT INTO comments VALUES (1, 1, NULL, 'ann asks'), (2, 2, 1, 'bob answers'), (3, 1, 2, 'ann thanks')",
        "INSERT INTO folders VALUES (1, 1, NULL), (2, NULL, 1), (3, NULL, 2), (4, 2, NULL), (5, NULL, NULL)",
        "UPDATE folders SET inside = 5 WHERE id = 5",
    )
    store = company.store(
        CUSTOMERS
        + """
comments:
  label: comments
  key: id
  refers: {customer_id: customers.id, answers: {to: comments.id, detach: true}}
  owner: customer_id
  fields: {id: none, customer_id: none, answers: none, body: support.message}
folders:
  label: folders
  key: id
  refers: {customer_id: customers.id, inside: folders.id}
  owner: [customer_id, inside]
  fields: {id: none, customer_id: none, inside: none}
"""
    )
    found = [(row.dataset, row.values["id"]) for row in store.access([ANN])]
    assert found == [("customers", 1), ("comments", 1), ("comments", 3), ("folders", 1), ("folders", 2), ("folders", 3)]
    store.erase([ANN])
    assert company.rows("SELECT * FROM comments") == [(2, 2, None, "bob answers")]
    assert company.rows("SELECT id FROM folders ORDER BY id") == [(4,), (5,)]


def test_f7_an_empty_database_is_an_answer_and_a_missing_one_an_error_that_says_so(company: Company) -> None:
    company.run("CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) UNIQUE)")
    store = company.store(CUSTOMERS)
    assert list(store.access([ANN])) == []
    assert store.look([ANN]) == {"customers": 0}
    assert store.look([]) == {"customers": 0}
    assert store.erase([]) == (Erased("customers", 0, 0, 0, None, "delete"),)


def test_f8_three_orders_are_three_rows_with_their_ids_and_times(company: Company) -> None:
    _addresses(company)
    company.run("INSERT INTO orders VALUES (102, 1, 10, '2026-01-02 03:04:05')")
    orders = [row.values for row in company.store(ADDRESSES).access([ANN]) if row.dataset == "orders"]
    assert [values["id"] for values in orders] == [100, 101, 102]
    assert {str(values["at"]).replace("T", " ") for values in orders} == {"2026-01-02 03:04:05"}
