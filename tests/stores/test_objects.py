"""Rows as the database writes them are what the driver's values say: for every type, and whatever stands in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stores.company import Company, data_map, person
from troth.datamap.model import StoreMap
from troth.datamap.read import from_value
from troth.stores.lines import lines_of, read_lines, rows_of
from troth.stores.model import Lines, Plain, Row, Writing
from troth.stores.sql.plain import plain
from troth.stores.sql.store import SqlStore

ANN = person("sub-ann", account="1")

# Not what no text of PostgreSQL may hold (NUL), and no half characters.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
TYPES: dict[str, st.SearchStrategy[Any]] = {
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1) | st.integers(2**53 - 2, 2**53 + 2),
    "boolean": st.booleans(),
    "varchar(20)": texts,
    "char(3)": st.text("ab ", min_size=3, max_size=3),
    "text": texts,
    "real": st.floats(width=32),
    "double precision": st.floats(),
    "numeric": st.decimals(allow_infinity=False, places=9, min_value=-(10**12), max_value=10**12),
    "date": st.dates(),
    "timestamp": st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 30)),  # noqa: DTZ001
    "timestamptz": st.datetimes(
        min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.just(UTC) | st.just(timezone(timedelta(hours=8))),
    ),
    "time": st.times(),
    "bytea": st.binary(max_size=80),
    "uuid": st.uuids(),
}  # fmt: skip


def mapped(columns: Sequence[str]) -> StoreMap:
    fields = ", ".join(f"{name}: x.y" for name in columns)
    return data_map(f"""
        t:
          label: t
          key: n
          identifies: {{account: who}}
          fields: {{n: none, who: x.account, {fields}}}
    """)


def held(store: SqlStore) -> list[dict[str, Plain]]:
    return [dict(row.values) for row in store.access([ANN])]


@pytest.fixture(scope="module")
def typed() -> StoreMap:
    return mapped([f"c{at}" for at in range(len(TYPES))])


@pytest.fixture
def shelf(company: Company) -> Iterator[Company]:
    if company.kind != "postgresql":
        pytest.skip("has other types")
    columns = ", ".join(f"c{at} {declared}" for at, declared in enumerate(TYPES))
    company.run(f"CREATE TABLE t (n integer PRIMARY KEY, who varchar(9), {columns})")
    company.engine = sa.create_engine(company.url, pool_size=1)
    yield company
    company.engine.dispose()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*(st.none() | values for values in TYPES.values())), min_size=1, max_size=3))
def test_what_postgresql_writes_is_what_the_driver_gives(
    shelf: Company, typed: StoreMap, rows: list[tuple[Any, ...]]
) -> None:
    casts = ", ".join(f"%s::{declared}" for declared in TYPES)
    with shelf.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM t")
        for n, row in enumerate(rows):
            connection.exec_driver_sql(f"INSERT INTO t VALUES ({n}, '1', {casts})", row)
        given_back = connection.exec_driver_sql("SELECT * FROM t ORDER BY n").all()
    names = ["n", "who", *(f"c{at}" for at in range(len(TYPES)))]
    assert held(SqlStore(typed, shelf.engine)) == [dict(zip(names, map(plain, row), strict=True)) for row in given_back]


UNHELD = [
    ("timestamp", "infinity", "infinity"),
    ("timestamptz", "-infinity", "-infinity"),
    ("date", "0044-03-15 BC", "0044-03-15 BC"),
    ("timestamp", "0044-03-15 12:00 BC", "0044-03-15 12:00:00 BC"),
    ("timestamp", "2026-01-02 03:04:05.1", "2026-01-02T03:04:05.100000"),
    ("timestamp(0)", "2026-01-02 03:04:05", "2026-01-02T03:04:05"),
    ("timestamptz", "2026-01-02 11:04:05+08", "2026-01-02T03:04:05+00:00"),
    ("timestamptz", "1900-01-01 00:00+08:05:43", "1899-12-31T15:54:17+00:00"),
    ("time", "24:00:00", "24:00:00"),
    ("interval", "1 mon 2 days", "1 mon 2 days"),
    ("numeric", "0.0000001", "0.0000001"),
    ("numeric", "NaN", "NaN"),
    ("double precision", "-Infinity", "-inf"),
    ("integer[]", "{1,2}", "{1,2}"),
    ("jsonb", '{"a": [1, "词"]}', '{"a": [1, "词"]}'),
    ("inet", "192.0.2.1", "192.0.2.1"),
]
"""A type, a value of it in SQL, and how it is told."""


def test_what_no_driver_can_hold_is_told_as_postgresql_writes_it(company: Company) -> None:
    if company.kind != "postgresql":
        pytest.skip("has other types")
    columns = [f"c{at}" for at in range(len(UNHELD))]
    declared = ", ".join(f"{name} {one[0]}" for name, one in zip(columns, UNHELD, strict=True))
    values = ", ".join(f"'{one[1]}'" for one in UNHELD)
    company.run(
        f"CREATE TABLE t (n integer PRIMARY KEY, who varchar(9), {declared})",
        f"INSERT INTO t VALUES (1, '1', {values})",
    )
    (row,) = held(SqlStore(mapped(columns), company.engine))
    assert [(one[0], row[name]) for name, one in zip(columns, UNHELD, strict=True)] == [
        (one[0], one[2]) for one in UNHELD
    ]


def test_the_time_zone_and_style_of_a_connection_change_nothing(company: Company) -> None:
    if company.kind != "postgresql":
        pytest.skip("has no such setting")
    company.run(
        "CREATE TABLE t (n integer PRIMARY KEY, who varchar(9), c timestamptz, d date)",
        "INSERT INTO t VALUES (1, '1', '2026-01-02 03:04:05+00', '2026-01-02')",
    )
    for options in ("-c timezone=Asia/Shanghai", "-c datestyle=German,DMY"):
        engine = sa.create_engine(company.url, poolclass=sa.NullPool, connect_args={"options": options})
        (row,) = held(SqlStore(mapped(["c", "d"]), engine))
        assert (row["c"], row["d"]) == ("2026-01-02T03:04:05+00:00", "2026-01-02")


anything = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.text(max_size=20),
    st.binary(max_size=80),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(anything, anything), min_size=1, max_size=4))
def test_what_sqlite_writes_is_what_the_driver_gives_whatever_a_column_holds(rows: list[tuple[Any, Any]]) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n integer PRIMARY KEY, who text, a integer, b)")
        for n, row in enumerate(rows):
            connection.exec_driver_sql(f"INSERT INTO t VALUES ({n}, '1', ?, ?)", row)
        given_back = connection.exec_driver_sql("SELECT a, b FROM t ORDER BY n").all()
    told = [(row["a"], row["b"]) for row in held(SqlStore(mapped(["a", "b"]), engine))]
    engine.dispose()
    assert told == [tuple(map(plain, row)) for row in given_back]
    assert [tuple(map(type, row)) for row in told] == [tuple(type(plain(one)) for one in row) for row in given_back]


@pytest.mark.parametrize("number", [60, 61, 500])
def test_a_table_may_have_many_columns(company: Company, number: int) -> None:
    names = [f"c{at}" for at in range(number)]
    if company.kind == "mariadb":
        pytest.skip("writes no objects")
    company.run(
        f"CREATE TABLE t (n integer PRIMARY KEY, who varchar(9), {', '.join(f'{one} varchar(9)' for one in names)})",
        "INSERT INTO t (n, who, c0) VALUES (1, '1', 'a}')",
    )
    (row,) = held(SqlStore(mapped(names), company.engine))
    assert row == {"n": 1, "who": "1", **dict.fromkeys(names), "c0": "a}"}
    assert list(row) == ["n", "who", *names]


def test_names_of_columns_are_only_names(company: Company) -> None:
    if company.kind == "mariadb":
        pytest.skip("writes no objects")
    names = ["a'b", 'a"b', "a\\b", "a%s", "%(a)s", "a:b", "词", "a}", "a b", "{0}"]
    texts_ = [sa.Column(name, sa.String(9)) for name in ("who", *names)]
    made = sa.Table("t", sa.MetaData(), sa.Column("n", sa.Integer, primary_key=True), *texts_)
    with company.engine.begin() as connection:
        made.create(connection)
        connection.execute(sa.insert(made), {"n": 1, "who": "1", **{name: name[:9] for name in names}})
    value = mapped(["c"]).value
    dataset = value["datasets"]["t"]
    dataset["fields"] = {"n": "none", "who": "x.account", **dict.fromkeys(names, "x.y")}
    dataset["order"] = list(dataset["fields"])
    (row,) = held(SqlStore(from_value(value), company.engine))
    assert row == {"n": 1, "who": "1", **{name: name for name in names}}


LOGS = """
    people:
      label: people
      key: id
      identifies: {account: account}
      fields: {id: none, account: x.account}
    logs:
      label: logs
      key: id
      refers: {person: people.id}
      owner: person
      fields: {id: none, person: none, what: x.log}
    notes:
      label: notes
      key: id
      refers: {person: people.id}
      owner: person
      fields: {id: none, person: none}
