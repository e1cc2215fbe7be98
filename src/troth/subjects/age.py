"""How old a person is, as facts: `age.below.N` for every N that they have not reached, `age.adult` from 18 on.

A birth date is given once and not kept. What is kept are the facts and the instants at which they end, so that the
sweep of expiring facts makes everybody older on their birthday. Whoever is born on 29 February reaches an age on
1 March of a common year. A day counts as reached only once it has begun everywhere on earth: for some hours somebody
may be taken for younger than they are, and never for older.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from troth.base.errors import InputError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.subjects import facts
from troth.subjects.facts import Expiry
from troth.subjects.service import commitment
from troth.subjects.vault import Vault

OLDEST: Final = 25
"""The highest limit of age that is told apart; no law that we know of asks about a higher one."""

ADULT: Final = 18
ADULT_FACT: Final = "age.adult"
GUARDIAN_FACT: Final = "guardian.agreed"
_BELOW: Final = "age.below."
_EVERYWHERE: Final = timedelta(hours=12)  # the last place on earth is twelve hours behind UTC
_LONGEST_LIFE: Final = 130


def below_fact(limit: int) -> str:
    """The fact that a person has not reached the age of `limit`."""
    return f"{_BELOW}{limit}"


def reaches(born: date, age: int) -> datetime:
    """The instant from which a person born on `born` counts as `age` years old."""
    year = born.year + age
    leap_day = (born.month, born.day) == (2, 29)
    day = date(year, 3, 1) if leap_day and not _is_leap(year) else born.replace(year=year)
    return datetime.combine(day, time(), UTC) + _EVERYWHERE


def facts_at(born: date, at: datetime) -> frozenset[str]:
    """What the age of a person born on `born` makes true at an instant."""
    below = {below_fact(age) for age in range(1, OLDEST + 1) if at < reaches(born, age)}
    return frozenset(below if at < reaches(born, ADULT) else {*below, ADULT_FACT})


def record(work: Work, vault: Vault, subject: str, born: date) -> None:
    """Say when a person was born; it replaces what was said of their age before. The date itself is not kept.

    Raises InputError `subjects.bad-birth-date`, `subjects.unknown`; RefusedError `subjects.shredded`.
    """
    _check(born, work.at)
    one_writer(work)
    number = work.new_id("age")
    refs = {"statement": number, "subject": commitment(work, vault, subject, number)}
    journal.append(work, "subject.age", refs)
    true = facts_at(born, work.at)
    every = {ADULT_FACT, *(below_fact(age) for age in range(1, OLDEST + 1))}
    facts.change(work, subject, add=sorted(true), remove=sorted(every - true))
    for age in range(1, OLDEST + 1):
        if below_fact(age) in true:
            facts.expire_at(work, subject, below_fact(age), reaches(born, age))


def grow(work: Work, due: Sequence[Expiry]) -> int:
    """Make true what the birthdays among `due` bring; gives how many there were. Other facts are left alone."""
    birthdays = [one for one in due if one.fact.startswith(_BELOW)]
    ended: dict[str, set[str]] = {}
    for one in birthdays:
        ended.setdefault(one.subject, set()).add(one.fact)
    of_age = below_fact(ADULT)
    facts.change_all(work, {who: ([ADULT_FACT] if of_age in gone else [], gone) for who, gone in ended.items()})
    return len(birthdays)


def guardian_agreed(work: Work, vault: Vault, subject: str, verification: str) -> None:
    """Say that a guardian, verified as `verification` tells, agreed to the policy for a person who is too young to.

    `verification` refers to the proof and holds no personal data. Raises as `record` does.
    """
    one_writer(work)
    number = work.new_id("grd")
    refs = {"statement": number, "subject": commitment(work, vault, subject, number), "verification": verification}
    journal.append(work, "subject.guardian", refs)
    facts.change(work, subject, add=[GUARDIAN_FACT])


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _check(born: date, at: datetime) -> None:
    if born > (at + timedelta(days=1)).date() or born.year < at.year - _LONGEST_LIFE:
        hint = "give the day on which the person was born, like 2009-04-30"
        raise InputError("subjects.bad-birth-date", "that cannot be a birth date of somebody alive", hint=hint)
