"""A store that is down, missing or dies in the middle: said so, and nothing was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from tests.stores.company import Company, data_map, person
from tests.support.sent import before_each
from troth.base.errors import InputError, UnavailableError
from troth.stores.model import Store
from troth.stores.open import open_store

ANN = person("sub-ann", email="ann@mail.example")

MAP = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
"""

ACTS: dict[str, Callable[[Store], object]] = {
    "check": lambda store: store.check(),
    "look": lambda store: store.look([ANN]),
    "access": lambda store: list(store.access([ANN])),
    "erase": lambda store: store.erase([ANN]),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_store_that_does_not_answer_is_unavailable(tmp_path: Path, act: str, kind: str) -> None:
    missing = tmp_path / "missing.db"
    urls = {"sqlite": f"sqlite:///{missing}", "postgresql": f"postgresql+psycopg://u:hidden@/x?host={tmp_path}"}
    store = open_store(data_map(MAP), lambda _: urls[kind])
    with pytest.raises(UnavailableError) as failed:
        ACTS[act](store)
    assert failed.value.code == "stores.unavailable"
    assert "`company`" in failed.value.message
    assert "hidden" not in f"{failed.value} {failed.value.hint}"
    assert failed.value.__context__ is None
    assert not missing.exists(), "an empty database in its place would say that nobody is in it"


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("this is no database, but long enough to be looked at by somebody who thinks it is one" * 20)
    with pytest.raises(UnavailableError):
        open_store(data_map(MAP), lambda _: f"sqlite:///{path}").look([ANN])


def test_a_server_that_drops_the_connection_in_the_middle_has_changed_nothing(company: Company) -> None:
    if company.kind != "postgresql":
        pytest.skip("only PostgreSQL can be told by a trigger to drop its own connection")
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example')",
        "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'",
        "CREATE TRIGGER die AFTER DELETE ON customers FOR EACH ROW EXECUTE FUNCTION die()",
    )
    store = company.store(MAP)
    with pytest.raises(UnavailableError):
        store.erase([ANN])
    assert company.rows("SELECT * FROM customers") == [(1, "ann@mail.example")]
    company.run("DROP TRIGGER die ON customers")
    assert [one.changed for one in store.erase([ANN])] == [1]


def test_a_connection_that_is_killed_before_any_of_its_statements_has_changed_nothing(company: Company) -> None:
    """Once before the first statement, once before the second … until none is left to be killed at."""
    if company.is_sqlite:
        pytest.skip("SQLite has no connection to kill")
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
        "CREATE TABLE logs (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example')",
        "INSERT INTO logs VALUES (1, 1), (2, 1)",
    )
    store, survived, number = company.store(MAP + LOGS), 0, 0
    while not survived:
        with killed_at(company, number) as hits:
            try:
                survived = sum(one.changed for one in store.erase([ANN]))
            except UnavailableError:
                assert company.rows("SELECT count(*) FROM logs") == [(2,)]
                assert company.rows("SELECT count(*) FROM customers") == [(1,)]
                number += 1
        assert bool(hits) != bool(survived)
    assert survived == 3
    assert number >= 10
    assert company.rows("SELECT count(*) FROM logs") == [(0,)]


LOGS = """
logs:
  label: logs
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none}
"""


@contextmanager
def killed_at(company: Company, number: int) -> Iterator[list[str]]:
    """Kills the connection of whoever sends the statement of this number, counted from here."""
    own = "SELECT connection_id()" if company.kind == "mariadb" else "SELECT pg_backend_pid()"
    kill = "KILL {}" if company.kind == "mariadb" else "SELECT pg_terminate_backend({})"
    left, hits = [number], list[str]()

    def note(cursor: Any, statement: str) -> None:
        if any(word in statement for word in ("connection_id", "backend", "KILL")):
            return
        left[0] -= 1
        if left[0] == -1:
            hits.append(statement)
            company.run(kill.format(_number_of(cursor.connection, own)))

    with before_each(sa.Engine, company.kind, note):
        yield hits


def _number_of(connection: Any, asked: str) -> int:
    if isinstance(connection, psycopg.Connection):
        return connection.info.backend_pid  # it may be in the middle of a pipeline
    cursor = connection.cursor()
    cursor.execute(asked)
    (number,) = cursor.fetchone()
    return int(number)


@pytest.mark.parametrize("url", ["", "no url", "oracle://x/y", "mysql://x/y", "sqlite+nothing:///x", "hidden://a:b@c"])
def test_a_url_that_cannot_be_read_is_an_input_to_mend_and_is_not_repeated(url: str) -> None:
    with pytest.raises(InputError) as refused:
        open_store(data_map(MAP), lambda _: url)
    assert refused.value.code == "stores.bad-url"
    assert "hidden" not in str(refused.value)


def test_the_reference_in_the_map_is_resolved_by_whoever_opens_the_store(company: Company) -> None:
    asked: list[str] = []
    company.run("CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))")

    def resolve(reference: str) -> str:
        asked.append(reference)
        return company.url

    store = open_store(data_map(MAP), resolve)
    assert asked == ["env:COMPANY"]
    assert (store.name, store.label) == ("company", {"zh": "company", "en": "company"})
    assert store.check() == ()
