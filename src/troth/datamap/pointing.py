"""What a reference holds in a row: columns, values inside them, or every element of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.sql.selectable import FromClause, TableValuedAlias

from troth.datamap.inside import Inside
from troth.datamap.json_sql import Step, document, elements, part, whole, word
from troth.datamap.keys import same
from troth.datamap.live import LiveColumn
from troth.datamap.model import Reference
from troth.datamap.sql import Columns, Condition


@dataclass(frozen=True)
class Pointer:
    """The values of a reference; where it goes through a list, `elements` is a row for each element of it."""

    values: tuple[tuple[sa.ColumnElement[Any], LiveColumn | None], ...]
    """With what each is compared to, if it is a text from inside a column."""
    elements: TableValuedAlias | None

    def leads_to(self, upper: Columns) -> Condition:
        """They agree with these columns; false or unknown if one is NULL."""
        return sa.and_(*(_equal(value, at, one) for (value, at), one in zip(self.values, upper, strict=True)))


def pointer(
    reference: Reference, row: FromClause, live: Mapping[str, LiveColumn], targets: Sequence[LiveColumn]
) -> Pointer:
    """What the reference holds in the row. `live` are the row's columns, `targets` those that it points at."""
    listed = next((one for one in reference.places if one[1] is not None and one[1].each), None)
    found = None
    if listed is not None and listed[1] is not None:
        found = elements(part(whole_document(row, listed[0], live), listed[1].keys))
    values = [
        (row.c[column], None) if place is None else (_value(row, column, place, live, found), target)
        for (column, place), target in zip(reference.places, targets, strict=True)
    ]
    return Pointer(tuple(values), found)


def whole_document(row: FromClause, column: str, live: Mapping[str, LiveColumn]) -> sa.ColumnElement[Any]:
    """A column as JSON."""
    return document(row.c[column], is_text=live[column].kind == "text")


def steps(place: Inside, found: TableValuedAlias | None) -> list[Step]:
    """What leads to the value, in each element of the list where it is in one."""
    if not place.each or found is None:
        return list(place.keys)
    return [*place.keys, found.c.key, *place.then]


def _value(
    row: FromClause, column: str, place: Inside, live: Mapping[str, LiveColumn], found: TableValuedAlias | None
) -> sa.ColumnElement[Any]:
    return word(part(whole_document(row, column, live), steps(place, found)))


def _equal(value: sa.ColumnElement[Any], at: LiveColumn | None, upper: sa.ColumnElement[Any]) -> Condition:
    if at is None:
        return same(value, upper)
    if at.kind == "integer":
        return same(whole(value), upper)
    if at.collation is not None:
        exact = sa.collate(sa.cast(value, mysql.CHAR(charset="utf8mb4")), "utf8mb4_nopad_bin")
        return exact == sa.cast(upper, mysql.CHAR(charset="utf8mb4"))
    return same(value, upper) if at.kind == "text" else value == sa.cast(upper, sa.Text)
