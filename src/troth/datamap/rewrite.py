"""What is left of a dataset after erasure, as a select: for stores whose files are written anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from troth.datamap.guards import deleted_datasets, detachments_of
from troth.datamap.masks import masks
from troth.datamap.model import Dataset
from troth.datamap.ownership import Ownership
from troth.datamap.sql import Condition


@dataclass(frozen=True)
class Rewrite:
    """Rows that go, and what becomes of columns in rows that stay: by column, the condition and the new value."""

    gone: Condition
    changes: Mapping[str, tuple[tuple[Condition, sa.ColumnElement[Any]], ...]]

    @property
    def touched(self) -> Condition:
        """A row that is not as it should be."""
        return sa.or_(self.gone, *(condition for one in self.changes.values() for condition, _ in one))

    def value(self, column: sa.ColumnElement[Any], declared: str) -> sa.ColumnElement[Any]:
        """What the column, which the store declares so, holds afterwards."""
        changes = self.changes.get(column.name, ())
        if not changes:
            return column
        return sa.case(
            *((condition, sa.cast(value, _Declared(declared))) for condition, value in changes), else_=column
        )


class _Declared(sa.types.UserDefinedType[Any]):
    """A type by the name that the store gives it."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: object) -> str:
        """The name in SQL."""
        return self.name


def rewrite(dataset: Dataset, owned: Ownership, row: sa.TableClause) -> Rewrite:
    """What happens to the rows of a table that holds (some of) the dataset."""
    mine = owned.only_mine(dataset.name, row) if dataset in owned.datasets else sa.false()
    changes = dict[str, tuple[tuple[Condition, sa.ColumnElement[Any]], ...]]()
    for let_go, condition in detachments_of(dataset, owned, row):
        changes |= {column: (*changes.get(column, ()), (condition, value)) for column, value in let_go.items()}
    if dataset in owned.datasets and dataset.erase.method in ("null", "redact"):
        for mask in masks(owned.found, dataset, owned.live[dataset.table], row):
            todo = sa.and_(mine, mask.still_to_do(row))
            changes[mask.column] = ((todo, mask.assignment(row)), *changes.get(mask.column, ()))
    return Rewrite(mine if dataset in deleted_datasets(owned) else sa.false(), changes)
