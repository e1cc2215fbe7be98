"""Reads `sample.yaml`: which tables the sample company has, how many rows, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from troth.base.errors import InputError

KINDS: Mapping[str, tuple[str, ...]] = {
    "phone": (),
    "email": (),
    "pick": ("of",),
    "form": ("of",),
    "number": ("from", "to"),
    "amount": ("from", "to"),
    "instant": (),
}
"""The kinds of values and the keys that each needs; `form` replaces `#` by a digit and `?` by a hexadecimal one."""


@dataclass(frozen=True)
class ColumnSpec:
    """What stands in a column. `identifier` names the kind of identifier it holds; one in `empty` values is NULL."""

    name: str
    kind: str
    of: tuple[Any, ...] = ()
    low: float = 0
    high: float = 0
    identifier: str | None = None
    national: bool = False
    empty: float = 0


@dataclass(frozen=True)
class TableSpec:
    """A table: between `least` and `most` rows for each row of `parent`, or for each person."""

    name: str
    parent: str | None
    least: int
    most: int
    columns: tuple[ColumnSpec, ...]


@dataclass(frozen=True)
class SampleSpec:
    """The sample company; its rows date from `since` to `until`."""

    people: int
    since: datetime
    until: datetime
    tables: tuple[TableSpec, ...]


def read_spec(value: Mapping[str, Any]) -> SampleSpec:
    """The spec in a plain value. Raises InputError `sample.spec`."""
    try:
        tables = tuple(_table(name, table) for name, table in value["tables"].items())
        found = SampleSpec(int(value["people"]), _instant(value["since"]), _instant(value["until"]), tables)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "sample.spec",
            f"the sample cannot be read: {type(error).__name__} {error}",
            hint="see examples/kaiconn/sample/sample.yaml",
        ) from None
    _check_parents(found)
    return found


def _check_parents(found: SampleSpec) -> None:
    seen = set[str]()
    for table in found.tables:
        if table.parent is not None and table.parent not in seen:
            message = f"`{table.name}` comes before its parent `{table.parent}`"
            raise InputError("sample.spec", message, hint="list parents first")
        seen.add(table.name)


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _table(name: str, value: Mapping[str, Any]) -> TableSpec:
    each: Sequence[int] = value.get("each", (1, 1))
    least, most = each
    columns = tuple(_column(column, rule) for column, rule in value["columns"].items())
    return TableSpec(name, value.get("for"), int(least), int(most), columns)


def _column(name: str, rule: Mapping[str, Any]) -> ColumnSpec:
    kind = rule["kind"]
    for needed in KINDS[kind]:
        rule[needed]
    of = rule.get("of", ())
    return ColumnSpec(
        name=name,
        kind=kind,
        of=tuple(of) if isinstance(of, list | tuple) else (of,),
        low=rule.get("from", 0),
        high=rule.get("to", 0),
        identifier=rule.get("identifier"),
        national=rule.get("spelling") == "national",
        empty=rule.get("empty", 0),
    )
