"""The rows of time limits: they begin, are met, stand still, go on, are extended; and missed ones are told of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from troth.base.calendar import Due
from troth.base.work import Work
from troth.regimes.model import Pause
from troth.requests import tables
from troth.requests.deadline import strictness
from troth.requests.model import Deadline, Stage

_c = tables.request_deadline.c


def begin(work: Work, request_id: str, limits: Iterable[Deadline]) -> None:
    """Have these limits run on the request from now on."""
    rows = [row(request_id, one) for one in limits]
    if rows:
        work.db.execute(sa.insert(tables.request_deadline), rows)
    _refresh(work, request_id)


def of(work: Work, ids: Collection[str]) -> Mapping[str, tuple[Deadline, ...]]:
    """The limits of each request, the strictest first."""
    if not ids:
        return {}
    rows = work.db.execute(sa.select(tables.request_deadline).where(_c.request.in_(list(ids))))
    found: dict[str, list[Deadline]] = {}
    for row in rows:
        found.setdefault(row.request, []).append(_deadline(row))
    return {name: tuple(sorted(limits, key=strictness)) for name, limits in found.items()}


def meet(work: Work, request_id: str, stage: Stage | None = None) -> None:
    """What was promised for `stage` has happened; None: the request is closed, and nothing is owed any more."""
    _change(work, request_id, *([_c.stage == stage] if stage else []), met_at=work.at, paused_at=None)


def pause(work: Work, request_id: str, reason: Pause) -> None:
    """It is the person's turn: time stands still for those limits whose law allows it for that reason."""
    _change(work, request_id, _c.paused_at.is_(None), _allows(reason), paused_at=work.at)


def resume(work: Work, request_id: str) -> None:
    """Time goes on, and every limit that stood still ends so much later."""
    for one in of(work, [request_id]).get(request_id, ()):
        if one.paused_at is not None:
            later = one.due_at + (work.at - one.paused_at)
            _change(work, request_id, _c.clause == one.clause, due_at=later, paused_at=None)


def extend(work: Work, request_id: str, limit: Deadline, end: Due) -> None:
    """Let one limit end later, once."""
    values = {"due_at": end.at, "provisional": end.provisional, "extended": True}
    _change(work, request_id, _c.clause == limit.clause, _c.extended.is_(False), **values)


def over(work: Work) -> tuple[tuple[str, Deadline], ...]:
    """The limits that ended without being met and that nobody has written down yet, the longest over first."""
    unsaid = sa.and_(_c.met_at.is_(None), _c.paused_at.is_(None), _c.missed_at.is_(None), _c.due_at < work.at)
    rows = work.db.execute(sa.select(tables.request_deadline).where(unsaid).order_by(_c.due_at, _c.request, _c.clause))
    return tuple((row.request, _deadline(row)) for row in rows)


@dataclass(frozen=True)
class Near:
    """A limit that ends soon or has ended, of which staff have not been warned yet."""

    request: str
    reference: str
    limit: Deadline
    late: bool


def near(work: Work, ahead: timedelta) -> tuple[Near, ...]:
    """The limits of open requests that staff are to be warned of now, the one that ends first on top.

    Each is told of once before its end and once after it.
    """
    r = tables.request.c
    running = sa.and_(_c.met_at.is_(None), _c.paused_at.is_(None), r.closed_at.is_(None))
    soon = sa.and_(_c.due_at <= work.at + ahead, _c.warned_at.is_(None))
    over_since = sa.and_(_c.due_at < work.at, _c.warned_at <= _c.due_at)
    joined = tables.request_deadline.join(tables.request, r.id == _c.request)
    chosen = sa.select(tables.request_deadline, r.reference).select_from(joined).where(running, soon | over_since)
    rows = work.db.execute(chosen.order_by(_c.due_at, _c.request, _c.clause))
    return tuple(Near(row.request, row.reference, _deadline(row), row.due_at < work.at) for row in rows)


def warned(work: Work, one: Near) -> None:
    """Staff were told."""
    _change(work, one.request, _c.clause == one.limit.clause, warned_at=work.at)


def miss(work: Work, request_id: str, limit: Deadline) -> bool:
    """Write down that a limit was missed; False when somebody else was first."""
    return _change(work, request_id, _c.clause == limit.clause, _c.missed_at.is_(None), missed_at=work.at) == 1


def _change(work: Work, request_id: str, *which: sa.ColumnElement[bool], **values: object) -> int:
    mine = sa.and_(_c.request == request_id, _c.met_at.is_(None), *which)
    changed = work.db.execute(sa.update(tables.request_deadline).where(mine).values(**values)).rowcount
    _refresh(work, request_id)
    return changed


def _refresh(work: Work, request_id: str) -> None:
    """Keep the strictest limit that is not met on the request's own row, where lists are ordered by it."""
    strictest = sa.select(sa.func.min(_c.due_at)).where(_c.request == request_id, _c.met_at.is_(None)).scalar_subquery()
    work.db.execute(sa.update(tables.request).where(tables.request.c.id == request_id).values(due_at=strictest))


def _allows(reason: Pause) -> sa.ColumnElement[bool]:
    return (":" + _c.pausable + ":").contains(f":{reason}:")


def row(request_id: str, one: Deadline) -> Mapping[str, object]:
    """The row of a new limit."""
    return {
        "request": request_id,
        "clause": one.clause,
        "source": one.source,
        "period": one.period,
        "due_at": one.due_at,
        "provisional": one.provisional,
        "stage": one.stage,
        "pausable": ":".join(one.pausable),
        "extended": one.extended,
        "met_at": one.met_at,
    }


def _deadline(row: sa.Row[tuple[object, ...]]) -> Deadline:
    return Deadline(
        row.source,
        row.clause,
        row.period,
        row.due_at,
        row.provisional,
        row.stage,
        tuple(part for part in row.pausable.split(":") if part),
        row.extended,
        row.paused_at,
        row.met_at,
        row.missed_at,
    )
