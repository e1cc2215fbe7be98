"""Keeps of a file the rows of people whose data may be used so; DuckDB reads it as a stream, however large it is.

Inside, `people` is the file and `known` the exported table of states with one more column, `value`: what the file calls
the person, which is the subject's id or an identifier that was looked up.
"""
# ruff: noqa: S608 — names and texts in these statements are quoted by `Dialect`, masks are numbers

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from troth.base.errors import InputError, UnavailableError
from troth.client.states import kind_of
from troth.decision.compile import Masks
from troth.decision.engine import answer
from troth.decision.model import Decision, Question
from troth.decision.push import DIALECTS, predicate, word_column
from troth.subjects.facts import WORD_BITS, words

_DUCK = DIALECTS["duckdb"]
_AT_ONCE = 5_000  # identifiers that are looked up together
_SETTINGS = {
    "memory_limit": "2GB",  # what is more goes to a folder of ours on disk, and is gone with it
    "preserve_insertion_order": "false",
    "enable_progress_bar": "true",
    "enable_progress_bar_print": "false",  # it would print to where the result goes; `progress` asks for it
}

Lookup = Callable[[list[str]], Mapping[str, str]]
"""Finds subjects by what a file calls them; those that nobody is known by are left out."""


@dataclass(frozen=True)
class Counts:
    """How many rows there were, and how many of them were kept."""

    rows: int
    allowed: int


@dataclass(frozen=True)
class Reasons:
    """Why rows were kept or not: how often each decision was made, and how many rows name nobody who is known."""

    decisions: Mapping[Decision, int]
    unknown: int


@dataclass(frozen=True)
class People:
    """A file of people, its column that names them, and the file of states beside it."""

    source: Path
    column: str
    states: Path


class FileFilter:
    """One question to everybody in a file. `masks` are those of every version that may bind somebody, by its id."""

    def __init__(
        self, db: duckdb.DuckDBPyConnection, column: str, masks: Mapping[str, Masks], question: Question
    ) -> None:
        self._db, self._column, self._masks, self._question = db, _DUCK.name("people", column), masks, question

    def keep(self, target: Path) -> Counts:
        """Write the rows of people for whom the answer is yes, in any order; only the owner may read the file."""
        yes = predicate(_DUCK, self._masks, self._question, table="known")
        kept = f'SELECT "people".* FROM "people" WHERE {self._column} IN (SELECT "value" FROM "known" WHERE {yes})'
        with _replacing(target) as part:
            shape = "FORMAT parquet" if kind_of(target) == "parquet" else "FORMAT csv, HEADER"
            [(written,)] = _run(self._db, f"COPY ({kept}) TO {_DUCK.text(str(part))} ({shape}, USE_TMP_FILE false)")
        [(rows,)] = _run(self._db, 'SELECT count(*) FROM "people"')
        return Counts(rows, written)

    def progress(self) -> float:
        """How far the running statement has come, in percent; asked from another thread. Below 0: nobody can tell."""
        return float(self._db.query_progress())

    def reasons(self) -> Reasons:
        """The same question answered once for all who are alike, with the reasons."""
        looked = {version: of.relevant(self._question) for version, of in self._masks.items()}
        found: Counter[Decision] = Counter()
        unknown = 0
        for version, state, count in self._alike(looked):
            if version is None:
                unknown += count
            else:
                found[answer(self._masks[version], state & looked[version], self._question, version)] += count
        return Reasons(found, unknown)

    def _alike(self, looked: Mapping[str, int]) -> Iterator[tuple[str | None, int, int]]:
        """Version, the facts that are looked at, and how many rows have both; no version for somebody unknown."""
        every = 0
        for mask in looked.values():
            every |= mask
        parts = words(every) or {0: 0}
        masked = ", ".join(f"{_DUCK.name('known', word_column(number))} & {mask}" for number, mask in parts.items())
        rows = _run(
            self._db,
            f'SELECT "known"."version", count(*), {masked} FROM "people" LEFT JOIN "known" '
            f'ON {self._column} = "known"."value" GROUP BY ALL',
        )
        for version, count, *values in rows:
            state = sum((value or 0) << (number * WORD_BITS) for number, value in zip(parts, values, strict=True))
            yield version, state, count


