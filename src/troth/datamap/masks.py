"""What stands in a field after it was erased in a row that stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.base.errors import Problem
from troth.datamap.generalise import can_generalise, generalised, is_general
from troth.datamap.live import LiveColumn, LiveTable
from troth.datamap.model import Dataset, StoreMap
from troth.datamap.pseudonym import LENGTH, is_pseudonym, pseudonym
from troth.datamap.sql import Condition, columns_of

WORD = "erased"
"""What a redacted text says; cut to the column's length, and followed by the row's key where no two may be equal."""

_KEY_LENGTH = 20  # room for a 64-bit number, or for a short text key

_GENERALISE = (
    "days take `month` or `year`, numbers a step, texts the number of characters that stay; "
    "a column in which no two values may be equal takes none"
)

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
    """A column and what it becomes; `value` None stands for NULL. `done` holds where there is nothing left to do."""

    column: str
    value: sa.ColumnElement[Any] | None
    done: Condition | None = None

    def assignment(self, row: FromClause) -> sa.ColumnElement[Any]:
        """The new value. What was NULL stays NULL: there is nothing to hide in it; what is done stays as it is."""
        if self.value is None:
            return sa.null()
        kept: list[tuple[Condition, sa.ColumnElement[Any]]] = [(row.c[self.column].is_(None), sa.null())]
        if self.done is not None:
            kept.append((self.done, row.c[self.column]))
        return sa.case(*kept, else_=self.value)

    def still_to_do(self, row: FromClause) -> Condition:
        """The column still holds something else."""
        full = row.c[self.column].is_not(None)
        if self.value is None:
            return full
        return sa.and_(full, row.c[self.column] != self.value if self.done is None else sa.not_(self.done))


def masks(found: StoreMap, dataset: Dataset, live: LiveTable, row: FromClause) -> tuple[Mask, ...]:
    """The masks of all columns of the dataset that are erased while their row stays."""
    return tuple(
        _mask(found, dataset, column, live, row)
        for column in dataset.fields
        if dataset.erasure_of(column).method != "keep"
    )


def _mask(found: StoreMap, dataset: Dataset, column: str, live: LiveTable, row: FromClause) -> Mask:
    rule = dataset.erasure_of(column)
    if rule.method == "generalise" and rule.to is not None:
        known = live.columns[column]
        general = generalised(row.c[column], known, rule.to)
        return Mask(column, general, is_general(row.c[column], known, rule.to))
    if rule.method == "pseudonymise" and found.key is not None:
        return Mask(column, pseudonym(row.c[column], found.key), is_pseudonym(row.c[column], found.key))
    return Mask(column, _redacted(dataset, column, live, row) if rule.method == "redact" else None)


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


def mask_problems(found: StoreMap, dataset: Dataset, live: LiveTable) -> Iterator[Problem]:
    """What in the database forbids the masks of this dataset."""
    for column in dataset.fields:
        method = dataset.erasure_of(column).method
        where = f"`{column}` of `{dataset.name}`"
        if method == "keep":
            continue
        if column in dataset.key:
            yield Problem("datamap.key-masked", f"{where} is part of the key", "delete the row, or choose another key")
        elif method == "null" and not live.columns[column].nullable:
            yield Problem("datamap.not-null", f"{where} must not be NULL", "write `erase: redact`, or let it be NULL")
        elif method == "redact" and not _can_redact(column, live):
            yield Problem("datamap.no-redaction", f"{where} takes no constant", "write `erase: null`")
        elif method == "generalise" and not _can_generalise(dataset, column, live):
            yield Problem("datamap.no-generalisation", f"{where} cannot be generalised so", _GENERALISE)
        elif method == "pseudonymise":
            yield from _pseudonym_problems(found, where, live.columns[column])


def _pseudonym_problems(found: StoreMap, where: str, known: LiveColumn) -> Iterator[Problem]:
    if known.kind != "text" or (known.length is not None and known.length < LENGTH):
        hint = f"it must be a column of texts of at least {LENGTH} characters; else write `erase: redact`"
        yield Problem("datamap.no-pseudonym", f"{where} takes no pseudonym", hint)
    if found.pseudonyms is None:
        hint = "add a line `pseudonyms: env:NAME` to the store: a secret of its own, of 32 characters or more"
        yield Problem("datamap.no-pseudonym-key", f"{where} needs a key for its pseudonyms", hint)


def _can_generalise(dataset: Dataset, column: str, live: LiveTable) -> bool:
    """Where no two values may be equal, less exact ones would be."""
    to = dataset.erasure_of(column).to
    return to is not None and can_generalise(live.columns[column], to) and not _is_in_unique(column, live)


def _can_redact(column: str, live: LiveTable) -> bool:
    known = live.columns[column]
    return (
        _fits(known)
        if known.kind == "text" and _is_in_unique(column, live)
        else (known.kind == "text" or (known.kind in _CONSTANTS and not _is_in_unique(column, live)))
    )


def _fits(known: LiveColumn) -> bool:
    return known.length is None or known.length > len(WORD) + _KEY_LENGTH
