"""What must still be delivered after the person's own key is destroyed: sealed under a key of its own, for a while.

The key is that of a stand-in whom nothing finds, so it is wrapped and rotates as everybody's does. It is destroyed when
the parcel is delivered, and at the latest after `KEPT`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import tables
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

KEPT = timedelta(days=60)
"""The longest that anything waits to be delivered."""

_CONTEXT = "parcel"
_c = tables.parcel.c


def pack(work: Work, vault: Vault, content: str) -> str:
    """Seal what is to be delivered; gives the parcel's id."""
    made = subjects.stand_in(work, vault)
    sealed = subjects.seal(work, vault, made, content.encode(), context=_CONTEXT)
    work.db.execute(sa.insert(tables.parcel).values(id=made, sealed=sealed, at=work.at))
    return made


def read(work: Work, vault: Vault, parcel: str) -> str | None:
    """What is in it; None once it was delivered or waited too long."""
    sealed = work.db.scalar(sa.select(_c.sealed).where(_c.id == parcel))
    return None if sealed is None else subjects.unseal(work, vault, parcel, bytes(sealed), context=_CONTEXT).decode()


def destroy(work: Work, vault: Vault, parcels: Collection[str]) -> None:
    """It was delivered, or need not be any more: what was in it is gone for good."""
    for one in parcels:
        work.db.execute(sa.delete(tables.parcel).where(_c.id == one))
        subjects.shred(work, vault, one)


def expire(work: Work, vault: Vault) -> int:
    """Destroy what waited too long; gives how many there were."""
    old = work.db.scalars(sa.select(_c.id).where(_c.at <= work.at - KEPT).order_by(_c.at, _c.id)).all()
    destroy(work, vault, old)
    return len(old)
