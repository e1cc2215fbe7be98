"""Reasonable doubt about who asks, once a request has begun: a document first, and nothing is done before it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.requests.proofs import pdf
from tests.requests.test_holds import place, release
from tests.requests.world import POLICY, World, under
from troth.base.errors import ConflictError, InputError
from troth.requests import pulse, record, texts
from troth.requests.deciding import doubts
from troth.requests.details import Details
from troth.requests.fulfilment import fulfil, progress
from troth.requests.fulfilment.progress import Expected
from troth.requests.machine import FINAL, State
from troth.requests.model import Request
from troth.requests.proof import evidence, identity, proving
from troth.requests.telling import letters

OFFICER = "officer@kaiconn.example"
REASON = "The address was changed yesterday."


def doubt(world: World, request: Request, reason: str = REASON) -> Request:
    with world.begin() as work:
        return doubts.doubt(work, world.vault, request.id, reason, by=OFFICER)


def show(world: World, request: Request) -> None:
    with world.begin() as work:
        evidence.keep_document(work, world.vault, record.load(work, request.id), pdf())


def prove(world: World, request: Request) -> Request:
    with world.begin() as work:
        return proving.prove(work, world.vault, request.id, ["identity"], by=OFFICER, jobs=world.jobs)


def begun(world: World, kind: str) -> Request:
    """A request of that kind at which something keeps a worker, before anything is done."""
    if kind == "copy":
        request = world.open("copy")
        return fulfil.run(world.begin, world.vault, world.stores, request.id, two_pairs=("package",))
    if kind == "erasure":
        place(world)
        return world.run(world.open("erasure"))
    return world.open(kind, details=Details(text="Why?") if kind == "explanation" else Details())


@pytest.mark.parametrize(
    ("kind", "stood", "waits"),
    [
        ("copy", State.BLOCKED, State.DOUBTED),
        ("erasure", State.HELD, State.DOUBTED),
        ("close_account", State.COOLING_OFF, State.IDENTIFYING),
        ("explanation", State.IN_REVIEW, State.IDENTIFYING),
    ],
)
def test_wherever_it_stands_it_waits_for_a_document_and_then_goes_on(
    company: World, kind: str, stood: State, waits: State
) -> None:
    request = begun(company, kind)
    assert request.state is stood
    before = company.mine_left()
    doubted = doubt(company, request)
    assert (doubted.state, doubted.blocked) == (waits, doubts.CODE)
    with company.begin() as work:
        assert identity.missing(work, request.id) == ("identity",)
        assert (texts.texts(work, company.vault, request)[-1].text.reveal()) == REASON
        assert "doubt" in {one.about for one in letters.of(work, request.id)}
    assert company.run(request).state is waits, "no worker touches it"
    assert company.mine_left() == before
    assert "account.closing" not in company.facts()
    show(company, request)
    asked = len(company.asked)
    shown = prove(company, request)
    with company.begin() as work:
        assert evidence.of(work, request.id) == (), "what was shown is deleted"
    if waits is State.DOUBTED:
        assert shown.state is State.IN_PROGRESS
        assert company.asked[asked:] == [request.id]
    else:
        assert shown.state is stood
    assert ("account.closing" in company.facts()) is (kind == "close_account")
    with pytest.raises(ConflictError) as twice:
        doubt(company, request)
    assert twice.value.code in {"requests.shown-before", "requests.not-possible"}


def test_a_hold_that_is_lifted_meanwhile_lets_nothing_go_on_that_is_doubted(company: World) -> None:
    hold = place(company)
    request = company.run(company.open("erasure"))
    doubt(company, request)
    release(company, hold)
    assert company.run(request).state is State.DOUBTED
    prove(company, request)
    assert company.run(request).state is State.FULFILLED


def test_who_does_not_show_it_is_refused_or_not_waited_for_for_ever(company: World) -> None:
    refused, lapsed = begun(company, "copy"), begun(company, "close_account")
    for one in (refused, lapsed):
        doubt(company, one)
    with company.begin() as work:
        proving.reject(work, company.vault, refused.id, "It is not you.", by=OFFICER, failed="identity")
    assert (company.get(refused).state, company.get(refused).blocked) == (State.REFUSED, "requests.not-proved-identity")
    company.clock.advance(pulse.PATIENCE)
    company.pulse()
    assert company.get(lapsed).state is State.LAPSED
    assert "account.closing" not in company.facts()


def test_once_something_is_done_and_without_a_reason_nothing_is_doubted(company: World) -> None:
    for store in company.company.stores.values():
        store.on = False
    blocked = company.run(company.open("erasure"))
    with pytest.raises(InputError):
        doubt(company, blocked, reason=" ")
    assert company.get(blocked).state is State.BLOCKED, "nothing of it is done"
    for store in company.company.stores.values():
        store.on = True
    begun_ = company.open("copy", subject=company.other)
    assert company.run(begun_).state in FINAL
    with pytest.raises(ConflictError) as closed:
        doubt(company, begun_)
    assert closed.value.code == "requests.not-possible"


def test_an_erasure_that_has_counted_its_rows_is_not_stopped_any_more(company: World) -> None:
    request = begun(company, "erasure")
    with company.begin() as work:
        progress.expect(work, request.id, {"shop": {"member": Expected(1, 1)}})
    with pytest.raises(ConflictError) as begun_:
        doubt(company, request)
    assert begun_.value.code == "requests.not-possible"
    assert company.get(request).state is State.HELD
    with company.begin() as work:
        assert identity.missing(work, request.id) == ()


def test_time_stands_still_where_the_law_lets_it(company: World) -> None:
    under(company, POLICY.replace("regimes: [cn]", "regimes: [uk, eu, us-ca]"))
    request = company.open("explanation", details=Details(text="Why?"))
    before = {one.clause: one.due_at for one in company.get(request).deadlines}
    doubt(company, request)
    company.clock.advance(timedelta(days=2))
    after = {one.clause: one.due_at for one in prove(company, request).deadlines}
    later = {name for name in before if after[name] - before[name] == timedelta(days=2)}
    assert "uk:request.answer" in later
    assert "us-ca:request.answer" not in later
