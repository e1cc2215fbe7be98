"""Small SQLite databases that many tests begin with: made once, then copied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import cache


@cache
def filled(statements: tuple[str, ...]) -> bytes:
    """The file of a database in which the statements were run."""
    with closing(sqlite3.connect(":memory:")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
        return database.serialize()
