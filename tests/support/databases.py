"""Fresh own databases for tests: an SQLite file or a PostgreSQL database, copied from a template."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.support.postgres import PostgresServer
from troth.app.database import open_engine
from troth.app.tables import declare_all
from troth.base.schema import metadata

_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_SHAPE = """
    SELECT 'columns', count(*), max(xmin::text::bigint) FROM pg_attribute WHERE attrelid >= 16384
    UNION ALL SELECT 'relations', count(*), max(xmin::text::bigint) FROM pg_class WHERE oid >= 16384
    UNION ALL SELECT 'triggers', count(*), max(xmin::text::bigint) FROM pg_trigger
    UNION ALL SELECT 'constraints', count(*), max(xmin::text::bigint) FROM pg_constraint WHERE oid >= 16384
    UNION ALL SELECT 'functions', count(*), max(xmin::text::bigint) FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'sequences', count(*), max(xmin::text::bigint) FROM pg_sequence
"""
"""What a database's tables look like, as far as a test can tell: any change of them changes a number here."""


class Databases:
    """Hands out databases that hold every table of Troth and no row."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._server: PostgresServer | None = None
        self._template: Path | None = None
        self._spare: list[str] = []
        self._shape: Sequence[sa.Row[tuple[object, ...]]] = ()
        self._empty = ""
        self._dialects: dict[str, sa.Dialect] = {}
        self._compiled: dict[Any, Any] = {}

    def sqlite(self) -> Iterator[sa.Engine]:
        """A new SQLite file."""
        path = self._folder / f"own{next(self._numbers)}.db"
        shutil.copy(self._sqlite_template(), path)
        engine = self._compiling_once(open_engine(f"sqlite:///{path}"))
        try:
            yield engine
        finally:
            engine.dispose()

    def postgresql(self) -> Iterator[sa.Engine]:
        """An empty PostgreSQL database: a new one, or one whose rows the last test left and whose tables it did not."""
        server, name = self.server(), self._spare.pop() if self._spare else self._copy()
        engine = self._compiling_once(sa.create_engine(server.url(name), pool_size=8))
        try:
            yield engine
        finally:  # also where whoever took it closes the generator before its end
            engine.dispose()
            if self._emptied(name):
                self._spare.append(name)
            else:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _compiling_once(self, engine: sa.Engine) -> sa.Engine:
        """All engines of a kind share what SQLAlchemy compiled, which each would do anew for each test."""
        engine.dialect = self._dialects.setdefault(engine.dialect.name, engine.dialect)
        engine.update_execution_options(compiled_cache=self._compiled)
        return engine

    def _copy(self) -> str:
        name = f"own{next(self._numbers)}"
        self.server().execute(f"CREATE DATABASE {name} TEMPLATE own STRATEGY FILE_COPY")
        return name

    def _emptied(self, name: str) -> bool:
        """Take every row out; False where the tables are no longer what they were, or somebody is still connected."""
        engine = sa.create_engine(self.server().url(name), poolclass=sa.NullPool)
        with engine.begin() as connection:
            if connection.exec_driver_sql(_OTHERS).scalar() or connection.exec_driver_sql(_SHAPE).all() != self._shape:
                return False
            connection.exec_driver_sql("SET session_replication_role = replica")
            connection.exec_driver_sql(self._empty)
        return True

    def server(self) -> PostgresServer:
        """The PostgreSQL of this test process, started on first use."""
        if self._server is None:
            self._server = PostgresServer()
            self._server.start()
            self._server.execute("CREATE DATABASE own")
            engine = sa.create_engine(self._server.url("own"), poolclass=sa.NullPool)
            self._create(engine)
            with engine.connect() as connection:
                self._shape = connection.exec_driver_sql(_SHAPE).all()
            self._empty = "; ".join(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables)
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
