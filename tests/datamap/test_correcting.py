"""The laws of corrections, on generated worlds, against a reference that goes row by row."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.datamap.reference import Naive
from tests.datamap.test_laws import on_worlds
from tests.datamap.worlds import World, sortable, worlds
from troth.base.errors import InputError
from troth.base.sensitive import Sensitive
from troth.datamap.model import Dataset, Person
from troth.datamap.new_values import Correction, NewValue
from troth.stores.sql.store import SqlStore

KINDS = {"account.phone": "phone", "account.email": "email", "x.note": None}
NEW = {
    "account.phone": ("+8619900000011", "+8619900000012", "+8619900000013"),
    "account.email": ("d@mail.example", "e@mail.example", "f@mail.example"),
    "x.note": ("three", "four", "two"),
}
"""Values that nobody has yet, but for the last note: some rows hold it already."""


@st.composite
def corrections(draw: st.DrawFn, people: tuple[Person, ...]) -> tuple[Correction, ...]:
    items = st.lists(st.sampled_from(sorted(NEW)), min_size=1, unique=True)
    return tuple(
        Correction(
            person, tuple(NewValue(item, Sensitive(NEW[item][number]), KINDS[item]) for item in sorted(draw(items)))
        )
        for number, person in enumerate(people)
    )


on_corrections = settings(on_worlds, max_examples=settings().max_examples // 3)
on_servers = settings(on_worlds, max_examples=settings().max_examples // 6)
corrected_worlds = st.booleans().flatmap(
    lambda keys: worlds(foreign_keys=keys).flatmap(lambda one: st.tuples(st.just(one), corrections(one.people)))
)


def naive(world: World, wanted: tuple[Correction, ...]) -> dict[str, list[dict[str, Any]]]:
    """What should stand in the database: the fields of each person's own rows that hold the item."""
    after, seen = copy.deepcopy(dict(world.rows)), Naive(world.found, world.rows, world.people)
    for place in seen.places():
        if len(seen.whose[place]) != 1 or place in seen.strange:
            continue
        dataset = world.found.datasets[place[0]]
        for value in wanted[next(iter(seen.whose[place]))].values:
            for column, rule in dataset.fields.items():
                if rule.item == value.item and _changes(dataset, column, seen, place):
                    after[place[0]][place[1]][column] = value.value.reveal()
    return after


def _changes(dataset: Dataset, column: str, seen: Naive, place: tuple[str, int]) -> bool:
    if column in {one.column for one in dataset.identifies.values()}:
        return True
    is_held = bool(dataset.identifies) or seen.row(place)[column] is not None
    return is_held and dataset.erase.method != "keep"


def found_anew(wanted: tuple[Correction, ...]) -> tuple[Correction, ...]:
    """The same corrections of people who are known by the new values as well as by the old ones."""
    return tuple(replace(one, person=_known_anew(one)) for one in wanted)


def _known_anew(one: Correction) -> Person:
    fresh = tuple((value.kind, value.value) for value in one.values if value.kind)
    return replace(one.person, identifiers=(*one.person.identifiers, *fresh))


def hold(world: World, engine: sa.Engine, expected: Mapping[str, list[dict[str, Any]]]) -> None:
    left = world.now(engine)
    for name in world.found.datasets:
        assert sortable(left[name]) == sortable(expected[name]), name


@on_corrections
@given(drawn=corrected_worlds)
def test_exactly_the_persons_own_fields_of_the_item_change(
    world_engine: sa.Engine, drawn: tuple[World, tuple[Correction, ...]]
) -> None:
    world, wanted = drawn
    world.load(world_engine)
    SqlStore(world.found, world_engine).correct(wanted)
    hold(world, world_engine, naive(world, wanted))


@on_corrections
@given(drawn=corrected_worlds)
def test_rehearsing_says_what_correcting_does_and_changes_nothing(
    world_engine: sa.Engine, drawn: tuple[World, tuple[Correction, ...]]
) -> None:
    world, wanted = drawn
    world.load(world_engine)
    store = SqlStore(world.found, world_engine)
    said = store.rehearse_correction(wanted)
    hold(world, world_engine, world.rows)
    assert store.correct(wanted) == said


@on_corrections
@given(drawn=corrected_worlds)
def test_twice_is_once_or_refused_to_whom_the_new_names_do_not_find(
    world_engine: sa.Engine, drawn: tuple[World, tuple[Correction, ...]]
) -> None:
    world, wanted = drawn
    world.load(world_engine)
    store = SqlStore(world.found, world_engine)
    store.correct(wanted)
    left = world.now(world_engine)
    assert sum(one.changed for one in store.correct(found_anew(wanted))) == 0
    assert _again(store, wanted) in (0, "stores.value-taken")
    hold(world, world_engine, left)


def _again(store: SqlStore, wanted: tuple[Correction, ...]) -> int | str:
    try:
        return sum(one.changed for one in store.correct(wanted))
    except InputError as refused:
        return refused.code


@on_corrections
@given(drawn=corrected_worlds, taken=st.sampled_from(["+8619900000001", "+8619900000002", "+8619900000003"]))
def test_a_number_by_which_somebody_else_is_found_is_refused_and_nothing_changes(
    world_engine: sa.Engine, drawn: tuple[World, tuple[Correction, ...]], taken: str
) -> None:
    world, wanted = drawn
    world.load(world_engine)
    one = Correction(wanted[0].person, (NewValue("account.phone", Sensitive(taken), "phone"),))
    seen = Naive(world.found, world.rows, (one.person,))
    others = any(
        seen.row(place)[identifier.column] == taken
        for place in seen.places()
        if seen.reaches_people(place[0]) and not seen.whose[place]
        for kind, identifier in world.found.datasets[place[0]].identifies.items()
        if kind == "phone"
    )
    assert _refusal(SqlStore(world.found, world_engine), one) == ({"stores.value-taken"} if others else set())
    if others:
        hold(world, world_engine, world.rows)


def _refusal(store: SqlStore, one: Correction) -> set[str]:
    try:
        store.correct([one])
    except InputError as refused:
        return {problem.code for problem in refused.problems()}
    return set()


@on_servers
@given(drawn=corrected_worlds)
def test_postgresql_corrects_the_same(
    world_engine: sa.Engine, server_engine: sa.Engine, drawn: tuple[World, tuple[Correction, ...]]
) -> None:
    _agree(world_engine, server_engine, *drawn)


@on_servers
@given(drawn=corrected_worlds)
def test_mariadb_corrects_the_same(
    world_engine: sa.Engine, mariadb_engine: sa.Engine, drawn: tuple[World, tuple[Correction, ...]]
) -> None:
    _agree(world_engine, mariadb_engine, *drawn)


def _agree(here: sa.Engine, there: sa.Engine, world: World, wanted: tuple[Correction, ...]) -> None:
    world.load(here)
    world.load(there)
    assert SqlStore(world.found, there).correct(wanted) == SqlStore(world.found, here).correct(wanted)
    hold(world, there, world.now(here))
