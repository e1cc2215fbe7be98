"""The package that a person gets: sealed with their own key, kept until it expires, then deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from troth.base.errors import ConflictError, RefusedError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

KEPT = timedelta(days=14)
"""How long a package can be fetched: long enough for a person on holiday, short enough that a copy of everything
about them does not lie about. The policies so far state no figure of their own."""


def put(work: Work, vault: Vault, request: Request, content: bytes, *, found: int) -> None:
    """Seal and keep the package of a request, with so many rows of stores in it."""
    sealed = subjects.seal(work, vault, request.subject, content, context=_context(request.id))
    work.db.execute(
        sa.insert(tables.package).values(
            request=request.id, sealed=sealed, made_at=work.at, expires_at=work.at + KEPT, found=found
        )
    )


def read(work: Work, vault: Vault, request_id: str) -> bytes:
    """The ZIP archive of a copy; the first time is journaled, as evidence that the person got it.

    The caller has made sure that it is the person who asks.

    Raises:
        InputError: `requests.unknown`.
        ConflictError: `requests.no-package` while it is not made, or for a request that has none.
        RefusedError: `requests.package-expired`; `subjects.shredded`.
    """
    request = record.load(work, request_id)
    row = work.db.execute(sa.select(tables.package).where(tables.package.c.request == request_id)).one_or_none()
    if row is None:
        hint = "come back when the request is fulfilled" if request.kind is Kind.COPY else "ask for a copy"
        raise ConflictError("requests.no-package", "there is no package for this request", hint=hint)
    if row.sealed is None or row.expires_at <= work.at:
        raise RefusedError(
            "requests.package-expired", f"the package could be fetched for {KEPT.days} days", hint="ask for a new copy"
        )
    content = subjects.unseal(work, vault, request.subject, bytes(row.sealed), context=_context(request_id))
    if row.collected_at is None:
        _collected(work, request_id)
    return content


def available_until(work: Work, request_id: str) -> datetime | None:
    """Until when the package can be fetched; None where there is none, or none any more."""
    table = tables.package.c
    chosen = sa.select(table.expires_at).where(
        table.request == request_id, table.sealed.is_not(None), table.expires_at > work.at
    )
    found: datetime | None = work.db.execute(chosen).scalar()
    return found


def found_in(work: Work, request_id: str) -> int | None:
    """How many rows of stores went into the package; None where there never was one."""
    return work.db.scalar(sa.select(tables.package.c.found).where(tables.package.c.request == request_id))


def expire(work: Work) -> int:
    """Delete the packages whose time is over, and give their number."""
    if not _over(work):
        return 0
    one_writer(work)
    gone = _over(work)  # again: another worker may have been faster
    for request_id in gone:
        journal.append(work, "package.expired", {"request": request_id})
    work.db.execute(sa.update(tables.package).where(tables.package.c.request.in_(gone)).values(sealed=None))
    return len(gone)


def _over(work: Work) -> tuple[str, ...]:
    table = tables.package.c
    chosen = sa.select(table.request).where(table.sealed.is_not(None), table.expires_at <= work.at)
    return tuple(work.db.execute(chosen.order_by(table.request)).scalars())


def _collected(work: Work, request_id: str) -> None:
    journal.append(work, "package.collected", {"request": request_id})
    mine = tables.package.c.request == request_id
    work.db.execute(sa.update(tables.package).where(mine).values(collected_at=work.at))


def _context(request_id: str) -> str:
    return f"package:{request_id}"
