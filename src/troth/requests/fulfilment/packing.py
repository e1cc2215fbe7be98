"""Writes a ZIP archive as its content comes: it is never in memory whole. The same input gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import quote

from troth.requests.fulfilment.contents import Table
from troth.stores.lines import rows_of
from troth.stores.model import Lines, Plain

SHOWN = 200
"""Rows of a dataset that the page shows; the JSON always has all of them, and the page says so."""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first instant that ZIP knows: time of day must not change the bytes
_PRIVATE = 0o600 << 16  # unpacked, the files are readable by their owner only


class Sink(Protocol):
    """Where the archive's bytes go, in their order."""

    def write(self, data: bytes, /) -> int:
        """Take them, and give their number."""
        ...

    def flush(self) -> None:
        """Asked for by the library; what is due is written when it is."""
        ...


class Packing:
    """One archive. `files` are the SHA-256 of each file by its path, `totals` the rows in it."""

    def __init__(self, sink: Sink) -> None:
        self.files: dict[str, str] = {}
        self.totals: dict[str, int] = {}
        self._sink = _Stoppable(sink)
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED)  # type: ignore[call-overload]  # has no `tell`

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._sink.is_stopped = kind is not None
        self._zip.close()

    def add(self, path: str, content: bytes) -> None:
        """One file, whole."""
        with self._entry(path) as write:
            write(content)

    def value(self, path: str, value: object) -> None:
        """One file of JSON for people to read."""
        self.add(path, (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode())

    def table(self, table: Table, lines: Iterable[Lines]) -> Table:
        """One file of rows, one a line; gives the table with the first of them and their true number."""
        path = path_of(table)
        first, total = list[Mapping[str, Plain]](), 0
        with self._entry(path) as write:
            head = json.dumps(
                {"store": table.store, "dataset": table.dataset, "label": table.label}, ensure_ascii=False
            )
            write(f'{head[:-1]}, "rows": [\n'.encode())
            for block in lines:
                write(b",\n" + block.text if total else block.text)
                total += block.number
                first += () if len(first) >= SHOWN else (row.values for row in rows_of([block]))
            write(f'\n], "total": {total}, "truncated": false}}\n'.encode())
        self.totals[path] = total
        return replace(table, rows=tuple(islice(first, SHOWN)), total=total)

    @contextmanager
    def _entry(self, path: str) -> Iterator[Callable[[bytes], object]]:
        info = zipfile.ZipInfo(path, _EPOCH)
        info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, _PRIVATE, 3
        hashed = hashlib.sha256()
        with self._zip.open(info, "w") as entry:

            def write(data: bytes) -> None:
                hashed.update(data)
                entry.write(data)

            yield write
        self.files[path] = hashed.hexdigest()


class _Stoppable:
    """A sink that can be left: a ZIP file that failed still writes its end when it goes."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self.is_stopped = False

    def write(self, data: bytes, /) -> int:
        return len(data) if self.is_stopped else self._sink.write(data)

    def flush(self) -> None:
        self._sink.flush()


def path_of(table: Table) -> str:
    """Where the table's rows are in the archive."""
    if table.store is None:
        return f"privacy/{table.dataset}.json"
    return f"data/{_name(table.store)}/{_name(table.dataset)}.json"


def _name(text: str) -> str:
    """A file name that leads nowhere else, whatever a store is called."""
    quoted = quote(text, safe="")
    return "%2E" + quoted[1:] if quoted.startswith(".") else quoted
