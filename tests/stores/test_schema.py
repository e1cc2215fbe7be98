"""What is read of a database: only as much as plans need, and all of that."""

from __future__ import annotations

from tests.stores.company import Company
from troth.datamap.live import LiveColumn, LiveForeignKey, LiveSchema
from troth.stores.sql.schema import read_schema


def _read(company: Company, *statements: str) -> LiveSchema:
    company.run(*statements)
    with company.engine.connect() as connection:
        return read_schema(connection)


def test_kinds_lengths_and_null_of_columns(company: Company) -> None:
    table = _read(
        company,
        "CREATE TABLE t (id integer PRIMARY KEY, a varchar(7) NOT NULL, b text, c numeric(9, 2), d date, e timestamp,"
        " f boolean, g bigint, h real, i " + ("bytea" if company.kind == "postgresql" else "blob") + ")",
    )["t"]
    kinds = {name: column.kind for name, column in table.columns.items()}
    assert kinds == {
        "id": "integer", "a": "text", "b": "text", "c": "number", "d": "date", "e": "instant",
        "f": "integer" if company.kind == "mariadb" else "boolean", "g": "integer", "h": "number", "i": "other",
    }  # fmt: skip
    loosely = table.columns["a"].collation
    assert (loosely is not None) == (company.kind == "mariadb")
    assert table.columns["a"] == LiveColumn("text", nullable=False, length=7, collation=loosely)
    assert table.columns["b"].nullable
    assert not table.columns["id"].nullable


def test_every_way_to_say_unique_and_none_that_only_looks_like_it(company: Company) -> None:
    table = _read(
        company,
        "CREATE TABLE t (a integer, b varchar(9) NOT NULL UNIQUE, c integer, d integer, e integer, f integer,"
        " PRIMARY KEY (a, c), UNIQUE (c, d))",
        "CREATE UNIQUE INDEX one ON t (e)",
        "CREATE INDEX part ON t (f)" if company.kind == "mariadb" else "CREATE UNIQUE INDEX part ON t (f) WHERE f > 0",
        "CREATE INDEX plain ON t (d)",
    )["t"]
    assert table.unique == {frozenset(one) for one in (["a", "c"], ["b"], ["c", "d"], ["e"])}
    assert table.is_unique(("b",))
    assert table.is_unique(("a", "b"))
    assert not table.is_unique(("f",))
    assert not table.is_unique(("a",))


def test_foreign_keys_with_what_the_database_does_at_their_end(company: Company) -> None:
    key = " (id)" if company.kind == "mariadb" else ""  # the others take the primary key where none is named
    tables = _read(
        company,
        "CREATE TABLE p (x integer, y integer, PRIMARY KEY (x, y))",
        f"CREATE TABLE q (id integer PRIMARY KEY, p_y integer, p_x integer, q_id integer REFERENCES q{key},"
        " r integer REFERENCES q (id) ON DELETE CASCADE, s varchar(9), u integer REFERENCES q (id) ON DELETE SET NULL,"
        " FOREIGN KEY (p_x, p_y) REFERENCES p (x, y))",
    )
    assert tables["p"].foreign_keys == ()
    by_row = company.kind == "mariadb"
    assert set(tables["q"].foreign_keys) == {
        LiveForeignKey(("p_x", "p_y"), "p", ("x", "y"), is_checked_by_row=by_row),
        LiveForeignKey(("q_id",), "q", ("id",), is_checked_by_row=by_row),
        LiveForeignKey(("r",), "q", ("id",), "cascade", is_checked_by_row=by_row),
        LiveForeignKey(("u",), "q", ("id",), "unlink", is_checked_by_row=by_row),
    }


def test_a_key_that_only_looks_unnamed_on_one_table_does_not_join_the_next(company: Company) -> None:
    tables = _read(
        company,
        "CREATE TABLE a (id integer PRIMARY KEY)",
        "CREATE TABLE b (id integer PRIMARY KEY, one integer REFERENCES a (id))",
        "CREATE TABLE c (id integer PRIMARY KEY, two integer REFERENCES a (id))",
    )
    assert [key.columns for key in tables["b"].foreign_keys] == [("one",)]
    assert [key.columns for key in tables["c"].foreign_keys] == [("two",)]
