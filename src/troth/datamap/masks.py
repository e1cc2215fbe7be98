"""What stands in a field after it was erased in a row that stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.base.errors import Problem
from troth.datamap.live import LiveColumn, LiveTable
from troth.datamap.model import Dataset
from troth.datamap.sql import Condition, columns_of

WORD = "erased"
"""What a redacted text says; cut to the column's length, and followed by the row's key where no two may be equal."""

_KEY_LENGTH = 20  # room for a 64-bit number, or for a short text key

# The second day: the first begins before the earliest instant of MariaDB in half of the world.
_CONSTANTS: dict[str, sa.ColumnElement[Any]] = {
    "integer": sa.literal(0),
    "number": sa.literal(0),
    "boolean": sa.literal(value=False),
    "date": sa.literal(date(1970, 1, 2), sa.Date()),
    "instant": sa.literal(datetime(1970, 1, 2, tzinfo=UTC).replace(tzinfo=None), sa.DateTime()),
}


@dataclass(frozen=True)
class Mask:
    """A column and what it becomes; `value` None stands for NULL."""

    column: str
    value: sa.ColumnElement[Any] | None

    def assignment(self, row: FromClause) -> sa.ColumnElement[Any]:
        """The new value. What was NULL stays NULL: there is nothing to hide in it."""
        if self.value is None:
            return sa.null()
        return sa.case((row.c[self.column].is_(None), sa.null()), else_=self.value)

    def still_to_do(self, row: FromClause) -> Condition:
        """The column still holds something else."""
        full = row.c[self.column].is_not(None)
        return full if self.value is None else sa.and_(full, row.c[self.column] != self.value)


def masks(dataset: Dataset, live: LiveTable, row: FromClause) -> tuple[Mask, ...]:
    """The masks of all columns of the dataset that are erased while their row stays."""
    found = []
    for column in dataset.fields:
        method = dataset.erasure_of(column).method
        if method == "null":
            found.append(Mask(column, None))
        elif method == "redact":
            found.append(Mask(column, _redacted(dataset, column, live, row)))
    return tuple(found)


def masked_columns(dataset: Dataset) -> tuple[str, ...]:
    """The columns that are erased while their row stays."""
    if dataset.erase.method in ("delete", "keep"):
        return ()
    return tuple(column for column in dataset.fields if dataset.erasure_of(column).method != "keep")


def _redacted(dataset: Dataset, column: str, live: LiveTable, row: FromClause) -> sa.ColumnElement[Any]:
    known = live.columns[column]
    if known.kind != "text":
        return _CONSTANTS[known.kind]
    if not _is_in_unique(column, live):
        return sa.literal(WORD[: known.length])
    value: sa.ColumnElement[Any] = sa.literal(WORD)
    for part in columns_of(row, dataset.key):
        value = value + sa.literal("-") + sa.cast(part, sa.Text)
    return value


def _is_in_unique(column: str, live: LiveTable) -> bool:
    return any(column in one for one in live.unique)


def mask_problems(dataset: Dataset, live: LiveTable) -> Iterator[Problem]:
    """What in the database forbids the masks of this dataset."""
    for column in dataset.fields:
        method = dataset.erasure_of(column).method
        if method not in ("null", "redact"):
            continue
        where = f"`{column}` of `{dataset.name}`"
        if column in dataset.key:
            yield Problem("datamap.key-masked", f"{where} is part of the key", "delete the row, or choose another key")
        elif method == "null" and not live.columns[column].nullable:
            yield Problem("datamap.not-null", f"{where} must not be NULL", "write `erase: redact`, or let it be NULL")
        elif method == "redact" and not _can_redact(column, live):
            yield Problem("datamap.no-redaction", f"{where} takes no constant", "write `erase: null`")


def _can_redact(column: str, live: LiveTable) -> bool:
    known = live.columns[column]
    return (
        _fits(known)
        if known.kind == "text" and _is_in_unique(column, live)
        else (known.kind == "text" or (known.kind in _CONSTANTS and not _is_in_unique(column, live)))
    )


def _fits(known: LiveColumn) -> bool:
    return known.length is None or known.length > len(WORD) + _KEY_LENGTH
