"""Every right asked for on the pages, and what passes between a person and the staff."""

from __future__ import annotations

import pytest
from markupsafe import escape

from tests.web.company import LIN_PHONE, POLICY, QING_PHONE
from tests.web.html import Page
from tests.web.world import World
from troth.journal.service import entries, size
from troth.policy.read import parse
from troth.requests.kinds import WAYS, Kind, Way
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof.parties import party
from troth.requests.service import get, of_subject, open_request, timeline
from troth.subjects.facts import facts
from troth.versions.service import publish
from troth.web.portal.ask import OWN_PAGES

ASKED_HERE = [kind for kind in Kind if kind not in OWN_PAGES]
COMPLAINT = "My lamp <b>talks</b> & I did not ask it to.\nPlease look into it."
REFUSABLE = """requests:
  within: 30 working days
  refuse:
    repeated: {label: {zh: 无理重复, en: repeated without reason}}
"""


@pytest.fixture(autouse=True)
def refusable(world: World) -> None:
    text = POLICY.replace("requests:\n  within: 30 working days\n", REFUSABLE)
    text = text.replace("regimes: [cn]", "regimes: [cn, us-ca]")
    with world.app.begin() as work:
        world.version = publish(work, parse({"policy.yaml": text}), world.version.maps, by="test")


def the_only(world: World, subject: str) -> Request:
    with world.app.begin() as work:
        (request,) = of_subject(work, subject)
    return request


def ask(world: World, kind: Kind, language: str = "en", **said: str) -> Page:
    visitor = world.signed_in(LIN_PHONE, language)
    if kind is Kind.WITHDRAWAL:
        visitor.post("/consents/push", {"choice": "agree"})
    form = visitor.page(f"/ask/{kind.value}")
    return visitor.press(visitor.press(form, f"/ask/{kind.value}/check", 0, **said), f"/ask/{kind.value}")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ASKED_HERE)
def test_every_right_is_asked_for_in_three_steps_and_confirmed_with_a_reference(
    world: World, kind: Kind, language: str
) -> None:
    named = kind in {Kind.OBJECTION, Kind.WITHDRAWAL}
    said = {"named": "push"} if named else {"text": COMPLAINT} if WAYS[kind] is Way.ANSWER else {}
    done = ask(world, kind, language, **said)
    request = the_only(world, world.lin)
    assert request.reference in done.text
    assert (request.kind, request.language) == (kind, language)
    expected = {Way.CHOICE: State.FULFILLED, Way.ANSWER: State.IN_REVIEW}.get(WAYS[kind], State.RECEIVED)
    assert request.state is expected
    world.run_due()
    with world.app.begin() as work:
        after = get(work, request.id)
    assert after.closed is (WAYS[kind] is not Way.ANSWER)


def test_the_list_leads_to_every_right_and_every_page_is_there(world: World) -> None:
    visitor = world.signed_in(LIN_PHONE)
    led = {href for href, _ in visitor.page("/ask").links}
    assert {f"/ask/{kind.value}" for kind in ASKED_HERE} | set(OWN_PAGES.values()) <= led
    for kind in ASKED_HERE:
        assert visitor.get(f"/ask/{kind.value}").status_code == 200
    assert visitor.get("/ask/copy").status_code == 404, "it has a page of its own"
    assert visitor.get("/ask/world-peace").status_code == 404


def test_who_agreed_to_nothing_is_told_that_there_is_nothing_to_withdraw(world: World) -> None:
    visitor = world.signed_in(LIN_PHONE)
    page = visitor.page("/ask/withdrawal")
    assert "There is nothing that this could be about" in page.text
    assert "/ask/withdrawal/check" not in [form.action for form in page.forms]
    visitor.post("/consents/push", {"choice": "agree"})
    again = visitor.page("/ask/withdrawal")
    assert "/ask/withdrawal/check" in [form.action for form in again.forms]


def test_going_back_from_the_answers_loses_nothing_that_was_typed(world: World) -> None:
    visitor = world.signed_in(LIN_PHONE)
    checked = visitor.post("/ask/objection/check", {"named": "push", "text": COMPLAINT})
    assert 'formaction="/ask/objection/check" name="change"' in checked.text
    kept = Page(checked.text).form("/ask/objection").fields
    again = visitor.post("/ask/objection/check", {**kept, "change": "yes"})
    assert again.status_code == 200
    assert 'value="push" checked' in again.text
    assert str(escape(COMPLAINT)) in again.text
    assert visitor.page("/requests").text.count("Objection") == 0, "nothing was asked for"


def test_an_objection_names_what_it_objects_to_and_holds_at_once(world: World) -> None:
    visitor = world.signed_in(LIN_PHONE)
    nothing = visitor.post("/ask/objection/check", {})
    assert nothing.status_code == 422
    assert "Choose at least one" in nothing.text
    ask(world, Kind.OBJECTION, named="push")
    with world.app.begin() as work:
        assert "objected.push" in facts(work, world.lin)
        assert "objected.push" not in facts(work, world.qing)


