"""What agents are still to be told: found by comparing the last step of a request with the last that was told of.

Nothing is queued, so nothing is lost: an agent that was away learns where a request stands now.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from troth.base.outbox import Outbox
from troth.base.work import Work
from troth.requests import tables
from troth.requests.drp.model import Status
from troth.requests.drp.rows import theirs
from troth.requests.drp.status import status

PAUSE = timedelta(minutes=10)
"""How long an agent that did not answer is left alone; also the lease of a worker that is telling it."""

TRIED_FOR = timedelta(days=7)
"""After that an agent is told no more; it can ask (the protocol keeps closed requests no shorter than that)."""

_c = tables.agent_request.c
_e = tables.request_event.c
_OUTBOX = Outbox(_c.id, _c.retry_at, _c.callback.is_not(None), PAUSE)


@dataclass(frozen=True)
class News:
    """Where one request stands, to be told at `address`; `step` is the change that it tells of."""

    id: str
    address: str
    step: int
    status: Status


def due(work: Work, limit: int = 20) -> tuple[News, ...]:
    """What is to be told now, of the oldest requests first."""
    rows = work.db.execute(_waiting(work).order_by(_c.received_at, _c.id).limit(limit))
    return tuple(News(row.id, row.callback, row.step, status(work, theirs(row))) for row in rows)


def claim(work: Work, one: News) -> bool:
    """Take one to tell; False when another worker has it. Who dies with it leaves it to the next after `PAUSE`."""
    taken = _OUTBOX.take(one.id, work.at).where(_c.told < one.step)
    return work.db.execute(taken).rowcount == 1


def told(work: Work, one: News) -> None:
    """The agent took it; after the end there is nothing more to tell, and its address is forgotten."""
    mine = sa.and_(_c.id == one.id, _c.told < one.step)
    forgotten = {} if one.status.state == "in_progress" else {"callback": None}
    work.db.execute(sa.update(tables.agent_request).where(mine).values(told=one.step, retry_at=None, **forgotten))


def seen(work: Work, request_id: str) -> None:
    """The agent is told of where the request stands by the answer to its own call."""
    last = sa.select(sa.func.coalesce(sa.func.max(_e.number), 0)).where(_e.request == _c.request).scalar_subquery()
    work.db.execute(sa.update(tables.agent_request).where(_c.id == request_id).values(told=last))


def _waiting(work: Work) -> sa.Select[Any]:
    """Requests with a step that was not told of."""
    mine = _e.request == _c.request
    last = sa.select(sa.func.max(_e.number)).where(mine).correlate(tables.agent_request).scalar_subquery()
    at = sa.select(sa.func.max(_e.at)).where(mine).correlate(tables.agent_request).scalar_subquery()
    untold = sa.and_(_c.revoked_at.is_(None), _c.told < last, at > work.at - TRIED_FOR)
    return sa.select(tables.agent_request, last.label("step")).where(untold, _OUTBOX.due(work.at))
