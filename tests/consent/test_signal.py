"""Browser signals: heard from the browser and from the person alike, and joined by the stricter choice."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.consent.people import HOW, VAULT, facts_about, gives, opts, person, released, status_of
from tests.versions.sample import dated, policy
from troth.base.errors import InputError
from troth.base.work import Begin
from troth.consent import service
from troth.consent.model import Event, Kind, Status
from troth.consent.optouts import signal
from troth.consent.optouts.optout import OPT_OUTS, SIGNALLED
from troth.consent.optouts.signal import Honoured, gpc
from troth.journal import service as journal
from troth.versions.model import Version

OUT = {f"opted-out.{name}" for name in SIGNALLED}
SALE = "opt-out:sale"
MATTERS = ("push", "flows.sale", SALE)


def browser(begin: Begin, number: int = 1) -> str:
    with begin() as work:
        return service.profile(work, VAULT, f"browser-{number}")


def honours(
    begin: Begin, version: Version, subject: str | None = None, profile: str | None = None, language: str = "en"
) -> Honoured:
    with begin() as work:
        return service.honour(work, VAULT, version, subject=subject, profile=profile, language=language)


def joins(begin: Begin, version: Version, profile: str, subject: str) -> tuple[Event, ...]:
    with begin() as work:
        return service.join(work, VAULT, version, profile, subject, language="zh")


@given(st.lists(st.text(max_size=4) | st.sampled_from(["1", "0", " 1", "1 ", "01", "1, 1", "true", "１"]), max_size=4))
def test_the_signal_is_exactly_one_and_nothing_else_says_anything(values: list[str]) -> None:
    assert gpc(values) is (values.count("1") > 0)


def test_the_known_person_and_the_browsers_profile_are_both_opted_out(begin: Begin) -> None:
    version, subject, profile = released(begin, policy()), person(begin), browser(begin)
    assert profile != subject
    found = honours(begin, version, subject, profile)
    assert {(event.subject, event.function) for event in found.events} == {
        (one, f"opt-out:{name}") for one in (subject, profile) for name in SIGNALLED
    }
    assert {(event.kind, event.interface, event.actor) for event in found.events} == {
        (Kind.OPTED_OUT, "sec-gpc", "self")
    }
    for one in (subject, profile):
        assert facts_about(begin, one, "opted-") == OUT


def test_a_signal_with_every_page_is_written_once(begin: Begin) -> None:
    version, profile = released(begin, policy()), browser(begin)
    assert len(honours(begin, version, profile=profile).events) == len(SIGNALLED)
    with begin() as work:
        before = journal.size(work)
    assert honours(begin, version, profile=profile).events == ()
    with begin() as work:
        assert journal.size(work) == before
    assert honours(begin, released(begin, dated("2026-02-01")), profile=profile).events == ()


def test_the_same_browser_is_the_same_profile(begin: Begin) -> None:
    assert browser(begin) == browser(begin)
    assert browser(begin) != browser(begin, 2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_result_is_shown_back_in_the_persons_language(begin: Begin, language: str) -> None:
    version, profile = released(begin, policy()), browser(begin)
    first, again = (signal.shown(honours(begin, version, profile=profile), language) for _ in range(2))
    assert first == again, "also where the signal had been heard before"
    assert all(OPT_OUTS[name][language] in first for name in SIGNALLED)
    assert ("Opt-out request honoured" in first) is (language == "en")


def test_a_signal_of_nobody_is_refused(begin: Begin) -> None:
    version = released(begin, policy())
    with begin() as work, pytest.raises(InputError) as raised:
        service.honour(work, VAULT, version, language="en")
    assert raised.value.code == "consent.nobody"


def test_who_opted_in_by_hand_and_sends_the_signal_is_opted_out(begin: Begin) -> None:
    version, subject = released(begin, policy()), person(begin)
    opts(begin, version, subject, out=False)
    honours(begin, version, subject)
    assert "opted-out.sale" in facts_about(begin, subject, "opted-")


def test_a_consent_is_never_carried_over_and_a_no_always_is(begin: Begin) -> None:
    version, subject, profile = released(begin, policy()), person(begin), browser(begin)
    gives(begin, version, subject)
    gives(begin, version, subject, "flows.sale", "separate")
    with begin() as work:
        service.refuse(work, VAULT, version, profile, "flows.sale", **HOW)
    opts(begin, version, profile, out=True)
    events = joins(begin, version, profile, subject)
    assert [(event.subject, event.function, event.kind) for event in events] == [
        (subject, "flows.sale", Kind.WITHDRAWN),
        (subject, SALE, Kind.OPTED_OUT),
    ]
    assert status_of(begin, profile) == Status.UNKNOWN, "a yes of the person is no yes of the browser"
    assert status_of(begin, subject) == Status.GIVEN
    assert "opted-out.sale" in facts_about(begin, subject, "opted-")


def test_what_an_older_version_asked_is_joined_in_its_words(begin: Begin) -> None:
    first, subject, profile = released(begin, policy()), person(begin), browser(begin)
    with begin() as work:
        service.refuse(work, VAULT, first, profile, "push", **HOW)
    second = released(begin, dated("2026-02-01", **{"basis: consent\n    grade: explicit": "basis: contract"}))
    (event,) = joins(begin, second, profile, subject)
    assert (event.version, event.kind) == (first.id, Kind.REFUSED)


chosen = st.lists(
    st.tuples(st.booleans(), st.sampled_from(MATTERS), st.sampled_from(["yes", "no"])), max_size=6
)  # whose, about what, what they said


@given(chosen)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_stricter_choice_wins_when_profiles_join(begin: Begin, made: list[tuple[bool, str, str]]) -> None:
    with begin() as work:
        number = int.from_bytes(work.entropy(6), "big")
    version = released(begin, policy())
    people = person(begin, f"199{number % 10**8:08}"), browser(begin, number)
    for first, matter, answer in made:
        _choose(begin, version, people[0 if first else 1], matter, answer)
    before = [_state(begin, one) for one in people]
    joins(begin, version, people[1], people[0])
    after = [_state(begin, one) for one in people]
    for matter in MATTERS:
        said = [each.get(matter) for each in before]
        for was, now in zip(said, (each.get(matter) for each in after), strict=True):
            assert (now == "no") is ("no" in said), "a no of either is a no of both"
            assert now != "yes" or was == "yes", "no yes is made of another's"
            assert now in {"no", was}, "nothing else changes"
    assert joins(begin, version, people[1], people[0]) == (), "joining again writes nothing"
    assert joins(begin, version, people[0], people[1]) == (), "nor does joining the other way"


def _choose(begin: Begin, version: Version, subject: str, matter: str, answer: str) -> None:
    if matter == SALE:
        opts(begin, version, subject, out=answer == "no")
    elif answer == "yes":
        gives(begin, version, subject, matter, "separate")
    else:
        with begin() as work:
            service.refuse(work, VAULT, version, subject, matter, **HOW)


def _state(begin: Begin, subject: str) -> dict[str, str]:
    with begin() as work:
        standings = service.state(work, subject)
    return {name: "no" if standing.no else "yes" for name, standing in standings.items()}
