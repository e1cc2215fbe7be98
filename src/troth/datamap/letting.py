"""What a column becomes when a reference that stands inside it lets go of rows that are deleted."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.selectable import FromClause

from troth.datamap.json_sql import array_of, gathered, item, null, part, put, stored
from troth.datamap.live import LiveColumn
from troth.datamap.model import Dataset, Reference
from troth.datamap.ownership import Ownership
from troth.datamap.pointing import Pointer, whole_document
from troth.datamap.sql import Condition, columns_of

Gone = tuple[FromClause, Condition]
"""The table of the rows that go, and which of its rows they are."""


def let_go(
    dataset: Dataset, reference: Reference, owned: Ownership, row: FromClause, gone: Gone
) -> dict[str, sa.ColumnElement[Any]]:
    """By column, its new value: without the elements that lead to rows that go, or with null in their place.

    Empty if the reference stands in columns of its own.
    """
    live, found = owned.live[dataset.table].columns, owned.pointer(dataset, reference, row)
    changes = dict[str, sa.ColumnElement[Any]]()
    for column, place in reference.places:
        if place is None or (found.elements is not None and (not place.each or column in changes)):
            continue
        whole = changes.get(column, whole_document(row, column, live))
        if not place.each:
            changes[column] = put(whole, place.keys, null())
        elif _is_array(live[column]):
            changes[column] = array_of(_left(item(row.c[column], _key(found)), reference, found, gone))
        else:
            element = part(whole_document(row, column, live), [*place.keys, _key(found)])
            listed = _left(gathered(element, _key(found)), reference, found, gone)
            changes[column] = put(whole, place.keys, listed)
    return {
        column: one if _is_array(live[column]) else stored(one, live[column].declared)
        for column, one in changes.items()
    }


def _is_array(known: LiveColumn) -> bool:
    """A column of PostgreSQL that holds several values."""
    return known.declared.endswith("[]")


def _key(found: Pointer) -> sa.ColumnElement[Any]:
    assert found.elements is not None
    return found.elements.c.key


def _left(element: sa.ColumnElement[Any], reference: Reference, found: Pointer, gone: Gone) -> sa.ScalarSelect[Any]:
    """The elements that lead to no row that goes."""
    assert found.elements is not None
    table, going = gone
    leads = found.leads_to(columns_of(table, reference.at))
    led = sa.exists(sa.select(sa.literal(1)).select_from(table).where(leads, going).correlate_except(table))
    left = sa.select(element).select_from(found.elements).where(sa.not_(led))
    return left.correlate_except(found.elements).scalar_subquery()
