"""Requests that are about another one: a complaint about a refusal, a second look at a decision that was explained."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests import record, tables
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.model import Request

_c = tables.request_about.c


def check(work: Work, subject: str, kind: Kind, about: str) -> None:
    """Let a request be about another one: a closed one of the same person.

    Raises InputError `requests.unknown-about`, which does not tell whether it is somebody else's;
    `requests.detail-unfit` for a kind that is about no other request.
    """
    if WAYS[kind] is not Way.ANSWER:
        hint = "leave it out, or ask for a complaint or an explanation"
        raise InputError("requests.detail-unfit", "this kind of request is about no other one", hint=hint)
    table = tables.request.c
    known = sa.select(table.closed_at).where(table.id == about, table.subject == subject)
    if work.db.scalar(known) is None:
        hint = "name a request of the person that has ended"
        raise InputError("requests.unknown-about", "there is no such request that has ended", hint=hint)


def link(work: Work, request_id: str, about: str) -> None:
    """Write down that a request is about another one; twice is once."""
    here = sa.select(_c.request).where(_c.request == request_id, _c.about == about)
    if work.db.execute(here).first() is None:
        work.db.execute(sa.insert(tables.request_about).values(request=request_id, about=about))


def about(work: Work, request_id: str) -> tuple[Request, ...]:
    """The requests that this one is about, the oldest first."""
    return _found(work, sa.select(_c.about).where(_c.request == request_id))


def those_about(work: Work, request_id: str) -> tuple[Request, ...]:
    """The requests that are about this one, the oldest first."""
    return _found(work, sa.select(_c.request).where(_c.about == request_id))


def _found(work: Work, ids: sa.Select[Any]) -> tuple[Request, ...]:
    found = [record.load(work, one) for one in work.db.scalars(ids).all()]
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.id)))
