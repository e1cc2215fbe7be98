"""Which requests are wanted: by state, kind, law, who looks after them, and when they were opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests import tables
from troth.requests.deadline import LAW
from troth.requests.kinds import kind_of
from troth.requests.machine import State

NOBODY = "-"
"""Stands for nobody where somebody of the staff is named."""

_FEW = 2000
"""So many requests under a law are picked out first; where there are more, the list is walked and each is looked up."""

_r, _d = tables.request.c, tables.request_deadline.c


@dataclass(frozen=True)
class Filter:
    """What must be true of a request; None asks for nothing. `until` is the first instant that is not wanted."""

    state: str | None = None
    kind: str | None = None
    law: str | None = None
    assignee: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ALL = Filter()


def conditions(work: Work, wanted: Filter) -> list[sa.ColumnElement[bool]]:
    """The filter in SQL. Raises InputError `requests.unknown-state`, `requests.unknown-kind`."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(_r.state == _state(wanted.state))
    if wanted.kind is not None:
        found.append(_r.kind == kind_of(wanted.kind).value)
    if wanted.assignee is not None:
        found.append(_r.assignee.is_(None) if wanted.assignee == NOBODY else _r.assignee == wanted.assignee)
    if wanted.since is not None:
        found.append(_r.opened_at >= wanted.since)
    if wanted.until is not None:
        found.append(_r.opened_at < wanted.until)
    if wanted.law is not None:
        found.append(_under(work, wanted.law))
    return found


def _under(work: Work, law: str) -> sa.ColumnElement[bool]:
    """Such that a limit of that law runs on it: by the limits where they are few, else by each request's own."""
    of_law = _d.clause.in_([f"{law}:{figure}" for figure in LAW])
    some = sa.select(sa.literal(1)).where(of_law).limit(_FEW + 1).subquery()
    number = work.db.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    if number <= _FEW:
        return _r.id.in_(sa.select(_d.request).where(of_law))
    return sa.exists().where(_d.request == _r.id, of_law)


def _state(word: str) -> str:
    if word not in list(State):
        hint = f"use one of {', '.join(State)}"
        raise InputError("requests.unknown-state", f"`{word[:40]}` is not a state", hint=hint)
    return word
