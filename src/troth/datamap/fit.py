"""Whether a plan can be made of a map on a live database, and whether erasing would break it."""

from __future__ import annotations

from collections.abc import Iterator

from troth.base.errors import Problem
from troth.datamap.graph import reachable
from troth.datamap.live import LiveSchema, LiveTable
from troth.datamap.masks import mask_problems
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.reading import hint_for


def misfits(found: StoreMap, live: LiveSchema) -> tuple[Problem, ...]:
    """What makes every plan impossible: tables and columns that are not there, keys that do not tell rows apart."""
    absent = [problem for dataset in found.datasets.values() for problem in _absent(dataset, live)]
    if absent:
        return tuple(absent)
    keys = [problem for dataset in found.datasets.values() for problem in _keys(dataset, found, live)]
    keys += [problem for dataset in found.datasets.values() for problem in _no_places(dataset, live)]
    return (*keys, *_tangles(found), *_keyless(found), *_no_chunks(found, live))


def erasure_misfits(found: StoreMap, live: LiveSchema) -> tuple[Problem, ...]:
    """What makes erasure impossible though the map fits: NOT NULL, and columns that take no constant."""
    return tuple(
        problem
        for group in reachable(found)
        for name in group.members
        if found.datasets[name].erase.method in ("null", "redact")
        for problem in mask_problems(found, found.datasets[name], live[found.datasets[name].table])
    )


def _absent(dataset: Dataset, live: LiveSchema) -> Iterator[Problem]:
    table = live.get(dataset.table)
    if table is None:
        yield Problem("datamap.no-table", f"the store has no table `{dataset.table}`", hint_for(dataset.table, live))
        return
    for column in dataset.fields:
        if column not in table.columns:
            where = f"table `{dataset.table}` has no column `{column}`"
            yield Problem("datamap.no-column", where, hint_for(column, table.columns))


def _keys(dataset: Dataset, found: StoreMap, live: LiveSchema) -> Iterator[Problem]:
    table = live[dataset.table]
    if dataset.key and not (table.is_unique(dataset.key) and _never_null(table, dataset.key)):
        yield Problem(
            "datamap.key-not-unique",
            f"the key of `{dataset.name}` does not tell its rows apart in the database",
            "name columns that are NOT NULL and unique together, such as the primary key",
        )
    for name in dataset.owners:
        reference = dataset.references[name]
        if not reference.many and not live[found.datasets[reference.dataset].table].is_unique(reference.at):
            yield Problem(
                "datamap.owner-not-unique",
                f"`{name}` of `{dataset.name}` can lead to several rows of `{reference.dataset}`",
                "refer to columns that are unique there, or say `many: true` if a row may be several people's",
            )


def _no_places(dataset: Dataset, live: LiveSchema) -> Iterator[Problem]:
    """References into columns that can hold neither JSON nor an array."""
    for name, reference in dataset.references.items():
        for column, place in reference.places:
            if place is not None and live[dataset.table].columns[column].kind not in ("text", "other"):
                where = f"`{name}` of `{dataset.name}` looks into `{column}`, which holds neither JSON nor a list"
                yield Problem("datamap.no-places", where, "name the column that does")


def _never_null(table: LiveTable, columns: tuple[str, ...]) -> bool:
    return not any(table.columns[column].nullable for column in columns)


def _tangles(found: StoreMap) -> Iterator[Problem]:
    for group in reachable(found):
        if group.head is None:
            names = ", ".join(f"`{name}`" for name in group.others)
            yield Problem(
                "datamap.tangled", f"{names} own each other in several circles", "leave a reference out of `owner`"
            )


def _keyless(found: StoreMap) -> Iterator[Problem]:
    """A dataset without a key must be a log: found through one owner, deleted or kept whole, and nobody's target."""
    for dataset in found.datasets.values():
        if not dataset.key and not can_be_inline(dataset, found):
            yield Problem(
                "datamap.needs-key",
                f"`{dataset.name}` has no key",
                "only a table with one owner, that nothing refers to, and whose rows go or stay whole can do without",
            )


def _no_chunks(found: StoreMap, live: LiveSchema) -> Iterator[Problem]:
    """Only a log can go bit by bit: what else leads to rows of it, or through them, must still find them."""
    for dataset in found.datasets.values():
        whole = dataset.key and dataset.owners and dataset.erase.method == "delete"
        is_target = _is_target(dataset, found) or any(
            key.table == dataset.table for table in live.values() for key in table.foreign_keys
        )
        if dataset.chunks is not None and (not whole or dataset.identifies or is_target):
            yield Problem(
                "datamap.no-chunks",
                f"`{dataset.name}` cannot be deleted in chunks",
                "only a table with a key, whose rows have an owner and are deleted, and that nothing refers to can",
            )


def _is_target(dataset: Dataset, found: StoreMap) -> bool:
    return any(
        reference.dataset == dataset.name
        for other in found.datasets.values()
        for reference in other.references.values()
    )


def can_be_inline(dataset: Dataset, found: StoreMap) -> bool:
    """Whether its rows can be found through its one owner alone, before and after every change."""
    whole = dataset.erase.method in ("delete", "keep")
    plain = not dataset.only and not any(one.many or one.only or one.inside for one in dataset.owner_references())
    return whole and plain and not _is_target(dataset, found) and not dataset.identifies and len(dataset.owners) == 1
