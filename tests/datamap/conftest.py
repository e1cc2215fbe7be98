"""Databases for generated worlds: SQLite in memory, and one of the PostgreSQL server."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.support.databases import Databases

_NUMBERS = itertools.count(1)


@pytest.fixture
def world_engine() -> Iterator[sa.Engine]:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    yield engine
    engine.dispose()


@pytest.fixture
def server_engine(databases: Databases) -> Iterator[sa.Engine]:
    name = f"world{next(_NUMBERS)}"
    databases.server().execute(f"CREATE DATABASE {name}")
    engine = sa.create_engine(databases.server().url(name), pool_size=1)
    yield engine
    engine.dispose()
    databases.server().execute(f"DROP DATABASE {name} WITH (FORCE)")
