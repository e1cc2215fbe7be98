"""Compiles what puts people's new values into every field that holds the item and is theirs alone.

There is one statement for each field that holds a corrected item, for any number of people. The rows are found once,
before the first change: a person who is found by a number is still the same after the number was corrected.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.base.errors import InputError, Problem
from troth.datamap.identify import exactly
from troth.datamap.live import Kind, LiveSchema
from troth.datamap.model import SHARED, Dataset, StoreMap
from troth.datamap.new_values import Corrected, Correction, NewValue, Place, Value, fitting, places, unfit
from troth.datamap.ownership import Ownership
from troth.datamap.plan import Setting, reading, setting
from troth.datamap.pseudonym import is_pseudonym
from troth.datamap.rewrite import Rewrite
from troth.datamap.sql import Condition, count, table_of

PSEUDONYM = "pseudonym"
"""The ground on which a field stays that holds a pseudonym: nobody can say whose it was."""

VALUES = sa.Table(
    "troth_values",
    sa.MetaData(),
    sa.Column("person", sa.Integer, nullable=False),
    sa.Column("field", sa.Integer, nullable=False),
    sa.Column("words", sa.Text),
    sa.Column("whole", sa.BigInteger),
    sa.Column("exact", sa.Double),
    sa.Column("flag", sa.Boolean(create_constraint=False)),
    sa.Column("day", sa.Date),
    prefixes=["TEMPORARY"],
    mariadb_charset="utf8mb4",
)
"""The new values of one run: for each person and field one line, the value in the column of its type."""

_SLOTS: dict[Kind, str] = {"text": "words", "integer": "whole", "number": "exact", "boolean": "flag", "date": "day"}


@dataclass(frozen=True)
class Guard:
    """Rows of others that already name somebody by the new value of an identifier."""

    place: Place
    rows: sa.Select[Any]

    def problem(self) -> Problem:
        """What to say when there are any; whose they are is told to nobody."""
        message = f"the new value of `{self.place.item}` is in use in `{self.place.dataset.name}`"
        return Problem("stores.value-taken", message, "somebody has to find out who is meant")


@dataclass(frozen=True)
class FieldStep:
    """One field. `matched` are the rows that would get a new value, `due` those of them that hold another one.

    With a `ground` they stay as they are. `update` changes what is due.
    """

    place: Place
    ground: str | None
    matched: sa.Select[Any]
    due: sa.Select[Any]
    update: sa.Update | None

    def told(self, matched: int, due: int) -> Corrected:
        """What is said of it when so many rows match, and in so many of them something else stands."""
        where = (self.place.dataset.name, self.place.column, self.place.item)
        return (
            Corrected(*where, matched, due, 0) if self.ground is None else Corrected(*where, due, 0, due, self.ground)
        )


@dataclass(frozen=True)
class CorrectionPlan:
    """Guards that must find nothing, then the changes; what is shared or kept is only counted."""

    owned: Ownership
    setting: Setting
    places: tuple[Place, ...]
    guards: tuple[Guard, ...]
    steps: tuple[FieldStep, ...]

    @property
    def changing(self) -> tuple[FieldStep, ...]:
        """The steps that write."""
        return tuple(step for step in self.steps if step.update is not None)


def compile_correction(found: StoreMap, live: LiveSchema, corrections: Sequence[Correction]) -> CorrectionPlan:
    """What corrects these items for the people of the run.

    Raises:
        InputError: the map does not fit the database, or a field cannot take its new value; carries every problem.
    """
    owned = reading(found, live)
    values = {one.item: one for correction in corrections for one in correction.values}.values()
    reached = {dataset.name for dataset in owned.datasets}
    known = tuple(place for place in places(found, live, values) if place.dataset.name in reached)
    problems = (*_ties(found, known), *unfit(corrections, known))
    if problems:
        raise InputError.of(tuple(problems))
    return CorrectionPlan(
        owned,
        setting(owned),
        known,
        tuple(_guard(place, owned) for place in known if place.identifies),
        tuple(step for place in known for step in _steps(place, owned)),
    )


def lines(corrections: Sequence[Correction], known: Sequence[Place]) -> list[dict[str, Any]]:
    """The lines of the table of values."""
    empty = dict.fromkeys(_SLOTS.values())
    return [
        {"person": person, "field": place.number, **empty, _SLOTS[place.live.kind]: fitted}
        for person, correction in enumerate(corrections)
        for value in correction.values
        for place, fitted in _fitted(value, known)
    ]


def _fitted(value: NewValue, known: Iterable[Place]) -> Iterator[tuple[Place, Value]]:
    for place in known:
        if place.item == value.item and (fitted := fitting(value.value, place)) is not None:
            yield place, fitted


def _ties(found: StoreMap, known: Iterable[Place]) -> Iterator[Problem]:
    """Fields by which rows hang together: changing one side of it would lose the other."""
    for place in known:
        if place.column in place.dataset.key or place.column in _tied(found, place.dataset):
            yield Problem(
                "datamap.ties-rows",
                f"`{place.column}` of `{place.dataset.name}` ties rows together and cannot be corrected by a plan",
                "let the rows refer to each other by a key that says nothing about the person",
            )


def correctable(found: StoreMap, dataset: Dataset) -> tuple[str, ...]:
    """The columns of a dataset that a correction may change, whatever is corrected."""
    named = {one.column for one in dataset.identifies.values()}
    tied = {*dataset.key, *_tied(found, dataset)}
    stays = {column for column in dataset.fields if _keeps(dataset, column)} - named
    return tuple(
        column
        for column, rule in dataset.fields.items()
        if (rule.item is not None or column in named) and column not in tied | stays
    )


def _tied(found: StoreMap, dataset: Dataset) -> set[str]:
    upwards = {column for reference in dataset.owner_references() for column in reference.columns}
    downwards = {
        column
        for other in found.datasets.values()
        for reference in other.references.values()
        if reference.dataset == dataset.name
        for column in reference.at
    }
    return upwards | downwards


def _steps(place: Place, owned: Ownership) -> Iterator[FieldStep]:
    """Every row of the place, by what happens to it: theirs alone, or also somebody else's."""
    row = table_of(place.dataset)
    shared = owned.shared(place.dataset.name, row)
    alone = [*_is_held(place, row), *([] if shared is None else [sa.not_(shared)])]
    masked = _is_masked(place, owned, row)
    if masked is not None:
        yield _step(place, owned, row, PSEUDONYM, [*alone, masked])
        alone.append(sa.or_(row.c[place.column].is_(None), sa.not_(masked)))
    yield _step(place, owned, row, _ground(place), alone)
    if shared is not None:
        yield _step(place, owned, row, SHARED, [*_is_held(place, row), shared])


