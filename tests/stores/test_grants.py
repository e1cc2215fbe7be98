"""A user with the printed rights, and no others, can run every plan; without any one of them, some plan fails."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.stores.company import Company, data_map, person
from troth.base.errors import InputError, UnavailableError
from troth.base.sensitive import Sensitive
from troth.datamap.grants import Server, grants
from troth.datamap.new_values import Correction, NewValue
from troth.stores.sql import runs
from troth.stores.sql.store import SqlStore

ANN = person("sub-ann", email="ann@mail.example")

MAP = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  erase: null
  fields: {id: none, email: account.email}
orders:
  label: orders
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none}
reviews:
  label: reviews
  key: id
  refers: {order_id: {to: orders.id, detach: true}}
  fields: {id: none, order_id: none}
"""


def _fill(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), secret text)",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id))",
        "CREATE TABLE reviews (id integer PRIMARY KEY, order_id integer REFERENCES orders (id))",
        "CREATE TABLE bills (id integer PRIMARY KEY, order_id integer REFERENCES orders (id), amount integer)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', 'x'), (2, 'bob@mail.example', 'y')",
        "INSERT INTO orders VALUES (10, 1), (20, 2)",
        "INSERT INTO reviews VALUES (100, 10)",
        "INSERT INTO bills VALUES (5, 20, 7)",
    )


def _server(company: Company) -> Server:
    if company.is_sqlite:
        pytest.skip("SQLite knows no users")
    return "postgresql" if company.kind == "postgresql" else "mariadb"


def _user(company: Company, name: str) -> sa.Engine:
    if company.kind == "postgresql":
        company.run(
            f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN", "REVOKE ALL ON SCHEMA public FROM PUBLIC"
        )
        company.run(
            f"GRANT USAGE ON SCHEMA public TO {name}", "REVOKE TEMPORARY ON DATABASE " + _name(company) + " FROM PUBLIC"
        )
        return sa.create_engine(company.url.replace("postgres@", f"{name}@"), poolclass=sa.NullPool)
    company.run(f"CREATE OR REPLACE USER {name}")
    return sa.create_engine(company.url.replace("root@", f"{name}@"), poolclass=sa.NullPool)


def _name(company: Company) -> str:
    return company.engine.url.database or ""


def test_with_the_printed_rights_every_plan_runs_and_nothing_else_can_be_read(company: Company) -> None:
    server = _server(company)
    _fill(company)
    owner = SqlStore(data_map(MAP), company.engine)
    lines = grants(data_map(MAP), owner.live(), server, "helper", _name(company))
    engine = _user(company, "helper")
    company.run(*(line.replace("%", "%%").rstrip(";") for line in lines))
    store = SqlStore(data_map(MAP), engine)
    assert [row.dataset for row in store.access([ANN])] == ["customers", "orders"]
    assert store.look([ANN]) == {"customers": 1, "orders": 1}
    assert {one.change for one in store.erase([ANN])} == {"mask", "delete", "detach"}
    assert company.rows("SELECT email FROM customers ORDER BY id") == [(None,), ("bob@mail.example",)]
    for secret in ("SELECT secret FROM customers", "SELECT amount FROM bills", "DELETE FROM customers"):
        with pytest.raises(sa.exc.DBAPIError), engine.connect() as connection:
            connection.exec_driver_sql(secret)
    _drop(company)


def test_no_printed_line_is_idle(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "MOST_PEOPLE", 0)  # as for very many people: few need no temporary table
    server = _server(company)
    _fill(company)
    lines = grants(data_map(MAP), SqlStore(data_map(MAP), company.engine).live(), server, "helper", _name(company))
    assert len(lines) == 5
    for left_out in lines:
        if company.kind == "mariadb" and "bills" in left_out:
            continue  # MariaDB hides a table from whoever may not use it, and with it the foreign key in it
        engine = _user(company, "helper")
        company.run(*(line.replace("%", "%%").rstrip(";") for line in lines if line != left_out))
        with pytest.raises((UnavailableError, InputError)):
            SqlStore(data_map(MAP), engine).rehearse([ANN])
        _drop(company)


def _drop(company: Company) -> None:
    if company.kind == "postgresql":
        company.run("DROP OWNED BY helper", "DROP ROLE helper")
    else:
        company.run("DROP USER helper")


def test_with_the_printed_rights_a_correction_runs(company: Company) -> None:
    server = _server(company)
    company.run(
        "CREATE TABLE people (id integer PRIMARY KEY, email varchar(100), nick varchar(100), secret text)",
        "INSERT INTO people VALUES (1, 'ann@mail.example', 'an', 'x')",
    )
    found = data_map("""
    people:
      label: people
      key: id
      identifies: {email: email}
      fields: {id: none, email: account.email, nick: account.nickname}
    """)
    lines = grants(found, SqlStore(found, company.engine).live(), server, "mender", _name(company))
    engine = _user(company, "mender")
    company.run(*(line.replace("%", "%%").rstrip(";") for line in lines))
    values = (
        NewValue("account.nickname", Sensitive("Ann")),
        NewValue("account.email", Sensitive("b@x.example"), "email"),
    )
    SqlStore(found, engine).correct([Correction(ANN, values)])
    assert company.rows("SELECT email, nick, secret FROM people") == [("b@x.example", "Ann", "x")]
