"""What goes wrong with the own database, said so that somebody can act on it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from troth.base.errors import IntegrityError, TrothError, UnavailableError

_FULL = ("SQLITE_FULL", "53100")
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "XX001", "XX002")
_NOT_THERE = (sa.exc.OperationalError, sa.exc.InterfaceError, sqlite3.OperationalError)


@contextmanager
def faults_said() -> Iterator[None]:
    """Turn the faults of the own database inside the block into errors of ours; mistakes in a statement pass.

    Raises:
        UnavailableError: `database.full`, or `database.unavailable` for all else that may pass by itself.
        IntegrityError: `database.damaged`.
    """
    try:
        yield
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        said = _said(error)
        if said is None:
            raise
        raise said from None


def _said(error: sa.exc.DBAPIError | sqlite3.Error) -> TrothError | None:
    name = _name(error)
    if name.startswith(_FULL):
        hint = "make room on the disk of the own database; nothing was half done"
        return UnavailableError("database.full", "the own database has no room left", hint=hint)
    if name.startswith(_DAMAGED):
        hint = (
            "stop Troth and restore the own database from a backup; `troth doctor` then tells whether entries are gone"
        )
        return IntegrityError("database.damaged", "the own database's file is damaged", hint=hint)
    if isinstance(error, _NOT_THERE):
        hint = "nothing was half done; try again"
        return UnavailableError("database.unavailable", "the own database failed", hint=hint)
    return None


def _name(error: sa.exc.DBAPIError | sqlite3.Error) -> str:
    """The error's own name: SQLite's, or PostgreSQL's code of five characters."""
    raw = error.orig if isinstance(error, sa.exc.DBAPIError) else error
    return str(getattr(raw, "sqlite_errorname", None) or getattr(raw, "sqlstate", None) or "")
