"""The table of states as a file: one row a person, the version that binds them, and their facts as words of bits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from troth.base.errors import InputError
from troth.base.work import Work
from troth.decision.people import bound_states, ended
from troth.decision.push import word_column
from troth.subjects import facts
from troth.subjects.facts import WORD_BITS
from troth.versions.model import Version

_AT_ONCE = 50_000
_WORD = (1 << WORD_BITS) - 1


@dataclass(frozen=True)
class Exported:
    """What was written: how many people, in how many columns of words, as of which change of facts."""

    people: int
    words: int
    follows: int


def export_states(work: Work, version: Version, path: Path) -> Exported:
    """Write everybody's state to a Parquet or CSV file, as its name ends; only the owner may read it.

    Raises InputError `client.file-kind`.
    """
    kind = kind_of(path)
    follows, bits = facts.latest_change(work), facts.bits(work)
    columns = [word_column(number) for number in range(word_count(bits))]
    schema = pa.schema([("subject", pa.string()), ("version", pa.string()), *((name, pa.int64()) for name in columns)])
    path.touch(mode=0o600)
    rows = _rows(work, version, bits)
    people = 0
    with pq.ParquetWriter(path, schema) if kind == "parquet" else pa_csv.CSVWriter(path, schema) as writer:
        while page := list(itertools.islice(rows, _AT_ONCE)):
            writer.write_table(_table(page, schema, len(columns)))
            people += len(page)
    return Exported(people, len(columns), follows)


def kind_of(path: Path) -> str:
    """`parquet` or `csv`. Raises InputError `client.file-kind`."""
    kind = path.suffix.lower().removeprefix(".")
    if kind not in {"parquet", "csv"}:
        raise InputError(
            "client.file-kind", f"`{path.name}` is neither Parquet nor CSV", hint="end it in .parquet or .csv"
        )
    return kind


def word_count(bits: Mapping[str, int]) -> int:
    """How many words hold all facts."""
    return max(bits.values(), default=0) // WORD_BITS + 1


def _rows(work: Work, version: Version, bits: Mapping[str, int]) -> Iterator[tuple[str, str, int]]:
    over = ended(work, bits)
    for subject, bound, state in bound_states(work, version):
        yield subject, bound, state & ~over.get(subject, 0)


def _table(page: list[tuple[str, str, int]], schema: pa.Schema, count: int) -> pa.Table:
    words = [[state >> (number * WORD_BITS) & _WORD for _, _, state in page] for number in range(count)]
    return pa.table([[row[0] for row in page], [row[1] for row in page], *words], schema=schema)
