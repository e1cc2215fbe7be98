"""How far the own database has come, asked without opening a unit of work: for replicas that ask before each answer."""

from __future__ import annotations

import threading
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import event

from troth.base.errors import UnavailableError
from troth.decision.replica import Mark
from troth.journal.tables import entry
from troth.subjects.tables import change

_MARK: Final = sa.select(
    sa.select(sa.func.max(change.c.number)).scalar_subquery(), sa.select(sa.func.max(entry.c.number)).scalar_subquery()
)


class Marker:
    """Reads the mark of what is committed, over a connection of its own for each thread that asks.

    It takes no lock and waits for no writer: on SQLite a unit of work would. Its connections end with the engine's.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._statement = str(_MARK.compile(dialect=engine.dialect))
        self._here = threading.local()
        self._open: list[Any] = []
        event.listen(engine, "engine_disposed", self._close)

    def __call__(self) -> Mark:
        """The mark. Raises UnavailableError `database.unavailable`."""
        try:
            cursor = self._cursor()
            cursor.execute(self._statement)
            change_number, entry_number = cursor.fetchone()
        except (sa.exc.DBAPIError, self._engine.dialect.loaded_dbapi.Error):
            self._here.cursor = None
            raise UnavailableError("database.unavailable", "the own database failed", hint="try again") from None
        return change_number or 0, 0 if entry_number is None else entry_number + 1

    def _cursor(self) -> Any:
        found = getattr(self._here, "cursor", None)
        if found is None:
            pooled = self._engine.raw_connection()
            connection: Any = pooled.driver_connection
            pooled.detach()
            if self._engine.dialect.name != "sqlite":
                connection.autocommit = True  # no transaction stays open between two calls
            self._open.append(connection)
            found = self._here.cursor = connection.cursor()
        return found

    def _close(self, _engine: sa.Engine) -> None:
        self._here = threading.local()
        while self._open:
            self._open.pop().close()
