"""Rows that workers send one by one: what is due, who has it, and when it is tried again. Pure: it builds statements.

A worker takes a row by a statement that only one of several can win, sends it outside of any transaction, and says in
another what came of it. Who dies in between leaves the row to the next, once its lease is over; so whatever is sent may
be sent twice, and is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa


@dataclass(frozen=True)
class Outbox:
    """One table of such rows: `waits` says which are still to be sent, `lease` how long a worker has for one.

    `again` is the column that says before when a row is not tried; NULL: at once. `key` is the one that names a row.
    """

    key: sa.Column[str]
    again: sa.Column[datetime]
    waits: sa.ColumnElement[bool]
    lease: timedelta

    def due(self, at: datetime) -> sa.ColumnElement[bool]:
        """Which rows may be taken at `at`."""
        return sa.and_(self.waits, sa.or_(self.again.is_(None), self.again <= at))

    def take(self, name: str, at: datetime) -> sa.Update:
        """The statement by which a worker takes a row: it changes one row, or none where another worker has it."""
        here = sa.and_(self.key == name, self.due(at))
        return sa.update(self.key.table).where(here).values({self.again: at + self.lease})


def pause(tries: int, first: timedelta, longest: timedelta) -> timedelta:
    """How long a row waits after so many tries that failed in a row: `first`, then twice as long each time."""
    return min(first * (1 << min(max(tries - 1, 0), 30)), longest)
