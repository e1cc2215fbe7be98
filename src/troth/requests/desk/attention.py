"""What needs somebody of the staff today: open requests by what is to be done, the least time left first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import record, tables
from troth.requests.deciding.proposals import WAITS
from troth.requests.desk.filters import ALL, Filter, conditions
from troth.requests.machine import IDENTIFIES, State
from troth.requests.model import Request

SOON = timedelta(days=5)
"""From when a limit that comes near needs somebody, whatever the request waits for."""

TASK = "stores.waits-for-task"
"""Why a request waits whose data somebody has to look up by hand."""

_r = tables.request.c
_state = sa.func.coalesce(_r.state, "")
"""An expression, so that no index of states is taken, which would have all of a state sorted to show the first few."""


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
    chosen = sa.select(tables.request).where(_is(work, todo), *conditions(work, wanted))
    if after is not None:
        chosen = chosen.where(_later(work, after))
    ordered = chosen.order_by(_r.due_at.asc().nulls_last(), _r.id)  # as the index of open requests is
    return record.assemble(work, work.db.execute(ordered.limit(limit)).mappings().all())


@dataclass(frozen=True)
class Counted:
    """How many open requests there are by what is to be done, each once, and with how many that is nothing."""

    todo: Mapping[Todo, int]
    running: int


def counted(work: Work, *, wanted: Filter = ALL) -> Counted:
    """All open requests counted in one pass; whatever is not wanted is left out."""
    todo = sa.case(*((condition(work), one.value) for one, condition in _OWN.items())).label("todo")
    chosen = sa.select(todo, sa.func.count()).where(_r.closed_at.is_(None), *conditions(work, wanted)).group_by(todo)
    found: dict[str | None, int] = {row[0]: row[1] for row in work.db.execute(chosen)}
    return Counted({one: found.get(one.value, 0) for one in Todo}, found.get(None, 0))


def _later(work: Work, after: str) -> sa.ColumnElement[bool]:
    """Such that it comes after that request in the order of limits."""
    record.load(work, after)
    last = work.db.scalar(sa.select(_r.due_at).where(_r.id == after))
    if last is None:
        return sa.and_(_r.due_at.is_(None), _r.id > after)
    return sa.or_(_r.due_at > last, sa.and_(_r.due_at == last, _r.id > after), _r.due_at.is_(None))


def _is(work: Work, todo: Todo) -> sa.ColumnElement[bool]:
    earlier = [one(work) for other, one in _OWN.items() if list(Todo).index(other) < list(Todo).index(todo)]
    return sa.and_(_r.closed_at.is_(None), _OWN[todo](work), *(sa.not_(one) for one in earlier))


def _approve(work: Work) -> sa.ColumnElement[bool]:
    proposal = tables.request_proposal.c
    proposed = sa.select(proposal.request).where(proposal.outcome.is_(None), proposal.expires_at > work.at)
    return sa.or_(_r.id.in_(proposed), _blocked_by(WAITS))  # few are proposed: they are found once, not for each


def _identify(work: Work) -> sa.ColumnElement[bool]:
    """Somebody asks for another, or has sent what a person has to look at; all else the person still has to send."""
    del work
    party, sent = tables.request_party.c, tables.request_evidence.c
    asked = sa.exists().where(party.request == _r.id)
    shown = sa.exists().where(sent.request == _r.id, sent.sort != "points")
    return sa.and_(_state.in_([state.value for state in IDENTIFIES]), sa.or_(asked, shown))


def _review(work: Work) -> sa.ColumnElement[bool]:
    del work
    return _state.in_([State.IN_REVIEW.value, State.DECIDING.value])


def _task(work: Work) -> sa.ColumnElement[bool]:
    del work
    return _blocked_by(TASK)


def _blocked(work: Work) -> sa.ColumnElement[bool]:
    del work
    return _state == State.BLOCKED.value


def _blocked_by(code: str) -> sa.ColumnElement[bool]:
    return sa.and_(_state == State.BLOCKED.value, sa.func.coalesce(_r.blocked, "") == code)


def _near(work: Work) -> sa.ColumnElement[bool]:
    return sa.and_(_r.due_at.is_not(None), _r.due_at <= work.at + SOON)


_OWN = {
    Todo.APPROVE: _approve,
    Todo.IDENTIFY: _identify,
    Todo.REVIEW: _review,
    Todo.TASK: _task,
    Todo.BLOCKED: _blocked,
    Todo.SOON: _near,
}
"""What has to be true for it; of several, the first counts."""
