"""What really goes wrong in databases while somebody is erased: it is said, nothing was half done, and a second try
finishes it. Nothing of the person is in what is said."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
import sqlalchemy as sa

from tests.stores.company import Company, data_map, person
from tests.stores.test_down import killed_at
from tests.support.waiting import until
from troth.base.errors import InputError, UnavailableError
from troth.stores.model import Store
from troth.stores.sql.store import SqlStore

ANN = person("sub-ann", email="ann@mail.example")

MAP = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email, name: account.nickname}
logs:
  label: logs
  key: id
  refers: {customer_id: customers.id}
  owner: customer_id
  fields: {id: none, customer_id: none, what: device.model}
"""


@pytest.fixture
def shop(company: Company) -> Company:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), name varchar(100))",
        "CREATE TABLE logs (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id), what varchar(100))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', 'Ann'), (2, 'bob@mail.example', 'Bob')",
        "INSERT INTO logs VALUES (1, 1, 'ann was here'), (2, 1, 'x'), (3, 2, 'y')",
    )
    return company


def _counts(company: Company) -> tuple[int, int]:
    customers, logs = (company.rows(f"SELECT count(*) FROM {one}")[0][0] for one in ("customers", "logs"))
    return customers, logs


@contextmanager
def _holding(company: Company, statement: str) -> Iterator[sa.Connection]:
    """Somebody else's transaction that has locked a row."""
    with company.engine.connect() as connection:
        if company.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(statement)
        yield connection
        with suppress(sa.exc.SQLAlchemyError):
            connection.rollback()


def _refused(act: Callable[[], object], code: str) -> None:
    """It fails as unavailable, with the database's own code, and without what the database said of rows."""
    with pytest.raises(UnavailableError) as failed:
        act()
    error = failed.value
    assert error.code == "stores.unavailable"
    assert code in error.message
    assert error.__context__ is None
    assert error.__cause__ is None
    assert "ann" not in f"{error} {error.hint} {error.message}".replace("`company`", "")


def _then_it_works(store: Store, company: Company) -> None:
    assert _counts(company) == (2, 3), "nothing was half done"
    assert sum(one.changed for one in store.erase([ANN])) == 3
    assert _counts(company) == (1, 1)
    assert sum(one.changed for one in store.erase([ANN])) == 0


HOLD = "UPDATE logs SET what = 'z' WHERE id = 1"


def test_a_deadlock_rolls_back_and_a_second_try_finishes(shop: Company) -> None:
    if shop.kind != "postgresql":
        pytest.skip("which of two sessions falls can only be chosen in PostgreSQL")
    store = shop.store(MAP)
    with ThreadPoolExecutor(1) as pool, _holding(shop, HOLD) as other:
        other.exec_driver_sql("SET LOCAL deadlock_timeout = '60s'")  # so that the other one finds out, and falls
        erasing = pool.submit(store.erase, [ANN])
        until(lambda: shop.rows("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") == [(1,)])
        other.exec_driver_sql("UPDATE customers SET name = 'z' WHERE id = 1")
        _refused(erasing.result, "40P01")
    _then_it_works(store, shop)


@pytest.mark.parametrize(("setting", "code"), [("lock_timeout", "55P03"), ("statement_timeout", "57014")])
def test_a_lock_or_a_statement_that_takes_too_long_rolls_back(shop: Company, setting: str, code: str) -> None:
    if shop.kind != "postgresql":
        pytest.skip("PostgreSQL's own settings")
    store = shop.store(MAP)
    shop.run(f"ALTER DATABASE {shop.engine.url.database} SET {setting} = '300ms'")
    with _holding(shop, HOLD):
        _refused(lambda: store.erase([ANN]), code)
    shop.run(f"ALTER DATABASE {shop.engine.url.database} RESET {setting}")
    _then_it_works(store, shop)


def test_a_serialization_failure_rolls_back_and_a_second_try_finishes(shop: Company) -> None:
    """Troth writes at READ COMMITTED, where none happens by itself; a trigger of the company can still meet one."""
    if shop.kind != "postgresql":
        pytest.skip("PostgreSQL's own")
    shop.run(
        "CREATE FUNCTION clash() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''row of ann@mail.example changed'' USING ERRCODE = ''40001''; END'",
        "CREATE TRIGGER clash AFTER DELETE ON customers FOR EACH ROW EXECUTE FUNCTION clash()",
    )
    store = shop.store(MAP)
    _refused(lambda: store.erase([ANN]), "40001")
    shop.run("DROP TRIGGER clash ON customers")
    _then_it_works(store, shop)


