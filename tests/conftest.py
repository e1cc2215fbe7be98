"""Fixtures that every test may use; all of them real: databases, servers, a seeded source of randomness."""

from __future__ import annotations

import gc
import os
import random
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import Phase, settings

from tests.support.databases import Databases
from troth.base.clock import SettableClock
from troth.base.work import Begin, Entropy, Work

# Two cores and much to do: how long one example takes says nothing about the law it tests.
# By day a law that fails says so at once; making the example small may take minutes, which the night and the desk have.
settings.register_profile("day", deadline=None, max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
settings.register_profile("desk", deadline=None, max_examples=40)
settings.register_profile("night", deadline=None, max_examples=300)
TIME = os.environ.get("TROTH_TESTS", "desk")
settings.load_profile(TIME)

# Where the SQL is made, everything runs on every database, by day too.
_SQL = ("tests/app", "tests/base", "tests/datamap", "tests/journal", "tests/stores", "tests/subjects")
_ONE_IN = 3


_LONG = (
    "tests/demo/",
    "tests/test_docs.py",
    "tests/browser/",
    "tests/requests/test_fulfil.py",
    "tests/datamap/test_laws.py",
)
"""Begun first, for else one worker would still be at them when the others have nothing left to do."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """By day, of the tests above the SQL that run on both databases, one in three runs on PostgreSQL, by night all."""
    if TIME == "day":
        config.hook.pytest_deselected(items=[item for item in items if _waits_for_the_night(item.nodeid)])
        items[:] = [item for item in items if not _waits_for_the_night(item.nodeid)]
    items.sort(key=lambda item: not item.nodeid.startswith(_LONG))


def pytest_collection_finish() -> None:
    """What was collected stays to the end: nobody need look through it for garbage again and again."""
    gc.collect()
    gc.freeze()


def _waits_for_the_night(name: str) -> bool:
    if name.startswith(_SQL):
        return False
    return "[postgresql" in name and zlib.crc32(name.encode()) % _ONE_IN > 0


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    """An own database with all tables, once on SQLite and once on PostgreSQL."""
    yield from getattr(databases, request.param)()


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))


@pytest.fixture
def entropy() -> Entropy:
    return random.Random(20260302).randbytes


@pytest.fixture
def begin(engine: sa.Engine, clock: SettableClock, entropy: Entropy) -> Begin:
    """Open one unit of work: `with begin() as work: …` commits at the end, rolls back on an exception."""

    @contextmanager
    def unit() -> Iterator[Work]:
        with engine.begin() as connection:
            yield Work(connection, clock.now(), entropy)

    return unit
