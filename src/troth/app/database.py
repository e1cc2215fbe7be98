"""Opens the own database; SQLite and PostgreSQL differ here and nowhere above."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

# Erased rows are overwritten, readers never block the writer, and a commit is on disk when it returns.
_PRAGMAS = ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


def open_engine(url: str) -> sa.Engine:
    """An engine for `url`; SQLite gets WAL, foreign keys, secure delete and transactions that lock at once."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = sa.create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def fold_log(engine: sa.Engine) -> None:
    """Fold SQLite's write-ahead log into the database and empty it; nothing on PostgreSQL.

    Old frames of the log still hold what was overwritten since, such as the wrapped key of an erased person.
    """
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        raw.close()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the begin below is ours, not the driver's
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: sa.Connection) -> None:
    # A deferred transaction that turns from reading to writing fails at once with a stale snapshot, whatever the
    # busy timeout is; taking the write lock at the start waits instead.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
