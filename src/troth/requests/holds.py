"""Legal holds: while one is on a person, nothing of theirs is erased; the last one released resumes what it blocked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.machine import Event, State
from troth.requests.ports import Jobs
from troth.subjects import facts
from troth.subjects.service import commitment
from troth.subjects.vault import Vault

HOLD = "hold"
"""The fact that a hold is on a person."""

_LONGEST_REASON = 500


@dataclass(frozen=True)
class Hold:
    """One hold: why, since when, by whom, and until when."""

    id: str
    subject: str
    reason: str
    by: str
    placed_at: datetime
    released_at: datetime | None


def place(work: Work, vault: Vault, subject: str, reason: str, *, by: str) -> Hold:
    """Forbid that anything of the person is erased. `reason` names the matter, not the person.

    Raises:
        InputError: `requests.empty-text`, `requests.long-text`; `subjects.unknown`.
        RefusedError: `subjects.shredded`.
    """
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        code = "requests.long-text" if reason.strip() else "requests.empty-text"
        raise InputError(
            code, "a hold needs a short reason", hint="name the matter, such as the file number of a court"
        )
    one_writer(work)
    made = work.new_id("hld")
    refs = {"hold": made, "subject": commitment(work, vault, subject, made)}
    entry = journal.append(work, "hold.placed", refs)
    values = {"id": made, "subject": subject, "reason": reason.strip(), "by": by, "placed_at": work.at}
    work.db.execute(sa.insert(tables.hold).values(**values, entry=entry.index))
    facts.change(work, subject, add=[HOLD])
    return _hold(work, made)


def release(work: Work, vault: Vault, hold_id: str, *, by: str, jobs: Jobs) -> Hold:
    """Lift a hold. With the last one of a person, what it blocked goes on by itself.

    Raises:
        InputError: `requests.unknown-hold`.
        ConflictError: `requests.released`.
    """
    one_writer(work)
    hold = _hold(work, hold_id)
    if hold.released_at is not None:
        raise ConflictError("requests.released", "the hold was lifted before", hint="there is nothing to lift")
    journal.append(work, "hold.released", {"hold": hold.id})
    table = tables.hold
    work.db.execute(sa.update(table).where(table.c.id == hold.id).values(released_at=work.at, released_by=by))
    if not holds_on(work, hold.subject):
        facts.change(work, hold.subject, remove=[HOLD])
        _resume(work, vault, hold.subject, jobs)
    return _hold(work, hold_id)


def holds_on(work: Work, subject: str) -> tuple[Hold, ...]:
    """The holds that are on a person now, the oldest first."""
    c = tables.hold.c
    chosen = sa.select(tables.hold).where(c.subject == subject, c.released_at.is_(None)).order_by(c.placed_at, c.id)
    return tuple(_read(row) for row in work.db.execute(chosen))


def _resume(work: Work, vault: Vault, subject: str, jobs: Jobs) -> None:
    c = tables.request.c
    held = work.db.scalars(sa.select(c.id).where(c.subject == subject, c.state == State.HELD.value).order_by(c.id))
    for request_id in held.all():
        record.advance(work, vault, record.load(work, request_id), Event.RELEASE)
        jobs.enqueue(work, request_id)  # the move took the lease


def _hold(work: Work, hold_id: str) -> Hold:
    row = work.db.execute(sa.select(tables.hold).where(tables.hold.c.id == hold_id)).one_or_none()
    if row is None:
        raise InputError("requests.unknown-hold", "there is no such hold", hint="check its id")
    return _read(row)


def _read(row: sa.Row[tuple[object, ...]]) -> Hold:
    return Hold(row.id, row.subject, row.reason, row.by, row.placed_at, row.released_at)
