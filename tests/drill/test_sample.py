"""The sample company: the same for the same seed, invented throughout, with rows of every kind for whoever joins."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.databases import Databases
from troth.base.errors import InputError
from troth.drill.sample.build import build, join, statements
from troth.drill.sample.spec import read_spec
from troth.policy.yaml_reader import plain, read

FOLDER = Path(__file__).parents[2] / "examples" / "kaiconn" / "sample"
SCHEMA = (FOLDER / "schema.sql").read_text(encoding="utf-8")
TABLES = ["customers", "devices", "device_logs", "push_tokens", "orders", "order_lines", "tickets", "messages"]
_NUMBERS = itertools.count(1)


def _spec() -> Mapping[str, Any]:
    value = plain(read("sample.yaml", (FOLDER / "sample.yaml").read_text(encoding="utf-8")))
    assert isinstance(value, dict)
    return value


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        yield sa.create_engine(f"sqlite:///{tmp_path / 'sample.db'}", poolclass=sa.NullPool)
        return
    name = f"sample{next(_NUMBERS)}"
    databases.server().execute(f"CREATE DATABASE {name}")
    yield sa.create_engine(databases.server().url(name), poolclass=sa.NullPool)
    databases.server().execute(f"DROP DATABASE {name} WITH (FORCE)")


def _rows(engine: sa.Engine, table: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY id")]


def _memory() -> sa.Engine:
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool)


def test_every_table_is_filled_within_its_bounds(empty: sa.Engine) -> None:
    sizes = build(empty, SCHEMA, _spec(), people=40, seed=1)
    assert list(sizes) == TABLES
    assert {name: len(_rows(empty, name)) for name in TABLES} == sizes
    assert sizes["customers"] == 40
    assert 40 <= sizes["devices"] <= 80
    assert sizes["push_tokens"] == sizes["devices"]
    assert 30 <= sizes["device_logs"] / 40 <= 70, "about fifty each"
    assert sizes["orders"] <= sizes["order_lines"] <= 3 * sizes["orders"]
    assert sizes["tickets"] <= sizes["messages"] <= 4 * sizes["tickets"]


def test_the_same_seed_gives_the_same_company_and_another_seed_another() -> None:
    one, two, other = _memory(), _memory(), _memory()
    for engine, seed in ((one, 1), (two, 1), (other, 2)):
        build(engine, SCHEMA, _spec(), people=10, seed=seed)
    assert all(_rows(one, name) == _rows(two, name) for name in TABLES)
    assert _rows(one, "device_logs") != _rows(other, "device_logs")


def test_more_people_leave_the_first_ones_as_they_are() -> None:
    few, many = _memory(), _memory()
    build(few, SCHEMA, _spec(), people=5, seed=1)
    build(many, SCHEMA, _spec(), people=600, seed=1)
    assert _rows(many, "customers")[:5] == _rows(few, "customers")


def test_numbers_and_addresses_are_of_nobody() -> None:
    engine = _memory()
    build(engine, SCHEMA, _spec(), people=50, seed=1)
    for _, phone, email, *_ in _rows(engine, "customers"):
        assert re.fullmatch(r"1990000\d{4}", phone)
        assert email is None or email.endswith("@mail.example")


def test_what_lies_beneath_is_later_than_what_it_belongs_to() -> None:
    engine = _memory()
    build(engine, SCHEMA, _spec(), people=50, seed=1)
    with engine.connect() as connection:
        early = connection.exec_driver_sql(
            "SELECT count(*) FROM devices d JOIN customers c ON c.id = d.customer_id WHERE d.bound_at < c.created_at"
        ).scalar()
    assert early == 0


def test_whoever_joins_is_known_by_what_they_gave_and_has_rows_in_every_table(empty: sa.Engine) -> None:
    before = build(empty, SCHEMA, _spec(), people=5, seed=1)
    names = {"phone": "+8619900009999", "email": "me@mail.example"}
    join(empty, _spec(), identifiers=names, seed=3)
    join(empty, _spec(), identifiers={"phone": "+8619900009998"}, seed=3)
    me, other = _rows(empty, "customers")[5:]
    assert me[:3] == (6, "19900009999", "me@mail.example")
    assert other[1] == "19900009998"
    assert all(len(_rows(empty, name)) >= before[name] + 2 for name in TABLES)
    assert [row[1] for row in _rows(empty, "devices") if row[1] > 5] == sorted(
        row[1] for row in _rows(empty, "devices") if row[1] > 5
    )


def test_without_a_number_of_people_there_are_as_many_as_the_spec_says() -> None:
    engine = _memory()
    assert build(engine, SCHEMA, {**_spec(), "people": 3}, people=None, seed=1)["customers"] == 3


@pytest.mark.parametrize("people", [0, -1, 9001])
def test_there_are_only_so_many_invented_numbers(people: int) -> None:
    with pytest.raises(InputError) as refused:
        build(_memory(), SCHEMA, _spec(), people=people, seed=1)
    assert refused.value.code == "sample.people"


@pytest.mark.parametrize(
    "change",
    [
        {"tables": None},
        {"people": "many"},
        {"since": "yesterday"},
        {"tables": {"customers": {}}},
        {"tables": {"customers": {"columns": {"id": {"kind": "unheard of"}}}}},
        {"tables": {"customers": {"columns": {"id": {"kind": "pick"}}}}},
        {"tables": {"devices": {"for": "customers", "columns": {}}}},
    ],
)
def test_a_spec_that_cannot_be_read_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        read_spec({**_spec(), **change})
    assert refused.value.code == "sample.spec"


def test_a_script_is_split_into_its_statements() -> None:
    script = "-- a; comment\nCREATE TABLE a (\n  b integer\n);\n\nCREATE INDEX c ON a (b);\n"
    assert list(statements(script)) == ["CREATE TABLE a (\n  b integer\n)", "CREATE INDEX c ON a (b)"]
