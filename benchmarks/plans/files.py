"""Erasure from files beside DuckDB by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.harness import Figure
from benchmarks.plans.clock import in_turn
from benchmarks.plans.shop import people, shop_map
from troth.datamap.model import Person, StoreMap
from troth.datamap.read import from_value
from troth.stores.files.place import Place
from troth.stores.files.store import FileStore

_SIZE, _GONE = 1_000_000, 1000


def files() -> Iterable[Figure]:
    """A thousand of a million people erased from one Parquet file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.parquet"
        duckdb.connect().execute(
            "COPY (SELECT n::INTEGER AS id, n || '@mail.example' AS email, md5(n::VARCHAR) AS note"
            f" FROM range(1, {_SIZE + 1}) AS s (n)) TO '{path}' (FORMAT parquet)"
        )
        store = FileStore(_map(), Place(folder))
        batches = [people(1 + n * _GONE, _GONE) for n in range(10)]
        by_hand, ours = map(min, in_turn(partial(_rewrite, path), store.erase, batches))
    yield Figure("plan.parquet_1000_of_1m", ours, "s", None, "one file, 3 columns")
    yield Figure("plan.parquet_ratio", ours / by_hand, "×", 1.5, f"DuckDB by hand {by_hand:.3g} s")


def _map() -> StoreMap:
    value = shop_map().value
    customers = {**value["datasets"]["customers"], "table": "customers.parquet"}
    return from_value({**value, "kind": "files", "order": ["customers"], "datasets": {"customers": customers}})


def _rewrite(path: Path, found: list[Person]) -> None:
    fresh = path.with_suffix(".new")
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE who (email VARCHAR)")
        emails = [one.identifiers[0][1].reveal() for one in found]
        connection.execute("INSERT INTO who SELECT unnest(?)", [emails])
        connection.execute(
            f"COPY (SELECT * FROM '{path}' WHERE email NOT IN (SELECT email FROM who)) TO '{fresh}' (FORMAT parquet)"
        )
    fresh.replace(path)
