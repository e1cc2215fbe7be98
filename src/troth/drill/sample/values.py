"""Invented values. No number, address or name of these belongs to anybody: the numbers are of an unassigned shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from troth.base.errors import InputError
from troth.drill.sample.spec import ColumnSpec

MOST_PEOPLE = 9000
"""The numbers from +86 19900000001 on that samples use; those after 9000 are left for whoever joins."""

_COUNTRY = "+86"
_HEX = "0123456789abcdef"


@dataclass
class Invention:
    """Where values come from for one person: a seeded source, the time that has passed, and who they are."""

    random: Random
    number: int
    now: datetime
    until: datetime
    identifiers: Mapping[str, str]

    def value(self, column: ColumnSpec) -> object:
        """A value for one field; each instant is later than the one before."""
        given = self.identifiers.get(column.identifier or "")
        if given is not None:
            return given.removeprefix(_COUNTRY) if column.national else given
        if column.empty and self.random.random() < column.empty:
            return None
        made: object = getattr(self, f"_{column.kind}")(column)
        return made

    def _phone(self, column: ColumnSpec) -> str:
        number = f"1990000{self.number:04d}"
        return number if column.national else _COUNTRY + number

    def _email(self, _: ColumnSpec) -> str:
        return f"customer{self.number:04d}@mail.example"

    def _pick(self, column: ColumnSpec) -> object:
        return self.random.choice(column.of)

    def _form(self, column: ColumnSpec) -> str:
        return "".join(self._sign(sign) for sign in str(self.random.choice(column.of)))

    def _sign(self, sign: str) -> str:
        if sign == "#":
            return str(self.random.randrange(10))
        return self.random.choice(_HEX) if sign == "?" else sign

    def _number(self, column: ColumnSpec) -> int:
        return self.random.randint(int(column.low), int(column.high))

    def _amount(self, column: ColumnSpec) -> float:
        return self.random.randint(int(column.low * 100), int(column.high * 100)) / 100

    def _instant(self, _: ColumnSpec) -> datetime:
        left = max(int((self.until - self.now).total_seconds()), 1)
        self.now += timedelta(seconds=self.random.randrange(max(left // 8, 1)))
        return self.now


def check_people(people: int) -> None:
    """Raise InputError if there are not that many invented numbers."""
    if not 0 < people <= MOST_PEOPLE:
        raise InputError("sample.people", f"a sample has 1 to {MOST_PEOPLE} people, not {people}", hint="ask for fewer")
