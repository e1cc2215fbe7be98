"""Databases for generated worlds: SQLite in memory, one of the PostgreSQL server, and one of MariaDB."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.support.databases import Databases
from tests.support.mariadb import MariaServer, mariadb

__all__ = ["mariadb"]

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


@pytest.fixture
def mariadb_engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    name = f"world{next(_NUMBERS)}"
    server: MariaServer = request.getfixturevalue("mariadb")
    server.execute(f"CREATE DATABASE {name}")
    engine = sa.create_engine(server.url(name), pool_size=1)
    yield engine
    engine.dispose()
    server.execute(f"DROP DATABASE {name}")
