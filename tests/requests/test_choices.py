"""Requests that are choices, and what somebody may ask for how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.requests.world import POLICY, World
from troth.base.errors import InputError, RefusedError
from troth.consent.service import give, opt_in, opt_out, state
from troth.decision.engine import Question
from troth.decision.service import peek
from troth.policy.read import parse
from troth.requests.details import NONE, Details
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.versions import service as versions

PUSH = Question("push", "device.imei")
USE = Question("account", "account.phone")


def outcome(world: World, question: Question) -> str:
    with world.begin() as work:
        return peek(work, world.vault, world.version, world.subject, question).outcome


def agree(world: World) -> None:
    with world.begin() as work:
        give(work, world.vault, world.version, world.subject, "push", grade="general", language="en", interface="test")


@pytest.mark.parametrize(
    ("kind", "details", "denied", "still"),
    [
        (Kind.RESTRICTION, NONE, [PUSH, USE], []),
        (Kind.OBJECTION, Details(purposes=("push",)), [PUSH], [USE]),
        (Kind.WITHDRAWAL, Details(matters=("push",)), [PUSH], [USE]),
        (Kind.WITHDRAWAL, NONE, [PUSH], [USE]),
    ],
)
def test_a_choice_holds_from_the_same_transaction_on(
    company: World, kind: Kind, details: Details, denied: list[Question], still: list[Question]
) -> None:
    agree(company)
    assert [outcome(company, one) for one in (PUSH, USE)] == ["allowed", "allowed"]
    request = company.open(kind.value, details=details)
    assert request.state is State.FULFILLED
    assert request.closed_at == request.opened_at
    assert company.asked == [], "nobody has to run it"
    assert {outcome(company, one) for one in denied} == {"denied"}
    assert {outcome(company, one) for one in still} <= {"allowed"}


def test_a_withdrawal_of_what_was_never_given_changes_nothing_and_is_done(company: World) -> None:
    assert company.open("withdrawal").state is State.FULFILLED
    with company.begin() as work:
        assert state(work, company.subject) == {}


@pytest.mark.parametrize(
    ("kind", "details", "code"),
    [
        ("objection", NONE, "requests.detail-missing"),
        ("objection", Details(purposes=("psuh",)), "requests.unknown-detail"),
        ("withdrawal", Details(matters=("register",)), "requests.unknown-detail"),
        ("complaint", NONE, "requests.detail-missing"),
        ("complaint", Details(text="   "), "requests.detail-missing"),
        ("copy", Details(purposes=("push",)), "requests.detail-unfit"),
    ],
)
def test_what_a_request_must_say_is_checked_before_anything_is_written(
    company: World, kind: str, details: Details, code: str
) -> None:
    with pytest.raises(InputError) as unfit:
        company.open(kind, details=details)
    assert unfit.value.code == code
    with company.begin() as work:
        assert work.db.exec_driver_sql("SELECT count(*) FROM request").scalar() == 0


def test_so_many_in_so_long_and_then_again(company: World) -> None:
    text = POLICY.replace(
        "    after: identity.verified\n", "    after: identity.verified\n    frequency: {times: 2, per: 12 months}\n"
    )
    with company.begin() as work:
        company.version = versions.publish(work, parse({"policy.yaml": text}), company.company.maps, by="test")
    for _ in range(2):
        company.run(company.open("copy"))
        company.clock.advance(timedelta(days=100))
    with pytest.raises(RefusedError) as often:
        company.open("copy")
    assert often.value.code == "requests.too-often"
    assert "rights.copy.frequency" in often.value.message
    company.clock.advance(timedelta(days=166))  # twelve months after the first
    assert company.run(company.open("copy")).state is State.FULFILLED


def test_a_right_that_neither_the_policy_nor_a_law_grants_is_not_there_to_be_asked_for(company: World) -> None:
    with company.begin() as work:
        text = POLICY.replace("regimes: [cn]\n", "")
        company.version = versions.publish(work, parse({"policy.yaml": text}), company.company.maps, by="test")
    with pytest.raises(RefusedError) as nothing:
        company.open("restriction")
    assert nothing.value.code == "requests.not-granted"
    assert company.open("erasure").state is State.RECEIVED


@pytest.fixture
def californian(company: World) -> World:
    text = POLICY.replace("regimes: [cn]", "regimes: [us-ca]")
    with company.begin() as work:
        company.version = versions.publish(work, parse({"policy.yaml": text}), company.company.maps, by="test")
    return company


def test_an_opt_out_says_no_to_all_that_a_browsers_signal_does_and_an_opt_in_takes_it_back(californian: World) -> None:
    assert californian.open("opt-out").state is State.FULFILLED
    out = {fact for fact in californian.facts() if fact.startswith("opted-out.")}
    assert out == {"opted-out.sale", "opted-out.sharing", "opted-out.targeted-advertising"}
    californian.open("opt-in", details=Details(matters=("sale",)))
    assert "opted-out.sale" not in californian.facts()
    assert "opted-in.sale" in californian.facts()
    assert californian.open("limit").state is State.FULFILLED
    assert "opted-out.sensitive" in californian.facts()


def test_an_opt_out_is_timed_by_the_laws_own_figure(californian: World) -> None:
    request = californian.open("opt-out")
    assert {one.clause for one in request.deadlines} >= {"us-ca:optout.apply"}
    assert all(one.met_at for one in request.deadlines)


def test_a_law_that_gives_no_such_right_leaves_it_out(company: World) -> None:
    with pytest.raises(RefusedError) as nothing:
        company.open("limit")
    assert nothing.value.code == "requests.not-granted"


def test_taking_everything_back_touches_consents_and_not_what_was_opted_into(company: World) -> None:
    agree(company)
    with company.begin() as work:
        opt_out(work, company.vault, company.version, company.subject, "sale", language="en", interface="test")
        opt_in(work, company.vault, company.version, company.subject, "sale", language="en", interface="test")
        before = state(work, company.subject)["opt-out:sale"]
    assert company.open("withdrawal").state is State.FULFILLED
    with company.begin() as work:
        now = state(work, company.subject)
    assert not now["push"].valid
    assert now["opt-out:sale"] == before
