"""What every store can do, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from troth.base.errors import Problem
from troth.base.text import Text
from troth.datamap.model import SHARED, Change, Person
from troth.datamap.new_values import Corrected, Correction, NewValue
from troth.datamap.seeds import Spelt

__all__ = [
    "SHARED",
    "Asking",
    "Change",
    "Chunking",
    "Corrected",
    "Correcting",
    "Correction",
    "Erased",
    "Errand",
    "Lines",
    "Listing",
    "Named",
    "NewValue",
    "Person",
    "Plain",
    "Row",
    "Seeding",
    "Store",
    "Writing",
]

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


class Lines(NamedTuple):
    """Some rows of one person in one dataset: JSON objects, one a line, with commas between them."""

    subject: str
    dataset: str
    number: int
    text: bytes

    def __repr__(self) -> str:
        return f"Lines(subject={self.subject!r}, dataset={self.dataset!r}, number={self.number})"


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
        """Every row that belongs to one of these people and to nobody else, in the order of the people given, and for
        one person dataset by dataset.

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


class Named(NamedTuple):
    """A row that names people: whose it is (their place among the people asked for), and what it names them by."""

    person: int
    dataset: str
    key: tuple[Plain, ...]
    is_owned: bool
    """Whether another row says whose it is."""
    names: tuple[Spelt, ...]

    def __repr__(self) -> str:
        return f"Named(person={self.person!r}, dataset={self.dataset!r})"


@runtime_checkable
class Seeding(Protocol):
    """A store whose rows say what else people are known by. The others only find people."""

    def own_names(self, people: Sequence[Person]) -> tuple[Named, ...]:
        """The rows that are one person's and nobody else's, with what seeds in them."""
        ...

    def named(self, people: Sequence[Person]) -> tuple[Named, ...]:
        """The rows that an identifier of these people finds, with all that they name, whoever else that is."""
        ...


@runtime_checkable
class Listing(Protocol):
    """A store that can say whom it holds. The others only find whom they are asked for."""

    def everybody(self) -> Iterator[tuple[str, str]]:
        """Every kind of identifier and value by which its rows name people, as they are spelt there."""
        ...


@runtime_checkable
class Writing(Protocol):
    """A store that can write rows as JSON without making anything else of them before."""

    def lines(self, people: Sequence[Person]) -> Iterator[Lines]:
        """What `access` gives, in the same order; it raises what `access` would."""
        ...


@dataclass(frozen=True)
class Errand:
    """Why a store is asked: the request (`id`, short `reference`), the version of the policy that it is kept by, when
    it must be answered, and whether it `erases`."""

    id: str
    reference: str
    version: str
    due_at: datetime | None
    erases: bool


@runtime_checkable
class Asking(Store, Protocol):
    """A store where somebody answers, in their time. Every method raises UnavailableError `stores.waits-for-task`
    until they have; what is asked again on the same errand is the same question."""

    def on(self, errand: Errand) -> Store:
        """The store as it answers for one errand."""
        ...

    def ask(self, act: Literal["look", "access", "erase", "correct"], people: Sequence[Person]) -> bool:
        """Have it asked, and say whether it is answered."""
        ...


@runtime_checkable
class Chunking(Protocol):
    """A store some of whose datasets may be erased bit by bit, before the rest of it is erased at once."""

    def erase_chunk(self, people: Sequence[Person]) -> Erased | None:
        """Erase some rows in one transaction; None if no more are left that may go so. Raises what `erase` raises."""
        ...


class Rehearsing(Store, Protocol):
    """A store that can say beforehand what an erasure would do; all of ours can."""

    def rehearse(self, people: Sequence[Person]) -> tuple[Erased, ...]:
        """What `erase` would do and say now; it raises what `erase` would. Nothing is changed."""
        ...


@runtime_checkable
class Correcting(Store, Protocol):
    """A store that puts new values in itself; in any other, somebody does it by hand."""

    def rehearse_correction(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """What `correct` would do and say now; it raises what `correct` would. Nothing is changed."""
        ...

    def correct(self, corrections: Sequence[Correction]) -> tuple[Corrected, ...]:
        """Put each person's new values into every field that holds the item, in rows that are theirs alone.

        In one transaction, all of it or nothing.

        Raises:
            InputError: the map does not fit the store; `stores.unfit-value` where a field takes no such value,
                `stores.value-refused` where a rule of the store forbids it, `stores.value-taken` where it is
                somebody else's; `datamap.ties-rows`. Nothing was changed.
            IntegrityError: `stores.not-corrected`: looking again, a field held something else; nothing was changed.
        """
        ...
