"""Everything by which the rows of a database name people: for those who look for people they know only by a digest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from troth.datamap.model import Dataset, StoreMap
from troth.datamap.sql import named_table

_AT_ONCE = 1000


def everybody(connection: sa.Connection, found: StoreMap) -> Iterator[tuple[str, str]]:
    """Each kind of identifier and value once for each column that holds it, as it is spelt there."""
    for dataset in found.datasets.values():
        for kind, identifier in dataset.identifies.items():
            chosen = _values(dataset, identifier.column).execution_options(yield_per=_AT_ONCE)
            for value in connection.execute(chosen).scalars():
                yield kind, str(value)


def _values(dataset: Dataset, column: str) -> sa.Select[Any]:
    table = named_table(dataset.table, dict.fromkeys((column, *dataset.only)))
    here = (
        table.c[one].is_(None) if value is None else sa.cast(table.c[one], sa.Text) == value
        for one, value in dataset.only.items()
    )
    return sa.select(table.c[column]).where(table.c[column].is_not(None), *here).distinct()
