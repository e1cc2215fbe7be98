"""A length of time as a law or a policy states it; it becomes a date only when a start is known (see `calendar`)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from troth.base.errors import InputError

Unit = Literal["hours", "days", "business_days_us", "working_days_cn", "months", "years"]
UNITS: tuple[Unit, ...] = get_args(Unit)

_MONTHS_A_YEAR = 12
_LONGEST_YEARS = 150  # no law and no policy states more; it keeps every due date inside the calendar
_UNITS_A_YEAR: Mapping[Unit, int] = {
    "hours": 8784,
    "days": 366,
    "business_days_us": 262,
    "working_days_cn": 262,
    "months": _MONTHS_A_YEAR,
    "years": 1,
}

_SAID: Mapping[str, Mapping[Unit, tuple[str, str]]] = {
    "en": {  # one, several
        "hours": ("{} hour", "{} hours"),
        "days": ("{} day", "{} days"),
        "business_days_us": ("{} business day", "{} business days"),
        "working_days_cn": ("{} working day", "{} working days"),
        "months": ("{} month", "{} months"),
        "years": ("{} year", "{} years"),
    },
    "zh": {
        "hours": ("{}小时", "{}小时"),
        "days": ("{}天", "{}天"),
        "business_days_us": ("{}个美国工作日", "{}个美国工作日"),
        "working_days_cn": ("{}个工作日", "{}个工作日"),
        "months": ("{}个月", "{}个月"),
        "years": ("{}年", "{}年"),
    },
}

_READ: Mapping[str, Unit] = {
    "hour": "hours",
    "小时": "hours",
    "day": "days",
    "calendar day": "days",
    "天": "days",
    "日": "days",
    "自然日": "days",
    "business day": "business_days_us",
    "美国工作日": "business_days_us",
    "working day": "working_days_cn",
    "工作日": "working_days_cn",
    "month": "months",
    "月": "months",
    "year": "years",
    "年": "years",
}

_FORM = re.compile(r"(?P<amount>[0-9]{1,7})\s*个?\s*(?P<unit>[^\W\d_][^\d]*)")
_HINT = "write a number and a unit, such as `30 days`, `15 working days`, `10 business days`, `24 hours` or `30天`"


@dataclass(frozen=True)
class Period:
    """So many of a unit, kept as it was stated: 15 working days never become 21 days.

    `business_days_us` leave out weekends and US federal holidays; `working_days_cn` follow China's holiday
    arrangement with its make-up days. Raises InputError `period.out-of-range` for less than one or more than
    150 years.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.amount <= _LONGEST_YEARS * _UNITS_A_YEAR[self.unit]:
            raise InputError(
                "period.out-of-range",
                f"`{self.amount} {self.unit}` is not a length of time that can be kept",
                hint=f"use at least 1 and at most {_LONGEST_YEARS} years",
            )

    def __str__(self) -> str:
        return self.words("en")

    def words(self, language: str) -> str:
        """As a person says it; `parse_period` reads it back. A language without words of its own gets English."""
        one, several = _SAID.get(language, _SAID["en"])[self.unit]
        return (one if self.amount == 1 else several).format(self.amount)

    def comparable(self, other: Period) -> bool:
        """Whether one of the two is longer on every calendar: the same unit, or months with years."""
        return self._scale[0] == other._scale[0]

    @property
    def _scale(self) -> tuple[Unit, int]:
        """The unit to measure in, and the measure: 1 year is as long as 12 months, nothing else converts."""
        return ("months", self.amount * _MONTHS_A_YEAR) if self.unit == "years" else (self.unit, self.amount)

    def __lt__(self, other: Period) -> bool:
        return self._scale[1] < other._scale[1] if self.comparable(other) else NotImplemented

    def __le__(self, other: Period) -> bool:
        return self._scale[1] <= other._scale[1] if self.comparable(other) else NotImplemented

    def __gt__(self, other: Period) -> bool:
        return self._scale[1] > other._scale[1] if self.comparable(other) else NotImplemented

    def __ge__(self, other: Period) -> bool:
        return self._scale[1] >= other._scale[1] if self.comparable(other) else NotImplemented


def parse_period(text: str) -> Period:
    """Read `7 days`, `30 working days`, `10 business days`, `1 month`, `30天`, `15个工作日` and the like.

    "Working days" are China's and "business days" those of the United States, as their laws call them.
    Raises InputError `period.unreadable`, or `period.out-of-range` for what no deadline can be.
    """
    form = _FORM.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    unit = _unit(form["unit"]) if form else None
    if form is None or unit is None:
        raise InputError("period.unreadable", f"`{text}` is not a length of time", hint=_HINT)
    return Period(int(form["amount"]), unit)


def _unit(word: str) -> Unit | None:
    """The unit that `word` names, singular or plural, with a hyphen, an underscore or a space between its words."""
    spaced = " ".join(re.split(r"[\s\-]+", word))
    return _READ.get(spaced) or _READ.get(spaced.removesuffix("s"))
