"""Connections to a store: what differs between SQLite, PostgreSQL and MariaDB, and how their failures are told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from typing import Literal, TypeVar
from urllib.parse import quote

import sqlalchemy as sa

from troth.base.errors import InputError, UnavailableError
from troth.datamap.pseudonym import SQLITE_FUNCTION, hashed
from troth.stores.sql import objects

T = TypeVar("T")

_BUSY_SECONDS = 30
_LONGEST_LIST = 2**30  # bytes

_Aim = Literal["read", "write"]


def open_engine(url: str) -> sa.Engine:
    """An engine that connects when it is asked to and keeps nothing open: work on a store is rare, and large.

    Raises:
        InputError: `stores.bad-url`: the text is no database URL, or of a database that Troth does not know.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _engine(_existing(parsed), timeout=_BUSY_SECONDS)
        if parsed.get_backend_name() in ("postgresql", "mariadb"):
            return _engine(parsed, connect_timeout=_BUSY_SECONDS)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError):
        pass
    hint = (
        "write it like `postgresql+psycopg://user@host/name`, `mariadb+pymysql://user@host/name` or "
        "`sqlite:////folder/file.db`"
    )
    raise InputError("stores.bad-url", "the store's URL cannot be read", hint=hint)


def _engine(url: sa.URL, **options: object) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=options)


def _existing(url: sa.URL) -> sa.URL:
    """The same file, which must exist: SQLite would otherwise make an empty one, in which nobody is ever found."""
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        return url
    return url.set(database=f"file:{quote(url.database)}", query={**url.query, "mode": "rw", "uri": "true"})


def told(store: str, act: Callable[[], T]) -> T:
    """What `act` returns; every failure of the database becomes UnavailableError, without the statement's values."""
    try:
        return act()
    except sa.exc.SQLAlchemyError as error:
        failure = unavailable(store, error)
    raise failure  # out here, so that it does not carry the driver's error, which quotes rows


def unavailable(store: str, error: sa.exc.SQLAlchemyError) -> UnavailableError:
    """The error that says which store failed and how, and nothing of what is in it."""
    hint = "see that the database runs and accepts Troth's user; what was begun was rolled back, and can be tried again"
    return UnavailableError("stores.unavailable", f"store `{store}` failed with {_reason(error)}", hint=hint)


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """The kind of failure and the database's own code for it; its message may hold a person's data."""
    original = getattr(error, "orig", None)
    number = next(iter(getattr(original, "args", ())), None)  # MariaDB's, where the state says nothing
    code = getattr(original, "sqlite_errorname", None) or (number if isinstance(number, int) else None)
    code = code or getattr(original, "sqlstate", None)
    return f"{type(error).__name__} ({code})" if code else type(error).__name__


@contextmanager
def failing(connection: sa.Connection) -> Iterator[None]:
    """Where the driver itself is used: its failures, as SQLAlchemy tells them, and without the statement's values."""
    base = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise sa.exc.DBAPIError.instance("", None, error, base) from None


@contextmanager
def session(engine: sa.Engine, aim: _Aim) -> Iterator[sa.Connection]:
    """One transaction: `write` commits at the end of the block, `read` rolls back; an exception rolls back.

    A reading one sees one state of the store from its first statement to its last.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _begin_sqlite(connection, aim)
        else:
            connection.execution_options(isolation_level="REPEATABLE READ" if aim == "read" else "READ COMMITTED")
            if engine.dialect.name == "mariadb":
                _begin_mariadb(connection)
        yield connection
        if aim == "write":
            connection.commit()
            if engine.dialect.name == "sqlite":
                _forget(connection)


def _begin_sqlite(connection: sa.Connection, aim: _Aim) -> None:
    for pragma in ("foreign_keys=ON", "secure_delete=ON"):  # without effect inside a transaction, so before it
        connection.exec_driver_sql(f"PRAGMA {pragma}")
    _lend(connection)
    if _in_transaction(connection):
        return  # the engine's owner begins transactions in their own way
    # A transaction that turns from reading to writing fails at once if somebody wrote in between; one that locks at
    # the start waits for its turn.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if aim == "write" else "BEGIN")


def _lend(connection: sa.Connection) -> None:
    """What SQLite has not of its own: a hash from which pseudonyms could be made, and JSON that loses nothing."""
    driver: object = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        driver.create_function(SQLITE_FUNCTION, 3, hashed, deterministic=True)
        driver.create_function(objects.SQLITE_FUNCTION, 1, objects.as_json, deterministic=True)


def _begin_mariadb(connection: sa.Connection) -> None:
    # No pool gets it back: temporary tables outlive a transaction there, and nobody else may find these.
    connection.detach()
    # Or it would cut a value that does not fit, and call that a warning.
    mode = "sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"
    # And a list that is put together again would be cut at a megabyte.
    connection.exec_driver_sql(f"SET SESSION {mode}, SESSION group_concat_max_len = {_LONGEST_LIST}")


def _in_transaction(connection: sa.Connection) -> bool:
    return bool(getattr(connection.connection.dbapi_connection, "in_transaction", False))


def _forget(connection: sa.Connection) -> None:
    """Empty the write-ahead log: it still holds the rows as they were. A reader in the way leaves it to a later run."""
    with suppress(sqlite3.Error), closing(connection.connection.cursor()) as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
