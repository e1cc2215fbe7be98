"""Requests looked at: one, a person's, a page of all, those that are due, those that are late."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import record, tables
from troth.requests.desk.filters import ALL, Filter, conditions
from troth.requests.fulfilment.certificate import certificate_of
from troth.requests.model import Certificate, Late, Request, Step

PAGE = 50
_MOST = 500


def get(work: Work, request_id: str) -> Request:
    """The request with that id. Raises InputError `requests.unknown`."""
    return record.load(work, request_id)


def by_reference(work: Work, name: str) -> Request:
    """The request that people call `K-7F3Q-2M`; case does not matter. Raises InputError `requests.unknown`."""
    chosen = sa.select(tables.request.c.id).where(tables.request.c.reference == name.strip().upper())
    return record.load(work, work.db.execute(chosen).scalar() or "")


def of_subject(work: Work, subject: str) -> tuple[Request, ...]:
    """Everything that a person asked for, the newest first."""
    return _selected(work, _newest_first().where(tables.request.c.subject == subject))


def listing(
    work: Work, *, state: str | None = None, after: str | None = None, limit: int = PAGE, wanted: Filter = ALL
) -> tuple[Request, ...]:
    """One page of all requests that are wanted, the newest first; `after` is the id of the last one of the page before.

    Raises:
        InputError: as `filters.conditions`, or `requests.unknown` for an `after` that names none.
    """
    asked = replace(wanted, state=state or wanted.state)
    chosen = _newest_first().where(*conditions(work, asked)).limit(min(limit, _MOST))
    if after is not None:
        last = record.load(work, after)
        chosen = chosen.where(
            sa.tuple_(tables.request.c.opened_at, tables.request.c.id)
            < sa.tuple_(sa.literal(last.opened_at, tables.request.c.opened_at.type), last.id)
        )
    return _selected(work, chosen)


def assignees(work: Work, ids: Collection[str]) -> Mapping[str, str]:
    """Who of the staff looks after each of these requests; those that nobody does are left out."""
    table = tables.request.c
    chosen = sa.select(table.id, table.assignee).where(table.id.in_(list(ids)), table.assignee.is_not(None))
    return {row.id: row.assignee for row in work.db.execute(chosen)}


def due_soonest(work: Work, *, limit: int = PAGE) -> tuple[Request, ...]:
    """Open requests, the one whose strictest deadline ends first on top."""
    table = tables.request.c
    chosen = (
        sa.select(tables.request)
        .where(table.closed_at.is_(None))
        .order_by(table.due_at.is_(None), table.due_at, table.id)
        .limit(min(limit, _MOST))
    )
    return _selected(work, chosen)


def overdue(work: Work) -> tuple[Late, ...]:
    """Every deadline that an open request has passed, the longest passed first: late is computed, never silent."""
    limit = tables.request_deadline.c
    over = sa.and_(limit.due_at < work.at, limit.met_at.is_(None), limit.paused_at.is_(None))
    late = sa.select(limit.request).where(over)
    chosen = sa.select(tables.request).where(tables.request.c.closed_at.is_(None), tables.request.c.id.in_(late))
    found = (
        Late(request, one, work.at - one.due_at)
        for request in _selected(work, chosen)
        for one in request.deadlines
        if one.running and one.due_at < work.at
    )
    return tuple(sorted(found, key=lambda one: (one.deadline.due_at, one.request.id, one.deadline.clause)))


def timeline(work: Work, request_id: str) -> tuple[Step, ...]:
    """What happened to a request, first to last. Raises InputError `requests.unknown`."""
    record.load(work, request_id)
    return record.steps(work, request_id)


def certificate(work: Work, request_id: str) -> Certificate | None:
    """The certificate of an erasure, once it is made."""
    return certificate_of(work, request_id)


def _newest_first() -> sa.Select[Any]:
    return sa.select(tables.request).order_by(tables.request.c.opened_at.desc(), tables.request.c.id.desc())


def _selected(work: Work, chosen: sa.Select[Any]) -> tuple[Request, ...]:
    return record.assemble(work, work.db.execute(chosen).mappings().all())
