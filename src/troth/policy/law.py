"""The periods of the regimes that a policy names, and how long a period usually lasts."""

from __future__ import annotations

from collections.abc import Mapping

from troth.base.errors import InputError
from troth.base.period import Period, Unit
from troth.regimes.load import figure

_WEEK = 7 / 5  # calendar days to a working day
_DAYS: Mapping[Unit, float] = {
    "hours": 1 / 24,
    "days": 1,
    "business_days_us": _WEEK,
    "working_days_cn": _WEEK,
    "months": 365 / 12,
    "years": 365,
}


def usual_days(period: Period) -> float:
    """How many calendar days the period usually lasts; enough to compare what different calendars count."""
    return period.amount * _DAYS[period.unit]


def period_of_law(regime: str, name: str) -> Period | None:
    """The figure as a period; nothing if the regime is unknown, or states no such figure or no period."""
    try:
        found = figure(regime, name)
    except InputError:
        return None
    return found.period if found.is_period else None


def strictest(regimes: tuple[str, ...], name: str) -> Period | None:
    """The period that usually ends first among those of the regimes; nothing if none of them states one."""
    periods = [period for regime in sorted(regimes) if (period := period_of_law(regime, name)) is not None]
    return min(periods, key=usual_days, default=None)
