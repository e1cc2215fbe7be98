"""What a database really looks like, as values; the connector reads it, the compilers hold the map against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "integer", "number", "boolean", "date", "instant", "other"]
"""What sort of value a column takes: as much as a plan must know."""

OnDelete = Literal["refuse", "cascade", "unlink"]
"""What the database does to rows that refer to a deleted one."""


@dataclass(frozen=True)
class LiveColumn:
    """A column; `length` is the most characters that it takes."""

    kind: Kind
    nullable: bool
    length: int | None = None
    collation: str | None = None
    """By which rules the database compares its texts, where they are looser than letter by letter (MariaDB)."""
    declared: str = field(default="", compare=False)
    """The database's own name of the type; empty where it has none that we know."""


@dataclass(frozen=True)
class LiveForeignKey:
    """A foreign key, from the columns of the table that it stands in."""

    columns: tuple[str, ...]
    table: str
    at: tuple[str, ...]
    on_delete: OnDelete = "refuse"
    is_checked_by_row: bool = False
    """Whether a statement that deletes both ends fails where the row referred to happens to go first (MariaDB)."""


@dataclass(frozen=True)
class LiveTable:
    """A table; `unique` are the sets of columns in which no two rows agree, the primary key among them."""

    columns: Mapping[str, LiveColumn]
    unique: frozenset[frozenset[str]] = frozenset()
    foreign_keys: tuple[LiveForeignKey, ...] = ()
    indexes: frozenset[tuple[str, ...]] = field(default=frozenset(), compare=False)
    """Of every index over all rows, its columns in their order; `lower(name)` for one that is folded to lower case."""

    def is_unique(self, columns: tuple[str, ...]) -> bool:
        """Whether no two rows agree in all of `columns`."""
        return any(one <= frozenset(columns) for one in self.unique)


LiveSchema = Mapping[str, LiveTable]
"""The tables of a database by name."""
