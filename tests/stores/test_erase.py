"""Erasing: whole or not at all, in an order that foreign keys allow, with every row accounted for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.stores.company import Company, data_map, person, statements_sent
from troth.app.database import open_engine
from troth.base.errors import InputError, IntegrityError, TrothError, UnavailableError
from troth.datamap.model import SHARED
from troth.stores.model import Erased
from troth.stores.sql.store import SqlStore

ANN = person("sub-ann", email="ann@mail.example")
BOB = person("sub-bob", email="bob@mail.example")

SHOP = """
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
parts:
  label: parts
  key: none
  refers: {order_id: orders.id}
  owner: order_id
  fields: {order_id: none, product: order.record}
"""


def _shop(company: Company, customers: int = 2) -> None:
    names = ["ann", "bob", *(f"customer{number}" for number in range(3, customers + 1))]
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) NOT NULL UNIQUE)",
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id))",
        "CREATE TABLE parts (order_id integer NOT NULL REFERENCES orders (id), product text)",
        *(f"INSERT INTO customers VALUES ({n}, '{name}@mail.example')" for n, name in enumerate(names, 1)),
        *(f"INSERT INTO orders VALUES ({n}{order}, {n})" for n in range(1, customers + 1) for order in range(2)),
        *(f"INSERT INTO parts VALUES ({n}0, 'lamp'), ({n}0, 'lamp'), ({n}1, 'plug')" for n in range(1, customers + 1)),
    )


def _everything(company: Company, *tables: str) -> list[list[tuple[object, ...]]]:
    return [sorted(company.rows(f"SELECT * FROM {table}"), key=repr) for table in tables]


def test_every_dataset_says_how_many_rows_were_matched_and_erased(company: Company) -> None:
    _shop(company)
    assert company.store(SHOP).erase([ANN]) == (
        Erased("parts", 3, 3, 0, None, "delete"),
        Erased("orders", 2, 2, 0, None, "delete"),
        Erased("customers", 1, 1, 0, None, "delete"),
    )
    assert _everything(company, "customers", "orders") == [[(2, "bob@mail.example")], [(20, 2), (21, 2)]]
    assert company.rows("SELECT DISTINCT order_id FROM parts ORDER BY 1") == [(20,), (21,)]


def _fail_on_delete(company: Company, table: str) -> None:
    if company.is_sqlite:
        company.run(
            f"CREATE TRIGGER stop BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'no: ann@mail.example'); END"
        )
        return
    if company.kind == "mariadb":
        company.run(
            f"CREATE TRIGGER stop BEFORE DELETE ON {table} FOR EACH ROW"
            " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no: ann@mail.example'"
        )
        return
    company.run(
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RAISE EXCEPTION ''no: %%'', OLD; RETURN OLD; END'",
        f"CREATE TRIGGER stop BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION stop()",
    )


@pytest.mark.parametrize("table", ["parts", "orders", "customers"])
def test_a_failure_in_any_table_leaves_all_tables_as_they_were(company: Company, table: str) -> None:
    _shop(company)
    _fail_on_delete(company, table)
    before = _everything(company, "customers", "orders", "parts")
    with pytest.raises(UnavailableError):
        company.store(SHOP).erase([ANN])
    assert _everything(company, "customers", "orders", "parts") == before


def test_the_error_of_a_store_holds_nothing_of_what_is_in_it(company: Company) -> None:
    _shop(company)
    _fail_on_delete(company, "customers")
    with pytest.raises(UnavailableError) as failed:
        company.store(SHOP).erase([ANN])
    error: BaseException | None = failed.value
    assert isinstance(error, TrothError)
    assert error.code == "stores.unavailable"
    while error is not None:
        assert "ann" not in f"{error!s} {error!r} {getattr(error, 'hint', '')}"
        error = error.__cause__ or error.__context__


def test_as_many_statements_for_a_hundred_people_as_for_one(company: Company) -> None:
    _shop(company, customers=120)
    store = company.store(SHOP)
    store.look([ANN])  # whoever sees a store for the first time reads its schema
    many = [person(f"sub-{number}", email=f"customer{number}@mail.example") for number in range(3, 103)]
    with statements_sent() as for_one:
        store.erase([ANN])
    with statements_sent() as for_many:
        outcome = store.erase(many)
    assert [one.changed for one in outcome] == [300, 200, 100]
    assert len(for_one) == len(for_many)
    with statements_sent() as one_read:
        list(store.access([BOB]))
    with statements_sent() as many_read:
        assert len(list(store.access([BOB, *many]))) == 6
    assert len(one_read) == len(many_read)


def test_names_that_sql_would_trip_over_are_only_names(company: Company) -> None:
    table, column = 'Order "; DROP TABLE x; --', "e-mail % :a ?"
    quoted, held = '"' + table.replace('"', '""') + '"', '"' + column + '"'
    engine = company.engine
    metadata = sa.MetaData()
    made = sa.Table(
        table, metadata, sa.Column("Select", sa.Integer, primary_key=True), sa.Column(column, sa.String(50))
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(sa.insert(made), [{"Select": 1, column: "ann@mail.example"}, {"Select": 2, column: "x"}])
    store = company.store(f"""
        hostile:
          table: '{table}'
          label: hostile
          key: Select
          identifies: {{email: '{column}'}}
          fields: {{Select: none, '{column}': account.email}}
    """)
    assert store.check() == ()
    assert [row.values for row in store.access([ANN])] == [{"Select": 1, column: "ann@mail.example"}]
    store.erase([ANN])
    with engine.connect() as connection:
        assert connection.execute(sa.select(made)).all() == [(2, "x")], (quoted, held)


def test_rows_of_an_unmapped_table_that_refer_to_mine_stop_the_erasure_before_it_begins(company: Company) -> None:
    _shop(company)
    company.run(
        "CREATE TABLE invoices (id integer PRIMARY KEY, order_id integer REFERENCES orders (id))",
        "INSERT INTO invoices VALUES (1, 10), (2, 20)",
    )
    before = _everything(company, "customers", "orders", "parts", "invoices")
    with pytest.raises(InputError) as refused:
        company.store(SHOP).erase([ANN])
    (problem,) = refused.value.problems()
    assert problem.code == "datamap.would-break"
    assert "`invoices`" in problem.message
    assert _everything(company, "customers", "orders", "parts", "invoices") == before
    company.run("DELETE FROM invoices WHERE id = 1")
    company.store(SHOP).erase([ANN])
    assert company.rows("SELECT * FROM invoices") == [(2, 20)]


def test_the_database_never_deletes_rows_along_with_mine_that_are_not_mine(company: Company) -> None:
    _shop(company)
    company.run(
        "CREATE TABLE gifts (id integer PRIMARY KEY, giver integer REFERENCES customers (id),"
        " taker integer REFERENCES customers (id) ON DELETE CASCADE)",
        "INSERT INTO gifts VALUES (1, 2, 1)",
    )
    with pytest.raises(InputError, match="`gifts`"):
        company.store(SHOP).erase([ANN])
    assert company.rows("SELECT * FROM gifts") == [(1, 2, 1)]


def test_a_foreign_key_that_the_database_itself_empties_needs_nothing_from_the_map(company: Company) -> None:
    _shop(company)
    company.run(
        "CREATE TABLE visits (id integer PRIMARY KEY, who integer REFERENCES customers (id) ON DELETE SET NULL)",
        "INSERT INTO visits VALUES (1, 1)",
    )
    company.store(SHOP).erase([ANN])
    assert company.rows("SELECT * FROM visits") == [(1, None)]


CIRCLE = SHOP.replace(
    "fields: {id: none, email: account.email}",
    "refers: {favourite: orders.id}\n  fields: {id: none, email: account.email, favourite: none}",
)


def _circle(company: Company, nullable: str) -> None:
    later = " DEFERRABLE INITIALLY DEFERRED" if company.is_sqlite else ""
    company.run(
        f"CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), favourite integer {nullable}"
        + (f" REFERENCES orders (id){later})" if company.is_sqlite else ")"),
        "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id))",
        "CREATE TABLE parts (order_id integer NOT NULL REFERENCES orders (id), product text)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', 10), (2, 'bob@mail.example', 20)",
        "INSERT INTO orders VALUES (10, 1), (20, 2)",
        "INSERT INTO parts VALUES (10, 'lamp')",
    )
    if not company.is_sqlite:
        company.run("ALTER TABLE customers ADD FOREIGN KEY (favourite) REFERENCES orders (id)")


def test_circles_of_foreign_keys_are_cut_before_their_rows_go(company: Company) -> None:
    _circle(company, "NULL")
    company.store(CIRCLE).erase([ANN])
    assert _everything(company, "customers", "orders", "parts") == [[(2, "bob@mail.example", 20)], [(20, 2)], []]


def test_a_circle_that_cannot_be_cut_is_refused(company: Company) -> None:
    _circle(company, "NOT NULL")
    with pytest.raises(InputError) as refused:
        company.store(CIRCLE).erase([ANN])
    assert [problem.code for problem in refused.value.problems()] == ["datamap.circular-keys"]
    assert company.rows("SELECT count(*) FROM parts") == [(1,)]


LETTERS = (
    SHOP.partition("orders:")[0]
    + """
