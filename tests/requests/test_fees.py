"""What a request costs: nothing without the policy, the law and the person's agreement."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.requests.world import POLICY, World, under
from troth.base.errors import ConflictError, InputError, RefusedError, TrothError
from troth.requests import pulse, record, service, texts
from troth.requests.deciding import fees, review
from troth.requests.deciding.fees import Charge
from troth.requests.details import Details
from troth.requests.kinds import Kind
from troth.requests.machine import FINAL, State
from troth.requests.model import Request
from troth.subjects import service as subjects

OFFICER = "officer@kaiconn.example"
PRICE = Charge("12.50", "CNY", "repeated")
FEE = """requests:
  within: 30 working days
  fee: {first: free, repeated: cost, label: {zh: 原则上免费, en: free in principle}}
"""


def charging(world: World, regimes: str = "cn", fee: str = FEE) -> None:
    text = POLICY.replace("requests:\n  within: 30 working days\n", fee)
    under(world, text.replace("regimes: [cn]", f"regimes: [{regimes}]"))


def copies(world: World, number: int) -> Request:
    """So many copies one after the other, all but the last carried out."""
    for _ in range(number - 1):
        assert world.run(world.open("copy")).state is State.FULFILLED
        world.clock.advance(timedelta(days=20))
    return world.open("copy")


def price(
    world: World, request: Request, charge: Charge = PRICE, because: str = "It is the third this year."
) -> Request:
    with world.begin() as work:
        return fees.price(work, world.vault, request.id, charge, because=because, by=OFFICER)


def accept(world: World, request: Request) -> Request:
    with world.begin() as work:
        return fees.accept(work, world.vault, request.id, jobs=world.jobs)


def proceed(world: World, request: Request) -> Request:
    with world.begin() as work:
        return fees.proceed(work, world.vault, request.id, jobs=world.jobs, by=OFFICER)


def test_what_comes_a_third_time_is_looked_at_and_carried_out_for_the_price_that_was_agreed_to(company: World) -> None:
    charging(company)
    third = copies(company, 3)
    assert (third.state, third.blocked) == (State.IN_REVIEW, "requests.repeated")
    assert company.run(third).state is State.IN_REVIEW, "no worker touches it"
    told = price(company, third)
    assert (told.state, told.blocked) == (State.PRICED, "fee.repeated")
    with company.begin() as work:
        estimate = fees.estimate_of(work, third.id)
        assert ("reason", "It is the third this year.") in [
            (one.role, one.text.reveal()) for one in texts.texts(work, company.vault, third)
        ]
    assert estimate is not None
    assert (estimate.charge, estimate.accepted_at) == (PRICE, None)
    asked = len(company.asked)
    assert accept(company, third).state is State.IN_PROGRESS
    assert company.asked[asked:] == [third.id], "a worker is asked at once"
    assert company.run(third).state is State.FULFILLED
    with company.begin() as work:
        agreed = fees.estimate_of(work, third.id)
    assert agreed is not None
    assert agreed.accepted_at == company.clock.now()


def test_what_is_looked_at_may_be_carried_out_free_of_charge(company: World) -> None:
    charging(company)
    third = copies(company, 3)
    assert proceed(company, third).state is State.IN_PROGRESS
    assert company.run(third).state is State.FULFILLED


def test_who_does_not_agree_takes_it_back_and_nothing_was_done(company: World) -> None:
    charging(company)
    third = price(company, copies(company, 3))
    assert third.recallable(company.clock.now())
    assert company.recall(third).state is State.RECALLED
    assert company.run(third).state is State.RECALLED
    with company.begin() as work, pytest.raises(ConflictError):
        fees.accept(work, company.vault, third.id, jobs=company.jobs)


def test_who_never_decides_is_not_waited_for_for_ever(company: World) -> None:
    charging(company)
    third = price(company, copies(company, 3))
    company.clock.advance(pulse.PATIENCE)
    company.pulse()
    assert company.get(third).state is State.LAPSED


def test_a_priced_request_ends_when_the_persons_key_is_destroyed(company: World) -> None:
    charging(company)
    third = price(company, copies(company, 3))
    with company.begin() as work:
        subjects.shred(work, company.vault, company.subject)
    company.pulse()
    assert company.get(third).state is State.LAPSED


def pay(world: World, request: Request) -> Request:
    with world.begin() as work:
        return fees.paid(work, world.vault, request.id, jobs=world.jobs, by=OFFICER)


def test_that_it_was_paid_is_taken_down_once_and_stands_in_the_timeline(company: World) -> None:
    charging(company)
    third = price(company, copies(company, 3))
    accept(company, third)
    company.clock.advance(timedelta(days=1))
    assert pay(company, third).state is State.IN_PROGRESS, "it goes on as it did"
    with company.begin() as work:
        estimate = fees.estimate_of(work, third.id)
        (step,) = [one for one in record.steps(work, third.id) if one.event == "pay"]
    assert estimate is not None
    assert estimate.paid_at == step.at == company.clock.now()
    assert step.by == OFFICER
    with pytest.raises(ConflictError) as twice:
        pay(company, third)
    assert twice.value.code == "requests.paid"
    assert company.run(third).state is State.FULFILLED


def test_who_pays_what_they_were_told_agrees_by_it_and_the_request_goes_on(company: World) -> None:
    charging(company)
    third = price(company, copies(company, 3))
    asked = len(company.asked)
    assert pay(company, third).state is State.IN_PROGRESS
    assert company.asked[asked:] == [third.id]
    with company.begin() as work:
        estimate = fees.estimate_of(work, third.id)
    assert estimate is not None
    assert estimate.accepted_at == estimate.paid_at == company.clock.now()


def test_for_what_costs_nothing_or_was_taken_back_no_payment_is_taken_down(company: World) -> None:
    charging(company)
    third = copies(company, 3)
    for _ in range(2):
        with pytest.raises(ConflictError) as free:
            pay(company, third)
        assert free.value.code == "requests.not-priced"
        if third.state is State.IN_REVIEW:
            third = company.recall(price(company, third))


def test_a_year_later_it_is_free_again(company: World) -> None:
    charging(company)
    copies(company, 2)
    company.run_all()
    company.clock.advance(timedelta(days=366))
    assert company.open("copy").state is State.RECEIVED


def test_what_was_taken_back_was_no_answer_and_does_not_count(company: World) -> None:
    charging(company)
    for _ in range(3):
        complaint = company.open("explanation", details=Details(text="Why?"))
        company.recall(complaint)
    last = company.open("explanation", details=Details(text="Why?"))
    with company.begin() as work:
        assert fees.reasons(work, company.version.policy, last) == ("excessive", "unfounded")


@pytest.mark.parametrize(
    ("regimes", "fee", "allowed"),
    [
        ("cn", FEE, ("excessive", "unfounded")),
        ("us-ca", FEE, ("excessive", "unfounded")),
        ("cn", FEE.replace("repeated: cost", "repeated: free"), ()),
        ("cn", "requests: {within: 30 days}\n", ()),
        ("cn", FEE.replace("first: free", "first: cost"), ("excessive", "unfounded", "tariff")),
        ("eu", FEE.replace("first: free", "first: cost"), ("excessive", "unfounded")),
        ("cn, us-ca", FEE.replace("first: free", "first: cost"), ("excessive", "unfounded")),
        ("us-ca", FEE.replace("first: free", "first: cost").replace("repeated: cost", "repeated: free"), ()),
    ],
)
def test_a_first_request_costs_what_policy_and_law_both_allow(
    company: World, regimes: str, fee: str, allowed: tuple[str, ...]
) -> None:
    charging(company, regimes, fee)
    request = company.open("explanation", details=Details(text="Why?"))
    with company.begin() as work:
        assert fees.reasons(work, company.version.policy, request) == allowed
    with company.begin() as work, pytest.raises(RefusedError) as free:
        fees.price(work, company.vault, request.id, PRICE, because="Again.", by=OFFICER)
    assert free.value.code == "requests.free"
    assert company.get(request).state is State.IN_REVIEW


def test_to_leave_to_object_to_take_back_and_to_complain_never_cost_anything(company: World) -> None:
    charging(company, "cn, us-ca")
    said = {"objection": Details(purposes=("push",)), "complaint": Details(text="It is late.")}
    for kind in ("objection", "withdrawal", "opt-out", "complaint", "close_account"):
        request = company.open(kind, details=said.get(kind, Details()))
        with company.begin() as work:
            assert fees.reasons(work, company.version.policy, request) == (), kind


def test_what_is_no_amount_of_money_is_refused(company: World) -> None:
    charging(company)
    request = company.open("explanation", details=Details(text="Why?"))
    amounts = ("0", "0.00", "-1", "1.234", "ten", "", "12345678", "1e3")
    wrong = [Charge(one, "CNY", "excessive") for one in amounts]
    for charge in (*wrong, Charge("1", "XYZ", "excessive"), Charge("1", "", "excessive")):
        with pytest.raises(InputError) as bad:
            price(company, request, charge)
        assert bad.value.code == "requests.bad-amount", charge
    assert company.get(request).state is State.IN_REVIEW


def test_whoever_charges_says_why_and_says_the_price_once(company: World) -> None:
    charging(company)
    request = company.open("explanation", details=Details(text="Why?"))
    with pytest.raises(InputError) as silent:
        price(company, request, Charge("5", "CNY", "excessive"), because=" ")
    assert silent.value.code == "requests.empty-text"
    price(company, request, Charge("5", "CNY", "excessive"))
    assert accept(company, request).state is State.IN_REVIEW, "somebody writes the answer now"
    with pytest.raises(ConflictError) as again:
        price(company, request, Charge("9", "CNY", "excessive"))
    assert again.value.code == "requests.priced"
    with pytest.raises(ConflictError) as words:
        proceed(company, request)
    assert words.value.code == "requests.by-words"
    with company.begin() as work:
        assert review.answer(work, company.vault, request.id, "So.", by=OFFICER).state is State.FULFILLED


def test_time_stands_still_for_a_price_in_britain_and_runs_on_everywhere_else(company: World) -> None:
    charging(company, "uk, eu, us-ca")
    request = company.open("explanation", details=Details(text="Why?"))
    priced = price(company, request, Charge("5", "GBP", "excessive"))
    assert {one.clause for one in priced.deadlines if one.paused_at} == {"uk:request.answer"}
    before = {one.clause: one.due_at for one in priced.deadlines}
    company.clock.advance(timedelta(days=3))
    after = {one.clause: one.due_at for one in accept(company, request).deadlines}
    later = {name: after[name] - before[name] for name in after}
    assert later.pop("uk:request.answer") == timedelta(days=3)
    assert set(later.values()) == {timedelta()}


def test_a_limit_that_ends_while_a_price_waits_is_written_down(company: World) -> None:
    charging(company, "us-ca")
    request = price(company, company.open("explanation", details=Details(text="Why?")), Charge("5", "USD", "excessive"))
    company.clock.advance(timedelta(days=44))
    company.pulse()
    assert not any(one.missed_at for one in company.get(request).deadlines if one.clause == "us-ca:request.answer")
    company.clock.advance(timedelta(hours=30))
    with company.begin() as work:
        pulse.tell_missed(work)
        assert "us-ca:request.answer" in {step.code for step in record.steps(work, request.id) if step.event == "miss"}


DOES = st.lists(st.sampled_from(["price", "accept", "proceed", "recall", "refuse", "run", "wait", "pulse"]), max_size=8)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DOES)
def test_nothing_is_carried_out_at_a_price_that_nobody_agreed_to_and_every_path_can_end(
    company: World, does: list[str]
) -> None:
    if company.version.policy.requests.fee is None:
        charging(company)
        copies(company, 2)
        company.run_all()
    request = company.open("copy")
    for act in does:
        with suppress(TrothError):
            _do(company, request, act)
        now = company.get(request)
        with company.begin() as work:
            estimate = fees.estimate_of(work, request.id)
        if estimate is not None and estimate.accepted_at is None:
            assert now.state in {State.PRICED, State.RECALLED, State.LAPSED}
    if company.get(request).state is State.PRICED:
        accept(company, request)
    if company.get(request).state is State.IN_REVIEW:
        proceed(company, request)
    assert company.run(request).state in FINAL


def _do(world: World, request: Request, act: str) -> None:
    with world.begin() as work:
        if act == "price":
            fees.price(work, world.vault, request.id, PRICE, because="Again.", by=OFFICER)
        elif act == "accept":
            fees.accept(work, world.vault, request.id, jobs=world.jobs)
        elif act == "proceed":
            fees.proceed(work, world.vault, request.id, jobs=world.jobs, by=OFFICER)
        elif act == "recall":
            service.recall(work, world.vault, request.id)
        elif act == "refuse":
            review.refuse(work, world.vault, request.id, "whim", reason="Again.", by=OFFICER)
    if act == "wait":
        world.clock.advance(timedelta(days=1))
    elif act == "pulse":
        world.pulse()
    elif act == "run":
        world.run(request)


def test_the_kinds_that_cost_nothing_are_those_of_the_law_and_the_design() -> None:
    free = {kind for kind in Kind if kind in fees.FREE_KINDS}
    assert {"objection", "withdrawal", "restriction", "opt-out", "opt-in", "limit"} <= free
    assert not free & {"access", "copy", "erasure", "explanation"}
