"""Values inside columns, in each database's SQL: JSON documents, lists in them, and PostgreSQL's arrays.

A path is made of bound keys, so that whatever stands in one is only a key. What is no JSON holds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import TableValuedAlias

Step = str | sa.ColumnElement[Any]
"""A key of an object, or the column that holds the number of an element."""


class _Made(FunctionElement[Any]):
    inherit_cache = True

    def __init__(self, *parts: sa.ColumnElement[Any], type_: sa.types.TypeEngine[Any] | None = None) -> None:
        super().__init__(*parts)
        self.type = sa.types.NULLTYPE if type_ is None else type_

    def words(self, compiler: SQLCompiler, **how: Any) -> list[str]:
        """The parts in SQL."""
        return [compiler.process(one, **how) for one in self.clauses]

    def steps(self, compiler: SQLCompiler, **how: Any) -> list[tuple[str, bool]]:
        """The parts after the document, in SQL, and whether they are numbers."""
        return [(compiler.process(one, **how), isinstance(one.type, sa.Integer)) for one in list(self.clauses)[1:]]


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
    return {"JSON": _AsJson, "JSONB": _Made}.get(declared.upper(), _AsText)(found)


class _Document(_Made):
    inherit_cache = True


class _Text(_Made):
    inherit_cache = True


class _Part(_Made):
    inherit_cache = True


class _Word(_Made):
    inherit_cache = True


class _Whole(_Made):
    inherit_cache = True


class _Elements(_Made):
    inherit_cache = True


class _Gathered(_Made):
    inherit_cache = True


class _Item(_Made):
    inherit_cache = True


class _Array(_Made):
    inherit_cache = True


class _Put(_Made):
    inherit_cache = True


class _Null(_Made):
    inherit_cache = True


class _AsJson(_Made):
    inherit_cache = True


class _AsText(_Made):
    inherit_cache = True


@compiles(_Made)
@compiles(_AsJson)
@compiles(_AsText)
def _as_it_is(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return made.words(compiler, **how)[0]


# PostgreSQL


@compiles(_Document, "postgresql")
def _document_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"to_jsonb({made.words(compiler, **how)[0]})"


@compiles(_Text, "postgresql")
def _text_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (column,) = made.words(compiler, **how)
    return f"(CASE WHEN {column} IS JSON THEN CAST({column} AS JSONB) END)"


@compiles(_Part, "postgresql")
def _part_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    steps = made.steps(compiler, **how)
    written = (f" -> CAST({one} AS {'INTEGER' if is_number else 'TEXT'})" for one, is_number in steps)
    return f"({made.words(compiler, **how)[0]}{''.join(written)})"


@compiles(_Word, "postgresql")
def _word_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (found,) = made.words(compiler, **how)
    return f"(CASE WHEN jsonb_typeof({found}) IN ('string', 'number') THEN {found} #>> '{{}}' END)"


@compiles(_Whole, "postgresql")
def _whole_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (words,) = made.words(compiler, **how)
    return f"(CASE WHEN {words} ~ '^(0|-?[1-9][0-9]{{0,17}})$' THEN CAST({words} AS BIGINT) END)"


@compiles(_Elements, "postgresql")
def _elements_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (found,) = made.words(compiler, **how)
    length = f"CASE WHEN jsonb_typeof({found}) = 'array' THEN jsonb_array_length({found}) ELSE 0 END"
    return f'LATERAL (SELECT generate_series(0, {length} - 1) AS "key")'


@compiles(_Gathered, "postgresql")
def _gathered_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    found, key = made.words(compiler, **how)
    return f"coalesce(jsonb_agg({found} ORDER BY {key}), CAST('[]' AS JSONB))"


@compiles(_Item, "postgresql")
def _item_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    array, key = made.words(compiler, **how)
    return f"{array}[array_lower({array}, 1) + {key}]"


@compiles(_Array, "postgresql")
def _array_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"ARRAY{made.words(compiler, **how)[0]}"


@compiles(_Put, "postgresql")
def _put_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    found, *keys, new = made.words(compiler, **how)
    return f"jsonb_set({found}, ARRAY[{', '.join(f'CAST({key} AS TEXT)' for key in keys)}], {new})"


@compiles(_Null, "postgresql")
def _null_on_postgresql(_made: _Made, _compiler: SQLCompiler, **_: Any) -> str:
    return "CAST('null' AS JSONB)"


@compiles(_AsJson, "postgresql")
def _json_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST({made.words(compiler, **how)[0]} AS JSON)"


@compiles(_AsText, "postgresql")
def _words_on_postgresql(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    return f"CAST({made.words(compiler, **how)[0]} AS TEXT)"


# SQLite


@compiles(_Document, "sqlite")
@compiles(_Text, "sqlite")
def _document_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (column,) = made.words(compiler, **how)
    return f"(CASE WHEN json_valid({column}) THEN {column} END)"


@compiles(_Part, "sqlite")
def _part_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    path = _sqlite_path(made.steps(compiler, **how))
    return f"({made.words(compiler, **how)[0]} -> ({path}))"


def _sqlite_path(steps: Sequence[tuple[str, bool]]) -> str:
    written = (f"'[' || {one} || ']'" if is_number else f"""'."' || {one} || '"'""" for one, is_number in steps)
    return " || ".join(["'$'", *written])


@compiles(_Word, "sqlite")
def _word_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (found,) = made.words(compiler, **how)
    return f"(CASE WHEN json_type({found}) IN ('text', 'integer') THEN CAST({found} ->> '$' AS TEXT) END)"


@compiles(_Whole, "sqlite")
def _whole_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (words,) = made.words(compiler, **how)
    number = f"CAST({words} AS INTEGER)"
    return f"(CASE WHEN CAST({number} AS TEXT) = {words} THEN {number} END)"


@compiles(_Elements, "sqlite")
def _elements_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (found,) = made.words(compiler, **how)
    return f"json_each(CASE WHEN json_type({found}) = 'array' THEN {found} END)"


@compiles(_Gathered, "sqlite")
def _gathered_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    found, _ = made.words(compiler, **how)  # the elements come in their order
    return f"json_group_array(json({found}))"


@compiles(_Put, "sqlite")
def _put_on_sqlite(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    found, *keys, new = made.words(compiler, **how)
    return f"json_set({found}, {_sqlite_path([(key, False) for key in keys])}, json({new}))"


@compiles(_Null)
def _null(_made: _Made, _compiler: SQLCompiler, **_: Any) -> str:
    return "'null'"


# MariaDB


@compiles(_Document, "mariadb")
@compiles(_Text, "mariadb")
def _document_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (column,) = made.words(compiler, **how)
    return f"(CASE WHEN JSON_VALID({column}) THEN {column} END)"


@compiles(_Part, "mariadb")
def _part_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    path = _mariadb_path(made.steps(compiler, **how))
    return f"JSON_EXTRACT({made.words(compiler, **how)[0]}, {path})"


def _mariadb_path(steps: Sequence[tuple[str, bool]]) -> str:
    written = (f"'[', {one} - 1, ']'" if is_number else f"""'."', {one}, '"'""" for one, is_number in steps)
    listed = ", ".join(["'$'", *written])
    return f"CONCAT({listed})"


@compiles(_Word, "mariadb")
def _word_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (found,) = made.words(compiler, **how)
    return f"(CASE WHEN JSON_TYPE({found}) IN ('STRING', 'INTEGER') THEN JSON_UNQUOTE({found}) END)"


@compiles(_Whole, "mariadb")
def _whole_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (words,) = made.words(compiler, **how)
    return f"(CASE WHEN {words} REGEXP '^(0|-?[1-9][0-9]{{0,17}})$' THEN CAST({words} AS SIGNED) END)"


@compiles(_Elements, "mariadb")
def _elements_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    (found,) = made.words(compiler, **how)
    listed = f"CASE WHEN JSON_TYPE({found}) = 'ARRAY' THEN {found} ELSE '[]' END"
    return f"JSON_TABLE({listed}, '$[*]' COLUMNS (`key` FOR ORDINALITY))"


@compiles(_Gathered, "mariadb")
def _gathered_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    found, key = made.words(compiler, **how)
    return f"CONCAT('[', COALESCE(GROUP_CONCAT({found} ORDER BY {key} SEPARATOR ','), ''), ']')"


@compiles(_Put, "mariadb")
def _put_on_mariadb(made: _Made, compiler: SQLCompiler, **how: Any) -> str:
    found, *keys, new = made.words(compiler, **how)
    return f"JSON_SET({found}, {_mariadb_path([(key, False) for key in keys])}, JSON_EXTRACT({new}, '$'))"
