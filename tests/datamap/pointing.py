"""Where a row's references lead, by looking: for the reference that goes row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from troth.datamap.model import Only, Reference


def points(row: Mapping[str, Any], reference: Reference, target: Mapping[str, Any]) -> bool:
    """The row's reference leads to the target; a reference with NULL in it leads nowhere."""
    holds = fits(row, reference.only)
    if reference.inside:
        return holds and any(held(one, reference, target) for one in objects(row, reference))
    values = [row[column] for column in reference.columns]
    return holds and None not in values and values == [target[column] for column in reference.at]


def objects(row: Mapping[str, Any], reference: Reference) -> list[Any]:
    """What in the document may lead somewhere."""
    document = json.loads(row["doc"] or "null")
    if not isinstance(document, dict):
        return []
    return list(document.get("list", [])) if reference.is_many else [document.get("one")]


def held(one: Any, reference: Reference, target: Mapping[str, Any]) -> bool:
    """The object holds the target's key; `true` is no number."""
    held = [one.get(column) if isinstance(one, dict) else None for column in reference.at]
    return all(type(value) is int and value == target[at] for value, at in zip(held, reference.at, strict=True))


def fits(row: Mapping[str, Any], only: Only) -> bool:
    """The row holds these values."""
    return all(row[column] == value for column, value in only.items())
