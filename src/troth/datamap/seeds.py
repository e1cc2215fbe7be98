"""What else rows know people by: plans that read it, so that what one store says finds people in the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.base.errors import InputError
from troth.datamap.identify import Slot, matches, slots_of, spelt, whole_number
from troth.datamap.live import LiveSchema
from troth.datamap.masks import WORD
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.ownership import Ownership
from troth.datamap.plan import Setting, reading, setting
from troth.datamap.sql import PEOPLE, Condition, DropTemporary, KeepPeople, columns_of, table_of
from troth.subjects.identifier import identifier


@dataclass(frozen=True)
class Spelt:
    """What stands in an identifying column of a row."""

    slot: Slot
    raw: str = field(repr=False)

    def meant(self, own: Iterable[tuple[str, str]]) -> str | None:
        """The identifier in its normal form: one of the person's `own`, if it may be; None if it is no identifier."""
        for kind, value in own:
            if kind == self.slot.kind and self._is(value):
                return value
        if self.raw == WORD or self.raw.startswith(f"{WORD}-"):
            return None
        if self.slot.identifier.spelling == "national":
            return f"{self.raw} of an unknown country"  # which tells it from the person's own, and finds nobody
        is_dialled = self.slot.kind == "phone" and self.slot.holds == "integer"
        try:
            return identifier(self.slot.kind, f"+{self.raw}" if is_dialled else self.raw).value.reveal()
        except InputError:
            return None

    @property
    def is_exact(self) -> bool:
        """Whether nothing is missing that it would take to find the same person elsewhere."""
        return self.slot.identifier.spelling != "national"

    def _is(self, value: str) -> bool:
        word = spelt(value, self.slot.identifier.spelling)
        if self.slot.holds == "integer":
            return str(whole_number(word)) == self.raw
        return word == (self.raw.lower() if self.slot.identifier.spelling == "any-case" else self.raw)


@dataclass(frozen=True)
class Naming:
    """Rows that name people: the person's place, whether an owner leads to the row, its key, and the `slots`."""

    dataset: str
    rows: sa.Select[Any]
    width: int
    """Columns of the key."""
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class SeedPlan:
    """`own` reads rows that are one person's and nobody else's; `named` those that an identifier finds by itself,
    whoever else they name. The second needs no table but the people's.
    """

    setting: Setting
    own: tuple[Naming, ...]
    naming: Setting
    named: tuple[Naming, ...]


def is_telling(found: StoreMap) -> bool:
    """Whether some rows of the store can name people by more than what finds them."""
    return any(_is_telling(dataset) for dataset in found.datasets.values())


def compile_seeds(found: StoreMap, live: LiveSchema) -> SeedPlan:
    """What reads the identifiers in people's own rows.

    Raises:
        InputError: the map does not fit the database; carries every problem.
    """
    owned = reading(found, live)
    slots = slots_of(found, live)
    telling = [dataset for dataset in owned.datasets if _is_telling(dataset)]
    return SeedPlan(
        setting(owned),
        tuple(one for dataset in telling for one in _own(dataset, owned, slots)),
        Setting(slots, (KeepPeople(),), (DropTemporary(PEOPLE.name),)),
        tuple(_named(slot, one, owned, slots) for one in telling for slot in slots if slot.dataset == one.name),
    )


def _is_telling(dataset: Dataset) -> bool:
    """A row says more than what it was found by: it names people in two ways, or its owner leads to it."""
    return len(dataset.identifies) > 1 or any(one.seeds for one in dataset.identifies.values())


def _own(dataset: Dataset, owned: Ownership, slots: tuple[Slot, ...]) -> list[Naming]:
    """Rows that an identifier finds, and rows that an owner leads to, where what they name is said to be theirs."""
    mine = tuple(slot for slot in slots if slot.dataset == dataset.name)
    row = table_of(dataset).alias("r")
    unowned = sa.and_(sa.true(), *owned.unowned(dataset, row))
    found = tuple(slot for slot in mine if slot.identifier.seeds is not False) if len(mine) > 1 else ()
    led_to = tuple(slot for slot in mine if slot.identifier.seeds) if dataset.owners else ()
    parts = ((found, unowned), (led_to, sa.not_(unowned)))
    return [_alone(dataset, owned, row, seeding, condition) for seeding, condition in parts if seeding]


def _alone(
    dataset: Dataset, owned: Ownership, row: FromClause, slots: tuple[Slot, ...], condition: Condition
) -> Naming:
    person, mark, joined = owned.with_person(dataset.name, row)
    shared = owned.shared(dataset.name, row)
    theirs = [condition] if shared is None else [condition, sa.not_(shared)]
    columns = _columns(dataset, row, slots, sa.literal(0))
    rows = sa.select(person.label("person"), *columns).join_from(mark, row, joined).where(*theirs)
    return Naming(dataset.name, rows, len(dataset.key), slots)


def _columns(
    dataset: Dataset, row: FromClause, slots: tuple[Slot, ...], is_owned: sa.ColumnElement[int]
) -> list[sa.ColumnElement[Any]]:
    names = (*dataset.key, *(slot.identifier.column for slot in slots))
    return [is_owned.label("owned"), *(column.label(f"v{n}") for n, column in enumerate(columns_of(row, names)))]


def _named(slot: Slot, dataset: Dataset, owned: Ownership, slots: tuple[Slot, ...]) -> Naming:
    """The rows that one column finds, in so far as it can say whose they are."""
    mine = tuple(one for one in slots if one.dataset == dataset.name)
    row = table_of(dataset).alias("r")
    unowned = owned.unowned(dataset, row)
    is_owned = sa.case((sa.and_(sa.true(), *unowned), 0), else_=1)
    rows = sa.select(PEOPLE.c.person, *_columns(dataset, row, mine, is_owned)).join_from(
        PEOPLE, row, matches(slot, row)
    )
    own = [*owned.where(dataset, dataset.only, row), *([] if slot.identifier.seeds else unowned)]
    return Naming(dataset.name, rows.where(PEOPLE.c.slot == slot.number, *own), len(dataset.key), mine)
