"""What comes of a request on the pages: prices, parts, verdicts, recipients, where to turn, and unsubscribing."""

from __future__ import annotations

import io
import re
import zipfile

import pytest

from tests.web.company import LIN_EMAIL, LIN_PHONE, POLICY, QING_PHONE
from tests.web.world import World
from troth.app.sending.recipients import tell_recipients
from troth.policy.read import parse
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.service import get, of_subject, open_request
from troth.requests.telling import recipients, unsubscribing
from troth.requests.telling.unsubscribing import Link
from troth.subjects.facts import facts
from troth.versions.service import publish

REQUESTS = """requests:
  within: 30 working days
  fee: {first: free, repeated: cost}
  refuse:
    trade-secret: {label: {zh: 涉及商业秘密, en: trade secrets are involved}}
"""
COURIER = """recipients:
  courier:
    kind: provider
    name: {zh: 快递, en: Courier}
    receives: [account.phone]
    for: account
    basis: contract
    contact: privacy@courier.example
"""
BASE = "https://privacy.example"


@pytest.fixture(autouse=True)
def published(world: World) -> None:
    text = POLICY.replace("requests:\n  within: 30 working days\n", REQUESTS).replace("regimes: [cn]", "regimes: [eu]")
    text = text.replace("recipients:\n", COURIER).replace("sensitive: true}", "sensitive: true, tells: phone}", 1)
    with world.app.begin() as work:
        world.version = publish(work, parse({"policy.yaml": text}), world.version.maps, by="test")


def opened(world: World, kind: str, text: str = "", about: str = "") -> Request:
    with world.app.begin() as work:
        return open_request(
            work,
            world.app.vault,
            world.version,
            world.lin,
            kind,
            language="en",
            channel="portal",
            jobs=world.app.jobs,
            details=Details(text=text, about=about),
        )


def state(world: World, request: Request) -> State:
    with world.app.begin() as work:
        return get(work, request.id).state


@pytest.mark.parametrize(("language", "agree"), [("en", "Agree to"), ("zh", "同意")])
def test_a_price_is_stated_on_the_console_and_agreed_to_on_the_portal(world: World, language: str, agree: str) -> None:
    request = opened(world, "explanation", "Why?")
    officer, address = world.officer(language), f"/console/requests/{request.id}"
    typed = {"amount": "12.50", "currency": "cny", "why": "excessive", "reason": "It concerns ten years."}
    officer.press(officer.page(address), f"{address}/price", 0, **typed)
    assert state(world, request) is State.PRICED
    person = world.signed_in(LIN_PHONE, language)
    shown = person.page(f"/requests/{request.id}")
    assert "12.50" in shown.text
    assert agree in shown.text
    assert "It concerns ten years." in shown.text
    person.press(shown, f"/requests/{request.id}/accept")
    assert state(world, request) is State.IN_REVIEW
    owed = officer.page(address)
    assert "12.50 CNY" in owed.text
    officer.press(owed, f"{address}/paid")
    paid = officer.page(address)
    assert not [form for form in paid.forms if form.action == f"{address}/paid"]
    assert {"en": "Price paid", "zh": "费用已支付"}[language] in paid.text
    assert world.signed_in(QING_PHONE).post(f"/requests/{request.id}/accept").status_code == 404


def test_who_is_doubted_on_the_console_reads_why_and_sends_a_document_on_the_portal(world: World) -> None:
    request = opened(world, "explanation", "Why?")
    officer, address = world.officer(), f"/console/requests/{request.id}"
    officer.press(officer.page(address), f"{address}/doubt", reason="It came from a new address.")
    assert state(world, request) is State.IDENTIFYING
    person = world.signed_in(LIN_PHONE)
    shown = person.page(f"/requests/{request.id}")
    assert "It came from a new address." in shown.text
    assert f"/requests/{request.id}/identity" in [address for address, _ in shown.links]
    tasks = person.page(f"/requests/{request.id}/identity")
    assert f"/documents/{request.id}" in [address for address, _ in tasks.links]
    assert person.get(f"/documents/{request.id}").status_code == 200
    officer.press(officer.page(address), f"{address}/prove", proofs="identity")
    assert state(world, request) is State.IN_REVIEW


