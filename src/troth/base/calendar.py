"""When a period ends: calendar days, months, and working days of the United States and of China.

A deadline keeps its unit until its start is known; here it becomes an instant. The day is the one of the place where
the deadline runs (`zone`), and its end is kept to the last microsecond before the next day begins, so that the date
shown is the last day itself and never the one after it.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache, lru_cache
from itertools import count
from typing import Literal

import chinese_calendar
import holidays

from troth.base.errors import InputError
from troth.base.period import Period

Starts = Literal["next_day", "receipt_day", "receipt_instant"]
Roll = Literal["none", "next_working_day"]

WEEKDAYS = "weekdays"
"""The calendar that knows Monday to Friday and no holidays: the strict one, where the place is not known."""

_DAY = timedelta(days=1)
_MONTHS_A_YEAR = 12
_SATURDAY = 5


@dataclass(frozen=True, order=True)
class Due:
    """The last instant of a period. `provisional`: it rests on holidays that are not proclaimed yet."""

    at: datetime
    provisional: bool = False


def due(
    start: datetime,
    period: Period,
    *,
    zone: tzinfo,
    starts: Starts = "next_day",
    roll: Roll = "none",
    calendar: str = WEEKDAYS,
) -> Due:
    """The end of `period` that a request received at `start` sets running.

    `next_day` does not count the day of receipt (Regulation 1182/71 art. 3(1)), `receipt_day` counts it as the
    first; months and years end on the day of the same number, or on the last of a shorter month, in both
    countings (art. 3(2)(c); the ICO counts so too). Hours run from the very instant and never roll (art. 3(4));
    with `receipt_instant` so do days that do not roll. All else ends with its last day. `roll` moves an end
    on a day off to the next working day of `calendar`: `weekdays`, `cn` (China with make-up days) or a
    country code that the `holidays` library knows.

    Raises InputError `calendar.unknown`; ValueError for a start without a zone, which names no instant.
    """
    if start.tzinfo is None:
        raise ValueError("a start needs a time zone")
    if period.unit == "hours":
        return Due(start.astimezone(UTC) + timedelta(hours=period.amount))
    if period.unit == "days" and starts == "receipt_instant" and roll == "none":
        return Due(start.astimezone(UTC) + period.amount * _DAY)
    received = start.astimezone(zone).date()
    last, provisional = _last_day(received, period, counted=starts == "receipt_day")
    if roll == "next_working_day":
        last, guessed = _nth(_days_from(last), 1, calendar)
        provisional = provisional or guessed
    return Due(end_of(last, zone), provisional)


def end_of(day: date, zone: tzinfo) -> datetime:
    """The last instant of `day` in `zone`, in UTC."""
    return datetime.combine(day + _DAY, time.min, zone).astimezone(UTC) - timedelta.resolution


def working(day: date, calendar: str = WEEKDAYS) -> bool:
    """Whether people work on `day` there. Raises InputError `calendar.unknown`."""
    return _look(day, calendar)[0]


@lru_cache(maxsize=4096)
def _last_day(received: date, period: Period, *, counted: bool) -> tuple[date, bool]:
    """The day on which the period ends, and whether that is provisional; `counted`: day one is the day of receipt."""
    first = received if counted else received + _DAY
    match period.unit:
        case "months":
            return _months_on(received, period.amount), False
        case "years":
            return _months_on(received, period.amount * _MONTHS_A_YEAR), False
        case "business_days_us":
            return _nth(_days_from(first), period.amount, "us")
        case "working_days_cn":
            return _nth(_days_from(first), period.amount, "cn")
        case _:
            return first + (period.amount - 1) * _DAY, False


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * _MONTHS_A_YEAR + day.month - 1 + months, _MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days_from(day: date) -> Iterator[date]:
    return (day + n * _DAY for n in count())


def _nth(days: Iterator[date], amount: int, calendar: str) -> tuple[date, bool]:
    """The `amount`-th working day of `days`, and whether a guessed day lay on the way to it."""
    guessed_any = False
    for day in days:
        works, guessed = _look(day, calendar)
        guessed_any = guessed_any or guessed
        amount -= works
        if not amount:
            return day, guessed_any
    raise AssertionError("days never end")


def _look(day: date, calendar: str) -> tuple[bool, bool]:
    """Whether people work on `day`, and whether that is a guess."""
    if calendar == WEEKDAYS:
        return day.weekday() < _SATURDAY, False
    if calendar == "cn":
        return _china(day)
    return _country(calendar).is_working_day(day), False


def _china(day: date) -> tuple[bool, bool]:
    """China's arrangement, make-up days included, for the years it is proclaimed; a guess without them otherwise."""
    try:
        return chinese_calendar.is_workday(day), False
    except NotImplementedError:  # the library's way to say that it holds no data for the year
        return _country("cn").is_working_day(day), True


@cache
def _country(code: str) -> holidays.HolidayBase:
    """The public holidays of a country; only the federal ones where it is a federation."""
    try:
        return holidays.country_holidays(code.upper())
    except NotImplementedError:
        raise InputError(
            "calendar.unknown",
            f"there is no calendar `{code}`",
            hint=f"use `{WEEKDAYS}` or a two-letter country code such as `cn`, `us`, `gb` or `de`",
        ) from None
