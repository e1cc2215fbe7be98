"""A slow, obvious reference for due dates: it walks from day to day and looks each one up in a list written by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from troth.base.period import Period


def _span(first: str, last: str) -> set[date]:
    day, end, days = date.fromisoformat(first), date.fromisoformat(last), set()
    while day <= end:
        days.add(day)
        day += timedelta(days=1)
    return days


# US federal holidays 2025 and 2026 (5 U.S.C. 6103), as observed on weekdays.
US_DAYS_OFF = {
    date.fromisoformat(day)
    for day in [
        "2025-01-01",
        "2025-01-20",
        "2025-02-17",
        "2025-05-26",
        "2025-06-19",
        "2025-07-04",
        "2025-09-01",
        "2025-10-13",
        "2025-11-11",
        "2025-11-27",
        "2025-12-25",
        "2026-01-01",
        "2026-01-19",
        "2026-02-16",
        "2026-05-25",
        "2026-06-19",
        "2026-07-03",
        "2026-09-07",
        "2026-10-12",
        "2026-11-11",
        "2026-11-26",
        "2026-12-25",
    ]
}

# China 2025 and 2026: the State Council's arrangements, with the weekend days that are worked in exchange.
CN_DAYS_OFF = (
    _span("2025-01-01", "2025-01-01")
    | _span("2025-01-28", "2025-02-04")
    | _span("2025-04-04", "2025-04-06")
    | _span("2025-05-01", "2025-05-05")
    | _span("2025-05-31", "2025-06-02")
    | _span("2025-10-01", "2025-10-08")
    | _span("2026-01-01", "2026-01-03")
    | _span("2026-02-15", "2026-02-23")
    | _span("2026-04-04", "2026-04-06")
    | _span("2026-05-01", "2026-05-05")
    | _span("2026-06-19", "2026-06-21")
    | _span("2026-09-25", "2026-09-27")
    | _span("2026-10-01", "2026-10-07")
)
CN_MADE_UP = {
    date.fromisoformat(day)
    for day in [
        "2025-01-26",
        "2025-02-08",
        "2025-04-27",
        "2025-09-28",
        "2025-10-11",
        "2026-01-04",
        "2026-02-14",
        "2026-02-28",
        "2026-05-09",
        "2026-09-20",
        "2026-10-10",
    ]
}


def works(day: date, calendar: str) -> bool:
    if calendar == "cn":
        return day in CN_MADE_UP or (day.weekday() < 5 and day not in CN_DAYS_OFF)
    if calendar == "us":
        return day.weekday() < 5 and day not in US_DAYS_OFF
    return day.weekday() < 5


def last_day(start: datetime, period: Period, *, zone: tzinfo, starts: str, roll: str, calendar: str) -> date:
    """The last day of a period that is counted in days of some kind, months or years."""
    day = start.astimezone(zone).date()
    if period.unit in {"months", "years"}:
        months = period.amount * (12 if period.unit == "years" else 1)
        number = day.day
        for _ in range(months):
            day = day.replace(day=1) + timedelta(days=32)
            day = day.replace(day=1)
        while day.day < number and (day + timedelta(days=1)).day != 1:
            day += timedelta(days=1)
    else:
        kind = {"business_days_us": "us", "working_days_cn": "cn"}.get(period.unit)
        left = period.amount
        if starts != "receipt_day":
            day += timedelta(days=1)
        while True:
            left -= kind is None or works(day, kind)
            if left == 0:
                break
            day += timedelta(days=1)
    if roll == "next_working_day":
        while not works(day, calendar):
            day += timedelta(days=1)
    return day


def end(day: date, zone: tzinfo) -> datetime:
    """The last microsecond of a day, found by its date in the zone and not by its clock time."""
    instant = datetime.combine(day, time(12), zone).astimezone(UTC)
    for step in (timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)):
        while (instant + step).astimezone(zone).date() == day:
            instant += step
            if step < timedelta(seconds=1) and instant.microsecond < 999_999:
                instant = instant.replace(microsecond=999_998)
    return instant
