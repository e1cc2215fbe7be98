"""A figure of law, and the regime that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo

from troth.base.calendar import WEEKDAYS, Due, Roll, Starts, due
from troth.base.errors import InputError
from troth.base.period import UNITS, Period, Unit
from troth.base.text import Text

Confidence = Literal["primary", "copy", "secondary", "memory"]
"""What the figure was read in: the law's own text, its text in a third party's copy, a report about it, or nothing."""

Bound = Literal["most", "least", "below", "above", "exactly"]
Pause = Literal["identity", "clarification", "fee"]
Status = Literal["in-force", "proposed"]

Count = Literal[
    "years_of_age",
    "people",
    "staff",
    "requests_a_year",
    "methods",
    "data_points",
    "taps",
    "menu_levels",
    "percent_of_turnover",
    "usd",
    "usd_a_day",
    "cny",
]
COUNTS: tuple[Count, ...] = get_args(Count)


@dataclass(frozen=True)
class Figure:
    """One number of one law, in the unit in which the law states it, with where it stands and how sure we are.

    `bound` says what the number limits: at `most`, at `least`, `below` or `above` (the number itself excluded) or
    `exactly`.
    `pausable` lists what stops the time while it is awaited; `extension` names the figure by which it may be
    prolonged; `starts` is absent where the law states no way of counting (the day of the event is then not counted).
    `verified_on` is absent where nobody has looked (`confidence` is then `memory`).
    """

    regime: str
    name: str
    amount: int
    unit: Unit | Count
    means: Text
    law: str
    provision: str
    confidence: Confidence
    verified_on: date | None = None
    bound: Bound = "most"
    starts: Starts | None = None
    roll: Roll = "none"
    calendar: str = WEEKDAYS
    pausable: tuple[Pause, ...] = ()
    extension: str | None = None
    status: Status = "in-force"
    in_force: date | None = None
    note: str = ""

    @property
    def source(self) -> str:
        """The law and its provision, as they are cited."""
        return f"{self.law} {self.provision}".strip()

    @property
    def is_period(self) -> bool:
        """Whether the figure is a length of time; the others count people, ages, money and the like."""
        return self.unit in UNITS

    @property
    def period(self) -> Period:
        """The length of time. Raises InputError `regimes.not-a-period` for a figure that is none."""
        if not self.is_period:
            raise InputError(
                "regimes.not-a-period",
                f"`{self.regime}` `{self.name}` counts {self.unit.replace('_', ' ')}, not time",
                hint="reference a figure whose unit is a length of time",
            )
        return Period(self.amount, cast("Unit", self.unit))

    def due(self, start: datetime, *, zone: tzinfo) -> Due:
        """When the time ends that a request received at `start` sets running, counted as this law counts.

        Raises InputError `regimes.not-a-period`.
        """
        starts = self.starts or "next_day"
        return due(start, self.period, zone=zone, starts=starts, roll=self.roll, calendar=self.calendar)


@dataclass(frozen=True)
class Authority:
    """Whom people complain to about a company, and where."""

    name: Text
    link: str


@dataclass(frozen=True)
class Regime:
    """A body of law: its name in words, the zone in which its days are counted, its figures by name, the rights that it
    gives people, each with its provision, by the names that policies call rights by, and the authority that hears them.
    """

    id: str
    title: Text
    zone: ZoneInfo
    figures: Mapping[str, Figure]
    rights: Mapping[str, str]
    authority: Authority
