"""On PostgreSQL the keys of few people travel as arrays, of many they lie in tables: the answers are the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import sqlalchemy as sa
from benchmarks.plans.shop import ROWS, fill, people, shop_map
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.datamap.conftest import server_engine
from tests.datamap.reference import Naive
from tests.datamap.worlds import World, sortable, worlds
from tests.stores.company import Company, data_map, person
from tests.stores.conftest import opened
from tests.support.databases import Databases
from tests.support.sent import sent
from troth.base.errors import InputError, IntegrityError, UnavailableError
from troth.stores.sql import arrays, runs
from troth.stores.sql.arrays import written
from troth.stores.sql.store import SqlStore

__all__ = ["server_engine"]

ANN, BOB = person("sub-ann", email="ann@mail.example"), person("sub-bob", email="bob@mail.example")

MAP = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
orders:
  label: orders
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none}
lines:
  label: lines
  key: id
  refers: {order_id: orders.id}
  owner: order_id
  fields: {id: none, order_id: none}
"""


@contextmanager
def _limits(people_: int, keys: int) -> Iterator[None]:
    """So many people and keys travel at most."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "MOST_PEOPLE", people_)
        patch.setattr(arrays, "MOST_KEYS", keys)
        yield


@pytest.fixture
def company(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Company]:
    with opened(request, databases, request.getfixturevalue("tmp_path"), "postgresql") as made:
        made.run(
            "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
            "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id))",
            "CREATE TABLE lines (id integer PRIMARY KEY, order_id integer REFERENCES orders (id))",
            "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
            "INSERT INTO orders VALUES (10, 1), (11, 1), (20, 2)",
            "INSERT INTO lines VALUES (100, 10), (110, 11), (200, 20)",
        )
        yield made


@settings(deadline=None, max_examples=10, suppress_health_check=list(HealthCheck))
@given(world=st.booleans().flatmap(lambda keys: worlds(foreign_keys=keys)), most=st.sampled_from([1, 50_000]))
def test_arrays_and_tables_give_the_same_answers_as_going_row_by_row(
    server_engine: sa.Engine, world: World, most: int
) -> None:
    expected, answers = Naive(world.found, world.rows, world.people).after(), []
    for people_, keys in ((0, 0), (10_000, most)):
        world.load(server_engine)
        with _limits(people_, keys):
            answers.append(_outcome(SqlStore(world.found, server_engine), world))
        left, is_refused = world.now(server_engine), len(answers[-1]) == 2
        for name, rows in (world.rows if is_refused else expected).items():
            assert sortable(left[name]) == sortable(list(rows)), name
    assert answers[0] == answers[1]


def _outcome(store: SqlStore, world: World) -> tuple[object, ...]:
    held = list(store.access(world.people))
    try:
        return held, store.look(world.people), store.erase(world.people), store.erase(world.people)
    except InputError as refused:
        return held, refused.problems()


@pytest.mark.parametrize("most", [0, 10_000], ids=["tables", "arrays"])
def test_how_many_statements_are_sent_does_not_depend_on_people(databases: Databases, most: int) -> None:
    databases.server().execute("CREATE DATABASE counted_shop")
    engine = sa.create_engine(databases.server().url("counted_shop"), poolclass=sa.NullPool)
    try:
        fill(engine, 30)
        store, numbers, everything = SqlStore(shop_map(), engine), [], list[str]()
        store.look(people(1, 1))
        for first, number in ((1, 1), (2, 20)):
            with _limits(most, 50_000), sent(engine) as statements:
                assert sum(one.changed for one in store.erase(people(first, number))) == number * ROWS
            numbers.append(len(statements))
            everything += statements
        assert numbers[0] == numbers[1]
        assert 12 < numbers[0] <= 2 * 12 + 5
        assert most == 0 or not any("TEMPORARY" in one or "ANALYZE" in one for one in everything)
    finally:
        databases.server().execute("DROP DATABASE counted_shop WITH (FORCE)")


def test_more_keys_than_should_travel_stay_in_tables(company: Company) -> None:
    with _limits(10_000, 1), sent(company.engine) as statements:
        assert sum(one.changed for one in company.store(MAP).erase([ANN])) == 5
    assert any("CREATE TEMPORARY TABLE" in one for one in statements)
    assert company.rows("SELECT id FROM lines") == [(200,)]


def test_a_row_that_comes_twice_is_erased_once(company: Company) -> None:
    """Whoever is given twice, by two subjects, finds each row twice."""
    again = person("sub-again", email="ann@mail.example")
    assert sum(one.changed for one in company.store(MAP).erase([ANN, again])) == 5


def test_a_trigger_that_holds_rows_fails_the_run_and_all_is_as_it_was(company: Company) -> None:
    company.run(
        "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE TRIGGER hold BEFORE DELETE ON lines FOR EACH ROW WHEN (OLD.id = 110) EXECUTE FUNCTION hold()",
        "ALTER TABLE lines DROP CONSTRAINT lines_order_id_fkey",
    )
    with pytest.raises(IntegrityError, match="1 rows of `lines`"):
        company.store(MAP).erase([ANN])
    assert company.rows("SELECT count(*) FROM lines") == [(3,)]


def test_what_fails_among_statements_sent_together_undoes_them_all_and_names_no_value(company: Company) -> None:
    company.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'no, not %%', OLD.email USING ERRCODE = '23514'; END $$",
        "CREATE TRIGGER refuse BEFORE DELETE ON customers FOR EACH ROW EXECUTE FUNCTION refuse()",
    )
    with pytest.raises(UnavailableError, match="23514") as failure:
        company.store(MAP).erase([ANN])
    assert "ann@" not in repr(failure.value)
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None
    assert company.rows("SELECT count(*) FROM lines") == [(3,)]


def test_nobody_adds_a_row_to_what_is_being_erased(company: Company) -> None:
    """The rows that lead to a person are locked as they are found, so a new one waits until they are gone."""
    with sent(company.engine) as statements:
        SqlStore(data_map(MAP), company.engine).erase([BOB])
    assert sum("FOR UPDATE" in one for one in statements) == 2, "customers and orders; nothing refers to lines"


def test_whoever_only_looks_locks_nothing(company: Company) -> None:
    with sent(company.engine) as statements:
        assert SqlStore(data_map(MAP), company.engine).look([BOB]) == {"customers": 1, "orders": 1, "lines": 1}
    assert not any("FOR UPDATE" in one for one in statements)


@given(st.lists(st.none() | st.integers() | st.text(st.characters(exclude_characters="\0", codec="utf-8"))))
def test_an_array_is_one_that_postgresql_reads(values: list[object]) -> None:
    """By its grammar: elements between braces, commas between them; a quoted one ends at a quote that stands alone."""
    assert _read(written(values)) == [value if value is None else str(value) for value in values]


def _read(text: str) -> list[str | None]:
    found: list[str | None] = []
    rest = text.removeprefix("{").removesuffix("}")
    while rest:
        if rest.startswith('"'):
            at, letters = 1, ""
            while rest[at] != '"':
                at += rest[at] == "\\"
                letters, at = letters + rest[at], at + 1
            found.append(letters)
            rest = rest[at + 1 :]
        else:
            word, comma, rest = rest.partition(",")
            found.append(None if word == "NULL" else word)
            rest = comma + rest
        rest = rest.removeprefix(",")
    return found


def test_postgresql_reads_every_text_as_it_was(company: Company) -> None:
    hard = ["", " ", "NULL", "null", "a,b", "{x}", 'q"u"o', "b\\a\\", "'", "%s", "%(x)s", "李", "a\nb", "\ttab"]
    with company.engine.connect() as connection:
        asked = partial(connection.exec_driver_sql, "SELECT unnest(%(values)s::text[])")
        assert [row[0] for row in asked({"values": written([*hard, None])})] == [*hard, None]
