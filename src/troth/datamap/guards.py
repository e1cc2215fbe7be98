"""What stands in the way of deleting rows: other rows that refer to them and stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.base.errors import Problem
from troth.datamap.live import LiveForeignKey
from troth.datamap.model import Dataset, Reference
from troth.datamap.ownership import Ownership
from troth.datamap.sql import Condition, among, columns_of, count, named_table, table_of


@dataclass(frozen=True)
class Guard:
    """Counts rows that would be left pointing at nothing, or that the database would delete along with others."""

    table: str
    referred: str
    columns: tuple[str, ...]
    rows: sa.Select[Any]

    def problem(self, found: int) -> Problem:
        """What to say when the count is not 0."""
        return Problem(
            "datamap.would-break",
            f"{found} rows of `{self.table}` stay and refer by {_listed(self.columns)} to rows of `{self.referred}` "
            "that would be deleted",
            f"map `{self.table}`, let its reference say `detach: true`, or redact `{self.referred}` instead",
        )


def _listed(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{column}`" for column in columns)


def guards(owned: Ownership) -> tuple[Guard, ...]:
    """One guard for each foreign key into a table whose rows are deleted, if rows on its other end may stay."""
    deleted = {dataset.table: dataset for dataset in deleted_datasets(owned)}
    return tuple(
        _guard(table, key, deleted[key.table], owned)
        for table, found in owned.live.items()
        for key in found.foreign_keys
        if key.table in deleted
        and key.on_delete != "unlink"
        and not _goes_along(table, key, deleted[key.table], owned)
        and not _is_detached(table, key, owned)
    )


def _goes_along(table: str, key: LiveForeignKey, target: Dataset, owned: Ownership) -> bool:
    """Whoever refers by this key to a row that goes is owned by that row and by nothing else, so goes as well."""
    return any(
        dataset.table == table
        and not dataset.only
        and owned.shared(dataset.name, table_of(dataset)) is None
        and any(_is_same(reference, key, target) for reference in dataset.owner_references())
        for dataset in deleted_datasets(owned)
    )


def _is_same(reference: Reference, key: LiveForeignKey, target: Dataset) -> bool:
    """The reference holds wherever the key does."""
    same = set(zip(reference.columns, reference.at, strict=True)) == set(zip(key.columns, key.at, strict=True))
    return same and reference.dataset == target.name and not reference.only and not reference.many


def deleted_datasets(owned: Ownership) -> tuple[Dataset, ...]:
    """The reachable datasets whose rows are deleted."""
    return tuple(dataset for dataset in owned.datasets if dataset.erase.method == "delete")


def _guard(table: str, key: LiveForeignKey, target: Dataset, owned: Ownership) -> Guard:
    child = named_table(table, owned.live[table].columns).alias("child")
    gone = named_table(target.table, owned.live[target.table].columns).alias("gone")
    going = sa.select(*columns_of(gone, key.at)).where(owned.only_mine(target.name, gone))
    left = sa.and_(among(columns_of(child, key.columns), going), *_stays(table, child, owned))
    return Guard(table, target.table, key.columns, count(child, left))


def _stays(table: str, row: FromClause, owned: Ownership) -> list[Condition]:
    return [
        sa.not_(owned.only_mine(dataset.name, row)) for dataset in deleted_datasets(owned) if dataset.table == table
    ]


def _is_detached(table: str, key: LiveForeignKey, owned: Ownership) -> bool:
    return any(
        dataset.table == table
        and not reference.only  # or rows of another type stay, and the database still holds them to the key
        and set(zip(reference.columns, reference.at, strict=True)) == set(zip(key.columns, key.at, strict=True))
        and owned.found.datasets[reference.dataset].table == key.table
        for dataset, reference, _ in _detachable(owned)
    )


def detachments(owned: Ownership) -> Iterator[tuple[Dataset, sa.TableClause, tuple[str, ...], Condition]]:
    """Rows of a table that stay and refer to rows that go, with the columns of theirs that become NULL."""
    for dataset in owned.found.datasets.values():
        row = table_of(dataset)
        for columns, condition in detachments_of(dataset, owned, row):
            yield dataset, row, columns, condition


def detachments_of(
    dataset: Dataset, owned: Ownership, row: sa.TableClause
) -> Iterator[tuple[tuple[str, ...], Condition]]:
    """The same for the rows of one dataset, in a table that holds all or some of them."""
    for other, reference, columns in _detachable(owned):
        if other == dataset:
            target = owned.found.datasets[reference.dataset]
            gone = table_of(target).alias("gone")
            going = sa.select(*columns_of(gone, reference.at)).where(owned.only_mine(target.name, gone))
            holds = owned.where(dataset, reference.only, row)
            refers = sa.and_(among(columns_of(row, reference.columns), going), *holds)
            yield columns, sa.and_(refers, *_stays(dataset.table, row, owned))


def _detachable(owned: Ownership) -> Iterator[tuple[Dataset, Reference, tuple[str, ...]]]:
    deleted = {dataset.name for dataset in deleted_datasets(owned)}
    for dataset in owned.found.datasets.values():
        for name, reference in dataset.references.items():
            columns = _free_columns(dataset, name, owned)
            if reference.detach and reference.dataset in deleted and columns:
                yield dataset, reference, columns


def _free_columns(dataset: Dataset, name: str, owned: Ownership) -> tuple[str, ...]:
    """The reference's columns that may become NULL: not part of the key nor of another reference (a tenant, say)."""
    live = owned.live[dataset.table].columns
    own = dataset.references[name]
    others = {
        column
        for other, one in dataset.references.items()
        if other != name and not (one.only and own.only and one.columns == own.columns)  # the same, by another type
        for column in one.columns
    }
    return tuple(
        column
        for column in dataset.references[name].columns
        if column not in dataset.key and column not in others and live[column].nullable
    )
