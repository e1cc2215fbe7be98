"""Acting for somebody else: the pages, in both languages; who may see what of it; what staff see and decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.requests.proofs import jpeg, pdf, png
from tests.web.company import LIN_EMAIL, LIN_PHONE, NOBODY_PHONE, POLICY, QING_EMAIL
from tests.web.html import Page
from tests.web.world import OFFICER, Visitor, World
from tests.web.world import world as make_world
from troth.app.sending.letters import Post, send_due
from troth.app.sweeps import forget_proofs
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.policy.read import parse
from troth.requests import record
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof import evidence
from troth.requests.proof.matching import match_due
from troth.requests.proof.parties import WHO
from troth.requests.service import get
from troth.versions.service import publish
from troth.web.i18n import catalogue

RULES = """requests:
  within: 30 working days
  agents:
    appointed: {registered: {zh: 登记, en: by registration}}
minors: {below: 14, rule: guardian}
"""
OPEN = POLICY.replace("requests:\n  within: 30 working days\n", RULES).replace(
    "rights:\n",
    "rights:\n  deceased: {label: {zh: 逝者近亲属, en: close relatives}, by: [email], who: close-relative}\n",
)
FORM = {"name": "Ada Example", "person": LIN_PHONE, "kind": "copy", "way": "registered", "mark": "R-17", "text": ""}


@pytest.fixture
def world(own: sa.Engine, tmp_path: Path, clock: SettableClock, entropy: Entropy) -> World:
    made = make_world(own, tmp_path, clock, entropy)
    with made.app.begin() as work:
        version = publish(work, parse({"policy.yaml": OPEN}), made.version.maps, by="test")
    return replace(made, version=version)


def asked(world: World, visitor: Visitor, who: str = "agent", **other: str) -> Request:
    sent = visitor.post(f"/behalf/{who}", {**FORM, **other})
    assert sent.url.path.endswith("/received"), Page(sent.text).text
    with world.app.begin() as work:
        return get(work, sent.url.path.split("/")[2])


def upload(visitor: Visitor, request: Request, content: bytes, name: str = "card.png") -> int:
    files = {"document": (name, content, "application/octet-stream")}
    return int(visitor.post(f"/documents/{request.id}", files=files).status_code)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("who", WHO)
def test_one_says_who_one_is_checks_and_sends(world: World, who: str, language: str) -> None:
    visitor = world.signed_in(QING_EMAIL, language)
    assert any(address == f"/behalf/{who}" for address, _ in visitor.page("/behalf").links)
    page = visitor.page(f"/behalf/{who}")
    typed = FORM if who == "agent" else {name: FORM[name] for name in ("name", "person", "kind", "text")}
    check = Page(visitor.post(f"/behalf/{who}/check", typed).text)
    assert "Ada Example" in check.text
    received = visitor.press(check, f"/behalf/{who}")
    assert any(address.endswith("/identity") for address, _ in received.links)
    todo = visitor.page(next(address for address, _ in received.links if address.endswith("/identity")))
    assert page.headings
    assert todo.headings
    assert not set(todo.text) & {"{", "}"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"person": "x"}, "person"),
        ({"person": QING_EMAIL}, "person"),
        ({"kind": ""}, "kind"),
        ({"kind": "opt-out"}, "kind"),
        ({"way": "magic"}, "way"),
    ],
)
def test_what_is_missing_is_told_beside_its_field(world: World, wrong: dict[str, str], field: str) -> None:
    visitor = world.signed_in(QING_EMAIL)
    for address in ("/behalf/agent/check", "/behalf/agent"):
        answer = visitor.post(address, {**FORM, **wrong})
        page = Page(answer.text)
        assert answer.status_code == 422
        assert ("#" + field) in {address for address, _ in page.links}
        assert page.title.startswith("Error:")


def test_nobody_is_looked_up_by_what_is_typed(world: World) -> None:
    visitor, texts = world.signed_in(QING_EMAIL), []
    for person in (LIN_PHONE, NOBODY_PHONE):
        request = asked(world, visitor, person=person)
        told = visitor.page(f"/requests/{request.id}/identity").text
        texts.append(told.replace(request.reference, "…"))
        assert request.subject not in {world.lin, world.qing}
    assert texts[0] == texts[1]


def test_only_whoever_asked_sees_it(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor)
    upload(visitor, request, png())
    (document,) = _documents(world, request)
    lin = world.signed_in(LIN_EMAIL)
    for address in ("", "/identity", "/received", "/package"):
        assert lin.get(f"/requests/{request.id}{address}").status_code == 404
    assert lin.get(f"/documents/{request.id}").status_code == 404
    assert lin.post(f"/documents/{request.id}/{document.id}/remove").status_code == 404
    assert upload(lin, request, png()) == 404
    for action in ("points", "declaration", "recall", "reply"):
        assert lin.post(f"/requests/{request.id}/{action}").status_code == 404
    assert request.reference not in lin.page("/requests").text
    assert request.reference in visitor.page("/requests").text
    assert request.id in {address.split("/")[2] for address, _ in visitor.page("/requests").links if "req-" in address}


def test_documents_are_sent_seen_taken_back_and_decided_on(world: World) -> None:
    visitor, officer = world.signed_in(QING_EMAIL), world.officer()
    request = asked(world, visitor)
    for content in (png(), jpeg(), pdf()):
        assert upload(visitor, request, content) == 200
    first, second, third = sorted(_documents(world, request), key=lambda one: str(one.media_type), reverse=True)
    visitor.post(f"/documents/{request.id}/{third.id}/remove")
    assert len(_documents(world, request)) == 2
    read = Page(officer.post(f"/console/requests/{request.id}/read").text)
    assert all(part in read.text for part in ("Ada Example", LIN_PHONE, "R-17"))
    answer = officer.post(f"/console/requests/{request.id}/evidence/{second.id}")
    assert answer.content == jpeg()
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert officer.post(f"/console/requests/{request.id}/evidence/{third.id}").status_code == 404
    with world.app.begin() as work:
        assert sum(step.event == "read" and step.by == OFFICER for step in record.steps(work, request.id)) == 2
    seen = {"proofs": ["identity", "authority"]}
    officer.post(f"/console/requests/{request.id}/prove", seen)
    assert _documents(world, request) == ()
    assert officer.post(f"/console/requests/{request.id}/evidence/{first.id}").status_code == 404
    with world.app.begin() as work:
        assert get(work, request.id).subject == world.lin


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "no-file"),
        (b"MZ", "wrong-type"),
        (png() + b"PK\x03\x04", "damaged"),
        (pdf(b"<< /JavaScript >>\n"), "active"),
        (jpeg(60_000, 60_000), "picture-too-large"),
        (b"%PDF-1." + b"\0" * evidence.LARGEST, "too-large"),
    ],
)
def test_hostile_files_are_refused_in_words(world: World, content: bytes, key: str) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor)
    files = {"document": ("../../etc/passwd", content, "image/png")} if content else {}
    answer = (
        visitor.post(f"/documents/{request.id}", {"x": "y"}, files=files)
        if files
        else visitor.post(f"/documents/{request.id}", {"x": "y"})
    )
    assert answer.status_code == 422
    if key != "no-file":
        expected = catalogue("en").messages[f"document.fault.evidence.{key}"][0]
        assert expected in Page(answer.text).text
    assert _documents(world, request) == ()


def test_a_file_of_any_length_is_not_read_to_its_end(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor)
    assert upload(visitor, request, b"%PDF-1." + b"\0" * (2 * evidence.LARGEST)) == 413


def test_the_person_confirms_or_denies_and_whoever_asked_gets_it(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    first, second = asked(world, visitor), asked(world, visitor, kind="erasure")
    lin, qing = world.signed_in(LIN_EMAIL), visitor
    assert qing.post(f"/agents/{first.id}/confirm").status_code == 404, "who asks does not confirm"
    page = lin.page("/agents")
    assert "/agents" in {address for address, _ in world.signed_in(LIN_PHONE).page("/").links}
    lin.press(page, f"/agents/{second.id}/deny")
    lin.press(lin.page("/agents"), f"/agents/{first.id}/confirm")
    world.run_due()
    with world.app.begin() as work:
        assert get(work, first.id).state is State.FULFILLED
        assert get(work, second.id).blocked == "requests.not-appointed"
    assert visitor.get(f"/requests/{first.id}/package").content[:2] == b"PK"
    assert lin.get(f"/requests/{first.id}/package").content[:2] == b"PK"


def test_points_and_a_declaration_identify_somebody_known_elsewhere(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor, "self", kind="erasure")
    page = visitor.page(f"/requests/{request.id}/identity")
    assert "device identifier" in page.text
    assert "password" not in " ".join(value for form in page.forms for value in form.fields)
    wrong = {"item": ["account.nickname", "order.record"], "value": ["nobody", "nothing"]}
    right = {"item": ["account.nickname", "order.record"], "value": ["小林 <b>&", "LAMP 3"]}
    few = visitor.post(f"/requests/{request.id}/points", {"item": "order.record", "value": "lamp 3"})
    assert few.status_code == 422
    visitor.post(f"/requests/{request.id}/points", wrong)
    assert "comparing" in visitor.page(f"/requests/{request.id}/identity").text
    _match(world)
    assert "could not be confirmed. You have 2 tries" in visitor.page(f"/requests/{request.id}/identity").text
    visitor.post(f"/requests/{request.id}/points", right)
    _match(world)
    unsigned = visitor.post(f"/requests/{request.id}/declaration", {"name": ""})
    assert unsigned.status_code == 422
    visitor.post(f"/requests/{request.id}/declaration", {"name": "Lin Xiao"})
    world.run_due()
    with world.app.begin() as work:
        found = get(work, request.id)
    assert (found.state, found.subject) == (State.FULFILLED, world.lin)
    assert visitor.get(f"/requests/{request.id}/identity").url.path == f"/requests/{request.id}"


def test_after_it_is_decided_the_pages_lead_to_the_request(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor)
    visitor.post(f"/requests/{request.id}/recall")
    for address in (f"/requests/{request.id}/identity", f"/documents/{request.id}"):
        assert visitor.get(address).url.path == f"/requests/{request.id}"
    assert upload(visitor, request, png()) == 409
    forget_proofs(world.app.begin, world.app.vault)


def test_news_go_to_whoever_asked(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor)
    world.signed_in(LIN_EMAIL).post(f"/agents/{request.id}/deny")
    world.outbox.sent.clear()
    send_due(world.app.begin, world.app.vault, Post(world.app.mail, world.app.sms, "http://testserver"))
    assert [to for to, _ in world.outbox.sent] == [QING_EMAIL]


def _documents(world: World, request: Request) -> tuple[evidence.Evidence, ...]:
    with world.app.begin() as work:
        return evidence.of(work, request.id)


def _match(world: World) -> None:
    assert match_due(world.app.begin, world.app.vault, world.app.stores, world.app.jobs) == 1


def test_staff_end_it_by_the_proof_that_is_not_enough(world: World) -> None:
    visitor, officer = world.signed_in(QING_EMAIL), world.officer()
    request = asked(world, visitor)
    address = f"/console/requests/{request.id}"
    page = officer.press(officer.page(address), f"{address}/reject", proof="authority", reason="It ran out in May.")
    assert "may do so" in page.text
    told = visitor.page(f"/requests/{request.id}").text
    assert "It ran out in May." in told
    assert "may do so" in told


def test_after_an_account_was_closed_for_somebody_whoever_asked_is_told(world: World) -> None:
    visitor = world.signed_in(QING_EMAIL)
    request = asked(world, visitor, kind="close_account")
    world.signed_in(LIN_EMAIL).post(f"/agents/{request.id}/confirm")
    world.pass_time(timedelta(days=7, minutes=1))
    world.run_due()
    with world.app.begin() as work:
        assert get(work, request.id).state is State.FULFILLED
    world.outbox.sent.clear()
    send_due(world.app.begin, world.app.vault, Post(world.app.mail, world.app.sms, "http://testserver"))
    assert [to for to, _ in world.outbox.sent] == [QING_EMAIL]
    again = world.signed_in(QING_EMAIL)
    assert again.get(f"/requests/{request.id}").status_code == 200
