"""Compiles a data map, held against the live database, to the statements of an access or an erasure.

How many statements there are depends on the datasets and foreign keys, never on people or rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.datamap.fit import can_be_inline, erasure_misfits, misfits
from troth.datamap.guards import Guard, detachments, guards
from troth.datamap.identify import Slot
from troth.datamap.live import LiveSchema
from troth.datamap.masks import masks
from troth.datamap.model import SHARED, Change, Dataset, StoreMap
from troth.datamap.order import deletions
from troth.datamap.ownership import Ownership
from troth.datamap.sql import DropTemporary, among, changing, columns_of, count, deleting, table_of


@dataclass(frozen=True)
class Setting:
    """How a run begins and ends: which columns identify people, and the temporary tables made and dropped."""

    slots: tuple[Slot, ...]
    prepare: tuple[sa.Executable, ...]
    clear: tuple[DropTemporary, ...]


@dataclass(frozen=True)
class Read:
    """The rows of one dataset in the order of people; the first column is the person's place in the list."""

    dataset: str
    columns: tuple[str, ...]
    rows: sa.Select[Any]
    order: tuple[sa.ColumnElement[Any], ...]
    """The person, and the columns of the key."""

    @property
    def ordered(self) -> sa.Select[Any]:
        """The rows in their order."""
        return self.rows.order_by(*self.order)


@dataclass(frozen=True)
class AccessPlan:
    """One select a dataset, in the order of the map."""

    setting: Setting
    reads: tuple[Read, ...]


@dataclass(frozen=True)
class Step:
    """One change of one dataset. `count` says how many rows there are to change; after the last change it is 0.

    Without `change` the rows stay, for `ground`. Where the change `tells` by the rows that it meets how many there
    were, nobody counts them before.
    """

    dataset: str
    kind: Change
    ground: str | None
    count: sa.Select[Any]
    change: sa.Update | sa.Delete | None
    tells: bool = False


@dataclass(frozen=True)
class Chunk:
    """Deletes at most `size` rows of a dataset, which ones is of no consequence."""

    dataset: str
    size: int
    change: sa.Delete


@dataclass(frozen=True)
class ErasurePlan:
    """Guards that must find nothing; rows that stay; then the changes in their order.

    `unlink` cuts circles of foreign keys among rows that are deleted right after.
    """

    setting: Setting
    guards: tuple[Guard, ...]
    kept: tuple[Step, ...]
    detach: tuple[Step, ...]
    mask: tuple[Step, ...]
    unlink: tuple[sa.Update, ...]
    delete: tuple[Step, ...]
    chunks: tuple[Chunk, ...]
    """What may be deleted beforehand, each in transactions of its own."""

    @property
    def changing(self) -> tuple[Step, ...]:
        """All steps that change rows, in their order."""
        return (*self.detach, *self.mask, *self.delete)

    @cached_property
    def due(self) -> sa.Select[Any] | None:
        """One row: what every guard finds, and of all steps that change rows and then of those kept, how many."""
        return together(*(guard.rows for guard in self.guards), *_counts(*self.changing, *self.kept))

    @cached_property
    def untold(self) -> sa.Select[Any] | None:
        """The same without the steps that tell by themselves."""
        asked = (step for step in self.changing if not step.tells)
        return together(*(guard.rows for guard in self.guards), *_counts(*asked, *self.kept))

    @cached_property
    def attached(self) -> sa.Select[Any] | None:
        """One row: how many still refer to what will go."""
        return together(*_counts(*self.detach))

    @cached_property
    def left(self) -> sa.Select[Any] | None:
        """One row: of all steps that mask and then of those that delete, how many rows there are to change."""
        return together(*_counts(*self.mask, *self.delete))


def together(*counts: sa.Select[Any]) -> sa.Select[Any] | None:
    """Several counts as one row; None if there are none."""
    named = (one.scalar_subquery().label(f"n{at}") for at, one in enumerate(counts))
    return sa.select(*named) if counts else None


def _counts(*steps: Step) -> Iterator[sa.Select[Any]]:
    return (step.count for step in steps)


def compile_access(found: StoreMap, live: LiveSchema) -> AccessPlan:
    """What reads everything that belongs to one person of the run and to nobody else.

    Raises:
        InputError: the map does not fit the database; carries every problem.
    """
    owned = reading(found, live)
    reads = tuple(_read(dataset, owned) for dataset in found.datasets.values() if dataset in owned.datasets)
    return AccessPlan(setting(owned), reads)


def compile_erasure(found: StoreMap, live: LiveSchema) -> ErasurePlan:
    """What erases everything that belongs to the people of the run and to nobody else.

    Raises:
        InputError: the map does not fit the database, or erasing by it would break NOT NULL; carries every problem.
    """
    owned = erasing(found, live)
    order = deletions(owned)
    _refuse(order.problems)
    return ErasurePlan(
        setting=setting(owned),
        guards=guards(owned),
        kept=tuple(step for dataset in owned.datasets for step in _kept(dataset, owned)),
        detach=tuple(_detach_steps(owned)),
        mask=tuple(_mask(one, owned) for one in owned.datasets if one.erase.method in ("null", "redact")),
        unlink=order.unlink,
        delete=tuple(_deletion(found.datasets[name], owned) for name in order.names),
        chunks=tuple(_chunk(one, one.chunks, owned) for one in owned.datasets if one.chunks is not None),
    )


