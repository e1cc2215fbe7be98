"""Correcting on the pages: see what is held and why, say what it should be, prove a new number, and follow it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from tests.web import company
from tests.web.company import LIN_EMAIL, LIN_PHONE, QING_PHONE
from tests.web.html import Page
from tests.web.world import Visitor, World
from troth.consent.service import give
from troth.datamap.read import parse as parse_maps
from troth.journal.service import entries
from troth.policy.read import parse as parse_policy
from troth.requests.service import of_subject
from troth.subjects.identifier import identifier
from troth.subjects.service import find
from troth.versions.service import publish

NEW = "+8619900000009"


def ask(visitor: Visitor, item: str, value: str) -> Page:
    """Fill the form and come to the page that checks it."""
    return visitor.press(visitor.page(f"/correct/{item}"), f"/correct/{item}/check", value=value)


def member(world: World) -> tuple[str, str, str]:
    """What the shop holds of Lin: number, address, nickname."""
    with closing(sqlite3.connect(world.company.folder / "shop.db")) as connection:
        row = connection.execute("SELECT phone, email, nickname FROM member WHERE id = 1").fetchone()
    return row[0], row[1], row[2]


def test_the_page_says_of_each_item_why_since_when_and_who_received_it(world: World) -> None:
    with world.app.begin() as work:
        give(work, world.app.vault, world.version, world.lin, "push", grade="separate", language="en", interface="test")
    text = world.signed_in(LIN_PHONE).page("/data").text
    assert "device identifier" in text
    assert "What for: push messages" in text
    assert "Since you agreed to it, on 2 March 2026" in text
    assert "Who received it, or may have: igexin" in text
    assert "Who received it, or may have: nobody" in text


def test_who_agreed_to_nothing_is_not_told_that_it_may_have_gone_out(world: World) -> None:
    text = world.signed_in(LIN_PHONE).page("/data").text
    assert "igexin" not in text
    assert "Since you agreed" not in text


def test_a_row_that_says_when_it_was_made_tells_since_when(world: World) -> None:
    world.company.execute("shop", "ALTER TABLE orders ADD COLUMN created_at TEXT")
    world.company.execute("shop", "UPDATE orders SET created_at = '2024-05-0' || (1 + id % 7)")
    text = world.company.maps["shop.yaml"].replace("gift: order.record", "gift: order.record, created_at: none")
    again = make_again(world, text)
    assert "Since: 1 May 2024" in again.signed_in(LIN_PHONE).page("/data").text


def make_again(world: World, shop_map: str) -> World:
    maps = {name: one.value for name, one in parse_maps({**world.company.maps, "shop.yaml": shop_map}).items()}
    policy = parse_policy({"policy.yaml": company.POLICY.replace("updated: 2022-10-01", "updated: 2023-01-01")})
    with world.app.begin() as work:
        publish(work, policy, maps, by="test")
    return world


@pytest.mark.parametrize(("language", "link"), [("en", "Correct “nickname”"), ("zh", "更正“昵称”")])
def test_from_what_is_held_to_the_reference_and_into_the_stores(world: World, language: str, link: str) -> None:
    lin = world.signed_in(LIN_PHONE, language)
    assert ("/correct/account.nickname", link) in lin.page("/data").links
    form = lin.page("/correct/account.nickname")
    assert "小林 <b>&" in form.text
    check = ask(lin, "account.nickname", " 林 ")
    assert "小林 <b>&" in check.text
    received = lin.press(check, "/correct/account.nickname")
    with world.app.begin() as work:
        (request,) = of_subject(work, world.lin)
    assert request.reference in received.text
    world.run_due()
    assert member(world) == (LIN_PHONE, LIN_EMAIL, "林")
    assert "林" in lin.page("/data").text
    told = {"en": "nickname 林 done", "zh": "昵称 林 已完成"}[language]
    assert told in lin.page(f"/requests/{request.id}").text, "the page says what was put right"


@pytest.mark.parametrize(
    ("item", "value", "said"),
    [
        ("account.nickname", " ", "Enter what it should be"),
        ("account.nickname", "x" * 501, "Use at most 500 characters"),
        ("account.nickname", "小林 <b>&", "That is what we hold already"),
        ("account.phone", "12", "Enter a mobile number"),
        ("account.phone", "199 0000 0001", "That is what we hold already"),
        ("account.email", "nobody", "Enter an e-mail address"),
        ("order.record", "x", "Our systems cannot hold this as it is written"),
    ],
)
def test_what_is_wrong_is_said_above_the_form_and_at_the_field(world: World, item: str, value: str, said: str) -> None:
    lin = world.signed_in(LIN_PHONE)
    response = lin.post(f"/correct/{item}/check", {"value": value})
    assert response.status_code == 422
    page = Page(response.text)
    assert page.text.count(said) == 2
    assert "#value" in [href for href, _ in page.links]
    assert 'aria-invalid="true"' in response.text
    with world.app.begin() as work:
        assert of_subject(work, world.lin) == ()


def test_a_new_number_counts_only_with_the_code_that_was_sent_there(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    check = ask(lin, "account.phone", "199 0000 0009")
    code = world.code_for(NEW)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for typed, said in (("", "Enter the 6 digits"), (wrong, "The code is not right")):
        assert said in lin.press(check, "/correct/account.phone", code=typed).text
    with world.app.begin() as work:
        assert of_subject(work, world.lin) == ()
    lin.press(check, "/correct/account.phone", code=code)
    world.run_due()
    assert member(world)[0] == NEW
    with world.app.begin() as work:
        assert find(work, world.app.vault, identifier("phone", NEW)) == world.lin
        assert find(work, world.app.vault, identifier("phone", LIN_PHONE)) is None
    assert "What we hold about you" in world.signed_in(NEW).page("/data").text


def test_a_code_for_one_persons_correction_is_good_for_nobody_elses_and_for_no_sign_in(world: World) -> None:
    lin, qing = world.signed_in(LIN_PHONE), world.signed_in(QING_PHONE)
    ask(lin, "account.phone", NEW)
    code = world.code_for(NEW)
    response = qing.post("/correct/account.phone", {"value": NEW, "code": code})
    assert response.status_code == 422
    stranger = world.visitor()
    stranger.ask_for_code(NEW)
    assert stranger.post("/sign-in/code", {"code": code}).status_code == 422


def test_somebody_elses_number_is_asked_for_in_the_same_words_and_leads_to_nothing(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    mine, theirs = ask(lin, "account.phone", NEW).text, ask(lin, "account.phone", QING_PHONE).text
    assert theirs.replace("0002", "0009") == mine
    lin.press(ask(lin, "account.phone", QING_PHONE), "/correct/account.phone", code=world.code_for(QING_PHONE))
    world.run_due()
    assert member(world)[0] == LIN_PHONE
    with world.app.begin() as work:
        assert find(work, world.app.vault, identifier("phone", QING_PHONE)) == world.qing


def test_what_is_not_held_or_not_shown_cannot_be_corrected(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    for item in ("no.such", "password", "account"):
        assert lin.get(f"/correct/{item}").status_code == 404
        assert lin.post(f"/correct/{item}", {"value": "x"}).status_code == 404


def test_the_list_names_everything_that_can_be_corrected(world: World) -> None:
    links = [href for href, _ in world.signed_in(LIN_PHONE).page("/correct").links]
    for item in ("account.phone", "account.email", "account.nickname", "order.record", "device.imei"):
        assert f"/correct/{item}" in links


def test_a_store_that_is_down_is_said_and_the_rest_can_be_corrected(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    world.company.break_down("push")
    assert "Not all of our systems could be read" in lin.page("/correct/account.nickname").text
    check = ask(lin, "account.nickname", "林")
    lin.press(check, "/correct/account.nickname")
    world.company.mend("push")
    world.run_due()
    assert member(world)[2] == "林"


def test_what_was_typed_comes_back_as_text_whatever_it_is(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    hostile = '"><script>alert(1)</script>'
    source = lin.post("/correct/account.nickname/check", {"value": hostile, "text": hostile}).text
    assert "<script>alert" not in source
    assert hostile in Page(source).text


def test_nobody_who_is_not_signed_in_sees_or_changes_anything(world: World) -> None:
    stranger = world.visitor()
    assert "/sign-in" in str(stranger.get("/correct/account.nickname").url)
    stranger.post("/correct/account.nickname", {"value": "x"})
    with world.app.begin() as work:
        assert of_subject(work, world.lin) == ()


# On the console

LOCKED = company.POLICY.replace(
    "  erasure:",
    """  correction:
    label: {zh: 更正, en: correction}
    by: [self-service]
    locked: [account.nickname]
    refuse:
      wrong: {label: {zh: 更正将使信息失实, en: it would make the data wrong}}
  erasure:""",
    1,
)


def waiting(world: World) -> str:
    """The id of a correction that waits for somebody."""
    publish_anew(world, LOCKED)
    lin = world.signed_in(LIN_PHONE)
    check = ask(lin, "account.nickname", "林")
    assert "Our policy says that we look at this before it is changed" in check.text
    lin.press(check, "/correct/account.nickname")
    world.run_due()
    with world.app.begin() as work:
        (request,) = of_subject(work, world.lin)
    assert request.state == "deciding"
    return request.id


def publish_anew(world: World, text: str) -> None:
    maps = {name: one.value for name, one in parse_maps(world.company.maps).items()}
    policy = parse_policy({"policy.yaml": text.replace("updated: 2022-10-01", "updated: 2023-01-01")})
    with world.app.begin() as work:
        publish(work, policy, maps, by="test")


def changes_page(officer: Visitor, request: str) -> Page:
    page = officer.page(f"/console/requests/{request}")
    assert "小林" not in page.text, "what a person wrote is shown only when somebody asks for it"
    return officer.press(page, f"/console/requests/{request}/changes")


def test_staff_see_old_beside_new_and_accept_it(world: World) -> None:
    request = waiting(world)
    officer = world.officer()
    page = changes_page(officer, request)
    for said in (
        "小林 <b>&",
        "林",
        "waits for a decision",
        "The policy asks that somebody looks at this change first.",
    ):
        assert said in page.text
    after = officer.press(
        page, f"/console/requests/{request}/changes/accept", items="account.nickname", evidence="identity card seen"
    )
    world.run_due()
    assert member(world)[2] == "林"
    assert "Correct your data" in after.text
    with world.app.begin() as work:
        kinds = [entry.kind for entry in entries(work, 0, 1000)]
    assert kinds.count("request.read") == 1


def test_staff_refuse_it_on_a_ground_and_the_person_reads_why(world: World) -> None:
    request = waiting(world)
    officer = world.officer("zh")
    page = changes_page(officer, request)
    assert "更正前后对照" in page.text
    officer.press(
        page,
        f"/console/requests/{request}/changes/refuse",
        items="account.nickname",
        ground="wrong",
        reason="The name is as on the contract.",
    )
    assert member(world)[2] == "小林 <b>&"
    assert "The name is as on the contract." in world.signed_in(LIN_PHONE).page(f"/requests/{request}").text


def test_of_two_who_decide_at_once_the_second_is_told(world: World) -> None:
    request = waiting(world)
    first, second = (changes_page(world.officer(), request) for _ in range(2))
    officer = world.officer()
    officer.press(first, f"/console/requests/{request}/changes/accept", items="account.nickname")
    late = officer.press(
        second, f"/console/requests/{request}/changes/refuse", items="account.nickname", ground="wrong", reason="no"
    )
    assert "小林" not in late.text
    world.run_due()
    assert member(world)[2] == "林"


def test_where_refusing_needs_two_people_one_alone_refuses_no_part(world: World) -> None:
    request = waiting(world)
    object.__setattr__(world.app.settings, "two_pairs", ("refuse",))
    officer = world.officer()
    page = changes_page(officer, request)
    officer.press(
        page, f"/console/requests/{request}/changes/refuse", items="account.nickname", ground="wrong", reason="no"
    )
    with world.app.begin() as work:
        assert of_subject(work, world.lin)[0].state == "deciding"
