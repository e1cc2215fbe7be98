"""Less exact values: the month of a day, a number rounded towards 0, the beginning of a text; in each database's SQL.

Every one leaves alone what it has made itself, so that erasing twice is erasing once.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from troth.datamap.live import LiveColumn
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


class _Made(FunctionElement[Any]):
    """A function of our own; its type is that of the column."""

    inherit_cache = True

    def __init__(self, *parts: sa.ColumnElement[Any], type_: sa.types.TypeEngine[Any]) -> None:
        super().__init__(*parts)
        self.type = type_

    def words(self, compiler: SQLCompiler, **how: Any) -> list[str]:
        """The parts in SQL."""
        return [compiler.process(one, **how) for one in self.clauses]


class _Whole(_Made):
    """A whole number, rounded towards 0 to a multiple."""

    inherit_cache = True


class _Rounded(_Made):
    """The same of a number that need not be whole."""

    inherit_cache = True


class _MonthOfDay(_Made):
    inherit_cache = True


class _YearOfDay(_Made):
    inherit_cache = True


class _MonthOfInstant(_Made):
    inherit_cache = True


class _YearOfInstant(_Made):
    inherit_cache = True


_Begin = {
    ("date", "month"): _MonthOfDay,
    ("date", "year"): _YearOfDay,
    ("instant", "month"): _MonthOfInstant,
    ("instant", "year"): _YearOfInstant,
}


@compiles(_Whole)
def _whole(made: _Whole, compiler: SQLCompiler, **how: Any) -> str:
    column, step = made.words(compiler, **how)
    return f"({column} - mod({column}, {step}))"


@compiles(_Whole, "sqlite")
def _whole_on_sqlite(made: _Whole, compiler: SQLCompiler, **how: Any) -> str:
    column, step = made.words(compiler, **how)
    return f"({column} - {column} % {step})"


@compiles(_Rounded)
def _rounded(made: _Rounded, compiler: SQLCompiler, **how: Any) -> str:
    column, step = made.words(compiler, **how)
    return f"(trunc({column} / {step}) * {step})"


@compiles(_Rounded, "sqlite")
def _rounded_on_sqlite(made: _Rounded, compiler: SQLCompiler, **how: Any) -> str:
    column, step = made.words(compiler, **how)
    return f"(CAST({column} / {step} AS INTEGER) * {step})"


@compiles(_Rounded, "mariadb")
def _rounded_on_mariadb(made: _Rounded, compiler: SQLCompiler, **how: Any) -> str:
    column, step = made.words(compiler, **how)
    return f"(truncate({column} / {step}, 0) * {step})"


@compiles(_MonthOfDay)
def _month_of_day(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(date_trunc('month', {made.words(compiler, **how)[0]}) AS DATE)"


@compiles(_YearOfDay)
def _year_of_day(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST(date_trunc('year', {made.words(compiler, **how)[0]}) AS DATE)"


@compiles(_MonthOfInstant)
def _month_of_instant(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"date_trunc('month', {made.words(compiler, **how)[0]})"


@compiles(_YearOfInstant)
def _year_of_instant(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"date_trunc('year', {made.words(compiler, **how)[0]})"


@compiles(_MonthOfDay, "sqlite")
def _month_of_day_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"coalesce(date({made.words(compiler, **how)[0]}, 'start of month'), '{_UNREADABLE['date']}')"


@compiles(_YearOfDay, "sqlite")
def _year_of_day_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"coalesce(date({made.words(compiler, **how)[0]}, 'start of year'), '{_UNREADABLE['date']}')"


@compiles(_MonthOfInstant, "sqlite")
def _month_of_instant_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    begin = f"datetime({made.words(compiler, **how)[0]}, 'start of month') || '.000000'"
    return f"coalesce({begin}, '{_UNREADABLE['instant']}')"


@compiles(_YearOfInstant, "sqlite")
def _year_of_instant_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    begin = f"datetime({made.words(compiler, **how)[0]}, 'start of year') || '.000000'"
    return f"coalesce({begin}, '{_UNREADABLE['instant']}')"


@compiles(_MonthOfDay, "mariadb")
@compiles(_MonthOfInstant, "mariadb")
def _month_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (column,) = made.words(compiler, **how)
    return f"(DATE({column}) - INTERVAL (DAYOFMONTH({column}) - 1) DAY)"


@compiles(_YearOfDay, "mariadb")
@compiles(_YearOfInstant, "mariadb")
def _year_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"MAKEDATE(YEAR({made.words(compiler, **how)[0]}), 1)"