def test_who_does_not_agree_takes_it_back_on_the_same_page(world: World) -> None:
    request = opened(world, "explanation", "Why?")
    officer, address = world.officer(), f"/console/requests/{request.id}"
    wrong = {"amount": "much", "currency": "CNY", "why": "excessive", "reason": "Ten years."}
    refused = officer.post(f"{address}/price", wrong)
    assert refused.status_code == 422
    assert state(world, request) is State.IN_REVIEW
    officer.press(officer.page(address), f"{address}/price", 0, **{**wrong, "amount": "5"})
    person = world.signed_in(LIN_PHONE)
    person.press(person.page(f"/requests/{request.id}"), f"/requests/{request.id}/recall")
    assert state(world, request) is State.RECALLED


def test_a_third_copy_waits_for_staff_who_refuse_a_part_and_let_the_rest_be_done(world: World) -> None:
    person = world.signed_in(LIN_PHONE)
    for _ in range(2):
        opened(world, "copy")
        world.run_due()
    third = opened(world, "copy")
    officer, address = world.officer(), f"/console/requests/{third.id}"
    page = officer.page(address)
    assert not [form for form in page.forms if form.action == f"{address}/answer"], "no words carry a copy out"
    officer.press(page, f"{address}/keep", part="shop.orders", ground="trade-secret", reason="They name a supplier.")
    officer.press(officer.page(address), f"{address}/proceed")
    world.run_due()
    assert state(world, third) is State.FULFILLED
    shown = person.page(f"/requests/{third.id}").text
    for said in ("trade secrets are involved", "They name a supplier.", "Complain to us", "data protection authority"):
        assert said in shown, said
    content = person.get(f"/requests/{third.id}/package").content
    assert not [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "orders" in name]


def test_an_explanation_is_contested_on_its_page_and_overturned_with_a_remedy(world: World) -> None:
    first = opened(world, "explanation", "Why was my order declined?")
    officer, person = world.officer(), world.signed_in(LIN_PHONE)
    address = f"/console/requests/{first.id}"
    assert "holds no decision" in officer.post(f"{address}/decisions").text
    officer.press(officer.page(address), f"{address}/answer", text="The limit was reached.")
    shown = person.page(f"/requests/{first.id}")
    assert person.get(f"/requests/{first.id}/package").status_code == 200, "what was recorded goes with it"
    form = person.page(next(href for href, _ in shown.links if href.startswith("/ask/explanation?about=")))
    assert first.reference in form.text
    check = person.press(form, "/ask/explanation/check", text="It was not I.")
    person.press(check, "/ask/explanation")
    with world.app.begin() as work:
        second = next(one for one in of_subject(work, world.lin) if one.id != first.id)
    address = f"/console/requests/{second.id}"
    page = officer.page(address)
    assert first.reference in page.text
    assert not [form for form in page.forms if form.action == f"{address}/answer"], "a verdict is owed"
    officer.press(
        page, f"{address}/verdict", verdict="overturned", reason="It was a mistake.", remedy="The order goes through."
    )
    told = person.page(f"/requests/{second.id}").text
    assert "overturned" in told
    assert "The order goes through." in told
    assert second.reference in officer.page(f"/console/requests/{first.id}").text


def test_nobody_asks_about_a_request_that_is_somebody_elses(world: World) -> None:
    first = opened(world, "explanation", "Why?")
    stranger = world.signed_in(QING_PHONE)
    assert stranger.get("/ask/complaint", params={"about": first.id}).status_code == 404
    sent = stranger.post("/ask/complaint", {"text": "So.", "about": first.id})
    assert sent.status_code == 422
    with world.app.begin() as work:
        assert of_subject(work, world.qing) == ()


