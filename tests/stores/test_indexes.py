"""A check names the indexes without which every request reads whole tables, with the statements that make them."""

from __future__ import annotations

import pytest

from tests.stores.company import Company, data_map
from troth.stores.sql.connection import open_engine
from troth.stores.sql.store import SqlStore

MAP = """
customers:
  label: customers
  key: [tenant, id]
  identifies: {email: {column: email, spelling: any-case}, phone: phone, account: id}
  fields: {tenant: none, id: none, email: account.email, phone: account.phone}
orders:
  label: orders
  key: id
  refers: {buyer: {columns: [tenant, customer_id], to: customers}}
  owner: buyer
  fields: {id: none, tenant: none, customer_id: none}
parcels:
  label: parcels
  key: id
  refers: {orders: {columns: [order_id], to: orders, at: [parcel], many: true}}
  fields: {id: none, order_id: none}
"""


def _store(company: Company, text: str) -> SqlStore:
    return SqlStore(data_map(text), open_engine(company.url))


def _statements(store: SqlStore) -> list[str]:
    return [one.hint.partition("`")[2].rpartition("`")[0] for one in store.slow()]


def _make(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (tenant integer, id integer, email varchar(100), phone text, PRIMARY KEY (tenant, id))",
        "CREATE TABLE orders (id integer PRIMARY KEY, tenant integer, customer_id integer)",
        "CREATE TABLE notes (id integer PRIMARY KEY, order_id integer REFERENCES orders (id))",
    )


def test_what_is_missing_is_named_with_the_statement_that_makes_it_and_then_nothing_is(company: Company) -> None:
    _make(company)
    store = _store(company, MAP.partition("parcels:")[0])
    found = store.slow()
    assert {one.code for one in found} == {"datamap.no-index"}
    assert store.check() != ()
    tables = [one.message.split("`")[1] for one in found]
    folded = [] if company.kind == "mariadb" else ["customers"]  # it has no index on an expression
    notes = [] if company.kind == "mariadb" else ["notes"]  # it makes one for every foreign key itself
    assert sorted(tables) == sorted([*folded, "customers", "customers", "orders", *notes])
    company.run(*_statements(store))
    assert store.slow() == ()


def test_a_reference_that_leads_to_several_rows_needs_an_index_at_its_other_end(company: Company) -> None:
    company.run(
        "CREATE TABLE people (id integer PRIMARY KEY, email varchar(100) UNIQUE)",
        "CREATE TABLE links (doc integer, who integer, PRIMARY KEY (who, doc))",
        "CREATE TABLE docs (id integer PRIMARY KEY)",
    )
    store = _store(
        company,
        """
        people: {label: people, key: id, identifies: {email: email}, fields: {id: none, email: account.email}}
        links:
          label: links
          key: [doc, who]
          refers: {who: people.id}
          owner: who
          fields: {doc: none, who: none}
        docs:
          label: docs
          key: id
          refers: {links: {columns: [id], to: links, at: [doc], many: true}}
          owner: links
          fields: {id: none}
        """,
    )
    assert [one.message.partition(":")[0] for one in store.slow()] == ["no index of `links` begins with `doc`"]
    company.run(*_statements(store))
    assert store.slow() == ()


@pytest.mark.parametrize("name", ["order", "a 'b' c", 'say "hi"', "back`tick", "100%", "日本"])
def test_a_statement_can_be_run_whatever_tables_are_called(company: Company, name: str) -> None:
    quote = company.engine.dialect.identifier_preparer.quote_identifier
    with company.engine.begin() as connection:
        made = f"CREATE TABLE {quote(name)} (id integer PRIMARY KEY, {quote('e-mail')} varchar(90))"
        connection.exec_driver_sql(made)
    spelt = name.replace("'", "''")
    store = _store(
        company, f"'{spelt}': {{label: x, key: id, identifies: {{email: e-mail}}, fields: {{id: none, e-mail: x}}}}"
    )
    (statement,) = _statements(store)
    company.run(statement)
    assert store.slow() == ()


def test_an_index_over_some_rows_only_is_none(company: Company) -> None:
    if company.kind == "mariadb":
        pytest.skip("has no partial indexes")
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
        "CREATE INDEX late ON customers (email) WHERE id > 5",
    )
    text = "customers: {label: x, key: id, identifies: {email: email}, fields: {id: none, email: account.email}}"
    assert len(_store(company, text).slow()) == 1
