"""The keys of one run: in temporary tables, or as arrays that travel with every statement.

A plan is compiled once for both. Where a statement names such a table it reads the table, or, on PostgreSQL for few
people, the arrays: to fill and to measure a temporary table takes longer than all else that is done for one person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

ARRAYS = {"troth_arrays": True}
"""What a statement is compiled with so that it reads arrays; for PostgreSQL alone."""

# Values that a driver hands over and takes back as they are; of other types the keys stay in the database.
_TYPES = frozenset({"SMALLINT", "INTEGER", "BIGINT", "NUMERIC", "TEXT", "VARCHAR", "UUID"})


class Keys(sa.TableClause):
    """A table of keys: its columns, and of what types their arrays are. `types` is None if it is always a table."""

    inherit_cache = True

    def __init__(self, name: str, declared: Mapping[str, str], *, stays: bool = False) -> None:
        """`declared` are the columns with the database's names of their types; what `stays` never leaves it."""
        super().__init__(name, *(sa.column(one) for one in declared))
        found = {column: re.sub(r"\(.*?\)", "", type_).strip() for column, type_ in declared.items()}
        self.types = None if stays or not _TYPES.issuperset(found.values()) else found

    def array(self, column: str) -> str:
        """The name of the array with a column of all rows."""
        return f"{self.name}_{column}"

    def values(self, column: str) -> str:
        """The name of the array with what stands in the column: each value once, and no NULL."""
        return f"{self.name}_{column}_values"


class Held(FunctionElement[Any]):
    """A column, which is not NULL, holds a value of a column of the keys."""

    inherit_cache = True
    type = sa.types.NULLTYPE  # a function of a boolean would be compared with 1, and no index be used

    def __init__(self, column: sa.ColumnElement[Any], keys: Keys, name: str) -> None:
        some = sa.select(keys.c[name]).where(keys.c[name].is_not(None))
        super().__init__(column, column.in_(some))
        self.keys = keys
        self.column_name = name


class Same(FunctionElement[Any]):
    """A value agrees with a column of the keys; both may be NULL, and do not agree then."""

    inherit_cache = True
    type = sa.types.NULLTYPE  # a function of a boolean would be compared with 1, and no index be used

    def __init__(self, value: sa.ColumnElement[Any], at: sa.ColumnElement[Any], keys: Keys) -> None:
        super().__init__(value, value == at)
        self.keys = keys
        self.column_name = str(at.key)


def same(value: sa.ColumnElement[Any], at: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The two agree; said so that an index is used where the second is a column of keys."""
    source = getattr(at, "table", None)
    keys = source.element if isinstance(source, sa.Alias) else source
    return Same(value, at, keys) if isinstance(keys, Keys) else value == at


@compiles(Keys)
def _table(keys: Keys, compiler: SQLCompiler, **how: Any) -> str:
    return _named(keys, compiler, how)


@compiles(Keys, "postgresql")
def _table_or_arrays(keys: Keys, compiler: SQLCompiler, **how: Any) -> str:
    if "troth_arrays" not in how or keys.types is None:
        return _named(keys, compiler, how)
    arrays = ", ".join(f"%({keys.array(column)})s::{type_}[]" for column, type_ in keys.types.items())
    columns = ", ".join(compiler.preparer.quote(column) for column in keys.types)
    rows = f"(SELECT * FROM unnest({arrays}) AS troth_rows ({columns}))"  # noqa: S608 - names and types of our own
    alias = how.get("enclosing_alias")  # which may be one much further out
    is_named = alias is not None and alias.element is keys
    return rows if is_named else f"{rows} AS {compiler.preparer.quote(keys.name)}"


def _named(keys: Keys, compiler: SQLCompiler, how: Mapping[str, Any]) -> str:
    made: str = compiler.visit_table(keys, **how)  # type: ignore[no-untyped-call]  # SQLAlchemy's is not
    return made


@compiles(Held)
@compiles(Same)
def _as_with_tables(said: Held | Same, compiler: SQLCompiler, **how: Any) -> str:
    _, condition = said.clauses
    return compiler.process(condition, **how)


@compiles(Held, "postgresql")
def _in_array(held: Held, compiler: SQLCompiler, **how: Any) -> str:
    return _any(held, compiler, how) or _as_with_tables(held, compiler, **how)


@compiles(Same, "postgresql")
def _same_and_in_array(same: Same, compiler: SQLCompiler, **how: Any) -> str:
    """Joined with arrays alone, a large table may be read whole."""
    found, joined = _any(same, compiler, how), _as_with_tables(same, compiler, **how)
    return f"({joined} AND {found})" if found else joined


def _any(said: Held | Same, compiler: SQLCompiler, how: Mapping[str, Any]) -> str | None:
    """Its first part is one of the array; None where there is none."""
    keys, (value, _) = said.keys, said.clauses
    if "troth_arrays" not in how or keys.types is None:
        return None
    array = f"%({keys.values(said.column_name)})s::{keys.types[said.column_name]}[]"
    return f"({compiler.process(value, **how)} = ANY ({array}))"
