"""Reads files with DuckDB, in a database of its own in memory, and writes them anew."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2

from troth.datamap.live import Kind, LiveColumn


class _Duck(PGDialect_psycopg2):
    """DuckDB reads what is written for PostgreSQL; where it does not, statements say so under its own name."""

    name = "duckdb"


_DIALECT = _Duck()  # type: ignore[no-untyped-call]  # SQLAlchemy's constructor is not typed
_AT_ONCE = 1000
ROW = "troth_row"
"""The column that holds a whole line of JSON."""

_KINDS: Mapping[str, Kind] = {
    "VARCHAR": "text",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "number",
    "FLOAT": "number",
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"), "integer"
    ),
}


def opened(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory; what does not fit goes to `scratch`."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET temp_directory = {text(str(scratch))}")
    connection.execute("SET enable_progress_bar = false")
    connection.execute("SET preserve_insertion_order = true")
    return connection


def quoted(name: str) -> str:
    """A name in SQL, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text in SQL, whatever it holds."""
    return "'" + value.replace("'", "''") + "'"


def view(connection: duckdb.DuckDBPyConnection, name: str, paths: Sequence[Path], columns: Iterable[str]) -> None:
    """Let the files be read as one table. CSV and JSON Lines hold texts only, so that no value is reinterpreted."""
    select = f"SELECT {_shown(paths[0], columns)} FROM {_read(paths)}"  # noqa: S608 - names and paths are quoted
    connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {select}")


def _shown(path: Path, columns: Iterable[str]) -> str:
    if path.suffix != ".jsonl":
        return "*"
    fields = (f"json ->> {text(pointer(column))} AS {quoted(column)}" for column in columns)
    return ", ".join([*fields, f"json AS {ROW}"])


def pointer(key: str) -> str:
    """A key of a JSON object (RFC 6901)."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _read(paths: Sequence[Path]) -> str:
    listed = "[" + ", ".join(text(_literal(path)) for path in paths) + "]"
    if paths[0].suffix == ".csv":
        return f"read_csv({listed}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')"
    if paths[0].suffix == ".jsonl":
        return f"read_ndjson_objects({listed})"
    return f"read_parquet({listed})"


def _literal(path: Path) -> str:
    """The path itself, though it may hold what DuckDB would take for a pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path))


def types(connection: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    """DuckDB's type of each column of a view."""
    rows = connection.execute(f"DESCRIBE {quoted(name)}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows if row[0] != ROW}


def live_column(declared: str, *, nullable: bool) -> LiveColumn:
    """A type of DuckDB as plans know it."""
    kind = _KINDS.get(declared, "number" if declared.startswith("DECIMAL") else "other")
    return LiveColumn("instant" if declared.startswith("TIMESTAMP") else kind, nullable=nullable)


def run(connection: duckdb.DuckDBPyConnection, statement: sa.Executable) -> None:
    """Run one statement of a plan; its tables are the connection's own, so that cursors see them."""
    connection.execute(sql(statement).replace("CREATE TEMPORARY TABLE", "CREATE TABLE", 1))


def number(connection: duckdb.DuckDBPyConnection, statement: sa.Executable) -> int:
    """The one number that a statement answers."""
    row = connection.execute(sql(statement)).fetchone()
    return int(row[0]) if row else 0


def stream(connection: duckdb.DuckDBPyConnection, statement: sa.Executable) -> Iterator[tuple[Any, ...]]:
    """The rows of a select, some at a time."""
    cursor = connection.cursor()
    try:
        cursor.execute(sql(statement))
        while rows := cursor.fetchmany(_AT_ONCE):
            yield from rows
    finally:
        cursor.close()


def sql(statement: sa.Executable) -> str:
    """A statement as text. The values in it are the constants of masks: people stand in a table."""
    assert isinstance(statement, sa.ClauseElement)
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})).replace("%%", "%")


def write(
    connection: duckdb.DuckDBPyConnection, rows: sa.Select[Any], like: Path, to: Path, declared: Mapping[str, str]
) -> None:
    """Write the rows of a select into a file of the same kind as `like`, with the same types."""
    how = {
        ".csv": "FORMAT csv, HEADER true",
        ".jsonl": "FORMAT csv, HEADER false, DELIMITER E'\\x01', QUOTE '', ESCAPE ''",
        ".parquet": f"FORMAT parquet, COMPRESSION {_compression(connection, like)}",
    }[like.suffix]
    kept = ", ".join(f"CAST({quoted(name)} AS {kind}) AS {quoted(name)}" for name, kind in declared.items())
    shown = ROW if like.suffix == ".jsonl" else kept
    select = f"SELECT {shown} FROM ({sql(rows)}) AS left_rows"  # noqa: S608 - every name is quoted
    connection.execute(f"COPY ({select}) TO {text(str(to))} ({how})")


def _compression(connection: duckdb.DuckDBPyConnection, like: Path) -> str:
    if like.suffix != ".parquet":
        return ""
    source = f"parquet_metadata({text(_literal(like))})"
    row = connection.execute(f"SELECT lower(any_value(compression)) FROM {source}").fetchone()  # noqa: S608 - quoted
    return str(row[0]) if row and row[0] in ("snappy", "zstd", "gzip", "uncompressed") else "snappy"
