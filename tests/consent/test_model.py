from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from troth.consent.model import VALID, Event, Kind, Standing, Status, facts_of, facts_up_to, fold
from troth.policy.model import GRADES

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def event(
    number: int, kind: Kind, function: str = "push", grade: str = "explicit", minutes: int | None = None
) -> Event:
    at = START + timedelta(minutes=number if minutes is None else minutes)
    assert grade in GRADES
    return Event(
        f"evt-{number}",
        "sub-a",
        function,
        kind,
        grade,
        "shop:1",
        "sha256:0",
        "sha256:1",
        "zh",
        "portal",
        "self",
        at,
        number,
    )


steps = st.lists(
    st.tuples(st.sampled_from(Kind), st.sampled_from(["push", "ads"]), st.sampled_from(GRADES[1:])), max_size=12
)
histories = steps.map(lambda made: [event(n, kind, function, grade) for n, (kind, function, grade) in enumerate(made)])


def test_the_ten_statuses_are_those_of_dpv() -> None:
    assert len(Status) == 10
    assert {status.value for status in VALID} == {"ConsentGiven", "RenewedConsentGiven"}


def test_every_kind_of_event_leads_somewhere() -> None:
    led = {kind: fold([event(0, kind)])["push"].status for kind in Kind}
    assert led == {
        Kind.GIVEN: Status.GIVEN,
        Kind.REFUSED: Status.REFUSED,
        Kind.WITHDRAWN: Status.WITHDRAWN,
        Kind.EXPIRED: Status.EXPIRED,
        Kind.RENEWED: Status.RENEWED,
        Kind.INVALIDATED: Status.INVALIDATED,
        Kind.OPTED_OUT: Status.WITHDRAWN,
        Kind.OPTED_IN: Status.GIVEN,
    }


def test_what_was_never_chosen_has_no_standing() -> None:
    assert fold([]) == {}


@given(histories, st.integers())
@settings(max_examples=200, deadline=None)
def test_the_fold_is_deterministic_whatever_order_events_arrive_in(history: list[Event], seed: int) -> None:
    shuffled = list(history)
    random.Random(seed).shuffle(shuffled)
    assert fold(shuffled) == fold(history)


@given(histories, st.integers(-1, 12), st.sampled_from(Kind))
@settings(max_examples=200, deadline=None)
def test_a_later_event_never_rewrites_the_past(history: list[Event], minutes: int, kind: Kind) -> None:
    at = START + timedelta(minutes=minutes)
    later = event(99, kind, minutes=minutes + 1)
    assert fold([*history, later], at) == fold(history, at)


@given(histories)
@settings(max_examples=200, deadline=None)
def test_the_standing_is_that_of_the_last_event(history: list[Event]) -> None:
    standings = fold(history)
    assert set(standings) == {each.function for each in history}
    for function, standing in standings.items():
        last = [each for each in history if each.function == function][-1]
        assert (standing.event, standing.at) == (last.id, last.at)
        assert standing.valid == (last.kind in {Kind.GIVEN, Kind.RENEWED, Kind.OPTED_IN})


@given(histories, st.sampled_from([Kind.WITHDRAWN, Kind.REFUSED, Kind.EXPIRED, Kind.INVALIDATED, Kind.OPTED_OUT]))
@settings(max_examples=100, deadline=None)
def test_after_an_ending_no_fact_of_consent_is_left(history: list[Event], ending: Kind) -> None:
    standing = fold([*history, event(99, ending)])["push"]
    assert facts_of("push", standing) == frozenset()


def test_a_consent_that_stands_is_not_lowered_by_giving_it_again() -> None:
    again = [event(0, Kind.GIVEN, grade="separate"), event(1, Kind.RENEWED, grade="general")]
    assert fold(again)["push"].grade == "separate"
    afresh = [again[0], event(1, Kind.WITHDRAWN), event(2, Kind.GIVEN, grade="general")]
    assert fold(afresh)["push"].grade == "general"


def test_the_instant_itself_counts() -> None:
    given = event(5, Kind.GIVEN)
    assert fold([given], given.at)["push"].valid
    assert fold([given], given.at - timedelta(microseconds=1)) == {}


def test_a_grade_is_also_every_lower_one() -> None:
    assert facts_up_to("push", "explicit") == ("consent.push.deemed", "consent.push.general", "consent.push.explicit")
    standing = Standing(Status.GIVEN, "guardian-verified", START, "evt-0")
    assert facts_of("push", standing) == {f"consent.push.{grade}" for grade in GRADES[1:]}
