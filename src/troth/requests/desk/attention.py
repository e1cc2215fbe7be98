"""What needs somebody of the staff today: open requests by what is to be done, the least time left first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from troth.base.schema import Instant
from troth.base.work import Work
from troth.requests import record, tables
from troth.requests.deciding.proposals import WAITS
from troth.requests.desk.filters import ALL, Filter, conditions
from troth.requests.machine import State
from troth.requests.model import Request

SOON = timedelta(days=5)
"""From when a limit that comes near needs somebody, whatever the request waits for."""

TASK = "stores.waits-for-task"
"""Why a request waits whose data somebody has to look up by hand."""

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_r = tables.request.c


class Todo(StrEnum):
    """What is to be done with a request."""

    APPROVE = "approve"
    """A second person must agree, or a first one."""
    IDENTIFY = "identify"
    """Look at what somebody sent to show who they are, or that they may ask for another."""
    REVIEW = "review"
    """Answer, refuse, ask, or let it go on."""
    TASK = "task"
    """Somebody looks something up in a system that no program reaches."""
    BLOCKED = "blocked"
    """See why a system does not answer."""
    SOON = "soon"
    """Nothing by itself; but a limit is over, or nearly."""


def attention(
    work: Work, todo: Todo, *, wanted: Filter = ALL, after: str | None = None, limit: int = 50
) -> tuple[Request, ...]:
    """Open requests with which that is to be done, the strictest limit first; those without any limit last.

    `after` is the id of the last one of the page before. Raises as `lists.listing`.
    """
    due = sa.func.coalesce(_r.due_at, _never())
    chosen = sa.select(tables.request).where(_is(work, todo), *conditions(work, wanted)).order_by(due, _r.id)
    if after is not None:
        record.load(work, after)
        other = tables.request.alias().c
        last = sa.select(sa.func.coalesce(other.due_at, _never())).where(other.id == after).scalar_subquery()
        chosen = chosen.where(sa.or_(due > last, sa.and_(due == last, _r.id > after)))
    return record.assemble(work, work.db.execute(chosen.limit(limit)).mappings().all())


def counted(work: Work, *, wanted: Filter = ALL) -> Mapping[Todo, int]:
    """How many there are of each; a request counts once."""
    return {todo: _number(work, _is(work, todo), wanted) for todo in Todo}


def running(work: Work, *, wanted: Filter = ALL) -> int:
    """How many are open with which nothing is to be done."""
    return _number(work, sa.and_(_r.closed_at.is_(None), *(~_is(work, todo) for todo in Todo)), wanted)


def _never() -> sa.BindParameter[datetime]:
    return sa.literal(_NEVER, Instant())


def _number(work: Work, condition: sa.ColumnElement[bool], wanted: Filter) -> int:
    found = sa.select(sa.func.count()).select_from(tables.request).where(condition, *conditions(work, wanted))
    return work.db.scalar(found) or 0


def _is(work: Work, todo: Todo) -> sa.ColumnElement[bool]:
    own = _OWN[todo](work) if todo in _OWN else _near(work)
    earlier = [one(work) for other, one in _OWN.items() if list(Todo).index(other) < list(Todo).index(todo)]
    return sa.and_(_r.closed_at.is_(None), own, *(sa.not_(one) for one in earlier))


def _approve(work: Work) -> sa.ColumnElement[bool]:
    proposal = tables.request_proposal.c
    proposed = sa.exists().where(proposal.request == _r.id, proposal.outcome.is_(None), proposal.expires_at > work.at)
    return sa.or_(proposed, _blocked_by(WAITS))


def _identify(work: Work) -> sa.ColumnElement[bool]:
    """Somebody asks for another, or has sent what a person has to look at; all else the person still has to send."""
    del work
    party, sent = tables.request_party.c, tables.request_evidence.c
    asked = sa.exists().where(party.request == _r.id)
    shown = sa.exists().where(sent.request == _r.id, sent.sort != "points")
    return sa.and_(_r.state == State.IDENTIFYING.value, sa.or_(asked, shown))


def _review(work: Work) -> sa.ColumnElement[bool]:
    del work
    return _r.state.in_([State.IN_REVIEW.value, State.DECIDING.value])


def _task(work: Work) -> sa.ColumnElement[bool]:
    del work
    return _blocked_by(TASK)


def _blocked(work: Work) -> sa.ColumnElement[bool]:
    del work
    return _r.state == State.BLOCKED.value


def _blocked_by(code: str) -> sa.ColumnElement[bool]:
    return sa.and_(_r.state == State.BLOCKED.value, sa.func.coalesce(_r.blocked, "") == code)


def _near(work: Work) -> sa.ColumnElement[bool]:
    return sa.and_(_r.due_at.is_not(None), _r.due_at <= work.at + SOON)


_OWN = {
    Todo.APPROVE: _approve,
    Todo.IDENTIFY: _identify,
    Todo.REVIEW: _review,
    Todo.TASK: _task,
    Todo.BLOCKED: _blocked,
}
