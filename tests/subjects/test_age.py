"""Ages as facts: nobody is taken for older than they are, and everybody grows on their birthday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.consent.people import VAULT
from troth.base.clock import SettableClock
from troth.base.errors import InputError
from troth.base.work import Begin
from troth.journal import service as journal
from troth.subjects import age, facts
from troth.subjects.identifier import identifier
from troth.subjects.service import register

DAYS = st.dates(date(1950, 1, 1), date(2026, 1, 1))
INSTANTS = st.datetimes(datetime(2026, 1, 2), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def years_by_hand(born: date, at: datetime) -> int:
    """Completed years where the day begins last: count birthdays, one after the other."""
    there, years = (at - timedelta(hours=12)).date(), 0
    while (there.year, there.month, there.day) >= (born.year + years + 1, *_birthday(born, born.year + years + 1)):
        years += 1
    return years


def _birthday(born: date, year: int) -> tuple[int, int]:
    common = not (year % 4 == 0 and (year % 100 or year % 400 == 0))
    return (3, 1) if (born.month, born.day) == (2, 29) and common else (born.month, born.day)


@given(DAYS, INSTANTS)
def test_a_person_is_below_every_age_that_they_have_not_completed_and_below_no_other(born: date, at: datetime) -> None:
    years = years_by_hand(born, at)
    expected = {f"age.below.{limit}" for limit in range(1, 26) if years < limit}
    expected |= {"age.adult"} if years >= 18 else set()
    assert age.facts_at(born, at) == expected


@given(DAYS, INSTANTS, st.timedeltas(timedelta(), timedelta(days=4000)))
def test_nobody_grows_younger(born: date, at: datetime, later: timedelta) -> None:
    def below(facts_: frozenset[str]) -> set[str]:
        return {fact for fact in facts_ if fact.startswith("age.below.")}

    now, then = age.facts_at(born, at), age.facts_at(born, at + later)
    assert below(then) <= below(now)
    assert ("age.adult" in now) <= ("age.adult" in then)


def test_the_leap_day_falls_on_the_first_of_march_in_common_years() -> None:
    assert age.reaches(date(2008, 2, 29), 18) == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert age.reaches(date(2008, 2, 29), 20) == datetime(2028, 2, 29, 12, tzinfo=UTC)


def test_the_sweep_makes_people_older_and_of_age(begin: Begin, clock: SettableClock) -> None:
    born = date(2012, 5, 20)
    with begin() as work:
        subject = register(work, VAULT, [identifier("account", "1")])
        age.record(work, VAULT, subject, born)
    for _ in range(16):
        with begin() as work:
            assert facts.facts(work, subject) == age.facts_at(born, work.at)
        clock.advance(timedelta(days=366))
        with begin() as work:
            expected = sum(1 for limit in range(1, 26) if f"age.below.{limit}" in facts.facts(work, subject))
            expected -= sum(1 for fact in age.facts_at(born, work.at) if "below" in fact)
            assert age.grow(work, facts.due(work, work.at, 100)) == expected
            assert age.grow(work, facts.due(work, work.at, 100)) == 0


def test_a_corrected_birth_date_replaces_the_first(begin: Begin, clock: SettableClock) -> None:
    with begin() as work:
        subject = register(work, VAULT, [identifier("account", "1")])
        age.record(work, VAULT, subject, date(2012, 5, 20))
        age.record(work, VAULT, subject, date(1990, 5, 20))
        assert facts.facts(work, subject) == {"age.adult"}
        assert facts.due(work, work.at + timedelta(days=10_000), 100) == ()


def test_the_journal_says_that_an_age_was_given_and_not_which(begin: Begin) -> None:
    with begin() as work:
        subject = register(work, VAULT, [identifier("account", "1")])
        before = journal.size(work)
        age.record(work, VAULT, subject, date(2012, 5, 20))
        age.guardian_agreed(work, VAULT, subject, "proof-17")
        given_, agreed = journal.entries(work, before, 9)
        assert (given_.kind, agreed.kind) == ("subject.age", "subject.guardian")
        assert b"2012" not in given_.leaf
        assert b"proof-17" in agreed.leaf
        assert subject.encode() not in given_.leaf + agreed.leaf
        assert age.GUARDIAN_FACT in facts.facts(work, subject)


@pytest.mark.parametrize("born", [date(2026, 3, 4), date(1890, 1, 1)])
def test_nobody_was_born_tomorrow_or_before_living_memory(begin: Begin, born: date) -> None:
    with begin() as work:
        subject = register(work, VAULT, [identifier("account", "1")])
        with pytest.raises(InputError) as raised:
            age.record(work, VAULT, subject, born)
        assert raised.value.code == "subjects.bad-birth-date"
        assert facts.facts(work, subject) == frozenset()
