"""A company's database for generated worlds: SQLite in memory, or one of the PostgreSQL server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.support.databases import Databases

_NUMBERS = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def world_engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        yield engine
        engine.dispose()
        return
    name = f"world{next(_NUMBERS)}"
    databases.server().execute(f"CREATE DATABASE {name}")
    engine = sa.create_engine(databases.server().url(name), pool_size=1)
    yield engine
    engine.dispose()
    databases.server().execute(f"DROP DATABASE {name} WITH (FORCE)")
