"""What is sent to a database, by SQLAlchemy or by the driver itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

Note = Callable[[Any, str], None]
"""Is told of a driver's cursor and of what it is about to send."""


@contextmanager
def sent(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile; a batch of parameter sets counts once."""
    statements: list[str] = []
    with before_each(engine, engine.dialect.name, lambda _, statement: statements.append(statement)):
        yield statements


def before_each(engines: sa.Engine | type[sa.Engine], dialect: str, note: Note) -> AbstractContextManager[None]:
    """Tell of every statement; on PostgreSQL whoever sends it, for what goes in pipelines SQLAlchemy never sees."""
    return _by_psycopg(note) if dialect == "postgresql" else _by_sqlalchemy(engines, note)


@contextmanager
def _by_psycopg(note: Note) -> Iterator[None]:
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
        note(cursor, str(query))
        return execute(cursor, query, *values, **options)

    psycopg.Cursor.execute = noted  # type: ignore[method-assign, assignment]  # there is no event to listen to
    try:
        yield
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


@contextmanager
def _by_sqlalchemy(engines: sa.Engine | type[sa.Engine], note: Note) -> Iterator[None]:
    def noted(_connection: object, cursor: Any, statement: str, *_: object) -> None:
        note(cursor, statement)

    event.listen(engines, "before_cursor_execute", noted)
    try:
        yield
    finally:
        event.remove(engines, "before_cursor_execute", noted)
