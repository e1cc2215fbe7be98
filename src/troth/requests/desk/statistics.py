"""Figures about requests: how many come and go, how long answers take, why some are refused, how old the open ones are.

Every query is bounded by a span of time or by what is open, and goes by an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from troth.base.work import Work
from troth.requests import tables
from troth.requests.kinds import Kind
from troth.requests.machine import FINAL, State

ANSWERED = (State.FULFILLED, State.REFUSED)
"""How a request ends that was answered; the others were taken back, or ended without an answer from the person."""

AGES: tuple[timedelta, ...] = tuple(timedelta(days=days) for days in (7, 14, 30, 45, 90))
"""Where one class of age of open requests ends and the next begins."""

_HOUR = timedelta(hours=1)
_MEDIAN, _MOST = 0.5, 0.9
_LATEST = 200
_r, _d = tables.request.c, tables.request_deadline.c


@dataclass(frozen=True)
class Volume:
    """From `start` to the next: how many were opened and how many ended."""

    start: datetime
    opened: int
    closed: int


@dataclass(frozen=True)
class Answers:
    """Of one kind: how many were answered, in what time half and nine tenths of them, and how many missed a limit.

    Times are in whole hours, rounded down; `allowed` is the strictest limit for an answer that ran on the latest of
    them.
    """

    kind: Kind
    number: int
    median: timedelta
    nine_tenths: timedelta
    allowed: timedelta | None
    late: int


def volume(work: Work, bounds: Sequence[datetime]) -> tuple[Volume, ...]:
    """What came and went in each span between two of the `bounds`, which ascend."""
    over = _r.state.in_([state.value for state in FINAL])
    opened, closed = _counted(work, _r.opened_at, sa.true(), bounds), _counted(work, _r.closed_at, over, bounds)
    return tuple(Volume(*one) for one in zip(bounds, opened, closed, strict=False))


def answers(work: Work, since: datetime, until: datetime) -> tuple[Answers, ...]:
    """How long answers took that were given in that time, by kind."""
    ended = _ended(since, until)
    hours = _hours(work, _r.opened_at, _r.closed_at)
    rows = work.db.execute(sa.select(_r.kind, hours, sa.func.count()).where(ended).group_by(_r.kind, hours))
    found: dict[str, dict[int, int]] = {}
    for kind, length, number in rows:
        found.setdefault(kind, {})[int(length)] = number
    late = _late(work, ended)
    return tuple(
        _answers(Kind(kind), found[kind], _allowed(work, kind, ended), late.get(kind, 0)) for kind in sorted(found)
    )


def refusals(work: Work, since: datetime, until: datetime) -> Mapping[str, int]:
    """Why requests were refused in that time, as codes, the most frequent first."""
    number = sa.func.count().label("number")
    refused = sa.and_(_r.closed_at >= since, _r.closed_at < until, _r.state == State.REFUSED.value)
    chosen = sa.select(_r.blocked, number).where(refused).group_by(_r.blocked).order_by(number.desc(), _r.blocked)
    return {code or "": counted for code, counted in work.db.execute(chosen)}


def ages(work: Work) -> tuple[int, ...]:
    """How many open requests there are of each class of age, the youngest first; the last is older than all `AGES`."""
    ends = [work.at - age for age in AGES]
    between = [sa.and_(_r.opened_at <= newer, _r.opened_at > older) for newer, older in pairwise(ends)]
    conditions = [_r.opened_at > ends[0], *between, _r.opened_at <= ends[-1]]
    return _sums(work, conditions, _r.closed_at.is_(None))


def quantile(counts: Mapping[int, int], share: float) -> int:
    """The smallest value that at least so large a share of the counted reach or stay below; `counts` is not empty."""
    wanted, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    raise ValueError("nothing was counted")


def _answers(kind: Kind, hours: Mapping[int, int], allowed: int | None, late: int) -> Answers:
    limit = None if allowed is None else allowed * _HOUR
    median, most = quantile(hours, _MEDIAN) * _HOUR, quantile(hours, _MOST) * _HOUR
    return Answers(kind, sum(hours.values()), median, most, limit, late)


def _allowed(work: Work, kind: str, ended: sa.ColumnElement[bool]) -> int | None:
    """The hours of the strictest limit for an answer on the latest requests of a kind."""
    newest = sa.select(_r.id, _r.opened_at).where(_r.kind == kind, ended).order_by(_r.opened_at.desc(), _r.id.desc())
    latest = newest.limit(_LATEST).subquery()
    least = sa.func.min(_hours(work, latest.c.opened_at, _d.due_at))
    joined = latest.join(tables.request_deadline, _d.request == latest.c.id)
    found = work.db.scalar(sa.select(least).select_from(joined).where(_d.stage == "answer"))
    return None if found is None else int(found)


def _late(work: Work, ended: sa.ColumnElement[bool]) -> Mapping[str, int]:
    """By kind, how many missed a limit."""
    missed = sa.select(_d.request).where(_d.missed_at.is_not(None))
    chosen = sa.select(_r.kind, sa.func.count()).where(_r.id.in_(missed), ended)
    return {kind: int(counted) for kind, counted in work.db.execute(chosen.group_by(_r.kind))}


def _ended(since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    answered = _r.state.in_([state.value for state in ANSWERED])
    return sa.and_(_r.closed_at >= since, _r.closed_at < until, answered)


def _counted(
    work: Work, column: sa.ColumnElement[datetime], which: sa.ColumnElement[bool], bounds: Sequence[datetime]
) -> tuple[int, ...]:
    """How many lie in each span; each is counted in an index alone."""
    table = tables.request
    counts = [
        sa.select(sa.func.count()).select_from(table).where(which, column >= start, column < end).scalar_subquery()
        for start, end in pairwise(bounds)
    ]
    return tuple(int(number) for number in work.db.execute(sa.select(*counts)).one())


def _sums(work: Work, conditions: Iterable[sa.ColumnElement[bool]], where: sa.ColumnElement[bool]) -> tuple[int, ...]:
    columns = [sa.func.coalesce(sa.func.sum(sa.case((one, 1), else_=0)), 0) for one in conditions]
    row = work.db.execute(sa.select(*columns).select_from(tables.request).where(where)).one()
    return tuple(int(number) for number in row)


def _hours(work: Work, start: sa.ColumnElement[datetime], end: sa.ColumnElement[datetime]) -> sa.ColumnElement[int]:
    """The whole hours between two instants, rounded down; each database has its own words for that."""
    if work.db.dialect.name == "sqlite":
        seconds = sa.cast(sa.func.strftime("%s", end), sa.Integer) - sa.cast(sa.func.strftime("%s", start), sa.Integer)
        return seconds // 3600
    return sa.cast(sa.func.floor(sa.extract("epoch", end - start) / 3600), sa.Integer)