def test_earlier_policies_are_chosen_and_fetched(world: World) -> None:
    person = world.signed_in(LIN_PHONE)
    form = person.page("/ask/policy")
    check = person.press(form, "/ask/policy/check", named="kaiconn:1")
    person.press(check, "/ask/policy")
    with world.app.begin() as work:
        (request,) = of_subject(work, world.lin)
    world.run_due()
    content = person.get(f"/requests/{request.id}/package").content
    assert "policy/1.en.html" in zipfile.ZipFile(io.BytesIO(content)).namelist()


def erased(world: World) -> tuple[Request, str]:
    """An erasure of which a recipient was told, and the path of the link in its mail."""
    request = opened(world, "erasure")
    world.run_due()
    assert tell_recipients(world.app.begin, world.app.vault, world.app.mail, BASE) == 1
    to, text = world.outbox.sent[-1]
    assert to == "privacy@courier.example"
    found = re.search(rf"{BASE}(/recipients/\S+)", text)
    assert found
    return request, found[1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_recipient_answers_by_its_link_without_signing_in_and_the_person_sees_it(world: World, language: str) -> None:
    request, link = erased(world)
    anybody = world.visitor(language)
    page = anybody.page(link)
    assert request.reference in page.text
    assert LIN_PHONE not in page.text, "the page names nobody"
    assert anybody.post(link, {"answer": "perhaps"}).status_code == 422
    thanks = anybody.press(page, link, answer="done")
    assert {"en": "Done as asked", "zh": "已按要求办理"}[language] in thanks.text
    assert anybody.post(link, {"answer": "refused"}).status_code == 200
    with world.app.begin() as work:
        (notice,) = recipients.of(work, request.id)
    assert notice.answer == "done", "the first answer stands"
    assert anybody.get(f"{link}x").status_code == 404
    shown = world.signed_in(LIN_PHONE, language).page(f"/requests/{request.id}").text
    assert {"en": "Courier", "zh": "快递"}[language] in shown


def test_staff_take_down_what_a_recipient_answered(world: World) -> None:
    request, _ = erased(world)
    officer, address = world.officer(), f"/console/requests/{request.id}"
    page = officer.page(address)
    officer.press(page, f"{address}/recipients/courier", answer="nothing-held")
    assert "Holds nothing" in officer.page(address).text
    assert officer.post(f"{address}/recipients/police", {"answer": "done"}).status_code == 422


def unsubscribe_link(world: World) -> str:
    text = POLICY.replace("basis: consent\n    grade: separate", "basis: legitimate-interests")
    with world.app.begin() as work:
        world.version = publish(work, parse({"policy.yaml": text}), world.version.maps, by="test")
    return "/unsubscribe/" + unsubscribing.token(world.app.vault, world.version, Link(world.lin, "push"))


def test_a_mail_program_unsubscribes_with_one_post_from_nowhere(world: World) -> None:
    link = unsubscribe_link(world)
    program = world.visitor()
    sent = program.client.post(link, data={"List-Unsubscribe": "One-Click"}, headers={"Accept": "*/*"})
    assert sent.status_code == 200
    with world.app.begin() as work:
        assert "objected.push" in facts(work, world.lin)
        assert "objected.push" not in facts(work, world.qing)
    assert program.client.post(f"{link}x").status_code == 404


@pytest.mark.parametrize(("language", "done"), [("en", "not used for “push messages”"), ("zh", "不再用于“消息推送”")])
def test_a_person_unsubscribes_with_one_button_and_looking_changes_nothing(
    world: World, language: str, done: str
) -> None:
    link = unsubscribe_link(world)
    visitor = world.visitor(language)
    page = visitor.page(link)
    with world.app.begin() as work:
        assert "objected.push" not in facts(work, world.lin)
    assert done in visitor.press(page, link).text
    assert LIN_EMAIL not in page.text
    with world.app.begin() as work:
        assert "objected.push" in facts(work, world.lin)
