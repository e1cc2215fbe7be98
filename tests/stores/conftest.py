"""The company's database, once on SQLite, once on PostgreSQL and once on MariaDB; all really there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.stores.company import Company
from tests.support.databases import Databases
from tests.support.mariadb import MariaServer, mariadb

__all__ = ["mariadb"]

_NUMBERS = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def company(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Company]:
    with opened(request, databases, tmp_path, request.param) as made:
        yield made


@contextmanager
def opened(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path, kind: str) -> Iterator[Company]:
    """An empty database of that kind."""
    name = f"company{next(_NUMBERS)}"
    if kind == "sqlite":
        url = f"sqlite:///{tmp_path / 'company.db'}"
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        engine.connect().close()
        yield Company(url, engine)
    elif kind == "postgresql":
        # Its pages are copied as files: through the log, as is usual, takes half as long again.
        databases.server().execute(f"CREATE DATABASE {name} STRATEGY FILE_COPY")
        url = databases.server().url(name)
        yield Company(url, sa.create_engine(url, poolclass=sa.NullPool))
        databases.server().execute(f"DROP DATABASE {name} WITH (FORCE)")
    else:
        server: MariaServer = request.getfixturevalue("mariadb")
        server.execute(f"CREATE DATABASE {name}")
        url = server.url(name)
        yield Company(url, sa.create_engine(url, poolclass=sa.NullPool))
        server.execute(f"DROP DATABASE {name}")