def test_a_complaint_is_read_asked_about_and_answered(world: World) -> None:
    ask(world, Kind.COMPLAINT, text=COMPLAINT)
    request = the_only(world, world.lin)
    officer, person = world.officer(), world.signed_in(LIN_PHONE)
    address = f"/console/requests/{request.id}"
    assert request.reference in officer.page("/console").text, "it needs somebody today"
    shown = officer.page(address)
    assert "talks" not in shown.text, "what was written is not shown before somebody asks for it"
    read = officer.post(f"{address}/read")
    assert "My lamp &lt;b&gt;talks&lt;/b&gt; &amp; I" in read.text
    officer.press(shown, f"{address}/ask", text="Which lamp is it?")
    asked = person.page(f"/requests/{request.id}")
    assert "Which lamp is it?" in asked.text
    person.press(asked, f"/requests/{request.id}/reply", text="The blue one.")
    assert "The blue one." in officer.post(f"{address}/read").text
    officer.press(officer.page(address), f"{address}/answer", text="We switched its voice off.")
    told = person.page(f"/requests/{request.id}").text
    assert "We switched its voice off." in told
    with world.app.begin() as work:
        steps = timeline(work, request.id)
        leaves = [entry.leaf for entry in entries(work, 0, size(work))]
    assert [step.event for step in steps] == ["open", "review", "read", "ask", "reply", "read", "complete"]
    assert {step.by for step in steps if step.event in {"read", "ask", "complete"}} == {"officer@kaiconn.example"}
    assert not any(b"lamp" in leaf or b"officer" in leaf for leaf in leaves)


def test_a_refusal_names_a_ground_and_the_person_reads_the_reason(world: World) -> None:
    ask(world, Kind.EXPLANATION, text="Why was my order declined?")
    request = the_only(world, world.lin)
    officer, address = world.officer(), f"/console/requests/{request.id}"
    page = officer.page(address)
    officer.press(page, f"{address}/refuse", ground="repeated", reason="We explained it on Monday.")
    told = world.signed_in(LIN_PHONE).page(f"/requests/{request.id}").text
    assert "We explained it on Monday." in told
    assert officer.post(f"{address}/answer", {"text": "too late"}).status_code == 409


def test_a_hold_stops_an_erasure_until_it_is_lifted(world: World) -> None:
    ask(world, Kind.ERASURE)
    request = the_only(world, world.lin)
    officer, address = world.officer(), f"/console/requests/{request.id}"
    officer.press(officer.page(address), f"{address}/hold", reason="file 12")
    world.run_due()
    assert "On hold by law" in world.signed_in(LIN_PHONE).page(f"/requests/{request.id}").text
    held = officer.page(address)
    assert "file 12" in held.text
    (release,) = [form for form in held.forms if "/release/" in form.action]
    officer.press(held, release.action)
    world.run_due()
    with world.app.begin() as work:
        assert get(work, request.id).state is State.FULFILLED


def test_nobody_reads_or_answers_for_another(world: World) -> None:
    ask(world, Kind.COMPLAINT, text=COMPLAINT)
    request = the_only(world, world.lin)
    stranger = world.signed_in(QING_PHONE)
    assert stranger.get(f"/requests/{request.id}").status_code == 404
    assert stranger.post(f"/requests/{request.id}/reply", {"text": "me"}).status_code == 404
    for action in ("read", "ask", "answer", "refuse", "extend", "hold", "acknowledge"):
        refused = stranger.post(f"/console/requests/{request.id}/{action}", {"text": "x"})
        assert "x" not in refused.text or refused.url.path == "/console/sign-in"
    with world.app.begin() as work:
        assert get(work, request.id).state is State.IN_REVIEW
        assert [step.event for step in timeline(work, request.id)] == ["open", "review"]


def test_an_agents_proofs_are_noted_on_the_console_and_then_it_goes_on(world: World) -> None:
    text = POLICY.replace("after: identity.verified}", "after: identity.verified, who: [self, agent]}", 1)
    with world.app.begin() as work:
        world.version = publish(work, parse({"policy.yaml": text}), world.version.maps, by="test")
        request = open_request(
            work,
            world.app.vault,
            world.version,
            world.lin,
            "copy",
            language="en",
            channel="email",
            jobs=world.app.jobs,
            party=party("agent", "Ada Example", "ada@agents.example"),
        )
    officer, address = world.officer(), f"/console/requests/{request.id}"
    page = officer.page(address)
    assert "Ada Example" not in page.text
    assert "Ada Example" in officer.post(f"{address}/read").text
    for proof in ("identity", "authority"):
        assert f'value="{proof}"' in officer.get(address).text
        officer.press(officer.page(address), f"{address}/prove", proofs=proof)
    world.run_due()
    with world.app.begin() as work:
        assert get(work, request.id).state is State.FULFILLED
