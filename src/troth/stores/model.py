"""What every store can do, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from troth.base.errors import Problem
from troth.base.text import Text
from troth.datamap.model import SHARED, Change, Person

__all__ = ["SHARED", "Change", "Erased", "Person", "Plain", "Row", "Store"]

Plain = str | int | float | bool | None
"""A value as JSON can say it; instants, dates and exact numbers are text."""


class Row(NamedTuple):
    """One row of one person; `values` are theirs and never shown by accident.

    A tuple, for a copy may be made of a million of them.
    """

    subject: str
    dataset: str
    values: Mapping[str, Plain]

    def __repr__(self) -> str:
        return f"Row(subject={self.subject!r}, dataset={self.dataset!r})"


@dataclass(frozen=True)
class Erased:
    """What happened to the rows of a dataset: `matched` is `changed` + `kept`.

    Rows are kept for a `ground`: a clause of the policy, or `shared`, which says that they also belong to somebody
    else. With `detach`, `changed` counts rows that stay and no longer refer to an erased one.
    """

    dataset: str
    matched: int
    changed: int
    kept: int
    ground: str | None
    change: Change


class Store(Protocol):
    """A place that holds data about people.

    Every method raises UnavailableError `stores.unavailable` if it is down; nothing was half done then.
    """

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        ...

    @property
    def label(self) -> Text:
        """What people call it."""
        ...

    def check(self) -> tuple[Problem, ...]:
        """How the live store differs from its map; empty if it fits."""
        ...

    def look(self, people: Sequence[Person]) -> Mapping[str, int]:
        """By dataset, how many rows of these people an erasure would still have to delete or change.

        Rows that stay for a ground, or because they are also somebody else's, are not counted: after an erasure every
        number is 0.
        """
        ...

    def access(self, people: Sequence[Person]) -> Iterator[Row]:
        """Every row that belongs to one of these people and to nobody else, in the order of the people given.

        The rows are read as they are asked for, all at the same state of the store.
        Raises InputError with all problems if the map does not fit the store.
        """
        ...

    def erase(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """Erase what belongs to these people as the map says: in one transaction, all of it or nothing.

        Raises:
            InputError: the map does not fit the store, or the plan would break NOT NULL or a foreign key; nothing
                was changed. Carries every problem.
            IntegrityError: `stores.not-erased`: looking again, something was left; nothing was changed.
        """
        ...


class Rehearsing(Store, Protocol):
    """A store that can say beforehand what an erasure would do; all of ours can."""

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What `erase` would do and say now; it raises what `erase` would. Nothing is changed."""
        ...
