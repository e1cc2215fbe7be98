"""Consents that end by themselves: at their time whether noted or not, noted once, and said in their words."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import (
    HOW,
    SIGNER,
    VAULT,
    facts_about,
    fresh_person,
    gives,
    knows,
    person,
    released,
    status_of,
    withdraws,
)
from tests.versions.sample import TEXT, policy
from troth.base.clock import SettableClock
from troth.base.work import Begin
from troth.consent import service
from troth.consent.asking.prompt import ending
from troth.consent.ledger import text_of
from troth.consent.model import Event, Kind, Status
from troth.consent.proof.verify import verify
from troth.journal import service as journal
from troth.notice.render import markdown
from troth.subjects import facts
from troth.subjects.service import shred

LASTING = TEXT.replace("    withdrawn: stop processing\n", "    withdrawn: stop processing\n    expires: 6 months\n")
ENDS = datetime(2026, 9, 2, 15, 59, 59, 999999, tzinfo=UTC)
"""Six months after 2 March 2026: the last instant of 2 September in China."""


def sweeps(begin: Begin, limit: int = 100) -> tuple[Event, ...]:
    with begin() as work:
        return service.expire_due(work, VAULT, work.at, limit)


def test_the_policy_says_how_long_a_consent_lasts_and_so_do_the_event_the_leaf_and_the_notice(begin: Begin) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    event = gives(begin, version, subject)
    assert event.until == ENDS
    with begin() as work:
        (entry,) = journal.entries(work, event.entry, 1)
    assert json.loads(entry.leaf)["refs"]["until"] == "2026-09-02T15:59:59.999999Z"
    said = markdown(version.policy, "en", version=version.id, published=None)
    assert "Your consent ends by itself after **6 months**" in said


def test_a_consent_has_ended_at_its_time_before_anybody_notes_it(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    gives(begin, version, subject)
    clock.set(ENDS - timedelta.resolution)
    assert (status_of(begin, subject), sweeps(begin)) == (Status.GIVEN, ())
    clock.set(ENDS)
    assert status_of(begin, subject) == Status.EXPIRED
    with begin() as work:
        assert service.state(work, subject, ENDS - timedelta.resolution)["push"].valid


def test_the_sweep_notes_it_once_with_its_time_and_words_and_the_facts_end(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    gives(begin, version, subject)
    clock.set(ENDS + timedelta(days=3))
    (event,) = sweeps(begin)
    assert (event.kind, event.actor, event.reason, event.until) == (Kind.EXPIRED, "controller", "expired", ENDS)
    assert facts_about(begin, subject, "consent.") == set()
    with begin() as work:
        assert text_of(work, event.prompt) == ending(version.policy, "push", Kind.EXPIRED, "zh")
        assert service.state(work, subject)["push"].at == ENDS, "it ended then, not when it was noted"
    assert sweeps(begin) == ()
    assert gives(begin, version, subject).kind is Kind.GIVEN, "an expired consent is given anew"


def test_renewing_begins_the_time_again(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    gives(begin, version, subject)
    clock.advance(timedelta(days=100))
    again = gives(begin, version, subject)
    assert again.kind is Kind.RENEWED
    clock.set(ENDS + timedelta(days=1))
    assert sweeps(begin) == ()
    assert status_of(begin, subject) == Status.RENEWED
    assert again.until is not None
    clock.set(again.until)
    assert [event.function for event in sweeps(begin)] == ["push"]


def test_what_was_taken_back_does_not_expire(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    gives(begin, version, subject)
    withdraws(begin, version, subject)
    clock.set(ENDS + timedelta(days=1))
    assert sweeps(begin) == ()
    assert status_of(begin, subject) == Status.WITHDRAWN


def test_of_an_erased_person_only_the_facts_end(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    gives(begin, version, subject)
    with begin() as work:
        shred(work, VAULT, subject)
    clock.set(ENDS)
    assert sweeps(begin) == ()
    assert facts_about(begin, subject, "consent.") == set()
    with begin() as work:
        assert facts.due(work, work.at, 10) == ()


def test_facts_of_others_that_are_due_are_left_to_their_sweeps(begin: Begin, clock: SettableClock) -> None:
    released(begin, policy(LASTING))
    subject = person(begin)
    knows(begin, subject, "age.below.14")
    with begin() as work:
        facts.expire_at(work, subject, "age.below.14", work.at + timedelta(days=1))
    clock.advance(timedelta(days=2))
    assert sweeps(begin) == ()
    assert facts_about(begin, subject, "age.") == {"age.below.14"}


def test_a_sweep_takes_no_more_than_it_is_told_and_the_next_takes_the_rest(begin: Begin, clock: SettableClock) -> None:
    version = released(begin, policy(LASTING))
    people = [person(begin, f"1990000000{number}") for number in range(5)]
    for one in people:
        gives(begin, version, one)
    clock.set(ENDS)
    taken = [len(sweeps(begin, 2)) for _ in range(4)]
    assert taken == [2, 2, 1, 0]


def test_what_lasts_for_ever_never_expires(begin: Begin, clock: SettableClock) -> None:
    version, subject = released(begin, policy()), person(begin)
    assert gives(begin, version, subject).until is None
    clock.advance(timedelta(days=40_000))
    assert sweeps(begin) == ()
    assert status_of(begin, subject) == Status.GIVEN


moves = st.lists(st.tuples(st.sampled_from(["give", "refuse", "withdraw", "sweep"]), st.integers(0, 150)), max_size=7)


@given(moves)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_every_sweep_the_facts_are_what_the_ledger_says(
    begin: Begin, clock: SettableClock, made: list[tuple[str, int]]
) -> None:
    clock.set(datetime(clock.now().year + 1, 1, 1, tzinfo=UTC))
    version, subject = released(begin, policy(LASTING)), fresh_person(begin)
    for act, days in made:
        clock.advance(timedelta(days=days))
        valid = status_of(begin, subject) in {Status.GIVEN, Status.RENEWED}
        if act == "give":
            gives(begin, version, subject)
        elif act == "refuse":
            with begin() as work:
                service.refuse(work, VAULT, version, subject, "push", **HOW)
        elif act == "withdraw" and valid:
            withdraws(begin, version, subject)
        sweeps(begin)
        valid = status_of(begin, subject) in {Status.GIVEN, Status.RENEWED}
        assert ("consent.push.explicit" in facts_about(begin, subject, "consent.")) is valid
    clock.advance(timedelta(days=400))
    sweeps(begin)
    assert facts_about(begin, subject, "consent.") == set()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_receipt_says_until_when(begin: Begin, language: str) -> None:
    version, subject = released(begin, policy(LASTING)), person(begin)
    event = gives(begin, version, subject)
    with begin() as work:
        receipt = service.receipt(work, SIGNER, event.id, language)
    assert receipt["event"]["validity_duration"] == "2026-09-02T15:59:59.999999Z"
    assert verify(receipt, [SIGNER.vkey]).event == event.id
