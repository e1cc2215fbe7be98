"""Signing in tells nobody who is known, sends nothing to strangers, and cannot be guessed or worn out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from tests.web.company import LIN_EMAIL, LIN_PHONE, NOBODY_EMAIL, NOBODY_PHONE
from tests.web.html import Page
from tests.web.world import OFFICER, World
from troth.requests.machine import State
from troth.subjects.facts import facts
from troth.web.sign_in import local

DOORS = [
    ("/sign-in", LIN_PHONE, NOBODY_PHONE),
    ("/sign-in", LIN_EMAIL, NOBODY_EMAIL),
    ("/console/sign-in", OFFICER, NOBODY_EMAIL),
]


@pytest.mark.parametrize(
    "typed", [LIN_PHONE, "199 0000 0001", "１９９００００ ０００１", LIN_EMAIL, " LIN@Mail.example "]
)
def test_a_person_signs_in_by_phone_or_e_mail_however_they_write_it(world: World, typed: str) -> None:
    visitor = world.visitor()
    visitor.ask_for_code(typed)
    to, _ = world.outbox.sent[-1]
    assert to == (LIN_EMAIL if "@" in typed else LIN_PHONE)
    entered = visitor.post("/sign-in/code", {"code": world.code_for(to)})
    assert entered.url.path == "/"
    assert "Manage consents" in Page(entered.text).text


@pytest.mark.parametrize(("door", "known", "unknown"), DOORS)
def test_known_and_unknown_get_the_same_answers(world: World, door: str, known: str, unknown: str) -> None:
    answers = []
    for who in (known, unknown):
        visitor = world.visitor()
        asked = visitor.post(door, {"identifier": who}, follow_redirects=False)
        shown = visitor.get(f"{door}/code")
        wrong = visitor.post(f"{door}/code", {"code": "000000"})
        kept = {name: value for name, value in asked.headers.items() if name != "set-cookie"}
        cookie = re.sub(r"=[^;]+;", "=…;", asked.headers["set-cookie"], count=1)
        pages = [page.text.replace(who, "…") for page in (shown, wrong)]
        answers.append((asked.status_code, kept, cookie, shown.status_code, wrong.status_code, pages))
    assert answers[0] == answers[1]


@pytest.mark.parametrize(("door", "known", "unknown"), DOORS)
def test_only_somebody_known_is_sent_anything(world: World, door: str, known: str, unknown: str) -> None:
    world.visitor().ask_for_code(unknown, door)
    assert world.outbox.sent == []
    world.visitor().ask_for_code(known, door)
    assert [to for to, _ in world.outbox.sent] == [known]


def test_a_person_is_no_staff_and_staff_is_no_person(world: World) -> None:
    world.visitor().ask_for_code(LIN_EMAIL, "/console/sign-in")
    world.visitor().ask_for_code(OFFICER, "/sign-in")
    assert world.outbox.sent == []
    visitor = world.visitor()
    visitor.ask_for_code(LIN_EMAIL)
    visitor.ask_for_code(LIN_EMAIL, "/console/sign-in")
    refused = visitor.post("/console/sign-in/code", {"code": world.code_for(LIN_EMAIL)})
    assert refused.status_code == 422, "a code for one door opens no other"


@pytest.mark.parametrize("typed", ["", "x", "123", "@", "a@", "+86", "lin mail.example", "<script>"])
@pytest.mark.parametrize("door", ["/sign-in", "/console/sign-in"])
def test_what_is_no_identifier_is_asked_for_again_beside_the_field(world: World, door: str, typed: str) -> None:
    response = world.visitor().ask_for_code(typed, door)
    page = Page(response.text)
    assert response.status_code == 422
    assert page.title.startswith("Error:")
    assert "#identifier" in [href for href, _ in page.links], "the summary leads to the field"
    assert page.form(door).fields["identifier"] == typed, "what was typed is still there"
    assert "<script>" not in response.text


def test_staff_cannot_sign_in_by_phone(world: World) -> None:
    assert world.visitor().ask_for_code(LIN_PHONE, "/console/sign-in").status_code == 422


def test_a_wrong_code_is_counted_and_the_sixth_try_fails_even_if_it_is_right(world: World) -> None:
    visitor = world.visitor()
    visitor.ask_for_code(LIN_PHONE)
    right = world.code_for(LIN_PHONE)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(5):
        response = visitor.post("/sign-in/code", {"code": wrong})
        assert response.status_code == 422
        assert "The code is not right" in Page(response.text).text
    spent = visitor.post("/sign-in/code", {"code": right})
    assert "The code cannot be used any more" in Page(spent.text).text
    assert visitor.get("/data", follow_redirects=False).status_code == 303


def test_a_code_is_good_once_and_for_ten_minutes(world: World) -> None:
    visitor, late = world.visitor(), world.visitor()
    visitor.sign_in(LIN_PHONE)
    code = world.code_for(LIN_PHONE)
    late.ask_for_code(LIN_EMAIL)
    world.pass_time(timedelta(minutes=10))
    assert late.post("/sign-in/code", {"code": world.code_for(LIN_EMAIL)}).url.path == "/sign-in"
    again = world.visitor()
    again.ask_for_code(NOBODY_PHONE)
    assert again.post("/sign-in/code", {"code": code}).status_code == 422


@pytest.mark.parametrize("typed", ["１２ ３４５ ６", " 123456 "])
def test_spaces_and_full_width_digits_are_no_mistake(world: World, typed: str) -> None:
    visitor = world.visitor()
    visitor.ask_for_code(NOBODY_PHONE)
    assert "The code is not right" in visitor.post("/sign-in/code", {"code": typed}).text


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12345a"])
def test_what_is_no_code_is_no_try(world: World, typed: str) -> None:
    visitor = world.visitor()
    visitor.ask_for_code(LIN_PHONE)
    for _ in range(6):
        assert "Enter the 6 digits" in visitor.post("/sign-in/code", {"code": typed}).text
    assert visitor.post("/sign-in/code", {"code": world.code_for(LIN_PHONE)}).url.path == "/"


def test_the_code_page_without_having_asked_leads_to_the_beginning(world: World) -> None:
    visitor = world.visitor()
    assert visitor.get("/sign-in/code").url.path == "/sign-in"
    assert visitor.post("/sign-in/code", {"code": "123456"}).url.path == "/sign-in"


def test_an_identifier_can_be_asked_for_only_so_often_known_or_not(world: World) -> None:
    for who in (LIN_PHONE, NOBODY_PHONE):
        asked = [world.visitor(address=f"203.0.113.{n}").ask_for_code(who) for n in range(6)]
        assert [response.status_code for response in asked] == [200] * 5 + [429]
        assert int(asked[-1].headers["retry-after"]) > 0
        assert Page(asked[-1].text).headings == ["Please wait a moment"]
    world.pass_time(timedelta(minutes=3))
    assert world.visitor().ask_for_code(LIN_PHONE).status_code == 200


def test_an_address_can_try_only_so_often_and_others_do_not_wait_for_it(world: World) -> None:
    busy, other = world.visitor(address="198.51.100.1"), world.visitor(address="198.51.100.2")
    tries = [busy.ask_for_code("x").status_code for _ in range(31)]
    assert tries == [422] * 30 + [429]
    assert other.ask_for_code("x").status_code == 422
    program = busy.post("/sign-in", {"identifier": "x"}, headers={"Accept": "application/json"})
    assert program.status_code == 429
    assert program.json()["code"] == "web.too-many"


def test_signing_in_shows_that_the_identifier_is_theirs(world: World) -> None:
    world.signed_in(LIN_EMAIL)
    with world.app.begin() as work:
        assert "verified.email" in facts(work, world.lin)
        assert "verified.phone" not in facts(work, world.lin)


def test_a_code_that_cannot_be_sent_is_logged_without_whom_it_was_for(world: World) -> None:
    world.outbox.down = True
    with structlog.testing.capture_logs() as logs:
        response = world.visitor().ask_for_code(LIN_EMAIL)
    assert response.url.path == "/sign-in/code"
    assert [(entry["event"], entry["code"]) for entry in logs] == [("code.not-sent", "mail.unavailable")]
    assert "lin@" not in repr(logs)


def test_signing_out_ends_the_session_on_the_server_too(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    token = lin.client.cookies["troth-person"]
    lin.post("/sign-out")
    lin.client.cookies.set("troth-person", token)
    assert lin.get("/data", follow_redirects=False).status_code == 303
    assert lin.post("/sign-out").status_code == 200, "signing out twice is no mistake"


def test_a_session_ends_after_half_an_hour_without_use(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    world.pass_time(timedelta(minutes=31))
    assert lin.get("/data", follow_redirects=False).headers["location"] == "/sign-in?next=%2Fdata"


def test_signing_in_gives_a_new_token_and_leaves_none_that_waits(world: World) -> None:
    visitor = world.visitor()
    visitor.ask_for_code(LIN_PHONE)
    waiting = visitor.client.cookies["troth-person-code"]
    visitor.post("/sign-in/code", {"code": world.code_for(LIN_PHONE)})
    assert "troth-person-code" not in visitor.client.cookies
    assert visitor.client.cookies["troth-person"] != waiting


def test_after_closing_the_person_is_unknown_and_their_sessions_have_ended(world: World) -> None:
    lin, elsewhere = world.signed_in(LIN_PHONE), world.signed_in(LIN_EMAIL)
    lin.post("/close")
    world.pass_time(timedelta(days=7))
    lin, elsewhere = world.signed_in(LIN_PHONE), world.signed_in(LIN_EMAIL)
    world.run_due()
    for visitor in (lin, elsewhere):
        assert visitor.get("/data", follow_redirects=False).status_code == 303
        assert "After signing in you can" in visitor.page("/").text
    sent = len(world.outbox.sent)
    world.visitor().ask_for_code(LIN_PHONE)
    assert len(world.outbox.sent) == sent
    links = world.officer().page("/console/requests?state=" + State.FULFILLED).links
    assert len({address for address, _ in links if address.startswith("/console/requests/req-")}) == 1


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\tevil",
        "evil",
        "",
        "/é",
        " /x",
        "/ ",
    ],
)
def test_no_link_to_the_sign_in_leads_to_another_site(address: str) -> None:
    assert local(address, "/home") == "/home"


@given(st.text(alphabet="/\\.:ahtps \t\n@%", max_size=12))
def test_what_is_let_through_is_always_a_path_of_ours(address: str) -> None:
    onward = local(address, "/home")
    assert re.fullmatch(r"/([^/\\\s][^\\\t\n]*)?", onward)


def test_a_link_with_another_site_in_it_leads_home_after_signing_in(world: World) -> None:
    visitor = world.visitor()
    assert 'name="onward" value="/"' in visitor.get("/sign-in?next=//evil.example").text
    visitor.post("/sign-in", {"identifier": LIN_PHONE, "onward": "//evil.example/x"})
    entered = visitor.post("/sign-in/code", {"code": world.code_for(LIN_PHONE)}, follow_redirects=False)
    assert entered.headers["location"] == "/"


@pytest.mark.parametrize(("language", "words"), [("zh", "您的验证码是"), ("en", "Your code is")])
def test_the_message_is_in_the_language_of_the_page(world: World, language: str, words: str) -> None:
    world.visitor(language).ask_for_code(LIN_PHONE)
    world.visitor(language).ask_for_code(LIN_EMAIL)
    assert all(words in text for _, text in world.outbox.sent)