def test_a_database_that_is_serializable_by_default_gives_the_same(shop: Company) -> None:
    if shop.kind != "postgresql":
        pytest.skip("PostgreSQL's own")
    shop.run(f"ALTER DATABASE {shop.engine.url.database} SET default_transaction_isolation = 'serializable'")
    store = shop.store(MAP)
    with ThreadPoolExecutor(2) as pool:
        runs: list[Future[object]] = [pool.submit(store.erase, [ANN]) for _ in range(2)]
        for one in runs:
            one.result()
    assert _counts(shop) == (1, 1)


def test_a_lock_that_mariadb_waits_for_too_long_rolls_back(shop: Company) -> None:
    if shop.kind != "mariadb":
        pytest.skip("MariaDB's own")
    store = shop.store(MAP)
    shop.run("SET GLOBAL innodb_lock_wait_timeout = 1")
    try:
        with _holding(shop, HOLD):
            _refused(lambda: store.erase([ANN]), "1205")
    finally:
        shop.run("SET GLOBAL innodb_lock_wait_timeout = 50")
    _then_it_works(store, shop)


def test_a_locked_sqlite_file_is_unavailable_until_it_is_free(shop: Company) -> None:
    if not shop.is_sqlite:
        pytest.skip("SQLite's own")
    impatient = sa.create_engine(shop.url, poolclass=sa.NullPool, connect_args={"timeout": 0.2}, hide_parameters=True)
    store = SqlStore(data_map(MAP), impatient)
    with _holding(shop, HOLD):
        _refused(lambda: store.erase([ANN]), "SQLITE_BUSY")
    _then_it_works(store, shop)


LIES = [
    ("redact", "ALTER TABLE logs DROP COLUMN what", "datamap.no-column"),
    ("redact", "DROP TABLE logs", "datamap.no-table"),
    ("pseudonymise", "ALTER TABLE logs ALTER COLUMN what TYPE date USING NULL", "datamap.no-pseudonym"),
    ("null", "ALTER TABLE logs ALTER COLUMN what SET NOT NULL", "datamap.not-null"),
    ("redact", "ALTER TABLE logs ALTER COLUMN what TYPE uuid USING NULL", "datamap.no-redaction"),
    ("redact", "ALTER TABLE customers DROP CONSTRAINT customers_pkey CASCADE", "datamap.key-not-unique"),
]
"""What a map says of a field, what is done to the database after it was written, and what is then found wrong."""


@pytest.mark.parametrize(("method", "change", "code"), LIES)
def test_a_map_that_is_no_longer_true_is_caught_before_the_first_write(
    shop: Company, method: str, change: str, code: str
) -> None:
    if shop.kind != "postgresql":
        pytest.skip("tables are changed in PostgreSQL's words")
    lying = MAP.replace("what: device.model", f"what: {{item: device.model, erase: {method}}}")
    store = shop.store(lying.replace("label: logs\n", "label: logs\n  erase: redact\n"))
    shop.run(
        "CREATE TABLE seen (n integer)",
        "CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO seen VALUES (1); RETURN NULL; END'",
        "CREATE TRIGGER look AFTER DELETE OR UPDATE ON customers EXECUTE FUNCTION look()",
    )
    shop.run(change)
    for act in (store.look, store.erase):
        with pytest.raises(InputError) as refused:
            act([ANN])
        assert code in {one.code for one in refused.value.problems()}
        assert code in {one.code for one in store.check()}
    assert shop.rows("SELECT count(*) FROM seen") == [(0,)]
    assert shop.rows("SELECT count(*) FROM customers") == [(2,)]


def _crowd(company: Company) -> None:
    for n in range(20):
        company.run(
            f"INSERT INTO customers VALUES ({n + 100}, 'p{n}@mail.example', 'P')",
            f"INSERT INTO logs VALUES ({2 * n + 100}, {n + 100}, 'x'), ({2 * n + 101}, {n + 100}, 'x')",
        )


@pytest.mark.long
def test_a_hundred_kills_leave_all_or_nothing_and_at_last_nothing(shop: Company) -> None:
    if shop.is_sqlite:
        pytest.skip("SQLite has no connection to kill")
    people = [person(f"sub-{n}", email=f"p{n}@mail.example") for n in range(20)]
    store, chosen, kills = shop.store(MAP), random.Random(7), 0
    while kills < 100:
        if _counts(shop) == (2, 3):
            _crowd(shop)
        before = _counts(shop)
        with killed_at(shop, chosen.randint(0, 20)) as hits:
            try:
                store.erase(chosen.sample(people, chosen.randint(1, 3)))
            except UnavailableError:
                assert _counts(shop) == before
        kills += bool(hits)
    store.erase(people)
    assert _counts(shop) == (2, 3)
