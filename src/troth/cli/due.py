"""Carries out `troth deadlines`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from troth.cli.session import opened
from troth.requests.model import Deadline, Request
from troth.requests.service import due_soonest

Limits = Sequence[tuple[Request, Deadline]]

_MOST = 500


def due_at(day: datetime | None) -> tuple[Limits, datetime]:
    """Every limit that is not met, of open requests; and the instant that is looked from (the end of `day`)."""
    app = opened()
    with app.begin() as work:
        found = [(one, limit) for one in due_soonest(work, limit=_MOST) for limit in one.deadlines if not limit.met_at]
        now = work.at
    chosen = now if day is None else day.replace(tzinfo=UTC) + timedelta(days=1)
    return sorted(found, key=lambda one: (one[1].due_at, one[0].id, one[1].clause)), chosen


def lines(found: Limits, now: datetime) -> list[str]:
    """One line a limit."""
    return [_line(request, limit, now) for request, limit in found] or ["nothing is due"]


def values(found: Limits, now: datetime) -> list[dict[str, Any]]:
    """The same for a program."""
    return [
        {
            "request": request.id,
            "reference": request.reference,
            "stage": limit.stage,
            "clause": limit.clause,
            "period": limit.period,
            "due_at": limit.due_at,
            "late": limit.running and limit.due_at < now,
            "paused": limit.paused_at is not None,
            "extended": limit.extended,
            "provisional": limit.provisional,
        }
        for request, limit in found
    ]


def _line(request: Request, limit: Deadline, now: datetime) -> str:
    how = "paused" if limit.paused_at else "LATE" if limit.due_at < now else "due"
    more = ", extended" if limit.extended else ""
    return (
        f"{limit.due_at:%Y-%m-%d} {how:6} {request.reference} {request.kind} {limit.stage}: "
        f"{limit.period} ({limit.clause}{more})"
    )
