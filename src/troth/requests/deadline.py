"""The time limits that run on a request: the policy's own and the law's, each visible, the strictest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo

from troth.base.calendar import due
from troth.base.period import Period
from troth.policy.model import Policy
from troth.regimes import regime
from troth.requests.model import Deadline, Kind

ANSWER = "request.answer"
"""The law's figure for answering a request; a regime that states none sets no limit of its own."""


def deadlines(policy: Policy, kind: Kind, opened_at: datetime) -> tuple[Deadline, ...]:
    """Every limit that runs on a request of that kind opened at `opened_at`, the strictest first."""
    return tuple(sorted(_all(policy, kind, opened_at), key=lambda one: (one.due_at, one.clause)))


def cooling_off_end(policy: Policy, kind: Kind, opened_at: datetime) -> datetime | None:
    """When a request of that kind takes effect; None where the policy gives no cooling-off period.

    It is counted from the instant of the request: 7 days are 7 × 24 hours, so that nobody gets fewer.
    """
    right = policy.rights.get(kind.value)
    period: Period | None = right.cooling_off if right else None
    if period is None:
        return None
    return due(opened_at, period, zone=zone(policy), starts="receipt_instant").at


def zone(policy: Policy) -> tzinfo:
    """Where the policy's days are counted: in the zone of the first law it is under."""
    return regime(policy.regimes[0]).zone if policy.regimes else UTC


def _all(policy: Policy, kind: Kind, opened_at: datetime) -> Iterator[Deadline]:
    clause, promised = _promised(policy, kind)
    if promised is not None:
        end = due(opened_at, promised, zone=zone(policy))
        yield Deadline("policy", clause, str(promised), end.at, end.provisional)
    for name in policy.regimes:
        law = regime(name)
        figure = law.figures.get(ANSWER)
        if figure is not None:
            end = figure.due(opened_at, zone=law.zone)
            yield Deadline("law", f"{name}:{ANSWER}", str(figure.period), end.at, end.provisional)


def _promised(policy: Policy, kind: Kind) -> tuple[str, Period | None]:
    """What the policy promises for that right, or for every request where the right itself says nothing."""
    right = policy.rights.get(kind.value)
    if right is not None and right.within is not None:
        return f"rights.{kind.value}.within", right.within
    return "requests.within", policy.requests.within
