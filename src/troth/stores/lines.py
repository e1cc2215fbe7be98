"""Rows as JSON, whatever store they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter

import orjson

from troth.stores.model import Lines, Person, Plain, Row, Store, Writing

_AT_ONCE = 500  # rows that are one block


def read_lines(store: Store, people: Sequence[Person]) -> Iterator[Lines]:
    """What `store.access` gives, as JSON: by the store itself if it can."""
    return store.lines(people) if isinstance(store, Writing) else lines_of(store.access(people))


def lines_of(rows: Iterable[Row]) -> Iterator[Lines]:
    """Rows as JSON, some at a time; in their order."""
    for (subject, dataset), group in groupby(rows, key=itemgetter(0, 1)):
        while block := [_object(row.values) for row in islice(group, _AT_ONCE)]:
            yield Lines(subject, dataset, len(block), b",\n".join(block))


def rows_of(lines: Iterable[Lines]) -> Iterator[Row]:
    """The rows that were written so."""
    for block in lines:
        for values in orjson.loads(b"[%b]" % block.text):
            yield Row(block.subject, block.dataset, values)


def _object(values: Mapping[str, Plain]) -> bytes:
    try:
        return orjson.dumps(values)
    except orjson.JSONEncodeError:  # half a character, as some services send it, is no UTF-8; JSON can escape it
        return json.dumps(values).encode()
