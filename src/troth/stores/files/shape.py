"""What files look like: their columns, and which of them really tell rows apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from troth.datamap.live import LiveColumn, LiveSchema, LiveTable
from troth.datamap.model import Dataset, Reference, StoreMap
from troth.stores.files.duck import live_column, quoted, types, view
from troth.stores.files.place import Place, Stamp, matching


@dataclass(frozen=True)
class Seen:
    """The files of a place at one moment."""

    live: LiveSchema
    stamps: Mapping[str, Stamp]
    paths: Mapping[str, Mapping[str, Path]]
    """By dataset, where each of its files can be read."""
    scratch: Path


def look_at(connection: duckdb.DuckDBPyConnection, found: StoreMap, place: Place, scratch: Path) -> Seen:
    """Make a view of each dataset whose files are there."""
    stamps, live, paths = place.files(), dict[str, LiveTable](), dict[str, Mapping[str, Path]]()
    for dataset in found.datasets.values():
        names = matching(dataset.table, stamps)
        if names:
            paths[dataset.name] = {name: place.fetched(name, scratch) for name in names}
            view(connection, dataset.table, list(paths[dataset.name].values()), dataset.fields)
            live[dataset.table] = _table(connection, dataset, found)
    return Seen(live, stamps, paths, scratch)


def _table(connection: duckdb.DuckDBPyConnection, dataset: Dataset, found: StoreMap) -> LiveTable:
    declared = types(connection, dataset.table)
    columns = {name: live_column(kind, nullable=True) for name, kind in declared.items()}
    wanted = [dataset.key, *(one.at for one in _leading_here(dataset, found))]
    unique = frozenset(
        frozenset(group)
        for group in wanted
        if group and columns.keys() >= set(group) and _is_unique(connection, dataset, group)
    )
    if frozenset(dataset.key) in unique:
        columns |= {name: LiveColumn(columns[name].kind, nullable=False) for name in dataset.key}
    return LiveTable(columns, unique)


def _leading_here(dataset: Dataset, found: StoreMap) -> list[Reference]:
    return [
        reference
        for other in found.datasets.values()
        for reference in other.owner_references()
        if reference.dataset == dataset.name and not reference.many
    ]


def _is_unique(connection: duckdb.DuckDBPyConnection, dataset: Dataset, group: tuple[str, ...]) -> bool:
    """No row lacks any of these columns, and no two agree in all of them."""
    names = ", ".join(quoted(column) for column in group)
    whole = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in group)
    counted = f"count(*), count(DISTINCT ({names})), count(*) FILTER ({whole})"
    row = connection.execute(f"SELECT {counted} FROM {quoted(dataset.table)}").fetchone()  # noqa: S608 - all quoted
    return row is not None and row[0] == row[1] == row[2]