"""


def _logs(company: Company, numbers: Sequence[int]) -> list[Any]:
    company.run(
        "CREATE TABLE people (id integer PRIMARY KEY, account varchar(9))",
        "CREATE TABLE logs (id integer PRIMARY KEY, person integer, what varchar(20))",
        "CREATE TABLE notes (id integer PRIMARY KEY, person integer)",
        *(f"INSERT INTO people VALUES ({n}, '{n}')" for n in range(len(numbers))),
    )
    logs, at = sa.table("logs", sa.column("id"), sa.column("person"), sa.column("what")), 0
    with company.engine.begin() as connection:
        for n, number in enumerate(numbers):
            rows = [{"id": at + one, "person": n, "what": 'line\n, "x"'} for one in range(number)]
            at += number
            if rows:
                connection.execute(sa.insert(logs), rows)
                connection.execute(sa.insert(sa.table("notes", sa.column("id"), sa.column("person"))), [
                    {"id": one["id"], "person": n} for one in rows[:2]
                ])  # fmt: skip
    return [person(f"sub-{n}", account=str(n)) for n in range(len(numbers))]


def test_lines_are_the_rows_in_their_order_and_every_row_is_one_line(company: Company) -> None:
    """Blocks of the database end in the middle of people; somebody has nothing, somebody more than one block."""
    people = _logs(company, [3, 0, 1300, 499, 1, 2])
    store = company.store(LOGS)
    assert isinstance(store, Writing)
    lines = list(store.lines(people))
    assert list(rows_of(lines)) == list(store.access(people))
    assert [one.number for one in lines] == [len(one.text.split(b"\n")) for one in lines]
    assert max(one.number for one in lines) <= 500
    order = [one.subject for one in people]
    assert [one.subject for one in lines] == sorted((one.subject for one in lines), key=order.index)
    assert sum(one.number for one in lines if one.dataset == "logs") == 1805
    for who in order:
        datasets = [one.dataset for one in lines if one.subject == who]
        assert datasets == sorted(datasets, key=["people", "logs", "notes"].index)


def test_a_store_that_cannot_write_lines_has_them_written() -> None:
    class Plainly:
        def access(self, _people: object) -> Iterator[Row]:
            yield from rows

    rows = [
        *(Row("a", "t", {"n": n, "c": "\ud800" if n == 7 else "词"}) for n in range(1100)),
        Row("b", "t", {"n": 2**70}),
    ]
    lines = list(read_lines(Plainly(), []))  # type: ignore[arg-type]  # nothing else is asked of it
    assert [(one.subject, one.number) for one in lines] == [("a", 500), ("a", 500), ("a", 100), ("b", 1)]
    assert [json.loads(b"[%b]" % one.text)[0]["n"] for one in lines] == [0, 500, 1000, 2**70]
    assert json.loads(lines[0].text.split(b"\n")[7].rstrip(b","))["c"] == "\ud800"


def test_lines_do_not_show_what_is_in_them_when_they_are_printed() -> None:
    (one,) = lines_of([Row("sub-a", "t", {"c": "ann@mail.example"})])
    assert isinstance(one, Lines)
    assert "ann" not in repr(one)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Decimal("1E-7"), "0.0000001"),
        (datetime(2026, 1, 2, 11, 4, tzinfo=timezone(timedelta(hours=8))), "2026-01-02T03:04:00+00:00"),
        ({"a": [1, Decimal("1.5"), date(2026, 1, 2)]}, '{"a": [1, "1.5", "2026-01-02"]}'),
        ([time(1, 2), UUID(int=1)], '["01:02:00", "00000000-0000-0000-0000-000000000001"]'),
    ],
)
def test_values_that_are_told_the_same_whoever_writes_them(value: object, said: str) -> None:
    assert plain(value) == said
