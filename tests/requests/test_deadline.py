"""Deadlines: the law's and the policy's, strictest first, each as its source states it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.requests.world import POLICY
from troth.policy.model import Policy
from troth.policy.read import parse
from troth.requests.deadline import cooling_off_end, deadlines, zone
from troth.requests.kinds import Kind

UNTIMED_BY_CHINA = {Kind.POLICY, Kind.WITHDRAWAL, Kind.OPT_OUT, Kind.OPT_IN, Kind.LIMIT}
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def policy(*changes: tuple[str, str]) -> Policy:
    text = POLICY
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return parse({"policy.yaml": text})


@given(INSTANTS, st.sampled_from(list(Kind)))
def test_every_deadline_lies_ahead_and_the_strictest_comes_first(at: datetime, kind: Kind) -> None:
    found = deadlines(policy(), kind, at)
    answers = sorted(one.source for one in found if one.stage == "answer")
    assert answers == (["policy"] if kind in UNTIMED_BY_CHINA else ["law", "policy"])
    assert all(one.due_at > at for one in found)
    assert [one.due_at for one in found] == sorted(one.due_at for one in found)


@given(INSTANTS)
def test_the_cooling_off_period_is_seven_times_24_hours_from_the_instant(at: datetime) -> None:
    assert cooling_off_end(policy(), Kind.CLOSE_ACCOUNT, at) == at + timedelta(days=7)


@pytest.mark.parametrize("kind", [Kind.COPY, Kind.ERASURE])
def test_what_has_no_cooling_off_period_takes_effect_at_once(kind: Kind) -> None:
    assert cooling_off_end(policy(), kind, datetime(2026, 3, 2, tzinfo=UTC)) is None


def test_working_days_leave_out_the_spring_festival_and_count_the_days_made_up() -> None:
    """Received on Friday 13 February 2026: 14 and 28 February are worked, 15 to 23 February are off."""
    found = deadlines(policy(), Kind.COPY, datetime(2026, 2, 13, 2, 0, tzinfo=UTC))
    assert found[0].due_at == datetime(2026, 3, 12, 15, 59, 59, 999999, tzinfo=UTC)
    assert not found[0].provisional


def test_the_day_of_receipt_is_that_of_the_policys_zone() -> None:
    """17:00 UTC on 2 March is 3 March in Shanghai: the last day is one later than for 10:00 UTC."""
    early, late = (deadlines(policy(), Kind.COPY, datetime(2026, 3, 2, hour, tzinfo=UTC)) for hour in (10, 17))
    assert late[0].due_at - early[0].due_at == timedelta(days=1)


def test_every_law_that_the_policy_is_under_sets_its_own() -> None:
    found = deadlines(policy(("regimes: [cn]", "regimes: [cn, eu]")), Kind.COPY, datetime(2026, 1, 31, tzinfo=UTC))
    assert {one.clause for one in found} == {"cn:request.answer", "eu:request.answer", "requests.within"}
    by_clause = {one.clause: one for one in found}
    assert by_clause["eu:request.answer"].due_at == datetime(2026, 3, 2, 22, 59, 59, 999999, tzinfo=UTC)
    assert by_clause["eu:request.answer"].period == "1 month"


def test_a_right_that_states_its_own_limit_goes_before_the_general_one() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert {one.clause for one in deadlines(policy(), Kind.ERASURE, at)} == {
        "cn:request.answer",
        "rights.erasure.within",
    }
    silent = policy(("requests:\n  within: 30 working days\n", ""))
    assert {one.clause for one in deadlines(silent, Kind.COPY, at)} == {"cn:request.answer"}


def test_a_policy_under_no_law_counts_in_utc() -> None:
    free = policy(("regimes: [cn]", "regimes: []"))
    assert zone(free) is UTC
    assert [one.source for one in deadlines(free, Kind.COPY, datetime(2026, 3, 2, tzinfo=UTC))] == ["policy"]
