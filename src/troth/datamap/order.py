"""In which order rows are deleted, so that no foreign key is broken on the way."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from troth.base.errors import Problem
from troth.datamap.guards import deleted_datasets
from troth.datamap.live import LiveForeignKey
from troth.datamap.model import Dataset
from troth.datamap.ownership import Ownership
from troth.datamap.sql import changing, named_table


@dataclass(frozen=True)
class Order:
    """Datasets, those that refer first; what is set to NULL before so that there is an order; or why there is none."""

    names: tuple[str, ...]
    unlink: tuple[sa.Update, ...]
    problems: tuple[Problem, ...]


def deletions(owned: Ownership) -> Order:
    """The order of the datasets whose rows are deleted."""
    waiting = {dataset.table: dataset for dataset in reversed(deleted_datasets(owned))}
    edges = {
        (table, key)
        for table in waiting
        for key in owned.live[table].foreign_keys
        if key.table in waiting and (key.table != table or (key.is_checked_by_row and key.on_delete == "refuse"))
    }
    names: list[str] = []
    unlink: list[sa.Update] = []
    while waiting:
        # What refers to itself waits for nobody else: cut it first, so that every database has the same order.
        own = {edge for edge in edges if edge[1].table == edge[0] and _can_cut(waiting[edge[0]], edge[1], owned)}
        unlink += [_cut(waiting[table], key, owned) for table, key in sorted(own, key=str)]
        edges -= own
        free = [table for table in waiting if not any(key.table == table for _, key in edges)]
        if free:
            names.extend(waiting.pop(table).name for table in free)
            edges = {edge for edge in edges if edge[0] in waiting}
            continue
        cut = next((edge for edge in sorted(edges, key=str) if _can_cut(waiting[edge[0]], edge[1], owned)), None)
        if cut is None:
            return Order((), (), (_circle(list(waiting)),))
        edges.discard(cut)
        unlink.append(_cut(waiting[cut[0]], cut[1], owned))
    return Order(tuple(names), tuple(unlink), ())


def _nullable(dataset: Dataset, key: LiveForeignKey, owned: Ownership) -> tuple[str, ...]:
    live = owned.live[dataset.table].columns
    return tuple(column for column in key.columns if live[column].nullable and column not in dataset.key)


def _can_cut(dataset: Dataset, key: LiveForeignKey, owned: Ownership) -> bool:
    return bool(_nullable(dataset, key, owned)) and dataset.name not in owned.inline


def _cut(dataset: Dataset, key: LiveForeignKey, owned: Ownership) -> sa.Update:
    row = named_table(dataset.table, owned.live[dataset.table].columns)
    cut = {row.c[column]: sa.null() for column in _nullable(dataset, key, owned)}
    return changing(row, cut, owned.only_mine(dataset.name, row))


def _circle(tables: list[str]) -> Problem:
    names = ", ".join(f"`{table}`" for table in tables)
    hint = "let one of the columns be NULL, or redact one of them instead of deleting its rows"
    return Problem("datamap.circular-keys", f"foreign keys among {names} allow no order of deletion", hint)
