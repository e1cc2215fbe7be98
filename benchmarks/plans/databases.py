"""Access and erasure beside SQL by hand, in one run: different people of the same database, in turn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from statistics import median

import sqlalchemy as sa
from tests.support.mariadb import is_installed
from tests.support.sent import sent

from benchmarks.harness import Figure
from benchmarks.plans import hand
from benchmarks.plans.clock import in_turn
from benchmarks.plans.shop import ROWS, databases, people, shop_map
from troth.datamap.model import Person
from troth.stores.sql.store import SqlStore

SMALL, LARGE = 10_000, 100_000
_BATCHES = {1: 15, 100: 11, 10_000: 3}
"""How many people, and how often."""
_GOAL = {"sqlite", "postgresql"}
"""MariaDB is shown; no goal is set for it."""


def erasing() -> Iterable[Figure]:
    """What erasing and reading cost in a large database, and in one of a tenth beside it."""
    for kind in ("sqlite", "postgresql", *(("mariadb",) if is_installed() else ())):
        with databases(SMALL, kind) as small, databases(LARGE, kind) as large:
            yield from _growing(kind, small[kind], large[kind])
            yield from _erasing(kind, large[kind], first=1 + 100 * _BATCHES[100])
    yield from _statements()


def _growing(kind: str, small: sa.Engine, large: sa.Engine) -> Iterable[Figure]:
    stores = [SqlStore(shop_map(), engine) for engine in (small, large)]
    for store in stores:
        store.erase(people(0, 1))  # nobody: reads the schema, as whoever sees a database for the first time does
    batches = [people(1 + 100 * n, 100) for n in range(_BATCHES[100]) for _ in stores]
    few, many = in_turn(stores[0].erase, stores[1].erase, batches)
    ratio = min(many) / min(few)
    yield Figure(f"plan.growth_{kind}", ratio, "×", _goal(kind, 1.3), "erasing 100 people of 100k, of 10k")


def _erasing(kind: str, engine: sa.Engine, first: int) -> Iterable[Figure]:
    store = SqlStore(shop_map(), engine)
    yield from _reading(kind, engine, store, first)
    for number, times in _BATCHES.items():
        batches = [people(first + number * n, number) for n in range(2 * times)]
        first += number * len(batches)
        by_hand, ours = in_turn(partial(hand.erase, engine), store.erase, batches)
        best = f"of {LARGE:,} customers, {ROWS} rows each"
        yield Figure(f"plan.erase_{number}_{kind}", min(ours), "s", None, best)
        if number == 1:
            fixed = 1000 * (min(ours) - min(by_hand))
            yield Figure(f"plan.erase_fixed_{kind}", fixed, "ms", _goal(kind, 20), "more than by hand, for one person")
        else:
            yield _ratio(f"plan.erase_{number}_{kind}", by_hand, ours, _goal(kind, 1.3))


def _reading(kind: str, engine: sa.Engine, store: SqlStore, first: int) -> Iterable[Figure]:
    batches = [people(first + 1000 * n, 1000) for n in range(10)]
    by_hand, ours = in_turn(partial(hand.read, engine), partial(packages, store), batches)
    yield Figure(f"plan.access_1000_{kind}", min(ours), "s", None, f"{1000 * ROWS:,} rows, as JSON")
    yield _ratio(f"plan.access_1000_{kind}", by_hand, ours, _goal(kind, 1.5))


def _ratio(name: str, by_hand: Sequence[float], ours: Sequence[float], goal: float | None) -> Figure:
    usual = median(ours) / median(by_hand)
    against = f"by hand {min(by_hand):.3g} s; of the medians {usual:.3g}; load {os.getloadavg()[0]:.1f}"
    return Figure(f"{name}_ratio", min(ours) / min(by_hand), "×", goal, against)


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
    for kind in ("sqlite", "postgresql"):
        with databases(200, kind) as engines:
            store = SqlStore(shop_map(), engines[kind])
            store.look(people(1, 1))  # reads the schema, as whoever sees a database for the first time does
            counts = [_counted(engines[kind], partial(store.erase, people(1 + n, n))) for n in (1, 50)]
        more = counts[1] - counts[0]
        yield Figure(f"plan.statements_more_for_50_than_for_1_{kind}", more, "", 0, "an erasure of 12 datasets")
        yield Figure(f"plan.statements_{kind}", counts[0], "", 2 * 12 + 5, "2 a dataset + 5")


def _counted(engine: sa.Engine, act: Callable[[], object]) -> int:
    with sent(engine) as statements:
        act()
    return len([one for one in statements if not one.lstrip().startswith("PRAGMA")])