def reading(found: StoreMap, live: LiveSchema) -> Ownership:
    """Whose every row is, as an access must know it. Raises what `compile_access` raises."""
    _refuse(misfits(found, live))
    return _ownership(found, live, "access", pinned=frozenset())


def erasing(found: StoreMap, live: LiveSchema) -> Ownership:
    """Whose every row is, as an erasure must know it. Raises what `compile_erasure` raises."""
    _refuse(misfits(found, live) or erasure_misfits(found, live))
    targets = frozenset(key.table for table in live.values() for key in table.foreign_keys)
    return _ownership(found, live, "erasure", pinned=targets)


def _refuse(problems: tuple[Any, ...]) -> None:
    if problems:
        raise InputError.of(problems)


def _ownership(
    found: StoreMap, live: LiveSchema, aim: Literal["access", "erasure"], *, pinned: frozenset[str]
) -> Ownership:
    inline = frozenset(
        dataset.name
        for dataset in found.datasets.values()
        if can_be_inline(dataset, found) and (dataset.table not in pinned or not dataset.key)
    )
    owned = Ownership(found, live, inline, aim)
    owned.compile()
    return owned


def setting(owned: Ownership) -> Setting:
    """How a run with these tables begins and ends."""
    return Setting(owned.slots, tuple(owned.prepare), tuple(owned.clear))


def _read(dataset: Dataset, owned: Ownership) -> Read:
    row = table_of(dataset).alias("r")
    person, mark, joined = owned.with_person(dataset.name, row)
    shown = tuple(column for column, rule in dataset.fields.items() if rule.disclose)
    rows = sa.select(person.label("person"), *columns_of(row, shown)).join_from(mark, row, joined)
    alone = owned.alone(dataset.name, row)
    if alone is not None:
        rows = rows.where(alone)
    return Read(dataset.name, shown, rows, (person, *columns_of(row, dataset.key)))


def _kept(dataset: Dataset, owned: Ownership) -> list[Step]:
    """Rows that stay: for a ground of the dataset or of some fields, or because they are also somebody else's."""
    row = table_of(dataset)
    mine = owned.only_mine(dataset.name, row)
    own = [dataset.erase.ground] if dataset.erase.method == "keep" else _grounds_of_fields(dataset)
    kept = [Step(dataset.name, "keep", ground, count(row, mine), None) for ground in own]
    shared = owned.shared(dataset.name, row)
    if shared is not None:
        theirs = sa.and_(owned.mine(dataset.name, row), shared)
        kept.append(Step(dataset.name, "keep", SHARED, count(row, theirs), None))
    return kept


def _grounds_of_fields(dataset: Dataset) -> list[str | None]:
    if dataset.erase.method == "delete":
        return []
    rules = (rule.erase for rule in dataset.fields.values())
    return list(dict.fromkeys(rule.ground for rule in rules if rule is not None and rule.method == "keep"))


def _detach_steps(owned: Ownership) -> list[Step]:
    found = []
    for dataset, row, (changes, condition) in detachments(owned):
        change = sa.update(row).values({row.c[column]: value for column, value in changes.items()}).where(condition)
        found.append(Step(dataset.name, "detach", SHARED, count(row, condition), change))
    return found


def _mask(dataset: Dataset, owned: Ownership) -> Step:
    row = table_of(dataset)
    found = masks(owned.found, dataset, owned.live[dataset.table], row)
    todo = sa.and_(owned.only_mine(dataset.name, row), sa.or_(sa.false(), *(mask.still_to_do(row) for mask in found)))
    change = changing(row, {row.c[mask.column]: mask.assignment(row) for mask in found}, todo)
    tells = bool(found) and _tells(dataset, owned)
    return Step(dataset.name, "mask", None, count(row, todo), change if found else None, tells)


def _chunk(dataset: Dataset, size: int, owned: Ownership) -> Chunk:
    row, few = table_of(dataset), table_of(dataset).alias("few")
    mine = owned.only_mine(dataset.name, few)
    keys = sa.select(*columns_of(few, dataset.key)).where(mine).limit(size).subquery("chunk")
    return Chunk(dataset.name, size, deleting(row, among(columns_of(row, dataset.key), sa.select(keys))))


def _deletion(dataset: Dataset, owned: Ownership) -> Step:
    row = table_of(dataset)
    mine = owned.only_mine(dataset.name, row)
    return Step(dataset.name, "delete", None, count(row, mine), deleting(row, mine), _tells(dataset, owned))


def _tells(dataset: Dataset, owned: Ownership) -> bool:
    """No row is changed on the way by another step, nor deleted by the database because another one of its table is:
    some count neither.
    """
    own = owned.live[dataset.table].foreign_keys
    alone = all(one is dataset or one.table != dataset.table for one in owned.found.datasets.values())
    return alone and not any(key.table == dataset.table and key.on_delete == "cascade" for key in own)
