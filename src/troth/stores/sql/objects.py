"""Has the database write each row as a JSON object: the same values that `plain` makes of what a driver gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from troth.datamap.live import LiveColumn
from troth.datamap.plan import Read
from troth.stores.sql.plain import plain

SQLITE_FUNCTION = "troth_json"
"""The function of one value that SQLite is lent: it can write neither bytes nor all digits of a number as JSON."""

_EXACT = 2**53  # beyond it JSON readers lose digits
_AT_ONCE = 60  # columns of one call: SQLite's functions take 127 arguments
_INSTANT = """'YYYY-MM-DD"T"HH24:MI:SS.US'"""


@dataclass(frozen=True)
class Objects:
    """A statement that gives (place of the person in the list, row as JSON object), in the order of people."""

    dataset: str
    statement: str
    values: Mapping[str, Any] | tuple[Any, ...]

    def of(self, arrays: Mapping[str, Any]) -> Objects:
        """The same for people whose keys travel as these arrays."""
        assert isinstance(self.values, Mapping)
        return replace(self, values={**self.values, **arrays})


def objects(
    read: Read, columns: Mapping[str, LiveColumn], dialect: sa.Dialect, how: Mapping[str, Any] = MappingProxyType({})
) -> Objects:
    """The statement of one read, ready to be sent to SQLite or PostgreSQL, compiled `how` its keys are read."""
    person, *shown = read.rows.selected_columns
    written = _Object(shown, [(name, columns[name].declared) for name in read.columns])
    asked = read.rows.with_only_columns(person, written.label("object")).order_by(*read.order)
    compiled = asked.compile(dialect=dialect, compile_kwargs=how)
    values = compiled.construct_params()
    in_order = getattr(compiled, "positiontup", None)
    return Objects(read.dataset, compiled.string, values if in_order is None else tuple(map(values.get, in_order)))


def as_json(value: object) -> str:
    """A driver's value as JSON."""
    return orjson.dumps(plain(value)).decode()


class _Object(FunctionElement[str]):
    """The JSON object of some columns. Compiled once for a plan, so SQLAlchemy need not keep it."""

    inherit_cache = False
    type = sa.Text()

    def __init__(self, columns: Sequence[sa.ColumnElement[Any]], named: Sequence[tuple[str, str]]) -> None:
        super().__init__(*columns)
        self.named = named


@compiles(_Object, "sqlite")
def _on_sqlite(made: _Object, compiler: SQLCompiler, **how: Any) -> str:
    """Of so many columns at a time as a function takes; the parts are then joined at their braces."""
    pairs = [
        f"{_quoted(name, compiler)}, {_sqlite(compiler.process(column, **how), declared)}"
        for column, (name, declared) in zip(made.clauses, made.named, strict=True)
    ]
    parts = [f"json_object({', '.join(pairs[at : at + _AT_ONCE])})" for at in range(0, max(len(pairs), 1), _AT_ONCE)]
    whole = parts.pop()
    while parts:
        whole = f"rtrim({parts.pop()}, '}}') || ',' || substr({whole}, 2)"
    return whole


@compiles(_Object, "postgresql")
def _on_postgresql(made: _Object, compiler: SQLCompiler, **how: Any) -> str:
    keys = (_quoted(f"{orjson.dumps(name).decode()}:", compiler) for name, _ in made.named)
    written = (
        _postgresql(compiler.process(column, **how), declared)
        for column, (_, declared) in zip(made.clauses, made.named, strict=True)
    )
    pairs = [f"{key} || {value}" for key, value in zip(keys, written, strict=True)]
    return " || ".join(["'{'", " || ',' || ".join(pairs), "'}'"]) if pairs else "'{}'"


def _quoted(text: str, compiler: SQLCompiler) -> str:
    return compiler.render_literal_value(text, sa.Text())


def _sqlite(column: str, declared: str) -> str:
    """A column may hold any kind of value there, whatever it was declared; the likeliest is asked for first."""
    exact = f"CASE WHEN {column} BETWEEN {-_EXACT} AND {_EXACT} THEN {column} ELSE CAST({column} AS text) END"
    cases = [f"WHEN 'text' THEN {column}", "WHEN 'null' THEN NULL", f"WHEN 'integer' THEN {exact}"]
    in_order = reversed(cases) if "INT" in declared else cases
    return f"CASE typeof({column}) {' '.join(in_order)} ELSE json({SQLITE_FUNCTION}({column})) END"


def _postgresql(column: str, declared: str) -> str:
    write = _POSTGRESQL.get(re.sub(r"\(.*?\)", "", declared).strip(), _text)
    return f"coalesce({write(column)}, 'null')"


def _itself(column: str) -> str:
    return f"CAST({column} AS text)"


def _string(column: str) -> str:
    return f"CAST(to_json({column}) AS text)"


def _text(column: str) -> str:
    return f"CAST(to_json(CAST({column} AS text)) AS text)"


def _large(column: str) -> str:
    return f"CASE WHEN {column} BETWEEN {-_EXACT} AND {_EXACT} THEN {_itself(column)} ELSE {_text(column)} END"


def _float(column: str) -> str:
    """JSON knows no infinity, and nothing that is no number."""
    named = f"CAST(to_json(replace(lower(CAST({column} AS text)), 'infinity', 'inf')) AS text)"
    return f"CASE WHEN {column} - {column} = 0 THEN {_itself(column)} ELSE {named} END"


def _instant(column: str) -> str:
    return _between(column, f"""'"' || replace(to_char({column}, {_INSTANT}), '.000000', '') || '"'""")


def _instant_utc(column: str) -> str:
    in_utc = f"to_char({column} AT TIME ZONE 'UTC', {_INSTANT})"
    return _between(column, f"""'"' || replace({in_utc}, '.000000', '') || '+00:00"'""")


def _between(column: str, written: str) -> str:
    """What lies beyond the years that drivers know is told as the database writes it."""
    usual = f"{column} >= '0001-01-02' AND {column} < '9999-12-31'"
    return f"CASE WHEN {usual} THEN {written} ELSE {_text(column)} END"


def _time(column: str) -> str:
    return f"""'"' || replace(to_char({column}, 'HH24:MI:SS.US'), '.000000', '') || '"'"""


def _octets(column: str) -> str:
    return f"""'"' || translate(encode({column}, 'base64'), chr(10), '') || '"'"""


_POSTGRESQL: Mapping[str, Callable[[str], str]] = {
    "SMALLINT": _itself,
    "INTEGER": _itself,
    "BOOLEAN": _itself,
    "BIGINT": _large,
    "REAL": _float,
    "FLOAT": _float,
    "DOUBLE PRECISION": _float,
    "VARCHAR": _string,
    "TEXT": _string,
    "CHAR": _string,
    "INET": _string,
    "DATE": _string,
    "TIMESTAMP WITHOUT TIME ZONE": _instant,
    "TIMESTAMP WITH TIME ZONE": _instant_utc,
    "TIME WITHOUT TIME ZONE": _time,
    "BYTEA": _octets,
}
"""By the declared type, without lengths; every other type is told as the text that the database writes for it."""
