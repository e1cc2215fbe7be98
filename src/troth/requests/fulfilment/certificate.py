"""The certificate of an erasure: what was found, changed, kept (and why) and left, by store and dataset.

It holds counts and the names of data sets, no personal data, so it outlives the person's key; its digest is in the
journal, so nobody can change it afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from troth.base.canonical import canonical, digest
from troth.base.work import Work
from troth.datamap.read import from_value
from troth.journal import service as journal
from troth.requests import tables
from troth.requests.fulfilment.progress import Expected, Progress
from troth.requests.fulfilment.seeds import unclear
from troth.requests.model import Certificate, Request
from troth.requests.telling.recipients import concerned
from troth.stores.model import Erased
from troth.versions.service import Version


def certificate_of(work: Work, request_id: str) -> Certificate | None:
    """The certificate of a request, once it is made."""
    chosen = sa.select(tables.request_certificate).where(tables.request_certificate.c.request == request_id)
    row = work.db.execute(chosen).one_or_none()
    return None if row is None else Certificate(request_id, json.loads(row.body), row.digest, row.made_at)


def issue(work: Work, request: Request, version: Version, stores: Mapping[str, Progress]) -> Certificate:
    """Write the certificate and its digest to the journal; a second call gives the first one back."""
    told = concerned(work, version, request)
    doubts = unclear(work, request.id)
    body = compose(request, version, stores, unclear=doubts, told=told, made_at=work.at.isoformat())
    return write(work, request, body)


def write(work: Work, request: Request, body: Mapping[str, Any]) -> Certificate:
    """Write a certificate and its digest to the journal; a second call gives the first one back."""
    before = certificate_of(work, request.id)
    if before is not None:
        return before
    made = Certificate(request.id, body, digest(dict(body)), work.at)
    work.db.execute(
        sa.insert(tables.request_certificate).values(
            request=request.id, body=canonical(dict(body)), digest=made.digest, made_at=work.at
        )
    )
    journal.append(work, "request.certified", {"request": request.id, "digest": made.digest})
    return made


def compose(
    request: Request,
    version: Version,
    stores: Mapping[str, Progress],
    *,
    unclear: Mapping[str, int],
    told: Mapping[str, Collection[str]],
    made_at: str,
) -> dict[str, Any]:
    """The body of the certificate; `unclear` counts identifiers that were not followed, by kind, and `told` are the
    recipients that are told, with the items that each of them got. Pure."""
    datasets = {name: _datasets(stores[name], _grounds(version, name)) for name in sorted(stores)}
    every = [one for found in datasets.values() for one in found]
    return {
        **head(request, version, made_at),
        "backups": _backups(version),
        "unclear": dict(unclear),
        "recipients": [{"recipient": name, "items": sorted(items)} for name, items in sorted(told.items())],
        "stores": [{"store": name, "datasets": found} for name, found in datasets.items()],
        "totals": totals(every),
    }


def head(request: Request, version: Version, made_at: str) -> dict[str, Any]:
    """What every certificate begins with. Pure."""
    return {
        "v": 1,
        "request": request.id,
        "reference": request.reference,
        "kind": request.kind.value,
        "version": version.id,
        "policy": version.hash,
        "opened_at": request.opened_at.isoformat(),
        "made_at": made_at,
    }


def totals(lines: Collection[Mapping[str, Any]]) -> dict[str, int]:
    """What the lines of data sets add up to. Pure."""
    return {what: sum(one[what] for one in lines) for what in ("found", "changed", "kept", "left")}


def _backups(version: Version) -> dict[str, Any] | None:
    """What the policy says of copies that no statement reaches; the certificate covers the live stores only."""
    right = version.policy.rights.get("erasure")
    if right is None or right.backups is None:
        return None
    return {"clause": "rights.erasure.backups", "text": dict(right.backups)}


def _grounds(version: Version, store: str) -> Mapping[str, str | None]:
    """Why the map keeps whole datasets, by name."""
    return {name: one.erase.ground for name, one in from_value(version.maps[store]).datasets.items()}


def _datasets(store: Progress, grounds: Mapping[str, str | None]) -> list[dict[str, Any]]:
    said = store.erased or ()
    names = sorted(store.expected.keys() | {one.dataset for one in said})
    return [_dataset(store, name, [one for one in said if one.dataset == name], grounds.get(name)) for name in names]


def _dataset(store: Progress, name: str, said: list[Erased], ground: str | None) -> dict[str, Any]:
    before = store.expected.get(name, Expected(0, 0))
    left = (store.remaining or {}).get(name, 0)
    reported = sum(one.changed for one in said)
    # A run that was killed after the store's commit leaves nothing for the next one to find: what it erased is
    # then known from the count before the first write, and what it kept from the rows that were held.
    resumed = reported < before.due - left
    kept: list[dict[str, Any]] = [{"ground": one.ground, "rows": one.kept} for one in said if one.kept]
    if resumed and not kept and before.held > before.due:
        kept = [{"ground": ground, "rows": before.held - before.due}]
    changed, stays = max(reported, before.due - left), sum(one["rows"] for one in kept)
    return {
        "dataset": name,
        "found": changed + stays + left,
        "changed": changed,
        "kept": stays,
        "left": left,
        "changes": [{"change": one.change, "rows": one.changed} for one in said if one.changed],
        "grounds": kept,
        "resumed": resumed,
    }
