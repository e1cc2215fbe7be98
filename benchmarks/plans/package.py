"""A million rows of one person, from their database into a sealed package."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from benchmarks import crowd
from benchmarks.harness import Figure
from benchmarks.plans.clock import seconds
from benchmarks.plans.shop import fill, numbers, people, shop_map
from troth.requests.fulfilment import archive, package
from troth.requests.opening import open_request
from troth.stores.sql.store import SqlStore
from troth.versions.service import current

_ROWS = 1_000_000


def one_package() -> Iterable[Figure]:
    """Read, written as JSON, packed, sealed and kept; how long, and in how much memory."""
    with tempfile.TemporaryDirectory() as folder:
        engine = sa.create_engine(f"sqlite:///{folder}/one.db", poolclass=sa.NullPool)
        fill(engine, 1)
        with engine.begin() as connection:
            source = numbers(engine, _ROWS)
            connection.exec_driver_sql(f"INSERT INTO cookies SELECT n + 1, 1, 'a note of some length' FROM {source}")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        took = seconds(lambda: _packed(Path(folder) / "home", SqlStore(shop_map(), engine)))
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield Figure("plan.million_rows", took, "s", None, "of one person, into a sealed package")
    yield Figure("plan.million_rows_memory", after / 1024, "MB", 250, f"the whole process; {before / 1024:.0f} before")


def _packed(home: Path, store: SqlStore) -> None:
    app, subjects = crowd.town(home, 1)
    with app.begin() as work:
        version = current(work, None)
        request = open_request(
            work, app.vault, version, next(iter(subjects)), "copy", language="en", channel="portal", jobs=app.jobs
        )
    draft, mapped = package.Draft(app.begin, app.vault, request), replace(version, maps={"shop": shop_map().value})
    found = archive.write(draft, mapped, request, {"shop": store.lines(people(1, 1))}, own=(), made_at=app.clock.now())
    draft.close()
    with app.begin() as work:
        package.put(work, request, draft, found=found)
    assert found > _ROWS
