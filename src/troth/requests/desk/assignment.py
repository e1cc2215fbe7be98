"""Who of the staff looks after a request."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.model import Request

_LONGEST = 254


def assign(work: Work, request_id: str, to: str | None, *, by: str) -> Request:
    """Have `to` look after the request, or nobody; to whom it was given stands on the request, not in the journal.

    Raises:
        InputError: `requests.unknown`, `requests.unknown-assignee`.
        ConflictError: `requests.not-possible` for a closed request.
    """
    one_writer(work)
    request = record.load(work, request_id)
    if request.closed:
        raise ConflictError("requests.not-possible", "the request is closed", hint="nothing is left to look after")
    if to is not None and not 0 < len(to) <= _LONGEST:
        raise InputError("requests.unknown-assignee", "nobody of the staff is named", hint="choose one of the list")
    mine = tables.request.c.id == request_id
    changed = sa.update(tables.request).where(mine, tables.request.c.assignee.is_distinct_from(to))
    if work.db.execute(changed.values(assignee=to)).rowcount:
        record.note(work, request, "assign", by=by)
    return record.load(work, request_id)
