"""Who was erased, as keyed digests that name nobody: what is needed to erase them again after a restore.

A digest finds a person only where somebody holds their identifier already, and only with the lookup key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.work import Work
from troth.datamap.model import Person
from troth.requests import tables
from troth.requests.kinds import Kind, kind_of
from troth.requests.model import Request
from troth.subjects.vault import Vault

_AT_ONCE = 500  # values in one list of a statement; every database takes that many
_c = tables.tombstone.c


@dataclass(frozen=True)
class Tombstone:
    """One identifier of somebody who was erased, as a digest; the request that erased them, and when."""

    lookup: bytes
    request: str
    kind: Kind
    erased_at: datetime

    @property
    def value(self) -> dict[str, str]:
        """As JSON: what is kept beside the backups, in case Troth's own database has to be restored as well."""
        at = self.erased_at.astimezone(UTC).isoformat()
        return {"digest": self.lookup.hex(), "request": self.request, "kind": self.kind.value, "erased_at": at}


def tombstone(value: Mapping[str, Any]) -> Tombstone:
    """A tombstone from the JSON that `value` gave. Raises InputError `restore.bad-tombstone`."""
    try:
        at = datetime.fromisoformat(value["erased_at"])
        return Tombstone(bytes.fromhex(value["digest"]), str(value["request"]), kind_of(value["kind"]), at)
    except (KeyError, TypeError, ValueError):
        hint = "use the file that `troth restore list --json` wrote"
        raise InputError("restore.bad-tombstone", "a line of the list is no tombstone", hint=hint) from None


def set_up(work: Work, vault: Vault, request: Request, person: Person) -> None:
    """Remember that the person was erased, by all that the stores knew them by; in the transaction that ends it."""
    lookups = sorted({vault.finder(kind, value.reveal()) for kind, value in person.identifiers})
    common = {"request": request.id, "kind": request.kind.value, "erased_at": work.at}
    if lookups:
        work.db.execute(sa.insert(tables.tombstone), [{"lookup": one, **common} for one in lookups])


def listed(work: Work, since: datetime | None = None) -> tuple[Tombstone, ...]:
    """All tombstones, or those of people who were erased since then; the oldest first."""
    chosen = sa.select(tables.tombstone).order_by(_c.erased_at, _c.request, _c.lookup)
    if since is not None:
        chosen = chosen.where(_c.erased_at >= since)
    return tuple(_tombstone(row) for row in work.db.execute(chosen))


def found(work: Work, lookups: Collection[bytes], since: datetime) -> Iterable[Tombstone]:
    """Those of the tombstones that these digests find, of people who were erased since then."""
    wanted = list(lookups)
    for start in range(0, len(wanted), _AT_ONCE):
        some = sa.select(tables.tombstone).where(_c.lookup.in_(wanted[start : start + _AT_ONCE]), _c.erased_at >= since)
        yield from map(_tombstone, work.db.execute(some))


def forget(work: Work, before: datetime) -> int:
    """Remove the tombstones of people who were erased before then: no backup reaches back so far any more."""
    return work.db.execute(sa.delete(tables.tombstone).where(_c.erased_at < before)).rowcount


def _tombstone(row: sa.Row[Any]) -> Tombstone:
    return Tombstone(bytes(row.lookup), row.request, Kind(row.kind), row.erased_at)
