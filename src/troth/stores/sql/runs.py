"""A run of a plan for some people: by the tables of keys that it makes, or by arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import sqlalchemy as sa

from troth.datamap.model import Person
from troth.datamap.plan import Setting
from troth.stores.sql.arrays import MOST_PEOPLE, TooManyKeysError, collected
from troth.stores.sql.objects import Objects
from troth.stores.sql.plans import Planned
from troth.stores.sql.prepare import clear, prepare, prepare_to_read

Counts = sa.Select[Any] | None
"""Several counts as one row; None where there is nothing to count."""


class Run(Protocol):
    """The people's keys are found; on the way their rows were locked, if it writes."""

    def counted(self, asked: Counts) -> Sequence[int]:
        """The numbers of the one row that a select finds."""
        ...

    def change(self, changes: Sequence[sa.Executable], asked: Counts) -> tuple[Sequence[int], Sequence[int]]:
        """Change rows, and count afterwards: how many rows each statement met, and the numbers."""
        ...

    def reads(self, planned: Planned) -> Sequence[Objects]:
        """What reads all rows as JSON, where the database can write it."""
        ...

    def clear(self) -> None:
        """Leave nothing behind on the connection."""
        ...


def begun(connection: sa.Connection, setting: Setting, people: Sequence[Person], aim: Literal["read", "write"]) -> Run:
    """Find the keys of the people in the way that is quickest here."""
    if connection.dialect.name == "postgresql" and len(people) <= MOST_PEOPLE:
        try:
            return collected(connection, setting, people, aim)
        except TooManyKeysError:
            pass  # in the same transaction: what was locked is locked again
    (prepare if aim == "write" else prepare_to_read)(connection, setting, people)
    return _Tables(connection, setting)


@dataclass(frozen=True)
class _Tables:
    connection: sa.Connection
    setting: Setting

    def counted(self, asked: Counts) -> Sequence[int]:
        return () if asked is None else self.connection.execute(asked).one()

    def change(self, changes: Sequence[sa.Executable], asked: Counts) -> tuple[Sequence[int], Sequence[int]]:
        return [self.connection.execute(one).rowcount for one in changes], self.counted(asked)

    def reads(self, planned: Planned) -> Sequence[Objects]:
        return planned.objects(self.connection.dialect, {})

    def clear(self) -> None:
        clear(self.connection, self.setting)