letters:
  label: letters
  key: id
  refers: {sender: customers.id, receiver: customers.id}
  owner: [sender, receiver]
  fields: {id: none, sender: none, receiver: none, body: support.message}
"""
)


def _letters(company: Company, nullable: str) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100) UNIQUE)",
        f"CREATE TABLE letters (id integer PRIMARY KEY, sender integer {nullable} REFERENCES customers (id),"
        f" receiver integer {nullable} REFERENCES customers (id), body text)",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example'), (3, 'eve@mail.example')",
        "INSERT INTO letters VALUES (1, 1, 2, 'to bob'), (2, 1, 1, 'to myself'), (3, 3, 1, 'from eve')",
    )


def test_a_letter_between_two_is_kept_and_detached_and_goes_with_the_last_of_them(company: Company) -> None:
    _letters(company, "NULL")
    store = company.store(LETTERS)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "letters"] == [2]
    assert store.erase([ANN]) == (
        Erased("letters", 1, 1, 0, "shared", "detach"),
        Erased("letters", 1, 1, 0, "shared", "detach"),
        Erased("letters", 1, 1, 0, None, "delete"),
        Erased("customers", 1, 1, 0, None, "delete"),
        Erased("letters", 2, 0, 2, "shared", "keep"),
    )
    assert company.rows("SELECT * FROM letters ORDER BY id") == [(1, None, 2, "to bob"), (3, 3, None, "from eve")]
    store.erase([BOB])
    assert company.rows("SELECT id FROM letters") == [(3,)]


def test_two_who_are_erased_together_take_what_only_they_shared(company: Company) -> None:
    _letters(company, "NULL")
    store = company.store(LETTERS)
    found = [(row.subject, row.values["id"]) for row in store.access([ANN, BOB]) if row.dataset == "letters"]
    assert found == [("sub-ann", 2)], "what two share is handed to neither"
    store.erase([ANN, BOB])
    assert company.rows("SELECT * FROM letters") == [(3, 3, None, "from eve")]


def test_a_shared_row_that_cannot_let_go_is_refused_and_redacting_the_customer_is_the_way_out(company: Company) -> None:
    _letters(company, "NOT NULL")
    with pytest.raises(InputError) as refused:
        company.store(LETTERS).erase([ANN])
    assert {problem.code for problem in refused.value.problems()} == {"datamap.would-break"}
    emptied = LETTERS.replace("key: id\n  identifies", "key: id\n  erase: null\n  identifies")
    outcome = company.store(emptied).erase([ANN])
    assert Erased("customers", 1, 1, 0, None, "mask") in outcome
    assert company.rows("SELECT id, sender FROM letters ORDER BY id") == [(1, 1), (3, 3)]


def test_what_is_kept_for_a_ground_is_named_with_it(company: Company) -> None:
    _shop(company)
    kept = (
        SHOP.replace("  label: parts\n", "  label: parts\n  erase: {keep: retention.account}\n")
        .replace("  label: orders\n", "  label: orders\n  erase: {keep: retention.account}\n")
        .replace(
            "fields: {id: none, email: account.email}",
            "erase: redact\n  fields: {id: none, email: account.email}",
        )
    )
    store = company.store(kept)
    assert store.look([ANN]) == {"customers": 1}
    assert store.erase([ANN]) == (
        Erased("customers", 1, 1, 0, None, "mask"),
        Erased("orders", 2, 0, 2, "retention.account", "keep"),
        Erased("parts", 3, 0, 3, "retention.account", "keep"),
    )
    assert company.rows("SELECT email FROM customers WHERE id = 1") == [("erased-1",)]
    assert company.rows("SELECT count(*) FROM parts") == [(6,)]


def test_a_field_kept_for_a_ground_stays_and_the_others_go(company: Company) -> None:
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100), tax_number varchar(20), nick varchar(9))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example', 'T1', 'annie'), (2, 'bob@mail.example', 'T2', 'bob')",
    )
    store = company.store("""
        customers:
          label: customers
          key: id
          identifies: {email: email}
          erase: null
          fields:
            id: none
            email: account.email
            tax_number: {item: account.tax, erase: {keep: retention.tax}}
            nick: {item: account.nickname, erase: redact}
    """)
    assert store.erase([ANN]) == (
        Erased("customers", 1, 1, 0, None, "mask"),
        Erased("customers", 1, 0, 1, "retention.tax", "keep"),
    )
    assert company.rows("SELECT * FROM customers WHERE id = 1") == [(1, None, "T1", "erased")]


def test_redacted_values_that_must_differ_do(company: Company) -> None:
    _shop(company)
    store = company.store(SHOP.replace("key: id\n  identifies", "key: id\n  erase: redact\n  identifies"))
    store.erase([ANN, BOB])
    assert company.rows("SELECT email FROM customers ORDER BY id") == [("erased-1",), ("erased-2",)]


def test_rows_that_a_trigger_puts_back_are_not_called_erased(company: Company) -> None:
    if company.kind == "mariadb":
        pytest.skip("a trigger of MariaDB cannot touch the table that it stands on")
    _shop(company)
    if company.is_sqlite:
        company.run("CREATE TRIGGER back AFTER DELETE ON parts BEGIN INSERT INTO parts VALUES (OLD.order_id, 'x'); END")
    else:
        company.run(
            "CREATE FUNCTION back() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
            "CREATE TRIGGER back BEFORE DELETE ON parts FOR EACH ROW EXECUTE FUNCTION back()",
        )
    store = company.store(
        SHOP.replace("  label: orders\n", "  label: orders\n  erase: {keep: retention.account}\n").replace(
            "key: id\n  identifies", "key: id\n  erase: redact\n  identifies"
        )
    )
    before = _everything(company, "customers", "orders", "parts")
    with pytest.raises(IntegrityError, match="3 rows of `parts`"):
        store.erase([ANN])
    assert _everything(company, "customers", "orders", "parts") == before


def test_two_runs_for_the_same_person_at_the_same_time_erase_each_row_once(company: Company) -> None:
    _shop(company)
    store = company.store(SHOP)
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda _: store.erase([ANN]), range(2)))
    assert sorted(sum(one.changed for one in outcome) for outcome in outcomes) == [0, 6]
    assert company.rows("SELECT count(*) FROM customers") == [(1,)]


def test_a_connection_that_is_kept_and_used_again_holds_no_trace_of_the_last_run(company: Company) -> None:
    _shop(company)
    engine = sa.create_engine(company.url, pool_size=1, max_overflow=0)
    store = SqlStore(data_map(SHOP), engine)
    assert len(list(store.access([ANN]))) == 6
    assert sum(one.changed for one in store.erase([ANN])) == 6
    assert store.look([BOB]) == {"customers": 1, "orders": 2, "parts": 3}
    assert sum(one.changed for one in store.erase([BOB])) == 6
    engine.dispose()


def test_an_engine_that_begins_its_transactions_itself_is_respected(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'company.db'}"
    engine = open_engine(url)
    _shop(Company(url, engine))
    store = SqlStore(data_map(SHOP), engine)
    assert len(list(store.access([ANN]))) == 6
    assert sum(one.changed for one in store.erase([ANN])) == 6
    assert store.look([ANN]) == {"customers": 0, "orders": 0, "parts": 0}
    engine.dispose()


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_erased_values_are_overwritten_in_the_file(tmp_path: Path, mode: str) -> None:
    company = Company(f"sqlite:///{tmp_path / 'company.db'}", sa.create_engine(f"sqlite:///{tmp_path / 'company.db'}"))
    with company.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA journal_mode={mode}")
    _shop(company)
    company.engine.dispose()
    company.store(SHOP).erase([ANN])
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"bob@mail.example" in held
    assert b"ann@mail.example" not in held


def test_a_row_that_lets_go_keeps_the_columns_that_its_key_or_another_reference_needs(company: Company) -> None:
    company.run(
        "CREATE TABLE users (tenant integer, id integer, email varchar(100), PRIMARY KEY (tenant, id))",
        "CREATE TABLE letters (id integer PRIMARY KEY, tenant integer, sender integer, receiver integer,"
        " FOREIGN KEY (tenant, sender) REFERENCES users (tenant, id),"
        " FOREIGN KEY (tenant, receiver) REFERENCES users (tenant, id))",
        "INSERT INTO users VALUES (5, 1, 'ann@mail.example'), (5, 2, 'bob@mail.example'), (6, 1, 'eve@mail.example')",
        "INSERT INTO letters VALUES (1, 5, 1, 2), (2, 6, 1, 1), (3, 5, 1, NULL)",
    )
    store = company.store("""
        users:
          label: users
          key: [tenant, id]
          identifies: {email: email}
          fields: {tenant: none, id: none, email: account.email}
        letters:
          label: letters
          key: id
          refers:
            sender: {columns: [tenant, sender], to: users}
            receiver: {columns: [tenant, receiver], to: users}
          owner: [sender, receiver]
          fields: {id: none, tenant: none, sender: none, receiver: none}
    """)
    store.erase([ANN])
    assert company.rows("SELECT * FROM letters ORDER BY id") == [(1, 5, None, 2), (2, 6, 1, 1)]


def test_nobody_adds_rows_to_a_customer_who_is_being_erased(company: Company) -> None:
    """An order placed meanwhile waits, and then finds no customer; or it was first, and goes with the others."""
    _shop(company)
    store = company.store(SHOP)

    def order(number: int) -> bool:
        try:
            company.run(f"INSERT INTO orders VALUES ({number}, 1)", f"INSERT INTO parts VALUES ({number}, 'late')")
        except sa.exc.SQLAlchemyError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        placed = [pool.submit(order, number) for number in range(100, 103)]
        try:
            erased = pool.submit(store.erase, [ANN]).result()
        except UnavailableError:
            erased = store.erase([ANN])
        added = sum(one.result() for one in placed)
    foreign = "SELECT count(*) FROM orders WHERE customer_id NOT IN (SELECT id FROM customers)"
    assert company.rows("SELECT count(*) FROM customers WHERE id = 1") == [(0,)]
    assert company.is_sqlite or company.rows(foreign) == [(0,)]
    assert sum(one.changed for one in erased) <= 6 + 2 * added


LINKED = """
people:
  label: people
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
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
"""


def test_what_a_table_of_links_gives_to_two_is_shared_and_stays_for_the_other(company: Company) -> None:
    company.run(
        "CREATE TABLE people (id integer PRIMARY KEY, email varchar(100))",
        "CREATE TABLE docs (id integer PRIMARY KEY)",
        "CREATE TABLE links (doc integer, who integer, PRIMARY KEY (doc, who))",
        "INSERT INTO people VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
        "INSERT INTO docs VALUES (1), (2)",
        "INSERT INTO links VALUES (1, 1), (1, 2), (2, 1)",
    )
    store = company.store(LINKED)
    assert [row.values["id"] for row in store.access([ANN]) if row.dataset == "docs"] == [2]
    kept = [(one.dataset, one.kept) for one in store.erase([ANN]) if one.ground == SHARED]
    assert kept == [("docs", 1)]
    assert company.rows("SELECT * FROM links") == [(1, 2)]
    assert company.rows("SELECT id FROM docs") == [(1,)]
    assert sum(one.changed for one in store.erase([BOB])) == 3, "its last owner"
