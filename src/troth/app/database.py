"""Opens the own database; SQLite and PostgreSQL differ here and nowhere above."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

# Erased rows are overwritten, readers never block the writer, and a commit is on disk when it returns.
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
_WITH_KEYS = ("subject", "subject_identifier", "subject_code")  # the tables that a shredded person leaves
_READING = "troth_reading"  # marks the transactions that only read


def open_engine(url: str) -> sa.Engine:
    """An engine for `url`; SQLite gets WAL, foreign keys, secure delete and transactions that lock at once."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that cannot write: it sees one state, waits for no writer, and no writer waits for it."""
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(**{_READING: True}) as connection:
            driver = connection.connection.cursor()  # the pragma belongs to no transaction
            driver.execute("PRAGMA query_only=ON")
            try:
                yield connection
            finally:
                connection.rollback()
                driver.execute("PRAGMA query_only=OFF")
                driver.close()
    else:
        with engine.connect().execution_options(postgresql_readonly=True) as connection:
            yield connection


@contextmanager
def glancing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """For a few rows that are each true by themselves, and that nothing is written by: every statement sees the newest.

    On PostgreSQL that saves the two round trips by which a transaction begins and ends.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
    else:
        with reading(engine) as connection:
            yield connection


def fold_log(engine: sa.Engine) -> None:
    """Forget what was overwritten since, such as the wrapped key of an erased person.

    SQLite: folds the write-ahead log into the database and empties it. PostgreSQL: vacuums the tables of keys and
    identifiers, without stopping anybody. What it keeps on the disk for a while is wrapped or hashed under a key, and
    a wrapped key is worth nothing once the master key has been changed.
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            raw.close()
    elif engine.dialect.name == "postgresql":
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            connection.exec_driver_sql(f"VACUUM {', '.join(_WITH_KEYS)}")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the begin below is ours, not the driver's
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(_READING):
        connection.exec_driver_sql("BEGIN")
        return
    # A deferred transaction that turns from reading to writing fails at once with a stale snapshot, whatever the
    # busy timeout is; taking the write lock at the start waits instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
