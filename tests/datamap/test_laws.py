"""The laws of data map and plans, on generated worlds, against a reference that goes row by row.

They run on SQLite in memory; PostgreSQL and MariaDB are held to the same answers.
"""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.datamap.reference import Naive, dangling
from tests.datamap.worlds import World, sortable, worlds
from troth.base.errors import InputError
from troth.stores.model import Erased
from troth.stores.sql.store import SqlStore

on_worlds = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _shown(world: World, name: str, row: dict[str, object]) -> dict[str, object]:
    return {column: row[column] for column, rule in world.found.datasets[name].fields.items() if rule.disclose}


@on_worlds
@given(world=worlds())
def test_access_returns_exactly_what_belongs_to_one_person_in_the_order_of_people(
    world_engine: sa.Engine, world: World
) -> None:
    world.load(world_engine)
    rows = list(SqlStore(world.found, world_engine).access(world.people))
    expected = [
        (who, name, _shown(world, name, row))
        for who, name, row in Naive(world.found, world.rows, world.people).access()
    ]
    assert sorted(map(repr, expected)) == sorted(repr((row.subject, row.dataset, row.values)) for row in rows)
    order = [person.subject for person in world.people]
    assert [row.subject for row in rows] == sorted((row.subject for row in rows), key=order.index)


@on_worlds
@given(world=worlds())
def test_erasure_leaves_exactly_what_does_not_belong(world_engine: sa.Engine, world: World) -> None:
    world.load(world_engine)
    SqlStore(world.found, world_engine).erase(world.people)
    expected, left = Naive(world.found, world.rows, world.people).after(), world.now(world_engine)
    for name in world.found.datasets:
        assert sortable(left[name]) == sortable(expected[name]), name


@on_worlds
@given(world=worlds(foreign_keys=True))
def test_with_foreign_keys_erasure_does_the_same_or_refuses_because_a_row_would_point_at_nothing(
    world_engine: sa.Engine, world: World
) -> None:
    world.load(world_engine)
    expected = Naive(world.found, world.rows, world.people).after()
    refused = _refusal(SqlStore(world.found, world_engine), world)
    assert refused <= {"datamap.would-break"}
    assert bool(refused) == dangling(world.found, expected)
    if refused:
        expected = {name: list(rows) for name, rows in world.rows.items()}
    left = world.now(world_engine)
    for name in world.found.datasets:
        assert sortable(left[name]) == sortable(expected[name]), name


def _refusal(store: SqlStore, world: World) -> set[str]:
    try:
        store.erase(world.people)
    except InputError as refused:
        return {problem.code for problem in refused.problems()}
    return set()


@on_worlds
@given(world=worlds())
def test_a_second_run_changes_nothing(world_engine: sa.Engine, world: World) -> None:
    world.load(world_engine)
    store = SqlStore(world.found, world_engine)
    store.erase(world.people)
    left = world.now(world_engine)
    assert all(one.changed == 0 for one in store.erase(world.people))
    assert world.now(world_engine) == left


@on_worlds
@given(world=worlds())
def test_what_is_looked_for_is_what_is_erased_and_then_it_is_0(world_engine: sa.Engine, world: World) -> None:
    world.load(world_engine)
    store = SqlStore(world.found, world_engine)
    due = store.look(world.people)
    done = {one.dataset: one.changed for one in store.erase(world.people) if one.change in ("delete", "mask")}
    assert due == done
    assert set(store.look(world.people).values()) <= {0}


@on_worlds
@given(world=worlds())
def test_what_access_returns_erasure_removes_or_names_as_kept(world_engine: sa.Engine, world: World) -> None:
    world.load(world_engine)
    store, person = SqlStore(world.found, world_engine), world.people[:1]
    held = [row.dataset for row in store.access(person)]
    outcome = store.erase(person)
    for name, dataset in world.found.datasets.items():
        mine = [one for one in outcome if one.dataset == name]
        if dataset.erase.method == "delete":
            assert held.count(name) == _sum(mine, "delete", None)
        elif dataset.erase.method == "keep":
            assert held.count(name) == sum(one.kept for one in mine if one.ground == dataset.erase.ground)
        else:
            assert held.count(name) >= _sum(mine, "mask", None)


def _sum(outcome: list[Erased], change: str, ground: str | None) -> int:
    return sum(one.changed for one in outcome if one.change == change and one.ground == ground)


@on_worlds
@given(world=worlds())
def test_looking_and_reading_change_nothing(world_engine: sa.Engine, world: World) -> None:
    world.load(world_engine)
    before, store = world.now(world_engine), SqlStore(world.found, world_engine)
    store.look(world.people)
    list(store.access(world.people))
    assert world.now(world_engine) == before


@on_worlds
@given(world=worlds())
def test_erasing_people_together_does_what_erasing_them_one_after_the_other_does(
    world_engine: sa.Engine, world: World
) -> None:
    """Where rows are deleted, the order of requests does not matter: who goes last takes what was shared."""
    world.load(world_engine)
    store = SqlStore(world.found, world_engine)
    if any(dataset.erase.method != "delete" for dataset in world.found.datasets.values()):
        return
    store.erase(world.people)
    together = {name: len(rows) for name, rows in world.now(world_engine).items()}
    world.load(world_engine)
    for person in world.people:
        store.erase([person])
    one_by_one = {name: len(rows) for name, rows in world.now(world_engine).items()}
    assert one_by_one == together


@settings(on_worlds, max_examples=25)
@given(world=st.booleans().flatmap(lambda keys: worlds(foreign_keys=keys)))
def test_postgresql_gives_the_same_answers(world_engine: sa.Engine, server_engine: sa.Engine, world: World) -> None:
    here, there = (SqlStore(world.found, engine) for engine in (world_engine, server_engine))
    world.load(world_engine)
    world.load(server_engine)
    assert list(there.access(world.people)) == list(here.access(world.people))
    assert _outcome(there, world) == _outcome(here, world)
    for name, rows in world.now(world_engine).items():
        assert sortable(world.now(server_engine)[name]) == sortable(rows), name


@settings(on_worlds, max_examples=25)
@given(world=st.booleans().flatmap(lambda keys: worlds(foreign_keys=keys)))
def test_mariadb_gives_the_same_answers(world_engine: sa.Engine, mariadb_engine: sa.Engine, world: World) -> None:
    here, there = (SqlStore(world.found, engine) for engine in (world_engine, mariadb_engine))
    world.load(world_engine)
    world.load(mariadb_engine)
    assert list(there.access(world.people)) == list(here.access(world.people))
    assert _outcome(there, world) == _outcome(here, world)
    for name, rows in world.now(world_engine).items():
        assert sortable(world.now(mariadb_engine)[name]) == sortable(rows), name


def _outcome(store: SqlStore, world: World) -> object:
    try:
        return store.look(world.people), store.erase(world.people), store.erase(world.people)
    except InputError as refused:
        return refused.problems()
