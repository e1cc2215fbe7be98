"""Values inside columns, in each database's SQL: JSON documents, lists in them, and PostgreSQL's arrays.

A path is made of bound keys, so that whatever stands in one is only a key. What is no JSON holds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import TableValuedAlias

from troth.datamap.spelling import Made, spelt

Step = str | sa.ColumnElement[Any]
"""A key of an object, or the column that holds the number of an element."""


def document(column: sa.ColumnElement[Any], *, is_text: bool) -> sa.ColumnElement[Any]:
    """The column as a JSON document; NULL if it is none."""
    return _Text(column) if is_text else _Document(column)


def part(found: sa.ColumnElement[Any], steps: Sequence[Step]) -> sa.ColumnElement[Any]:
    """What the steps lead to in a document, as JSON; NULL if it is not there."""
    return _Part(found, *(sa.literal(one, sa.Text) if isinstance(one, str) else one for one in steps))


def word(found: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A JSON text or whole number as text; NULL for anything else."""
    return _Word(found, type_=sa.Text())


def whole(words: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The whole number that a text is; NULL if it is none."""
    return _Whole(words, type_=sa.BigInteger())


def elements(found: sa.ColumnElement[Any]) -> TableValuedAlias:
    """A row for each element of a JSON list; `key` is its number, as `part` takes it."""
    return _Elements(found).table_valued(sa.column("key", sa.Integer))


def gathered(found: sa.ColumnElement[Any], key: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """An aggregate: JSON values as one JSON list, in the order of `key`."""
    return _Gathered(found, key)


def item(array: sa.ColumnElement[Any], key: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """An element of an array of PostgreSQL, by the number that it has as an element of a JSON list."""
    return _Item(array, key)


def array_of(rows: sa.ScalarSelect[Any]) -> sa.ColumnElement[Any]:
    """An array of PostgreSQL."""
    return _Array(rows)


def put(found: sa.ColumnElement[Any], keys: Sequence[str], new: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The document with another JSON value where the keys lead."""
    return _Put(found, *(sa.literal(one, sa.Text) for one in keys), new) if keys else new


def null() -> sa.ColumnElement[Any]:
    """JSON's own null."""
    return _Null()


def stored(found: sa.ColumnElement[Any], declared: str) -> sa.ColumnElement[Any]:
    """A JSON value as a column of this type takes it."""
    return {"JSON": _AsJson, "JSONB": Made}.get(declared.upper(), _AsText)(found)


class _Document(Made):
    inherit_cache = True


class _Text(Made):
    inherit_cache = True


class _Part(Made):
    inherit_cache = True


class _Word(Made):
    inherit_cache = True


class _Whole(Made):
    inherit_cache = True


class _Elements(Made):
    inherit_cache = True


class _Gathered(Made):
    inherit_cache = True


class _Item(Made):
    inherit_cache = True


class _Array(Made):
    inherit_cache = True


class _Put(Made):
    inherit_cache = True


class _Null(Made):
    inherit_cache = True


class _AsJson(Made):
    inherit_cache = True


class _AsText(Made):
    inherit_cache = True


spelt(
    _Document,
    postgresql="to_jsonb({0})",
    sqlite="(CASE WHEN json_valid({0}) THEN {0} END)",
    mariadb="(CASE WHEN JSON_VALID({0}) THEN {0} END)",
)
spelt(
    _Text,
    postgresql="(CASE WHEN {0} IS JSON THEN CAST({0} AS JSONB) END)",
    sqlite="(CASE WHEN json_valid({0}) THEN {0} END)",
    mariadb="(CASE WHEN JSON_VALID({0}) THEN {0} END)",
)
spelt(
    _Word,
    postgresql="(CASE WHEN jsonb_typeof({0}) IN ('string', 'number') THEN {0} #>> '{{}}' END)",
    sqlite="(CASE WHEN json_type({0}) IN ('text', 'integer') THEN CAST({0} ->> '$' AS TEXT) END)",
    mariadb="(CASE WHEN JSON_TYPE({0}) IN ('STRING', 'INTEGER') THEN JSON_UNQUOTE({0}) END)",
)
spelt(
    _Whole,
    postgresql="(CASE WHEN {0} ~ '^(0|-?[1-9][0-9]{{0,17}})$' THEN CAST({0} AS BIGINT) END)",
    sqlite="(CASE WHEN CAST(CAST({0} AS INTEGER) AS TEXT) = {0} THEN CAST({0} AS INTEGER) END)",
    mariadb="(CASE WHEN {0} REGEXP '^(0|-?[1-9][0-9]{{0,17}})$' THEN CAST({0} AS SIGNED) END)",
)
spelt(
    _Elements,
    postgresql="LATERAL (SELECT generate_series(0, CASE WHEN jsonb_typeof({0}) = 'array' "
    'THEN jsonb_array_length({0}) ELSE 0 END - 1) AS "key")',
    sqlite="json_each(CASE WHEN json_type({0}) = 'array' THEN {0} END)",
    mariadb="JSON_TABLE(CASE WHEN JSON_TYPE({0}) = 'ARRAY' THEN {0} ELSE '[]' END, "
    "'$[*]' COLUMNS (`key` FOR ORDINALITY))",
)
spelt(
    _Gathered,
    postgresql="coalesce(jsonb_agg({0} ORDER BY {1}), CAST('[]' AS JSONB))",
    sqlite="json_group_array(json({0}))",  # the elements come in their order
    mariadb="CONCAT('[', COALESCE(GROUP_CONCAT({0} ORDER BY {1} SEPARATOR ','), ''), ']')",
)
spelt(_Item, postgresql="{0}[array_lower({0}, 1) + {1}]")
spelt(_Array, postgresql="ARRAY{0}")
spelt(_Null, "'null'", postgresql="CAST('null' AS JSONB)")
spelt(_AsJson, postgresql="CAST({0} AS JSON)")
spelt(_AsText, postgresql="CAST({0} AS TEXT)")


@compiles(_Part, "postgresql")
def _part_on_postgresql(made: Made, compiler: SQLCompiler, **how: Any) -> str:
    written = (
        f" -> CAST({one} AS {'INTEGER' if is_number else 'TEXT'})" for one, is_number in _steps(made, compiler, how)
    )
    return f"({made.words(compiler, **how)[0]}{''.join(written)})"


@compiles(_Part, "sqlite")
def _part_on_sqlite(made: Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"({made.words(compiler, **how)[0]} -> ({_sqlite_path(_steps(made, compiler, how))}))"


@compiles(_Part, "mariadb")
def _part_on_mariadb(made: Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"JSON_EXTRACT({made.words(compiler, **how)[0]}, {_mariadb_path(_steps(made, compiler, how))})"


@compiles(_Put, "postgresql")
def _put_on_postgresql(made: Made, compiler: SQLCompiler, **how: Any) -> str:
    found, *keys, new = made.words(compiler, **how)
    return f"jsonb_set({found}, ARRAY[{', '.join(f'CAST({key} AS TEXT)' for key in keys)}], {new})"


@compiles(_Put, "sqlite")
def _put_on_sqlite(made: Made, compiler: SQLCompiler, **how: Any) -> str:
    found, *keys, new = made.words(compiler, **how)
    return f"json_set({found}, {_sqlite_path([(key, False) for key in keys])}, json({new}))"


@compiles(_Put, "mariadb")
def _put_on_mariadb(made: Made, compiler: SQLCompiler, **how: Any) -> str:
    found, *keys, new = made.words(compiler, **how)
    return f"JSON_SET({found}, {_mariadb_path([(key, False) for key in keys])}, JSON_EXTRACT({new}, '$'))"


def _steps(made: Made, compiler: SQLCompiler, how: Mapping[str, Any]) -> list[tuple[str, bool]]:
    """The parts after the document, in SQL, and whether they are numbers."""
    return [(compiler.process(one, **how), isinstance(one.type, sa.Integer)) for one in list(made.clauses)[1:]]


def _sqlite_path(steps: Sequence[tuple[str, bool]]) -> str:
    written = (f"'[' || {one} || ']'" if is_number else f"""'."' || {one} || '"'""" for one, is_number in steps)
    return " || ".join(["'$'", *written])


def _mariadb_path(steps: Sequence[tuple[str, bool]]) -> str:
    written = (f"'[', {one} - 1, ']'" if is_number else f"""'."', {one}, '"'""" for one, is_number in steps)
    listed = ", ".join(["'$'", *written])
    return f"CONCAT({listed})"
