"""Reads what somebody sends as the rows of a person: a JSON document, or CSV for one dataset. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from troth.base.errors import InputError
from troth.datamap.model import Dataset, StoreMap
from troth.stores.model import Plain

Rows = Mapping[str, tuple[Mapping[str, Plain], ...]]
"""By dataset, the rows as the data map lets them be shown."""

LARGEST = 20 * 1024 * 1024
"""Bytes of one answer."""

_MOST_ROWS = 200_000


def read(found: StoreMap, content: bytes, dataset: str | None = None) -> Rows:
    """The rows in `content`: JSON as `{dataset: [row, …]}` or, for one `dataset`, a list of rows or CSV with a header.

    What the map never discloses is left out here already.

    Raises:
        InputError: `tasks.too-large`, `tasks.not-read`, `tasks.unknown-dataset`, `tasks.unknown-field`.
    """
    if len(content) > LARGEST:
        raise InputError("tasks.too-large", "the answer is too large", hint=f"send at most {LARGEST >> 20} MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_read("it is not UTF-8") from None
    named = _of_json(found, text, dataset) if text.lstrip()[:1] in ("{", "[") else _of_csv(found, text, dataset)
    return {name: tuple(_row(found, name, row) for row in rows) for name, rows in named.items()}


def _of_json(found: StoreMap, text: str, dataset: str | None) -> Mapping[str, Iterable[Any]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _not_read("it is not JSON") from None
    if isinstance(value, list):
        value = {_only(found, dataset): value}
    named: dict[str, Any] = value
    if not all(isinstance(rows, list) for rows in named.values()):
        raise _not_read("its datasets are not lists of rows")
    return named


def _of_csv(found: StoreMap, text: str, dataset: str | None) -> Mapping[str, Iterable[Any]]:
    name, rows = _only(found, dataset), list[dict[str, Plain]]()
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        _row(found, name, dict.fromkeys(reader.fieldnames or ("",)))  # a header alone says that there is nothing
        for row in reader:
            if None in row or None in row.values():
                raise _not_read("a row has another number of fields than the header")
            rows.append({str(key): value for key, value in row.items()})
            if len(rows) > _MOST_ROWS:
                raise InputError("tasks.too-large", "the answer has too many rows", hint=f"send at most {_MOST_ROWS}")
    except csv.Error:
        raise _not_read("it is not CSV") from None
    return {name: rows}


def _only(found: StoreMap, dataset: str | None) -> str:
    if dataset is not None:
        return dataset
    if len(found.datasets) == 1:
        return next(iter(found.datasets))
    hint = f"name one of {', '.join(found.datasets)}, or send JSON with a list for each"
    raise InputError("tasks.unknown-dataset", "it is not said of which dataset the rows are", hint=hint)


def _row(found: StoreMap, name: str, row: Any) -> Mapping[str, Plain]:
    dataset = found.datasets.get(name)
    if dataset is None:
        hint = f"use one of {', '.join(found.datasets)}"
        raise InputError("tasks.unknown-dataset", f"store `{found.name}` has no dataset `{str(name)[:80]}`", hint=hint)
    if not isinstance(row, Mapping):
        raise _not_read("a row is not a set of fields with values")
    return {field: value for field, value in row.items() if _is_shown(dataset, field, value)}


def _is_shown(dataset: Dataset, field: str, value: object) -> bool:
    rule = dataset.fields.get(field)
    if rule is None:
        near = get_close_matches(field[:80], dataset.fields, 1)
        hint = f"did you mean `{near[0]}`?" if near else f"use {', '.join(dataset.fields)}"
        raise InputError("tasks.unknown-field", f"dataset `{dataset.name}` has no such field", hint=hint)
    if value is not None and not isinstance(value, str | int | float | bool):
        raise _not_read("a value is neither a text, a number nor yes or no")
    return rule.disclose


def _not_read(why: str) -> InputError:
    hint = 'send JSON such as {"letters": [{"date": "2026-01-31"}]}, or CSV with a header'
    return InputError("tasks.not-read", f"the answer cannot be read: {why}", hint=hint)
