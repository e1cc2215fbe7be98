"""What is sent to a database, by SQLAlchemy or by the driver itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event


@contextmanager
def sent(engine: sa.Engine) -> Iterator[list[str]]:
    """The statements sent meanwhile; a batch of parameter sets counts once."""
    statements: list[str] = []
    if engine.dialect.name != "postgresql":
        with _by_sqlalchemy(engine, statements):
            yield statements
        return
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
        statements.append(str(query))
        return execute(cursor, query, *values, **options)

    psycopg.Cursor.execute = noted  # type: ignore[method-assign, assignment]  # what pipelines send, SQLAlchemy never sees
    try:
        yield statements
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


@contextmanager
def _by_sqlalchemy(engine: sa.Engine, statements: list[str]) -> Iterator[None]:
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)