def _is_held(place: Place, row: FromClause) -> list[Condition]:
    """Something stands there. A record of the person is completed; what merely belongs to them, such as an order that
    names no telephone number, is not given one."""
    return [] if place.dataset.identifies else [row.c[place.column].is_not(None)]


def _ground(place: Place) -> str | None:
    """Why the field is kept as it was. What people are found by is corrected all the same: with the old value the row
    would be lost to its person, and found by whoever is given that number next."""
    return None if place.identifies else _keeps(place.dataset, place.column)


def _keeps(dataset: Dataset, column: str) -> str | None:
    """The clause for which a field stays: its own, or that of the rows."""
    rule = dataset.fields[column].erase
    if rule is not None and rule.method == "keep":
        return rule.ground
    return dataset.erase.ground if dataset.erase.method == "keep" else None


def _is_masked(place: Place, owned: Ownership, row: FromClause) -> Condition | None:
    key = owned.found.key
    if key is None or place.dataset.erasure_of(place.column).method != "pseudonymise":
        return None
    return is_pseudonym(row.c[place.column], key)


def _step(
    place: Place, owned: Ownership, row: sa.TableClause, ground: str | None, conditions: Sequence[Condition]
) -> FieldStep:
    whose, mark, joined = owned.with_person(place.dataset.name, row)
    source = VALUES.alias("fresh")
    told = sa.and_(source.c.person == whose, source.c.field == place.number)
    rows = mark.join(row, joined).join(source, told)
    other = _differs(place, row.c[place.column], source.c[_SLOTS[place.live.kind]])
    wanted = sa.and_(sa.true(), *conditions)
    update = sa.update(row).values({row.c[place.column]: source.c[_SLOTS[place.live.kind]]})
    return FieldStep(
        place,
        ground,
        count(rows, wanted),
        count(rows, sa.and_(wanted, other)),
        update.where(joined, told, wanted, other) if ground is None else None,
    )


def _differs(place: Place, column: sa.ColumnElement[Any], value: sa.ColumnElement[Any]) -> Condition:
    """Not the same in every letter, also where the database would call them equal."""
    if place.live.kind == "text" and place.live.collation is not None:
        return exactly(column).is_distinct_from(exactly(value))
    return column.is_distinct_from(value)


def _guard(place: Place, owned: Ownership) -> Guard:
    row = table_of(place.dataset).alias("r")
    source = VALUES.alias("fresh")
    held = row.c[place.column]
    words = sa.func.lower(held) if place.spelling == "any-case" and place.live.kind == "text" else held
    taken = sa.and_(source.c.field == place.number, words == source.c[_SLOTS[place.live.kind]])
    theirs = sa.not_(owned.mine(place.dataset.name, row))
    return Guard(place, count(row.join(source, taken), theirs))


def rewriting(plan: CorrectionPlan, dataset: Dataset, row: sa.TableClause) -> Rewrite:
    """The same changes of one dataset, for stores whose files are written anew."""
    changes = dict[str, tuple[tuple[Condition, sa.ColumnElement[Any]], ...]]()
    for step in plan.changing:
        if step.place.dataset == dataset:
            changes[step.place.column] = (_renewal(step.place, plan.owned, row),)
    return Rewrite(sa.false(), changes)


def _renewal(place: Place, owned: Ownership, row: sa.TableClause) -> tuple[Condition, sa.ColumnElement[Any]]:
    """When the field of a row changes, and to what."""
    whose, mark, joined = owned.with_person(place.dataset.name, row)
    source = VALUES.alias("fresh")
    told = sa.and_(source.c.person == whose, source.c.field == place.number)
    value = source.c[_SLOTS[place.live.kind]]
    fresh = sa.select(value).select_from(mark.join(source, told)).where(joined).correlate(row)
    shared, masked = owned.shared(place.dataset.name, row), _is_masked(place, owned, row)
    stays = [one for one in (shared, masked) if one is not None]
    changes = sa.and_(
        fresh.where(_differs(place, row.c[place.column], value)).exists(),
        *_is_held(place, row),
        *(sa.func.coalesce(sa.not_(one), sa.true()) for one in stays),
    )
    return changes, fresh.scalar_subquery()
