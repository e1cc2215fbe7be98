"""The package that a person gets: sealed with their own key, kept until it expires, then deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from troth.base.errors import ConflictError, IntegrityError, RefusedError
from troth.base.work import Begin, Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.kinds import FETCHED
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

KEPT = timedelta(days=14)
"""How long a package can be fetched: long enough for a person on holiday, short enough that a copy of everything
about them does not lie about. The policies so far state no figure of their own."""

PART = 1 << 20
"""Bytes that are sealed at a time: as much of a package as is ever in memory while it is written."""


class Draft:
    """A package that is being written. It goes to our database sealed, part by part, and counts once it is `put`.

    What a killed worker wrote goes when the next one puts its own.
    """

    def __init__(self, begin: Begin, vault: Vault, request: Request) -> None:
        self._begin, self._vault, self._request = begin, vault, request
        self._rest = bytearray()
        self.parts = 0
        with begin() as work:
            self.id = work.new_id("pkg")

    def write(self, data: bytes, /) -> int:
        """Take some bytes, and give their number."""
        self._rest += data
        while len(self._rest) >= PART:
            self._keep(PART)
        return len(data)

    def flush(self) -> None:
        """Nothing: a part is kept when it is full, and the last one by `close`."""

    def close(self) -> None:
        """Keep the last part."""
        self._keep(len(self._rest))

    def _keep(self, size: int) -> None:
        request, content = self._request, bytes(self._rest[:size])
        context = _context(request.id, self.id, self.parts)
        with self._begin() as work:
            sealed = subjects.seal(work, self._vault, request.subject, content, context=context)
            row = {"package": self.id, "number": self.parts, "request": request.id, "sealed": sealed}
            work.db.execute(sa.insert(tables.package_part).values(row))
        del self._rest[:size]
        self.parts += 1


def put(work: Work, request: Request, draft: Draft, *, found: int | None) -> None:
    """Have the draft, which is closed, be the request's package; None where no store was read for it."""
    part = tables.package_part.c
    work.db.execute(sa.delete(tables.package_part).where(part.request == request.id, part.package != draft.id))
    values = {"request": request.id, "id": draft.id, "parts": draft.parts, "found": found}
    work.db.execute(sa.insert(tables.package).values(**values, made_at=work.at, expires_at=work.at + KEPT))


def read(work: Work, vault: Vault, request_id: str) -> bytes:
    """The ZIP archive of a copy; the first time is journaled, as evidence that the person got it.

    The caller has made sure that it is the person who asks.

    Raises:
        InputError: `requests.unknown`.
        ConflictError: `requests.no-package` while it is not made, or for a request that has none.
        RefusedError: `requests.package-expired`; `subjects.shredded`.
        IntegrityError: `requests.package-incomplete`; `subjects.does-not-open`.
    """
    request = record.load(work, request_id)
    row = work.db.execute(sa.select(tables.package).where(tables.package.c.request == request_id)).one_or_none()
    if row is None:
        hint = "come back when the request is fulfilled" if request.kind in FETCHED else "ask for a copy"
        raise ConflictError("requests.no-package", "there is no package for this request", hint=hint)
    if row.parts is None or row.expires_at <= work.at:
        raise RefusedError(
            "requests.package-expired", f"the package could be fetched for {KEPT.days} days", hint="ask for a new copy"
        )
    if row.collected_at is None:
        _collected(work, request_id)
    return _whole(work, vault, request, row)


def content(work: Work, vault: Vault, request: Request) -> bytes:
    """The same for a request that is still open, to be passed on; it is no evidence that the person got it.

    Raises ConflictError `requests.no-package`; IntegrityError as `read` does.
    """
    row = work.db.execute(sa.select(tables.package).where(tables.package.c.request == request.id)).one_or_none()
    if row is None or row.parts is None:
        raise ConflictError("requests.no-package", "there is no package for this request", hint="have it made first")
    return _whole(work, vault, request, row)


def available_until(work: Work, request_id: str) -> datetime | None:
    """Until when the package can be fetched; None where there is none, or none any more."""
    table = tables.package.c
    chosen = sa.select(table.expires_at).where(
        table.request == request_id, table.parts.is_not(None), table.expires_at > work.at
    )
    found: datetime | None = work.db.execute(chosen).scalar()
    return found


def found_in(work: Work, request_id: str) -> int | None:
    """How many rows of stores went into the package; None where there never was one."""
    return work.db.scalar(sa.select(tables.package.c.found).where(tables.package.c.request == request_id))


def expire(work: Work) -> int:
    """Delete the packages whose time is over, and give their number; and drafts that nobody will finish."""
    _drop_drafts(work)
    if not _over(work):
        return 0
    one_writer(work)
    gone = _over(work)  # again: another worker may have been faster
    for request_id in gone:
        journal.append(work, "package.expired", {"request": request_id})
    work.db.execute(sa.delete(tables.package_part).where(tables.package_part.c.request.in_(gone)))
    work.db.execute(sa.update(tables.package).where(tables.package.c.request.in_(gone)).values(parts=None))
    return len(gone)


def _drop_drafts(work: Work) -> None:
    """Those of requests that were closed before the draft was put."""
    part = tables.package_part.c
    # From the parts to their requests: the other way round every closed request would be looked at, at every pulse.
    closed = sa.exists().where(tables.request.c.id == part.request, tables.request.c.closed_at.is_not(None))
    put_ = sa.exists().where(tables.package.c.id == part.package)
    work.db.execute(sa.delete(tables.package_part).where(closed, ~put_))


def _over(work: Work) -> tuple[str, ...]:
    table = tables.package.c
    chosen = sa.select(table.request).where(table.parts.is_not(None), table.expires_at <= work.at)
    return tuple(work.db.execute(chosen.order_by(table.request)).scalars())


def _collected(work: Work, request_id: str) -> None:
    journal.append(work, "package.collected", {"request": request_id})
    mine = tables.package.c.request == request_id
    work.db.execute(sa.update(tables.package).where(mine).values(collected_at=work.at))


def _whole(work: Work, vault: Vault, request: Request, row: sa.Row[Any]) -> bytes:
    return b"".join(_part(work, vault, request, row.id, number) for number in range(row.parts))


def _part(work: Work, vault: Vault, request: Request, package: str, number: int) -> bytes:
    c = tables.package_part.c
    sealed = work.db.scalar(sa.select(c.sealed).where(c.package == package, c.number == number))
    if sealed is None:
        hint = "give back what was deleted of Troth's own database, or have the person ask for a new copy"
        raise IntegrityError("requests.package-incomplete", "a part of the package is missing", hint=hint)
    return subjects.unseal(work, vault, request.subject, bytes(sealed), context=_context(request.id, package, number))


def _context(request_id: str, package: str, number: int) -> str:
    return f"package:{request_id}:{package}:{number}"
