from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from troth.consent.model import (
    ASKING,
    NOES,
    VALID,
    Event,
    Kind,
    Standing,
    Status,
    facts_about,
    facts_of,
    facts_up_to,
    fold,
    lapsed,
)
from troth.consent.optouts.optout import OPT_OUTS
from troth.policy.facts import OPT_OUTS as KNOWN_OPT_OUTS
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
        "sha256:2",
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
        Kind.REQUESTED: Status.REQUESTED,
        Kind.DEFERRED: Status.REQUEST_DEFERRED,
        Kind.REVOKED: Status.REVOKED,
    }
    assert {*led.values(), Status.UNKNOWN} == set(Status), "all ten can be reached"


def test_what_was_never_chosen_has_no_standing() -> None:
    assert fold([]) == {}


@given(histories, st.integers())
def test_the_fold_is_deterministic_whatever_order_events_arrive_in(history: list[Event], seed: int) -> None:
    shuffled = list(history)
    random.Random(seed).shuffle(shuffled)
    assert fold(shuffled) == fold(history)


@given(histories, st.integers(-1, 12), st.sampled_from(Kind))
def test_a_later_event_never_rewrites_the_past(history: list[Event], minutes: int, kind: Kind) -> None:
    at = START + timedelta(minutes=minutes)
    later = event(99, kind, minutes=minutes + 1)
    assert fold([*history, later], at) == fold(history, at)


@given(histories)
def test_the_standing_is_that_of_the_last_event(history: list[Event]) -> None:
    standings = fold(history)
    assert set(standings) == {each.function for each in history}
    for function, standing in standings.items():
        *before, last = [each for each in history if each.function == function]
        while last.kind in ASKING and fold(before).get(function, standing).valid and before:
            *before, last = before  # being asked again changes nothing while a consent stands
        assert (standing.event, standing.at) == (last.id, last.at)
        assert standing.valid == (last.kind in {Kind.GIVEN, Kind.RENEWED, Kind.OPTED_IN})


@given(histories, st.sampled_from([Kind.WITHDRAWN, Kind.REFUSED, Kind.EXPIRED, Kind.INVALIDATED, Kind.OPTED_OUT]))
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


def naive(history: list[Event], function: str, at: datetime) -> tuple[bool, datetime | None]:
    """Slow and obvious: whether a consent stands at an instant, and since when the person's last no, if it still is."""
    valid, until, no = False, None, None
    for each in history:
        if each.function != function or each.at > at:
            continue
        if valid and until is not None and each.at >= until:
            valid = False
        if each.kind in {Kind.GIVEN, Kind.RENEWED, Kind.OPTED_IN}:
            valid, until, no = True, each.until, None
        elif each.kind in NOES:
            valid, no = False, each.at
        elif each.kind not in {Kind.REQUESTED, Kind.DEFERRED}:
            valid = False
    return (valid and (until is None or at < until)), no


def ending(number: int, kind: Kind, function: str, minutes: int) -> Event:
    made = event(number, kind, function)
    until = made.at + timedelta(minutes=minutes)
    return replace(made, until=until) if kind in {Kind.GIVEN, Kind.RENEWED} and minutes else made


ending_histories = st.lists(
    st.tuples(st.sampled_from(Kind), st.sampled_from(["push", "opt-out:sale"]), st.integers(0, 6)), max_size=12
).map(lambda made: [ending(n, kind, function, minutes) for n, (kind, function, minutes) in enumerate(made)])


@given(ending_histories, st.integers(-1, 20), st.sampled_from(["push", "opt-out:sale"]))
def test_state_is_the_fold_of_events_as_a_slow_reading_of_them_says(
    history: list[Event], minutes: int, function: str
) -> None:
    at = START + timedelta(minutes=minutes)
    standing = fold(history, at).get(function)
    valid, no = naive(history, function, at)
    assert (standing is not None and standing.valid) is valid
    assert (standing.no.at if standing is not None and standing.no is not None else None) == no


@given(ending_histories, st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
def test_expiry_is_as_if_withdrawn_from_its_time(history: list[Event], lasts: int, noted: int, later: int) -> None:
    given_ = replace(event(50, Kind.GIVEN), until=START + timedelta(minutes=50 + lasts))
    assert given_.until is not None
    note = replace(event(60 + noted, Kind.EXPIRED), until=given_.until)
    taken = event(50 + lasts, Kind.WITHDRAWN)
    for at in (given_.until - timedelta.resolution, given_.until, given_.until + timedelta(minutes=20 + later)):
        unnoted = fold([*history, given_], at)["push"]
        with_note = fold([*history, given_, note], at)["push"]
        withdrawn = fold([*history, replace(given_, until=None), taken], at)["push"]
        assert unnoted.valid == with_note.valid == withdrawn.valid == (at < given_.until)
        assert facts_of("push", with_note) == facts_of("push", withdrawn)
        assert at < given_.until or unnoted.at == with_note.at == withdrawn.at == given_.until


@given(ending_histories, st.sampled_from(["push", "opt-out:sale"]))
def test_what_a_choice_makes_true_is_among_the_facts_about_it(history: list[Event], function: str) -> None:
    standing = fold(history).get(function)
    if standing is None:
        return
    true = facts_of(function, standing)
    assert true <= facts_about(function)
    if function == "opt-out:sale":
        assert true == ({"opted-out.sale"} if standing.no else {"opted-in.sale"} if standing.valid else set())


@given(histories, st.sampled_from(sorted(NOES)))
def test_asking_again_does_not_undo_a_no(history: list[Event], kind: Kind) -> None:
    asked = [*history, event(98, kind), event(99, Kind.REQUESTED), event(100, Kind.DEFERRED)]
    standing = fold(asked)["push"]
    assert standing.no is not None
    assert standing.no.at == event(98, kind).at
    assert standing.status is Status.REQUEST_DEFERRED


def test_a_consent_that_has_run_out_is_given_anew_not_renewed() -> None:
    first = replace(event(0, Kind.GIVEN, grade="separate"), until=START + timedelta(minutes=5))
    again = event(9, Kind.GIVEN, grade="general")
    assert fold([first, again])["push"].grade == "general"
    assert lapsed(fold([first])["push"], START + timedelta(minutes=5)).status is Status.EXPIRED


def test_a_policy_may_name_every_opt_out_there_is() -> None:
    assert tuple(OPT_OUTS) == KNOWN_OPT_OUTS
