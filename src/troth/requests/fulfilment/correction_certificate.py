"""The certificate of a correction: what was changed where and what stayed and why, in numbers; no value is in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import tables
from troth.requests.fulfilment import certificate, changes
from troth.requests.model import Request
from troth.subjects.vault import Vault
from troth.versions.service import Version

_c = tables.request_correction.c


def compose(work: Work, vault: Vault, request: Request, version: Version) -> dict[str, Any]:
    """The body, in the shape of an erasure's: by store and dataset, and which field got which item."""
    every = sa.select(tables.request_correction).where(_c.request == request.id).order_by(_c.store, _c.round)
    found = [(row.store, _fields(row)) for row in work.db.execute(every)]
    stores = [
        {"store": store, "datasets": _datasets(field for _, fields in rounds for field in fields)}
        for store, rounds in groupby(found, key=lambda one: one[0])
    ]
    lines = [line for one in stores for line in one["datasets"]]
    return {
        **certificate.head(request, version, work.at.isoformat()),
        "items": [{"item": one.item, "state": one.state, "why": one.why} for one in changes.of(work, vault, request)],
        "stores": stores,
        "totals": certificate.totals(lines),
    }


def _fields(row: sa.Row[Any]) -> list[dict[str, Any]]:
    """What was said of each field. A run that was killed after the store's commit found nothing left to change: what it
    changed is known from the count before the first write."""
    fields = []
    for said in row.outcome or ():
        due = row.expected.get(f"{said['dataset']}.{said['column']}", 0) if said["ground"] is None else 0
        fields.append({**said, "changed": max(said["changed"], due), "resumed": said["changed"] < due})
    return fields


def _datasets(fields: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    ordered = sorted(fields, key=lambda one: one["dataset"])
    return [_dataset(name, list(of)) for name, of in groupby(ordered, key=lambda one: str(one["dataset"]))]


def _dataset(name: str, fields: list[Mapping[str, Any]]) -> dict[str, Any]:
    """`found` counts fields with the item, of which those had the new value already that neither changed nor stayed."""
    return {
        "dataset": name,
        "found": sum(one["matched"] for one in fields),
        "changed": sum(one["changed"] for one in fields),
        "kept": sum(one["kept"] for one in fields),
        "left": 0,
        "changes": [
            {"change": "correct", "column": one["column"], "item": one["item"], "rows": one["changed"]}
            for one in fields
            if one["changed"]
        ],
        "grounds": [{"ground": one["ground"], "rows": one["kept"]} for one in fields if one["kept"]],
        "resumed": any(one["resumed"] for one in fields),
    }
