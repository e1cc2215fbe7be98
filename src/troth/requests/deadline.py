"""The time limits that run on a request: the policy's own and the law's, each visible, the strictest first. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from troth.base.calendar import Due, due
from troth.base.period import Period
from troth.policy.model import Policy, Right
from troth.regimes import Figure, regime
from troth.requests.kinds import Kind, Way, of_way
from troth.requests.model import Deadline, Stage

_LOOKED_UP = of_way(Way.PACKAGE) | {Kind.ERASURE}
_COMPLAINT = frozenset({Kind.COMPLAINT})
_OPT_OUT, _LIMIT = frozenset({Kind.OPT_OUT}), frozenset({Kind.LIMIT})
_EVERY_OTHER = frozenset(Kind) - _COMPLAINT - _OPT_OUT - _LIMIT - {Kind.OPT_IN, Kind.WITHDRAWAL, Kind.POLICY}

LAW: Mapping[str, tuple[Stage, frozenset[Kind]]] = {
    "request.acknowledge": ("acknowledge", _LOOKED_UP),
    "request.answer": ("answer", _EVERY_OTHER),
    "complaint.acknowledge": ("acknowledge", _COMPLAINT),
    "complaint.answer": ("answer", _COMPLAINT),
    "optout.apply": ("answer", _OPT_OUT),
    "sensitive.limit.apply": ("answer", _LIMIT),
}
"""The law's figures that set a limit: for what, and on which kinds. A regime that states none sets none of its own."""


def deadlines(policy: Policy, kind: Kind, opened_at: datetime, *, identified: bool = True) -> tuple[Deadline, ...]:
    """Every limit that runs on a request of that kind opened at `opened_at`, the strictest first.

    One that the policy counts from the proof of identity begins when that is given; until then (`identified` is
    False) it is not among them. What it counts from a check of the matter runs from the beginning: that is stricter.
    """
    found = (*_promised(policy, kind, opened_at, identified=identified), *_legal(policy, kind, opened_at))
    return tuple(sorted(found, key=strictness))


def strictness(one: Deadline) -> tuple[datetime, str]:
    """Orders limits, the one that ends first before the others."""
    return one.due_at, one.clause


def extended(policy: Policy, kind: Kind, limit: Deadline, opened_at: datetime) -> Due | None:
    """When `limit` ends if it is extended; None where nothing lets it be."""
    if limit.stage != "answer":
        return None
    if limit.source == "law":
        return _extended_by_law(limit, opened_at)
    right = policy.rights.get(kind.value)
    period = right.extension if right else None
    return due(limit.due_at, period, zone=zone(policy)) if period else None


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


def _promised(policy: Policy, kind: Kind, opened_at: datetime, *, identified: bool) -> Iterator[Deadline]:
    right = policy.rights.get(kind.value)
    where = zone(policy)
    if right is not None and right.acknowledge is not None:
        yield _limit("acknowledge", f"rights.{kind.value}.acknowledge", right.acknowledge, opened_at, where)
    clause, period, starts = _answer(policy, kind, right)
    if period is not None and (identified or starts != "verification"):
        yield _limit("answer", clause, period, opened_at, where)


def _answer(policy: Policy, kind: Kind, right: Right | None) -> tuple[str, Period | None, str]:
    """What the policy promises for that right, or for every request where the right itself says nothing."""
    if right is not None and right.within is not None:
        return f"rights.{kind.value}.within", right.within, right.counts_from
    return "requests.within", policy.requests.within, policy.requests.counts_from


def _limit(stage: Stage, clause: str, period: Period, start: datetime, where: tzinfo) -> Deadline:
    end = due(start, period, zone=where)
    return Deadline("policy", clause, str(period), end.at, end.provisional, stage)


def _legal(policy: Policy, kind: Kind, opened_at: datetime) -> Iterator[Deadline]:
    for name in policy.regimes:
        law = regime(name)
        for figure_name, (stage, kinds) in LAW.items():
            figure = law.figures.get(figure_name)
            if figure is not None and kind in kinds:
                end = figure.due(opened_at, zone=law.zone)
                clause = f"{name}:{figure_name}"
                yield Deadline(
                    "law", clause, str(figure.period), end.at, end.provisional, stage, pausable=figure.pausable
                )


def _extended_by_law(limit: Deadline, opened_at: datetime) -> Due | None:
    """Months are added to months before anything is counted: one month and two more are three from the receipt."""
    name, _, figure_name = limit.clause.partition(":")
    law = regime(name)
    figure = law.figures[figure_name]
    more = law.figures.get(figure.extension) if figure.extension else None
    return _together(figure, more).due(opened_at, zone=law.zone) if more else None


def _together(figure: Figure, more: Figure) -> Figure:
    assert figure.unit == more.unit, "a law extends a period in the unit that it states it in"
    return replace(figure, amount=figure.amount + more.amount)
