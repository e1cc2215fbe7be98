"""One click in a mail ends the use for one purpose, for one person, at once, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under
from troth.base.errors import InputError
from troth.consent.service import give, state
from troth.decision.model import Question
from troth.decision.service import peek
from troth.requests import service
from troth.requests.telling import unsubscribing
from troth.requests.telling.unsubscribing import Link
from troth.subjects import facts
from troth.subjects import service as subjects

PUSH = Question("push", "device.imei")


def end(world: World, purpose: str = "push", subject: str | None = None) -> str:
    return unsubscribing.token(world.vault, world.version, Link(subject or world.subject, purpose))


def click(world: World, address: str) -> None:
    with world.begin() as work:
        link = unsubscribing.read(work, world.vault, address)
        unsubscribing.unsubscribe(work, world.vault, world.version, link, language="en", jobs=world.jobs)


def outcome(world: World, question: Question = PUSH, subject: str | None = None) -> str:
    with world.begin() as work:
        return peek(work, world.vault, world.version, subject or world.subject, question).outcome


def interested(world: World) -> None:
    """Both people hear of offers because nobody objects."""
    text = POLICY.replace("basis: consent\n    grade: general", "basis: legitimate-interests")
    under(world, text.replace("regimes: [cn]", "regimes: [us-ca]"))
    with world.begin() as work:
        for one in (world.subject, world.other):
            facts.change(work, one, add=("accepted.policy",))


@pytest.mark.parametrize("regimes", ["cn", "us-ca"])
def test_a_click_ends_the_use_at_once_wherever_the_person_lives(company: World, regimes: str) -> None:
    interested(company)
    if regimes == "cn":
        text = POLICY.replace("basis: consent\n    grade: general", "basis: legitimate-interests")
        under(company, text.replace("kaiconn\n", "kaiconn\n", 1))
    assert outcome(company) == "allowed"
    click(company, end(company))
    assert outcome(company) == "denied"
    assert outcome(company, subject=company.other) == "allowed"
    assert outcome(company, Question("account", "account.phone")) == "allowed", "and nothing else"
    with company.begin() as work:
        asked = [(one.kind.value, one.channel) for one in service.of_subject(work, company.subject)]
    assert asked == ([("objection", "link")] if regimes == "cn" else [])


def test_what_was_consented_to_for_that_purpose_is_withdrawn(company: World) -> None:
    with company.begin() as work:
        facts.change(work, company.subject, add=("accepted.policy", "age.adult"))
        about = (work, company.vault, company.version, company.subject, "push")
        give(*about, grade="general", language="en", interface="test")
    assert outcome(company) == "allowed"
    click(company, end(company))
    assert outcome(company) == "denied"
    with company.begin() as work:
        assert not state(work, company.subject)["push"].valid


def test_a_second_click_changes_nothing(company: World) -> None:
    interested(company)
    click(company, end(company))
    with company.begin() as work:
        before = (facts.facts(work, company.subject), service.of_subject(work, company.subject))
    click(company, end(company))
    with company.begin() as work:
        assert (facts.facts(work, company.subject), service.of_subject(work, company.subject)) == before


def test_the_headers_are_those_of_the_standard(company: World) -> None:
    made = unsubscribing.headers("https://privacy.example/", end(company))
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert made["List-Unsubscribe"].startswith("<https://privacy.example/unsubscribe/sub-")
    assert made["List-Unsubscribe"].endswith(".push>")
    with pytest.raises(InputError):
        end(company, "no-purpose")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_link_that_was_altered_anywhere_ends_nothing(company: World, data: st.DataObject) -> None:
    whole = end(company)
    place = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.sampled_from("abcXYZ019-_.").filter(lambda one: one != whole[place]))
    with pytest.raises(InputError) as bad:
        click(company, whole[:place] + other + whole[place + 1 :])
    assert bad.value.code == "unsubscribe.bad-link"


def test_the_link_of_somebody_whose_key_is_destroyed_ends_nothing_and_says_no_more(company: World) -> None:
    address = end(company)
    with company.begin() as work:
        subjects.shred(work, company.vault, company.subject)
    for one in (address, "", ".", "sub-x.y.push", address + "x"):
        with pytest.raises(InputError) as bad:
            click(company, one)
        assert bad.value.code == "unsubscribe.bad-link"
