"""The pulse: it finds what should run and does not, what was missed, and whose time to answer is over.

It is level-triggered: it compares what should be with what is. Whatever was lost (a message, a worker, a machine) is
found by the next one, because nothing but the rows of the requests themselves says what is to be done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta

import sqlalchemy as sa

from troth.base.errors import ConflictError
from troth.base.work import Work
from troth.requests import limits, record, tables
from troth.requests.deciding import proposals
from troth.requests.fulfilment import package, parcels
from troth.requests.machine import AWAITS_PERSON, RUNS, Event, State
from troth.requests.ports import Jobs
from troth.subjects.tables import subject as subject_table
from troth.subjects.vault import Vault

LEASE = timedelta(minutes=2)
"""How long a worker that was asked to run a request is left alone before the pulse asks again.

Every step of a run renews it. When a run outlasts it, two runs of one request may overlap: that is wasteful but
safe, because every step is idempotent and every move is compare-and-set.
"""

PATIENCE = timedelta(days=45)
"""How long a person is waited for who does not show who they are, or does not reply: as long as California gives the
company itself to answer (11 CCR § 7021(b)). After that the request lapses; they may ask again at any time."""

_AT_ONCE = 500  # values in one list of a statement; every database takes that many

_ENDED_BY = {
    State.IDENTIFYING: Event.REFUSE,
    State.DOUBTED: Event.REFUSE,
    State.IN_REVIEW: Event.REFUSE,
    State.DECIDING: Event.REFUSE,
    State.CLARIFYING: Event.LAPSE,
    State.PRICED: Event.LAPSE,
    State.HELD: Event.RELEASE,
}
"""How a request that waits for somebody is ended, or, where a worker has to, handed back to it."""


def runnable(work: Work) -> tuple[str, ...]:
    """Ids of the requests that a run would carry on, oldest first; blocked ones as well, whenever they are due."""
    return _ids(work, _may_run(work))


def pulse(work: Work, vault: Vault, jobs: Jobs) -> int:
    """Have run what should run and is not running; drop packages whose time is over. Gives the number of runs.

    A blocked request is asked for at once after its first failure and then at growing intervals (`fulfil.pause`).
    """
    package.expire(work)
    parcels.expire(work, vault)
    proposals.expire(work)
    tell_missed(work)
    lapse(work, vault)
    end_orphans(work, vault)
    table = tables.request.c
    due = sa.or_(table.retry_at.is_(None), table.retry_at <= work.at)
    waiting = _ids(work, sa.and_(_may_run(work), _idle(work), due))
    return sum(ask_for_all(work, some, jobs) for some in _pages(waiting))


def tell_missed(work: Work) -> int:
    """Write every limit that was missed since the last look into its timeline and into the journal."""
    told = 0
    for request_id, limit in limits.over(work):
        if limits.miss(work, request_id, limit):
            record.note(work, record.load(work, request_id), "miss", code=limit.clause)
            told += 1
    return told


def lapse(work: Work, vault: Vault) -> int:
    """End the requests whose person has been waited for long enough, and give their number."""
    table = tables.request.c
    waited = sa.and_(table.state.in_([state.value for state in AWAITS_PERSON]), table.waits_since <= work.at - PATIENCE)
    ended = 0
    for request_id in _ids(work, waited):
        try:
            record.advance(work, vault, record.load(work, request_id), Event.LAPSE)
            ended += 1
        except ConflictError:  # they answered at this very moment
            continue
    return ended


def end_orphans(work: Work, vault: Vault) -> int:
    """End what waits for somebody although its person's key is destroyed: nothing can be written to them any more.

    What a worker carries out, the worker ends.
    """
    table, subject = tables.request.c, subject_table.c
    gone = sa.select(subject.id).where(subject.shredded_at.is_not(None))
    waiting = sa.and_(table.state.in_([state.value for state in _ENDED_BY]), table.subject.in_(gone))
    found = _ids(work, waiting)
    for request_id in found:
        request = record.load(work, request_id)
        record.advance(work, vault, request, _ENDED_BY[request.state], code="subjects.shredded")
    return len(found)


def ask_for(work: Work, request_id: str, jobs: Jobs) -> bool:
    """Enqueue a run, unless somebody else did in the meantime: the lease is taken by compare-and-set."""
    return ask_for_all(work, [request_id], jobs) == 1


def ask_for_all(work: Work, ids: Sequence[str], jobs: Jobs) -> int:
    """The same for up to 500 requests, in one statement; gives the number of runs."""
    table = tables.request.c
    taken = sa.update(tables.request).where(table.id.in_(ids), _idle(work)).values(asked_at=work.at).returning(table.id)
    mine = set(work.db.scalars(taken))
    if mine:
        jobs.enqueue(work, *(one for one in ids if one in mine))
    return len(mine)


def leave(work: Work, ids: Collection[str]) -> None:
    """End the leases of these requests, so that the next pulse asks for those that may run."""
    if ids:
        work.db.execute(sa.update(tables.request).where(tables.request.c.id.in_(ids)).values(asked_at=None))


def _may_run(work: Work) -> sa.ColumnElement[bool]:
    table = tables.request.c
    begun = [state.value for state in RUNS]
    over = sa.and_(table.state == State.COOLING_OFF.value, table.act_at <= work.at)
    return sa.or_(table.state.in_(begun), over)


def _idle(work: Work) -> sa.ColumnElement[bool]:
    table = tables.request.c
    return sa.or_(table.asked_at.is_(None), table.asked_at <= work.at - LEASE)


def _pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _ids(work: Work, condition: sa.ColumnElement[bool]) -> tuple[str, ...]:
    table = tables.request.c
    return tuple(work.db.execute(sa.select(table.id).where(condition).order_by(table.opened_at, table.id)).scalars())
