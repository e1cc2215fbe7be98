"""What tells the rows of a live table apart."""

from __future__ import annotations

from troth.datamap.live import LiveTable


def key_of(table: LiveTable) -> tuple[str, ...]:
    """The narrowest set of columns that tells rows apart and is never NULL, in the order of the columns."""
    able = [one for one in table.unique if one and not any(table.columns[column].nullable for column in one)]
    found = min(able, key=lambda one: (len(one), sorted(one)), default=frozenset[str]())
    return tuple(column for column in table.columns if column in found)
