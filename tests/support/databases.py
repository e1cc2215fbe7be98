"""Fresh own databases for tests: an SQLite file or a PostgreSQL database, copied from a template."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from tests.support.postgres import PostgresServer
from troth.app.database import open_engine
from troth.app.tables import declare_all
from troth.base.schema import metadata


class Databases:
    """Hands out databases that hold every table of Troth and no row."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._server: PostgresServer | None = None
        self._template: Path | None = None

    def sqlite(self) -> Iterator[sa.Engine]:
        """A new SQLite file."""
        path = self._folder / f"own{next(self._numbers)}.db"
        shutil.copy(self._sqlite_template(), path)
        engine = open_engine(f"sqlite:///{path}")
        yield engine
        engine.dispose()

    def postgresql(self) -> Iterator[sa.Engine]:
        """A new PostgreSQL database."""
        server, name = self.server(), f"own{next(self._numbers)}"
        server.execute(f"CREATE DATABASE {name} TEMPLATE own")
        engine = sa.create_engine(server.url(name), poolclass=sa.NullPool)
        yield engine
        engine.dispose()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def server(self) -> PostgresServer:
        """The PostgreSQL of this test process, started on first use."""
        if self._server is None:
            self._server = PostgresServer()
            self._server.start()
            self._server.execute("CREATE DATABASE own")
            self._create(sa.create_engine(self._server.url("own"), poolclass=sa.NullPool))
        return self._server

    def close(self) -> None:
        """Stop what was started."""
        if self._server:
            self._server.remove()

    def _sqlite_template(self) -> Path:
        if self._template is None:
            self._template = self._folder / "template.db"
            engine = open_engine(f"sqlite:///{self._template}")
            self._create(engine)
        return self._template

    def _create(self, engine: sa.Engine) -> None:
        declare_all()
        with engine.begin() as connection:
            metadata.create_all(connection)
        engine.dispose()
