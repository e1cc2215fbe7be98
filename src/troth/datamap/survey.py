"""What a live database holds that its map does not speak of, or does not lead to."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.errors import Problem
from troth.datamap.graph import reachable
from troth.datamap.live import LiveSchema
from troth.datamap.model import StoreMap
from troth.datamap.reading import hint_for


def survey(found: StoreMap, live: LiveSchema) -> tuple[Problem, ...]:
    """Columns and tables that nobody has classified, and datasets whose rows nobody is led to."""
    return (*_unreachable(found), *_columns(found, live), *_tables(found, live), *_ignored(found, live))


def _unreachable(found: StoreMap) -> Iterator[Problem]:
    reached = {name for group in reachable(found) for name in group.members}
    for name, dataset in found.datasets.items():
        if name not in reached and any(rule.item is not None for rule in dataset.fields.values()):
            hint = "say who `identifies` its rows, or which reference is their `owner`"
            yield Problem("datamap.unreachable", f"no person leads to the rows of `{name}`", hint)


def _columns(found: StoreMap, live: LiveSchema) -> Iterator[Problem]:
    for dataset in found.datasets.values():
        for column in live[dataset.table].columns:
            if column not in dataset.fields:
                hint = f"say which item it holds, or `{column}: none`"
                yield Problem("datamap.unmapped-column", f"`{column}` of `{dataset.table}` is not in the map", hint)


def _tables(found: StoreMap, live: LiveSchema) -> Iterator[Problem]:
    known = {dataset.table for dataset in found.datasets.values()} | set(found.ignore)
    for table in live:
        if table not in known:
            hint = "map it, or list it under `ignore` if it holds nothing about people"
            yield Problem("datamap.unmapped-table", f"table `{table}` is not in the map", hint)


def _ignored(found: StoreMap, live: LiveSchema) -> Iterator[Problem]:
    for table in found.ignore:
        if table not in live:
            message = f"`ignore` names `{table}`, which is no table"
            yield Problem("datamap.no-table", message, hint_for(table, live))
