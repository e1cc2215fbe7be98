"""How often one may ask: in any period of some length, or from the first of January on; and what is asked twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under
from troth.base.errors import RefusedError
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.requests import admission
from troth.requests.deadline import zone
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.texts import texts

LIGHT = """  disclosures:
    label: {zh: 信息提供记录, en: who received what}
    by: [email]
    frequency: {times: 1, per: 1 year, counted: calendar-year}
"""
KNOW = """  know:
    label: {zh: 知情, en: to know}
    by: [email]
    frequency: {times: 2, per: 12 months}
"""


def limited(world: World) -> None:
    under(world, POLICY.replace("rights:\n", f"rights:\n{LIGHT}{KNOW}").replace("regimes: [cn]", "regimes: [us-ca]"))


def ask(world: World, kind: str) -> State:
    return world.run(world.open(kind)).state


def refused(world: World, kind: str) -> str:
    with pytest.raises(RefusedError) as often:
        world.open(kind)
    assert often.value.code == "requests.too-often"
    return often.value.hint


def test_once_in_a_calendar_year_begins_anew_on_the_first_of_january_where_the_policy_counts(company: World) -> None:
    limited(company)
    assert ask(company, "disclosures") is State.FULFILLED
    assert "2026-12-31" in refused(company, "disclosures")
    company.clock.set(datetime(2027, 1, 1, 7, 59, tzinfo=UTC))  # still December in California
    refused(company, "disclosures")
    company.clock.set(datetime(2027, 1, 1, 8, 0, tzinfo=UTC))
    assert ask(company, "disclosures") is State.FULFILLED
    assert "2027-12-31" in refused(company, "disclosures")


def test_two_in_twelve_months_are_two_in_any_twelve_months(company: World) -> None:
    limited(company)
    assert ask(company, "know") is State.FULFILLED
    company.clock.advance(timedelta(days=200))
    assert ask(company, "know") is State.FULFILLED
    refused(company, "know")
    company.clock.advance(timedelta(days=150))
    refused(company, "know")
    company.clock.advance(timedelta(days=20))
    assert ask(company, "know") is State.FULFILLED, "the first one is more than a year ago"
    refused(company, "know")


def test_a_limit_is_that_of_its_right_and_of_one_person(company: World) -> None:
    limited(company)
    ask(company, "disclosures")
    assert ask(company, "know") is State.FULFILLED
    assert company.open("disclosures", subject=company.other).state is State.RECEIVED


def test_what_is_asked_twice_is_one_request_and_no_word_is_lost(company: World) -> None:
    first = company.open("complaint", details=Details(text="The lamp talks."))
    for text in ("It talks at night, too.", "The lamp talks.", "It talks at night, too."):
        assert company.open("complaint", details=Details(text=text)).id == first.id
    with company.begin() as work:
        said = [(one.role, one.text.reveal()) for one in texts(work, company.vault, first)]
    assert [text for role, text in said if role == "reply"] == ["It talks at night, too."]


def policy_with(counted: str, per: str, times: int) -> Policy:
    line = f"  know: {{label: know, frequency: {{times: {times}, per: {per}, counted: {counted}}}}}\n"
    return parse({"policy.yaml": POLICY.replace("rights:\n", f"rights:\n{line}")})


DAYS = st.lists(st.integers(0, 900), min_size=1, max_size=12).map(sorted)


@settings(max_examples=40, deadline=None)
@given(DAYS, st.integers(1, 3))
def test_no_calendar_year_has_more_answers_than_promised_and_none_is_withheld(days: list[int], times: int) -> None:
    """Against the slow and obvious reference: count the answers of the year on one's fingers."""
    policy = policy_with("calendar-year", "1 year", times)
    where, start = zone(policy), datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    answered: list[date] = []
    for day in days:
        today = (start + timedelta(days=day)).astimezone(where).date()
        fits = sum(one.year == today.year for one in answered) < times
        counted = [
            admission.free_again(datetime(one.year, one.month, one.day, 12, tzinfo=where), often, where)
            for one in answered
            for often in [policy.rights[Kind.KNOW.value].frequency]
            if often is not None
        ]
        now = datetime(today.year, today.month, today.day, 12, tzinfo=where)
        assert (sum(end >= now for end in counted) < times) is fits
        if fits:
            answered.append(today)
