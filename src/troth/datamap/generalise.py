"""Less exact values: the month of a day, a number rounded towards 0, the beginning of a text; in each database's SQL.

Every one leaves alone what it has made itself, so that erasing twice is erasing once.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from troth.datamap.live import LiveColumn
from troth.datamap.spelling import Made, spelt
from troth.datamap.sql import Condition

UNITS = ("month", "year")
"""To which a day or an instant is generalised: the first day of it."""

_UNREADABLE = {"date": "1970-01-01", "instant": "1970-01-01 00:00:00.000000"}
"""What becomes of a text in a column of days that SQLite takes for none: the beginning of a month and of a year."""


def can_generalise(known: LiveColumn, to: str) -> bool:
    """Whether such a column can be made less exact so."""
    if known.kind in ("date", "instant"):
        return to in UNITS
    return known.kind in ("text", "integer", "number") and to.isdecimal()


def generalised(column: sa.ColumnElement[Any], known: LiveColumn, to: str) -> sa.ColumnElement[Any]:
    """What stands in the column afterwards. Unit or number fit it: see `can_generalise`."""
    if known.kind == "text":
        return sa.func.substr(column, 1, int(to))
    if known.kind == "integer":
        return _Whole(column, sa.literal(int(to)), type_=column.type)
    if known.kind == "number":
        return _Rounded(column, sa.literal(int(to)), type_=column.type)
    return _Begin[known.kind, to](column, type_=column.type)


def is_general(column: sa.ColumnElement[Any], known: LiveColumn, to: str) -> Condition:
    """The column holds nothing more exact. Unknown where it is NULL."""
    value = generalised(column, known, to)
    if known.kind == "text":  # some databases find texts equal that differ in their ends
        return sa.func.length(column) == sa.func.length(value)
    return column == value


class _Whole(Made):
    """A whole number, rounded towards 0 to a multiple."""

    inherit_cache = True


class _Rounded(Made):
    """The same of a number that need not be whole."""

    inherit_cache = True


class _MonthOfDay(Made):
    inherit_cache = True


class _YearOfDay(Made):
    inherit_cache = True


class _MonthOfInstant(Made):
    inherit_cache = True


class _YearOfInstant(Made):
    inherit_cache = True


_Begin = {
    ("date", "month"): _MonthOfDay,
    ("date", "year"): _YearOfDay,
    ("instant", "month"): _MonthOfInstant,
    ("instant", "year"): _YearOfInstant,
}


spelt(_Whole, "({0} - mod({0}, {1}))", sqlite="({0} - {0} % {1})")
spelt(
    _Rounded,
    "(trunc({0} / {1}) * {1})",
    sqlite="(CAST({0} / {1} AS INTEGER) * {1})",
    mariadb="(truncate({0} / {1}, 0) * {1})",
)
_MONTH_ON_MARIADB, _YEAR_ON_MARIADB = "(DATE({0}) - INTERVAL (DAYOFMONTH({0}) - 1) DAY)", "MAKEDATE(YEAR({0}), 1)"
spelt(
    _MonthOfDay,
    "CAST(date_trunc('month', {0}) AS DATE)",
    sqlite=f"coalesce(date({{0}}, 'start of month'), '{_UNREADABLE['date']}')",
    mariadb=_MONTH_ON_MARIADB,
)
spelt(
    _YearOfDay,
    "CAST(date_trunc('year', {0}) AS DATE)",
    sqlite=f"coalesce(date({{0}}, 'start of year'), '{_UNREADABLE['date']}')",
    mariadb=_YEAR_ON_MARIADB,
)
spelt(
    _MonthOfInstant,
    "date_trunc('month', {0})",
    sqlite=f"coalesce(datetime({{0}}, 'start of month') || '.000000', '{_UNREADABLE['instant']}')",
    mariadb=_MONTH_ON_MARIADB,
)
spelt(
    _YearOfInstant,
    "date_trunc('year', {0})",
    sqlite=f"coalesce(datetime({{0}}, 'start of year') || '.000000', '{_UNREADABLE['instant']}')",
    mariadb=_YEAR_ON_MARIADB,
)
