"""Asking without an account: the same page for everybody until an address is shown, and then the same as for all."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.web.company import LIN_EMAIL, LIN_PHONE, NOBODY_EMAIL, NOBODY_PHONE
from tests.web.html import Page
from tests.web.world import Visitor, World
from troth.app.sweeps import forget_proofs
from troth.requests.machine import State
from troth.requests.proof.guests import WAITED_FOR
from troth.requests.service import of_subject
from troth.subjects.facts import change, facts
from troth.subjects.identifier import identifier
from troth.subjects.service import find, is_shredded


def begin(world: World, who: str, onward: str = "/ask") -> Visitor:
    visitor = world.visitor()
    visitor.post("/request/start", {"identifier": who, "onward": onward})
    return visitor


def test_everything_that_anybody_may_ask_for_is_offered_and_leads_to_its_page(world: World) -> None:
    page = world.visitor().page("/request")
    leads = [address for address, _ in page.links if address.startswith("/request/start")]
    assert "/request/start?next=/copy" in leads
    assert "/request/start?next=/ask/erasure" in leads
    assert "/request/start?next=/behalf" in leads
    assert not any("close" in address for address in leads), "an account is closed by whoever has one"


@pytest.mark.parametrize(("known", "unknown"), [(LIN_PHONE, NOBODY_PHONE), (LIN_EMAIL, NOBODY_EMAIL)])
def test_known_and_unknown_get_the_same_answers_after_the_same_work(world: World, known: str, unknown: str) -> None:
    answers = []
    for who in (known, unknown):
        sent: list[str] = []

        def note(_c: object, _cursor: object, statement: str, *_: object, sent: list[str] = sent) -> None:
            sent.append(statement)

        visitor = world.visitor()
        visitor.get("/request")
        sa.event.listen(world.app.engine, "before_cursor_execute", note)
        asked = visitor.post("/request/start", {"identifier": who}, follow_redirects=False)
        sa.event.remove(world.app.engine, "before_cursor_execute", note)
        shown = visitor.get("/request/start/code")
        kept = {name: value for name, value in asked.headers.items() if name != "set-cookie"}
        cookie = re.sub(r"=[^;]+;", "=…;", asked.headers["set-cookie"], count=1)
        answers.append((asked.status_code, kept, cookie, sent, shown.text.replace(who, "…")))
        assert world.outbox.sent[-1][0] == who, "a code goes to everybody"
    assert answers[0] == answers[1]


def test_whoever_redeems_the_code_goes_on_as_everybody_does_and_has_no_account(world: World) -> None:
    visitor = begin(world, NOBODY_EMAIL, "/ask/erasure")
    entered = visitor.post("/request/start/code", {"code": world.code_for(NOBODY_EMAIL)})
    assert entered.url.path == "/ask/erasure"
    sent = visitor.post("/ask/erasure", {"text": ""})
    assert "reference" in Page(sent.text).text.lower()
    with world.app.begin() as work:
        subject = find(work, world.app.vault, identifier("email", NOBODY_EMAIL))
        assert subject is not None
        (request,) = of_subject(work, subject)
        assert facts(work, subject) >= {"verified.email"}
        assert "account.open" not in facts(work, subject)
    assert request.state is State.RECEIVED
    world.run_due()
    with world.app.begin() as work:
        assert of_subject(work, subject)[0].state is State.FULFILLED


def test_somebody_known_is_found_by_the_same_way(world: World) -> None:
    visitor = begin(world, LIN_PHONE)
    visitor.post("/request/start/code", {"code": world.code_for(LIN_PHONE)})
    with world.app.begin() as work:
        assert find(work, world.app.vault, identifier("phone", LIN_PHONE)) == world.lin
    assert "小林" in visitor.page("/data").text


def test_nobody_is_made_known_before_the_code_is_redeemed(world: World) -> None:
    visitor = begin(world, NOBODY_PHONE)
    visitor.post("/request/start/code", {"code": "000000"})
    with world.app.begin() as work:
        assert find(work, world.app.vault, identifier("phone", NOBODY_PHONE)) is None
    assert visitor.get("/ask", follow_redirects=False).status_code in {303, 307, 401}


def come_in(world: World, who: str, onward: str = "/ask") -> tuple[Visitor, str]:
    visitor = begin(world, who, onward)
    visitor.post("/request/start/code", {"code": world.code_for(who)})
    with world.app.begin() as work:
        found = find(work, world.app.vault, identifier("email" if "@" in who else "phone", who))
    assert found is not None
    return visitor, found


def test_who_asks_for_nothing_is_forgotten_after_a_day_and_nobody_else_is(world: World) -> None:
    _, gone = come_in(world, NOBODY_PHONE)
    visitor, asked = come_in(world, NOBODY_EMAIL)
    visitor.post("/ask/erasure", {"text": ""})
    _, known = come_in(world, LIN_EMAIL)
    with world.app.begin() as work:
        assert "guest" not in facts(work, known), "who was there before is none"
    world.pass_time(WAITED_FOR - timedelta(seconds=1))
    assert forget_proofs(world.app.begin, world.app.vault) == 0
    world.pass_time(timedelta(seconds=1))
    assert forget_proofs(world.app.begin, world.app.vault) == 1
    assert forget_proofs(world.app.begin, world.app.vault) == 0
    with world.app.begin() as work:
        assert find(work, world.app.vault, identifier("phone", NOBODY_PHONE)) is None
        assert is_shredded(work, gone)
        assert not facts(work, gone)
        assert not is_shredded(work, asked)
        assert "guest" not in facts(work, asked)
        assert not is_shredded(work, world.lin)


def test_a_guest_who_comes_again_has_a_day_again_and_one_who_opened_an_account_stays(world: World) -> None:
    _, again = come_in(world, NOBODY_PHONE)
    _, opened = come_in(world, NOBODY_EMAIL)
    world.pass_time(WAITED_FOR / 2)
    assert come_in(world, NOBODY_PHONE)[1] == again
    with world.app.begin() as work:
        change(work, opened, add=["account.open"])
    world.pass_time(WAITED_FOR / 2)
    assert forget_proofs(world.app.begin, world.app.vault) == 0
    world.pass_time(WAITED_FOR / 2)
    assert forget_proofs(world.app.begin, world.app.vault) == 1
    with world.app.begin() as work:
        assert (is_shredded(work, again), is_shredded(work, opened)) == (True, False)


def test_a_code_for_asking_does_not_sign_in_and_the_other_way_round(world: World) -> None:
    visitor = begin(world, LIN_EMAIL)
    code = world.code_for(LIN_EMAIL)
    other = world.visitor()
    other.ask_for_code(LIN_EMAIL)
    signing = world.code_for(LIN_EMAIL)
    assert other.post("/sign-in/code", {"code": code}).status_code == (422 if code != signing else 200)
    assert visitor.post("/request/start/code", {"code": signing}).status_code == (422 if code != signing else 200)


def test_asking_is_limited_for_each_address_and_each_identifier(world: World) -> None:
    statuses = [begin(world, NOBODY_EMAIL).get("/request").status_code for _ in range(5)]
    assert statuses == [200] * 5
    assert world.visitor(address="198.51.100.9").post("/request/start", {"identifier": NOBODY_EMAIL}).status_code == 429
    statuses = [
        world.visitor(address="198.51.100.7").post("/request/start", {"identifier": f"n{n}@mail.example"}).status_code
        for n in range(40)
    ]
    assert 429 in statuses


def test_everybody_together_is_limited(world: World) -> None:
    while not world.web.state.by_anybody.wait("", world.clock.now()):
        pass
    assert world.visitor().post("/request/start", {"identifier": NOBODY_EMAIL}).status_code == 429
    assert world.outbox.sent == []


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_it_leads_to_our_own_pages_only(world: World, onward: str) -> None:
    visitor = begin(world, NOBODY_EMAIL, onward)
    entered = visitor.post("/request/start/code", {"code": world.code_for(NOBODY_EMAIL)})
    assert entered.url.host == "testserver"
