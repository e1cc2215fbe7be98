"""What stands in the way of deleting rows: other rows that refer to them and stay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.base.errors import Problem
from troth.datamap.letting import Gone, let_go
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
    holds = not reference.only and not reference.many and not reference.inside
    return same and reference.dataset == target.name and holds


def deleted_datasets(owned: Ownership) -> tuple[Dataset, ...]:
    """The reachable datasets whose rows are deleted."""
    return tuple(dataset for dataset in owned.datasets if dataset.erase.method == "delete")


def _guard(table: str, key: LiveForeignKey, target: Dataset, owned: Ownership) -> Guard:
    child = named_table(table, owned.live[table].columns).alias("child")
    gone = named_table(target.table, owned.live[target.table].columns).alias("gone")
    going = sa.select(*columns_of(gone, key.at)).where(owned.only_mine(target.name, gone))
    stays = (*_stays(table, child, owned), *_of_other_types(table, key, child, owned))
    left = sa.and_(among(columns_of(child, key.columns), going), *stays)
    return Guard(table, target.table, key.columns, count(child, left))


def _stays(table: str, row: FromClause, owned: Ownership) -> list[Condition]:
    return [
        sa.not_(owned.only_mine(dataset.name, row)) for dataset in deleted_datasets(owned) if dataset.table == table
    ]


def _is_detached(table: str, key: LiveForeignKey, owned: Ownership) -> bool:
    """Every row lets go. Of rows of another type the database still holds to the key what stays."""
    return any(not reference.only for _, reference in _letting_go(table, key, owned))


def _of_other_types(table: str, key: LiveForeignKey, row: FromClause, owned: Ownership) -> list[Condition]:
    """The row is of no type whose reference lets go."""
    return [
        sa.case((sa.and_(*owned.where(dataset, reference.only, row)), 1), else_=0) == 0
        for dataset, reference in _letting_go(table, key, owned)
    ]


def _letting_go(table: str, key: LiveForeignKey, owned: Ownership) -> Iterator[tuple[Dataset, Reference]]:
    """The references that are the same as the key, and that become NULL where the row that they lead to goes."""
    for dataset, reference, _ in _detachable(owned):
        same = set(zip(reference.columns, reference.at, strict=True)) == set(zip(key.columns, key.at, strict=True))
        there = dataset.table == table and owned.found.datasets[reference.dataset].table == key.table
        if same and there and not reference.inside:
            yield dataset, reference


Let = tuple[dict[str, sa.ColumnElement[Any]], Condition]
"""What columns become in rows that let go of others, and which rows do."""


def detachments(owned: Ownership) -> Iterator[tuple[Dataset, sa.TableClause, Let]]:
    """Rows of a table that stay and refer to rows that go."""
    for dataset in owned.found.datasets.values():
        row = table_of(dataset)
        for let in detachments_of(dataset, owned, row):
            yield dataset, row, let


def detachments_of(dataset: Dataset, owned: Ownership, row: sa.TableClause) -> Iterator[Let]:
    """The same for the rows of one dataset, in a table that holds all or some of them."""
    for other, reference, columns in _detachable(owned):
        if other == dataset:
            table = table_of(owned.found.datasets[reference.dataset]).alias("gone")
            gone = (table, owned.only_mine(reference.dataset, table))
            refers = _refers_to(dataset, reference, owned, row, gone)
            holds = owned.where(dataset, reference.only, row)
            changes = let_go(dataset, reference, owned, row, gone) or dict.fromkeys(columns, sa.null())
            yield changes, sa.and_(refers, *holds, *_stays(dataset.table, row, owned))


def _refers_to(dataset: Dataset, reference: Reference, owned: Ownership, row: FromClause, gone: Gone) -> Condition:
    table, going = gone
    if not reference.inside:
        keys = sa.select(*columns_of(table, reference.at)).where(going)
        return among(columns_of(row, reference.columns), keys)
    found = owned.pointer(dataset, reference, row)
    source = table if found.elements is None else table.join(found.elements, sa.true())
    leads = found.leads_to(columns_of(table, reference.at))
    return sa.exists(sa.select(sa.literal(1)).select_from(source).where(leads, going))


def _detachable(owned: Ownership) -> Iterator[tuple[Dataset, Reference, tuple[str, ...]]]:
    deleted = {dataset.name for dataset in deleted_datasets(owned)}
    for dataset in owned.found.datasets.values():
        for name, reference in dataset.references.items():
            columns = _free_columns(dataset, name, owned)
            can = reference.detach and reference.dataset in deleted and (columns or reference.inside)
            if can and not _is_idle(dataset, name, owned):
                yield dataset, reference, columns


def _is_idle(dataset: Dataset, name: str, owned: Ownership) -> bool:
    """Whoever refers so to a row that goes belongs to whom that row belongs to, and to nobody else, so goes as well."""
    alone = owned.shared(dataset.name, table_of(dataset)) is None if dataset in owned.datasets else False
    return dataset in deleted_datasets(owned) and name in dataset.owners and not dataset.only and alone


def _free_columns(dataset: Dataset, name: str, owned: Ownership) -> tuple[str, ...]:
    """The reference's columns that may become NULL: not part of the key nor of another reference (a tenant, say)."""
    live = owned.live[dataset.table].columns
    own = dataset.references[name]
    others = {
        column
        for other, one in dataset.references.items()
        if other != name and not (one.only and own.only and one.columns == own.columns)  # the same, by another type
        for column, place in one.places
        if place is None
    }
    return tuple(
        column
        for column, place in dataset.references[name].places
        if place is None and column not in dataset.key and column not in others and live[column].nullable
    )
