"""Access and erasure beside SQL by hand, in one run: different people of the same database, in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy import event
from tests.support.mariadb import is_installed

from benchmarks.harness import Figure
from benchmarks.plans import hand
from benchmarks.plans.clock import in_turn, seconds
from benchmarks.plans.shop import ROWS, databases, people, shop_map
from troth.datamap.model import Person
from troth.stores.sql.store import SqlStore

SMALL, LARGE = 10_000, 100_000
_BATCHES = {1: 7, 100: 5, 10_000: 2}
"""How many people, and how often."""
_GOAL = {"sqlite", "postgresql"}
"""MariaDB is shown; no goal is set for it."""


def erasing() -> Iterable[Figure]:
    """What erasing and reading cost in a large database, and then in one of a tenth."""
    kinds = ("sqlite", "postgresql", *(("mariadb",) if is_installed() else ()))
    large: dict[str, float] = {}
    with databases(LARGE, *kinds) as engines:
        for kind, engine in engines.items():
            yield from _erasing(kind, engine, large)
    with databases(SMALL, *kinds) as engines:
        for kind, engine in engines.items():
            store = SqlStore(shop_map(), engine)
            small = min(seconds(partial(store.erase, people(1 + 100 * n, 100))) for n in range(_BATCHES[100]))
            yield Figure(
                f"plan.growth_{kind}", large[kind] / small, "×", _goal(kind, 1.3), "erasing 100 people of 100k, of 10k"
            )
    yield from _statements()


def _erasing(kind: str, engine: sa.Engine, large: dict[str, float]) -> Iterable[Figure]:
    store, first = SqlStore(shop_map(), engine), 1
    yield from _reading(kind, engine, store, first)
    for number, times in _BATCHES.items():
        batches = [people(first + number * n, number) for n in range(2 * times)]
        first += number * len(batches)
        by_hand, ours = in_turn(partial(hand.erase, engine), store.erase, batches)
        if number == 100:
            large[kind] = ours
        yield Figure(f"plan.erase_{number}_{kind}", ours, "s", None, f"of {LARGE:,} customers, {ROWS} rows each")
        if number == 1:
            fixed = 1000 * (ours - by_hand)
            yield Figure(f"plan.erase_fixed_{kind}", fixed, "ms", _goal(kind, 20), "more than by hand, for one person")
        else:
            against = f"by hand {by_hand:.3g} s"
            yield Figure(f"plan.erase_{number}_{kind}_ratio", ours / by_hand, "×", _goal(kind, 1.3), against)


def _reading(kind: str, engine: sa.Engine, store: SqlStore, first: int) -> Iterable[Figure]:
    batches = [people(first + 1000 * n, 1000) for n in range(6)]
    by_hand, ours = in_turn(partial(hand.read, engine), partial(packages, store), batches)
    yield Figure(f"plan.access_1000_{kind}", ours, "s", None, f"{1000 * ROWS:,} rows, as JSON")
    yield Figure(
        f"plan.access_1000_{kind}_ratio", ours / by_hand, "×", _goal(kind, 1.5), f"by hand {by_hand:.3g} s, same bytes"
    )


def packages(store: SqlStore, found: Sequence[Person]) -> hand.Packages:
    """The package of each of them."""
    places = {person.subject: place for place, person in enumerate(found)}
    parts: list[dict[str, list[bytes]]] = [{} for _ in found]
    for lines in store.lines(found):
        parts[places[lines.subject]].setdefault(lines.dataset, []).append(lines.text)
    return [{dataset: b",\n".join(texts) for dataset, texts in one.items()} for one in parts]


def _goal(kind: str, most: float) -> float | None:
    return most if kind in _GOAL else None


def _statements() -> Iterable[Figure]:
    with databases(200, "sqlite") as engines:
        store = SqlStore(shop_map(), engines["sqlite"])
        store.look(people(1, 1))  # reads the schema, as whoever sees a database for the first time does
        counts = [_counted(partial(store.erase, people(1 + n, n))) for n in (1, 50)]
    yield Figure("plan.statements_more_for_50_than_for_1", counts[1] - counts[0], "", 0, "an erasure of 12 datasets")
    yield Figure("plan.statements", counts[0], "", 2 * 12 + 5, "2 a dataset + 5")


def _counted(act: Callable[[], object]) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().startswith("PRAGMA"):
            sent.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
    return len(sent)
