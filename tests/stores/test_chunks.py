"""Where the map lets a log go in chunks, each is a transaction, and a run that ends between two is gone on with."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings

from tests.datamap.conftest import world_engine
from tests.datamap.worlds import World, sortable, worlds
from tests.stores.company import Company, data_map, person
from troth.base.errors import InputError
from troth.datamap.model import StoreMap
from troth.stores.model import Chunking
from troth.stores.sql.connection import open_engine
from troth.stores.sql.store import SqlStore

__all__ = ["world_engine"]

ANN = person("sub-ann", email="ann@mail.example")

MAP = """
customers:
  label: customers
  key: id
  identifies: {email: email}
  fields: {id: none, email: account.email}
logs:
  label: logs
  key: [customer_id, number]
  refers: {customer_id: customers.id}
  owner: customer_id
  chunks: 10
  fields: {customer_id: none, number: none}
"""


def _fill(company: Company) -> SqlStore:
    rows = ", ".join(f"({customer}, {number})" for customer in (1, 2) for number in range(35))
    company.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(100))",
        "CREATE TABLE logs (customer_id integer, number integer, PRIMARY KEY (customer_id, number))",
        "INSERT INTO customers VALUES (1, 'ann@mail.example'), (2, 'bob@mail.example')",
        f"INSERT INTO logs VALUES {rows}",
    )
    return SqlStore(data_map(MAP), open_engine(company.url))


def test_each_chunk_is_gone_for_good_and_never_one_row_of_anybody_else(company: Company) -> None:
    store = _fill(company)
    left = [company.rows("SELECT count(*) FROM logs")[0][0]]
    while (chunk := store.erase_chunk([ANN])) is not None:
        assert (chunk.dataset, chunk.change) == ("logs", "delete")
        left.append(company.rows("SELECT count(*) FROM logs")[0][0])
        assert left[-2] - left[-1] == chunk.changed
        assert company.rows("SELECT count(*) FROM customers") == [(2,)]
    assert left == [70, 60, 50, 40, 35]
    assert {one.dataset: one.changed for one in store.erase([ANN])} == {"logs": 0, "customers": 1}
    assert company.rows("SELECT count(*) FROM logs") == [(35,)]


def test_without_chunks_in_the_map_nothing_goes_bit_by_bit(company: Company) -> None:
    _fill(company)
    store = SqlStore(data_map(MAP.replace("  chunks: 10\n", "")), open_engine(company.url))
    assert isinstance(store, Chunking)
    assert store.erase_chunk([ANN]) is None
    assert company.rows("SELECT count(*) FROM logs") == [(70,)]


def test_no_chunk_goes_where_the_rest_could_not(company: Company) -> None:
    store = _fill(company)
    company.run(
        "CREATE TABLE bills (id integer PRIMARY KEY, customer_id integer, FOREIGN KEY (customer_id)"
        " REFERENCES customers (id))",
        "INSERT INTO bills VALUES (1, 1)",
    )
    with pytest.raises(InputError, match="`bills`"):
        store.erase_chunk([ANN])
    assert company.rows("SELECT count(*) FROM logs") == [(70,)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("chunks: 10", "chunks: 10\n  erase: redact"),
        ("  owner: customer_id\n", ""),
        ("chunks: 10", "chunks: 10\n  identifies: {account: number}"),
        ("key: id\n", "key: id\n  refers: {logs: {columns: [id], to: logs, at: [customer_id], many: true}}\n"),
    ],
)
def test_only_a_log_can_go_in_chunks(company: Company, old: str, new: str) -> None:
    _fill(company)
    store = SqlStore(data_map(MAP.replace(old, new)), open_engine(company.url))
    assert "datamap.no-chunks" in {one.code for one in store.check()}


@pytest.mark.parametrize("value", ["0", "-1", "many", "true", "[]"])
def test_a_chunk_has_a_number_of_rows(value: str) -> None:
    with pytest.raises(InputError):
        data_map(MAP.replace("chunks: 10", f"chunks: {value}"))


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)
@given(world=worlds())
def test_in_chunks_goes_what_goes_at_once_also_when_a_run_ends_between_two(
    world_engine: sa.Engine, world: World
) -> None:
    world.load(world_engine)
    SqlStore(world.found, world_engine).erase(world.people)
    at_once = world.now(world_engine)
    world.load(world_engine)
    found = _in_chunks(world.found)
    SqlStore(found, world_engine).erase_chunk(world.people)  # and the run ends
    store = SqlStore(found, world_engine)
    while store.erase_chunk(world.people) is not None:
        pass
    store.erase(world.people)
    for name, rows in world.now(world_engine).items():
        assert sortable(rows) == sortable(at_once[name]), name


def _in_chunks(found: StoreMap) -> StoreMap:
    """Every dataset that can goes by one row."""
    targets = {reference.dataset for one in found.datasets.values() for reference in one.references.values()}
    can = {
        name: replace(one, chunks=1)
        for name, one in found.datasets.items()
        if one.owners and one.erase.method == "delete" and not one.identifies and name not in targets
    }
    return replace(found, datasets={**found.datasets, **can})