@contextmanager
def opened(
    people: People, masks: Mapping[str, Masks], question: Question, *, lookup: Lookup | None = None
) -> Iterator[FileFilter]:
    """A filter over a file. With `lookup` the column holds identifiers, without it subjects' ids.

    Raises:
        InputError: `client.file-kind`, `client.file-missing`, `client.no-column`, `client.states-old` when the file of
            states lacks facts that the policy asks for by now, or names a version that binds nobody any more.
        UnavailableError: `client.file-unreadable`.
    """
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as db:
        for name, value in {**_SETTINGS, "temp_directory": folder}.items():
            db.execute(f"SET {name} = {_DUCK.text(value)}")
        _run(db, f'CREATE VIEW "people" AS SELECT * FROM {_reader(people.source)}')
        _run(db, f'CREATE VIEW "states" AS SELECT * FROM {_reader(people.states)}')
        _check(db, people, masks, question)
        if lookup is None:
            _run(db, 'CREATE VIEW "known" AS SELECT "subject" AS "value", * FROM "states"')
        else:
            _name(db, _DUCK.name(people.column), lookup)
            both = '"named" JOIN "states" ON "named"."subject" = "states"."subject"'
            _run(db, f'CREATE VIEW "known" AS SELECT "named"."value", "states".* FROM {both}')
        yield FileFilter(db, people.column, masks, question)


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A file for the owner alone that takes the target's place once it is whole, and is gone if it never is."""
    part = target.with_name(f".{target.name}.part")
    part.touch(mode=0o600)
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _reader(path: Path) -> str:
    if not path.is_file():
        raise InputError("client.file-missing", f"`{path.name}` is not a file", hint="name a Parquet or CSV file")
    if kind_of(path) == "parquet":
        return f"read_parquet({_DUCK.text(str(path))})"
    # Everything as text: what looks like a number (a phone's leading zero) is written as it was read.
    return f"read_csv({_DUCK.text(str(path))}, header = true, all_varchar = true)"


def _check(db: duckdb.DuckDBPyConnection, people: People, masks: Mapping[str, Masks], question: Question) -> None:
    columns = [row[0] for row in _run(db, 'DESCRIBE "people"')]
    if people.column not in columns:
        hint = f"it has {', '.join(columns[:20])}; name one with `--column`"
        raise InputError("client.no-column", f"the file has no column `{people.column[:100]}`", hint=hint)
    there = {row[0] for row in _run(db, 'DESCRIBE "states"')}
    asked = {word_column(number) for of in masks.values() for number in words(of.relevant(question))}
    if not {"subject", "version", *asked} <= there:
        raise _old("lacks facts that the policy asks for")
    if not {row[0] for row in _run(db, 'SELECT DISTINCT "version" FROM "states"')} <= masks.keys():
        raise _old("names a version that binds nobody any more")


def _old(what: str) -> InputError:
    hint = "write it anew: `troth state export FILE`"
    return InputError("client.states-old", f"the file of states {what}", hint=hint)


def _name(db: duckdb.DuckDBPyConnection, column: str, lookup: Lookup) -> None:
    """The table `named`: whom each identifier in the file finds, looked up some thousand at a time."""
    _run(db, 'CREATE TABLE "named" ("value" VARCHAR, "subject" VARCHAR)')
    values = db.cursor().execute(f'SELECT DISTINCT {column}::VARCHAR FROM "people" WHERE {column} IS NOT NULL')
    while page := [row[0] for row in values.fetchmany(_AT_ONCE)]:
        found = lookup(page)
        db.register("page", pa.table({"value": list(found.keys()), "subject": list(found.values())}))
        _run(db, 'INSERT INTO "named" SELECT * FROM "page"')
        db.unregister("page")


def _run(db: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[Any, ...]]:
    try:
        return list(db.execute(statement).fetchall())
    except duckdb.Error as error:
        # The engine's own words may repeat values of the file.
        raise UnavailableError(
            "client.file-unreadable",
            f"the file cannot be read or written ({type(error).__name__})",
            hint="check the file",
        ) from None
