"""News for a person about their request, and for staff about its limits: written with the move, sent by a worker.

A letter names the request and where to read more, never what it is about: it may be read by somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import tables
from troth.requests.machine import Event
from troth.requests.model import Request

About = Literal["open", "ask", "complete", "refuse", "lapse", "extend", "hold"]

TOLD: Mapping[Event, About] = {
    Event.ASK: "ask",
    Event.COMPLETE: "complete",
    Event.REFUSE: "refuse",
    Event.LAPSE: "lapse",
    Event.HOLD: "hold",
}
"""The moves that a person is told of; the others they see when they look."""

PAUSE = timedelta(minutes=10)
"""How long a letter that could not be sent waits; also the lease of a worker that is sending it."""

_c = tables.letter.c


@dataclass(frozen=True)
class Letter:
    """One letter that is due. `language` is the one that the request was made in."""

    id: str
    request: str
    reference: str
    subject: str
    language: str
    about: About


def write(work: Work, request: Request, about: About) -> None:
    """Have the person told, in the caller's transaction: what was decided and what is told are one."""
    values = {"id": work.new_id("ltr"), "request": request.id, "about": about, "at": work.at}
    work.db.execute(sa.insert(tables.letter).values(**values))


def due(work: Work, limit: int = 50) -> tuple[Letter, ...]:
    """The letters to be sent now, the oldest first."""
    joined = tables.letter.join(tables.request, tables.request.c.id == _c.request)
    r = tables.request.c
    chosen = sa.select(_c.id, _c.request, r.reference, r.subject, r.language, _c.about).select_from(joined)
    rows = work.db.execute(chosen.where(_waiting(work)).order_by(_c.at, _c.id).limit(limit))
    return tuple(Letter(*row) for row in rows)


def claim(work: Work, letter_id: str) -> bool:
    """Take a letter to send; False when another worker has it. Who dies with it leaves it to the next after `PAUSE`."""
    taken = sa.update(tables.letter).where(_c.id == letter_id, _waiting(work)).values(retry_at=work.at + PAUSE)
    return work.db.execute(taken).rowcount == 1


def sent(work: Work, letter_id: str) -> None:
    """It was handed over."""
    work.db.execute(sa.update(tables.letter).where(_c.id == letter_id).values(sent_at=work.at))


def _waiting(work: Work) -> sa.ColumnElement[bool]:
    return sa.and_(_c.sent_at.is_(None), sa.or_(_c.retry_at.is_(None), _c.retry_at <= work.at))
