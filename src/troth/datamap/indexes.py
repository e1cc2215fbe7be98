"""Which indexes a plan misses: without them a request reads whole tables, however few rows are somebody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from troth.base.errors import Problem
from troth.datamap.fit import misfits
from troth.datamap.graph import reachable
from troth.datamap.live import LiveColumn, LiveSchema
from troth.datamap.model import Dataset, Identifier, Reference, StoreMap

Quote = Callable[[str], str]

_LONGEST = 60  # characters of an index's name that every database takes
_BEGINNING = 100  # characters of a text


@dataclass(frozen=True)
class _Wanted:
    """Columns that rows are looked up by, and why; `folded`: in lower case."""

    table: str
    columns: tuple[str, ...]
    why: str
    folded: bool = False


def missing_indexes(found: StoreMap, live: LiveSchema, quote: Quote) -> tuple[Problem, ...]:
    """A warning for each, with the statement that makes it; names are quoted by `quote`.

    A column that is looked up in a way that no index helps is not named.
    """
    if misfits(found, live):
        return ()
    wanted = list(_wanted(found, live))
    missing = dict.fromkeys(one for one in wanted if not _is_there(one, live))
    seen: dict[tuple[str, frozenset[str], bool], _Wanted] = {}
    for one in missing:
        seen.setdefault((one.table, frozenset(one.columns), one.folded), one)
    return tuple(_problem(one, live, quote) for one in seen.values())


def _wanted(found: StoreMap, live: LiveSchema) -> Iterator[_Wanted]:
    reached = [found.datasets[name] for group in reachable(found) for name in group.members]
    for dataset in reached:
        for kind, identifier in dataset.identifies.items():
            yield from _for_people(dataset, kind, identifier, live)
        for name in dataset.owners:
            yield from _for_reference(name, dataset, dataset.references[name], found)
    for dataset in found.datasets.values():
        for name, reference in dataset.references.items():
            if reference.detach and name not in dataset.owners:
                yield from _for_reference(name, dataset, reference, found)
    deleted = {dataset.table for dataset in reached if dataset.erase.method == "delete"}
    for table, known in live.items():
        for key in known.foreign_keys:
            if key.table in deleted:
                yield _Wanted(table, key.columns, f"rows of `{key.table}` are deleted, to which it refers")


def _for_people(dataset: Dataset, kind: str, identifier: Identifier, live: LiveSchema) -> Iterator[_Wanted]:
    column = live[dataset.table].columns[identifier.column]
    folded = identifier.spelling == "any-case"
    # MariaDB has no index on an expression, and what is no text or number is compared as the text that it is cast to.
    if column.kind not in ("text", "integer") or (folded and column.collation is not None):
        return
    yield _Wanted(dataset.table, (identifier.column,), f"people are found in it by `{kind}`", folded)


def _for_reference(name: str, dataset: Dataset, reference: Reference, found: StoreMap) -> Iterator[_Wanted]:
    own = tuple(column for column, place in reference.places if place is None)
    if own:
        yield _Wanted(dataset.table, own, f"`{name}` leads from it to `{reference.dataset}`")
    target = found.datasets[reference.dataset].table
    if reference.many:
        yield _Wanted(target, reference.at, f"`{name}` of `{dataset.name}` leads to it")


def _is_there(wanted: _Wanted, live: LiveSchema) -> bool:
    """An index begins with one of the columns, or the database keeps rows by it."""
    table = live[wanted.table]
    columns = {f"lower({column})" if wanted.folded else column for column in wanted.columns}
    return any(index and index[0] in columns for index in table.indexes)


def _begin(column: LiveColumn) -> str:
    """Of texts without end MariaDB indexes only the beginning."""
    is_endless = column.kind == "text" and column.length is None
    return f"({_BEGINNING})" if is_endless and column.collation is not None else ""


def _problem(wanted: _Wanted, live: LiveSchema, quote: Quote) -> Problem:
    columns = live[wanted.table].columns
    listed = ", ".join(quote(column) + _begin(columns[column]) for column in wanted.columns)
    name = "_".join(("ix", wanted.table, *wanted.columns))[:_LONGEST]
    column = f"lower({listed})" if wanted.folded else listed
    statement = f"CREATE INDEX {quote(name)} ON {quote(wanted.table)} ({column});"
    told = ", ".join(f"`{column}`" for column in wanted.columns)
    message = f"no index of `{wanted.table}` begins with {told}: {wanted.why}"
    return Problem("datamap.no-index", message, f"run `{statement}`, or every request reads the whole table")
