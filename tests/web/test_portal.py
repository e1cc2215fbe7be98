"""The portal, used as a person uses it: by reading pages, following links and pressing buttons."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web import company
from tests.web.company import LIN_EMAIL, LIN_PHONE, QING_PHONE
from tests.web.html import Page
from tests.web.world import Visitor, World
from troth.base.errors import ConflictError
from troth.consent.service import history, state
from troth.datamap.read import parse as parse_maps
from troth.journal.service import entries, size
from troth.policy.read import parse as parse_policy
from troth.requests.model import Request
from troth.requests.service import of_subject
from troth.stores.model import Row
from troth.subjects.identifier import identifier
from troth.versions.service import publish
from troth.web.i18n import Words
from troth.web.portal import held
from troth.web.portal.asking import masked

EN = Words("en", UTC)


def last_path(page: Page, starts: str) -> str:
    """The last link of the page that begins like that."""
    return [href for href, _ in page.links if href.startswith(starts)][-1]


def ask_for_copy(visitor: Visitor) -> Page:
    check = visitor.press(visitor.page("/copy"), "/copy/check")
    return visitor.press(check, "/copy")


def close(visitor: Visitor) -> Page:
    return visitor.press(visitor.page("/close/check"), "/close")


# What is held


def test_a_person_sees_every_row_of_theirs_counted_and_nobody_elses(world: World) -> None:
    text = world.signed_in(LIN_PHONE).page("/data").text
    for said in ("members 1 row", "orders 24 rows", "invoices 1 row", "devices 1 row"):
        assert said in text
    for theirs in (LIN_PHONE, LIN_EMAIL, "小林 <b>&", "imei-a", "lamp 20", "199"):
        assert theirs in text
    for others in (QING_PHONE, "qing", "plug of Qing", "imei-c", "299"):
        assert others not in text


def test_the_first_rows_are_shown_and_the_page_says_how_to_get_all(world: World) -> None:
    page = world.signed_in(LIN_PHONE).page("/data")
    assert "lamp 20" in page.text
    assert "lamp 21" not in page.text
    assert "These are the first 20 of 24. A copy has all of them:" in page.text
    assert "/copy" in [href for href, _ in page.links]


def test_columns_and_purposes_are_in_the_policys_words_and_rows_keep_their_keys(world: World) -> None:
    english, chinese = (world.signed_in(LIN_PHONE, language).page("/data").text for language in ("en", "zh"))
    for said in (
        "mobile number sensitive",
        "nickname",
        "What for: registration and sign-in",
        "purchases (what)",
        "purchases (gift)",
        "id",
    ):
        assert said in english
    for said in ("手机号码 敏感", "用途： 注册与登录", "会员 1 条", "商城"):
        assert said in chinese


def test_what_is_never_disclosed_is_not_shown_and_what_is_empty_says_so(world: World) -> None:
    qing = world.signed_in(QING_PHONE)
    text = qing.page("/data").text
    assert "secret-2" not in text
    assert "password" not in text
    assert "empty" in text, "the nickname that is not there"


def test_what_is_in_the_stores_is_shown_as_text_whatever_it_is(world: World) -> None:
    source = world.signed_in(LIN_PHONE).get("/data").text
    assert "小林 &lt;b&gt;&amp;" in source
    assert "小林 <b>" not in source


def test_it_is_read_while_one_waits(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    world.company.execute("shop", "UPDATE member SET nickname = 'new name' WHERE id = 1")
    assert "new name" in lin.page("/data").text


def test_a_store_that_is_down_hides_no_other_and_the_page_says_which(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    world.company.break_down("push")
    page = lin.page("/data")
    assert "“the push system” could not be read just now, so this page is not complete" in page.text
    assert "orders 24 rows" in page.text
    assert "Our systems hold nothing" not in page.text


def test_somebody_of_whom_nothing_is_held_is_told_so(world: World) -> None:
    for statement in ("DELETE FROM orders", "DELETE FROM member", "DELETE FROM invoice"):
        world.company.execute("shop", statement)
    world.company.execute("push", "DELETE FROM device")
    assert "Our systems hold nothing about you" in world.signed_in(LIN_PHONE).page("/data").text


@given(st.lists(st.sampled_from(["member", "orders", "invoice"]), max_size=200))
def test_what_is_arranged_is_what_a_slow_count_says(datasets: list[str]) -> None:
    text = company.SHOP_MAP.format(secret="nowhere")
    found = parse_maps({"shop.yaml": text})["shop"]
    policy = parse_policy({"policy.yaml": company.POLICY})
    rows = [Row("sub-x", name, {"id": number, "phone": "p"}) for number, name in enumerate(datasets)]
    arranged = held.arrange(found, policy, EN, iter(rows))
    counted = {f"shop-{name}": datasets.count(name) for name in datasets}
    assert {table.anchor: table.total for table in arranged.tables} == counted
    assert all(len(table.rows) == min(table.total, held.SHOWN) for table in arranged.tables)
    assert arranged.whole


def test_a_column_without_an_item_is_told_by_what_it_does_and_not_by_its_name(world: World) -> None:
    page = world.signed_in(LIN_PHONE, "zh").page("/data").text
    for label in ("编号", "所属会员编号"):
        assert label in page, label
    shown = world.signed_in(LIN_PHONE).get("/data").text
    assert 'data-label="number in “members”"' in shown, "on a phone each cell says what it is"
    assert 'data-label="mobile number · sensitive"' in shown
    assert ">member</th>" not in shown


def test_reading_stops_at_its_limit_and_says_so() -> None:
    found = parse_maps({"shop.yaml": company.SHOP_MAP.format(secret="nowhere")})["shop"]
    policy = parse_policy({"policy.yaml": company.POLICY})
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(held.MOST * 10):
            read.append(number)
            yield Row("sub-x", "orders", {"id": number})

    arranged = held.arrange(found, policy, EN, rows())
    assert not arranged.whole
    assert arranged.tables[0].total == held.MOST
    assert len(read) == held.MOST + 1


# Consents


def test_agreeing_and_withdrawing_are_one_press_each_with_the_same_kind_of_button(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    before = lin.page("/consents")
    assert before.form("/consents/push").buttons == [("choice", "agree", "Agree")]
    agreed = lin.press(before, "/consents/push")
    assert "You have agreed: push messages" in agreed.text
    assert "Agreed since 2 March 2026, 09:00" in agreed.text
    assert agreed.form("/consents/push").buttons == [("choice", "withdraw", "Withdraw")]
    withdrawn = lin.press(agreed, "/consents/push")
    assert "You have withdrawn: push messages" in withdrawn.text
    assert "Not agreed since" in withdrawn.text
    assert withdrawn.form("/consents/push") == before.form("/consents/push")
    with world.app.begin() as work:
        assert [event.kind for event in history(work, world.lin)] == ["given", "withdrawn"]
        assert history(work, world.lin)[0].grade == "separate"
        assert history(work, world.lin)[0].interface == "portal"


@pytest.mark.parametrize(("language", "asks"), [("en", "Do you agree that"), ("zh", "您是否同意")])
def test_the_page_shows_the_exact_words_that_the_ledger_keeps(world: World, language: str, asks: str) -> None:
    lin = world.signed_in(LIN_PHONE, language)
    page = lin.page("/consents")
    assert asks in page.text
    lin.press(page, "/consents/push")
    with world.app.begin() as work:
        (event,) = history(work, world.lin)
    assert event.language == language


def test_what_needs_no_consent_has_no_switch_and_says_why(world: World) -> None:
    page = world.signed_in(LIN_PHONE).page("/consents")
    assert {form.action for form in page.forms} == {"/sign-out", "/consents/push"}
    assert "registration Basis: needed to provide the service that you use (contract)" in page.text
    assert "Information you may leave out e-mail address, nickname" in page.text


def test_pressing_twice_changes_nothing_more(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    for choice in ("withdraw", "agree", "agree", "withdraw", "withdraw"):
        assert lin.post("/consents/push", {"choice": choice}).status_code == 200
    with world.app.begin() as work:
        assert [event.kind for event in history(work, world.lin)] == ["given", "withdrawn"]


@pytest.mark.parametrize("matter", ["register", "nothing", "recipients.nobody"])
def test_there_is_no_switch_for_what_asks_no_consent(world: World, matter: str) -> None:
    assert world.signed_in(LIN_PHONE).post(f"/consents/{matter}", {"choice": "agree"}).status_code == 404


@pytest.mark.parametrize("choice", ["", "maybe"])
def test_a_form_that_does_not_say_what_was_chosen_changes_nothing(world: World, choice: str) -> None:
    lin = world.signed_in(LIN_PHONE)
    assert lin.post("/consents/push", {"choice": choice}).status_code == 422
    with world.app.begin() as work:
        assert state(work, world.lin) == {}


def test_a_consent_that_a_later_version_no_longer_asks_for_can_still_be_withdrawn(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    lin.post("/consents/push", {"choice": "agree"})
    text = company.POLICY.replace("basis: consent\n    grade: separate", "basis: contract").replace(
        "2022-10-01", "2023-01-01"
    )
    with world.app.begin() as work:
        publish(work, parse_policy({"policy.yaml": text}), world.version.maps, by="test")
    page = lin.page("/consents")
    assert page.form("/consents/push").buttons == [("choice", "withdraw", "Withdraw")]
    gone = lin.press(page, "/consents/push")
    assert "/consents/push" not in {form.action for form in gone.forms}


# A copy


def test_a_copy_is_asked_for_checked_confirmed_and_downloaded(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    check = lin.press(lin.page("/copy"), "/copy/check", language="zh")
    assert "Copy of your data" in check.text
    assert "+86 ••• 0001" in check.text
    assert LIN_PHONE not in check.text
    received = lin.press(check, "/copy")
    assert received.headings == ["We have your request"]
    (request,) = requests_of(world, world.lin)
    assert f"Your reference {request.reference}" in received.text
    assert request.language == "zh"
    assert "says the law: by" in received.text
    page = lin.page(last_path(received, "/requests/req-"))
    assert "Download" not in page.text
    world.run_due()
    ready = lin.page(f"/requests/{request.id}")
    assert "Your copy is ready" in ready.text
    assert "You can download it until 16 March 2026, 09:00" in ready.text
    package = lin.get(last_path(ready, f"/requests/{request.id}/package"))
    assert package.headers["content-type"] == "application/zip"
    assert package.headers["content-disposition"] == f'attachment; filename="{request.reference}.zip"'
    assert package.headers["cache-control"] == "no-store"
    names = zipfile.ZipFile(io.BytesIO(package.content)).namelist()
    assert any(name.endswith(".json") for name in names)
    assert any(name.endswith(".html") for name in names)


def test_fetching_the_package_is_in_the_journal(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    ask_for_copy(lin)
    world.run_due()
    (request,) = requests_of(world, world.lin)
    lin.get(f"/requests/{request.id}/package")
    assert "package.collected" in journal_kinds(world)


def test_asking_twice_is_one_request_and_the_page_says_that_it_is_under_way(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    ask_for_copy(lin)
    assert "Your request for a copy is under way" in lin.page("/copy").text
    lin.post("/copy", {"language": "en"})
    assert len(requests_of(world, world.lin)) == 1


def test_a_package_that_has_expired_says_so_and_can_be_asked_for_again(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    ask_for_copy(lin)
    world.run_due()
    (request,) = requests_of(world, world.lin)
    world.pass_time(timedelta(days=15))
    lin = world.signed_in(LIN_PHONE)
    page = lin.page(f"/requests/{request.id}")
    assert "The copy has expired" in page.text
    assert "Download" not in page.text
    assert lin.get(f"/requests/{request.id}/package").status_code == 403
    assert lin.page("/copy").form("/copy/check").buttons


def test_a_request_that_is_held_up_says_why_and_until_when_and_goes_on_by_itself(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    world.company.break_down("push")
    ask_for_copy(lin)
    world.run_due()
    (request,) = requests_of(world, world.lin)
    for address in ("/", "/requests", f"/requests/{request.id}"):
        text = lin.page(address).text
        assert "Held up" in text
        assert "One of the systems that hold the data does not answer at the moment" in text
        assert "21 days left" in text
    assert lin.get(f"/requests/{request.id}/package").status_code == 404
    world.company.mend("push")
    world.run_due()
    assert "Your copy is ready" in lin.page(f"/requests/{request.id}").text


def test_a_deadline_that_comes_near_or_has_passed_is_coloured_and_worded(world: World) -> None:
    request = world.open("erasure", world.lin)
    for days, words, level in ((17, "Due soon: 4 days left", "soon"), (25, "Late by 3 days", "late")):
        world.clock.set(request.opened_at + timedelta(days=days))
        source = world.signed_in(LIN_PHONE).get(f"/requests/{request.id}").text
        assert words in Page(source).text
        assert f'class="left {level}"' in source


# Closing


def test_closing_says_what_happens_and_can_be_taken_back_until_it_takes_effect(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    explained = lin.page("/close")
    assert "Cooling-off of 7 days" in explained.text
    assert "your points expire" in explained.text
    received = close(lin)
    assert received.headings == ["We have your request"]
    assert "It takes effect on 9 March 2026, 09:00. Until then you can take it back" in received.text
    (request,) = requests_of(world, world.lin)
    page = lin.page(f"/requests/{request.id}")
    assert "Nothing has been erased yet" in page.text
    recalled = lin.press(page, f"/requests/{request.id}/recall")
    assert "You took it back. Nothing was changed." in recalled.text
    world.pass_time(timedelta(days=8))
    world.run_due()
    assert world.company.count("shop", "member") == 2
    assert "orders 24 rows" in world.signed_in(LIN_PHONE).page("/data").text


def test_after_the_cooling_off_the_data_are_gone_and_nobody_elses_are(world: World) -> None:
    close(world.signed_in(LIN_PHONE))
    world.run_due()
    assert world.company.count("shop", "member") == 2, "nothing before its time"
    world.pass_time(timedelta(days=7))
    world.run_due()
    assert world.company.count("shop", "member") == 1
    assert world.company.count("shop", "orders") == 1
    assert world.company.count("push", "device") == 1
    assert world.company.count("shop", "invoice") == 2, "kept for a ground"
    assert "qing@mail.example" in world.signed_in(QING_PHONE).page("/data").text


def test_too_late_to_take_it_back_is_said_and_there_is_no_button_for_it(world: World) -> None:
    close(world.signed_in(LIN_PHONE))
    (request,) = requests_of(world, world.lin)
    world.pass_time(timedelta(days=7))
    lin = world.signed_in(LIN_PHONE)
    assert not [form for form in lin.page(f"/requests/{request.id}").forms if "recall" in form.action]
    response = lin.post(f"/requests/{request.id}/recall")
    assert response.status_code == ConflictError.status
    assert "can no longer be taken back" in response.text


def test_closing_twice_is_one_request(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    close(lin)
    lin.post("/close")
    assert len(requests_of(world, world.lin)) == 1
    assert "Your request to close the account is under way" in lin.page("/close").text


def test_the_two_ways_out_of_the_last_page_are_as_easy_as_each_other(world: World) -> None:
    page = world.signed_in(LIN_PHONE).page("/close/check")
    assert page.form("/close").buttons == [("", "", "Close my account")]
    assert ("/", "Keep my account") in page.links


# The policy, the languages, every page


def test_the_policy_is_readable_by_everybody_in_both_languages(world: World) -> None:
    english, chinese = world.visitor("en").page("/policy"), world.visitor("zh").page("/policy")
    assert "Kaiconn privacy policy" in english.text
    assert "每开隐私保护政策" in chinese.text
    assert [one for one in english.ids if "rights" in one], "clauses have anchors"
    assert len(english.headings) == 1


@pytest.mark.parametrize("address", ["/", "/data", "/consents", "/copy/check?language=zh", "/requests", "/policy"])
def test_changing_the_language_keeps_the_page_and_is_remembered(world: World, address: str) -> None:
    lin = world.signed_in(LIN_PHONE, "zh")
    page = lin.page(address)
    (link,) = [href for href, said in page.links if said == "English"]
    assert link.split("?")[0] == address.split("?", maxsplit=1)[0]
    english = lin.page(link)
    assert ("html", {"lang": "en"}) in english.tags
    assert ("html", {"lang": "en"}) in lin.page(address).tags, "remembered without the address saying it"
    if "language=" in address:
        assert english.form("/copy").fields["language"] == "zh"


def test_a_visitor_without_a_wish_gets_the_policys_first_language(world: World) -> None:
    assert ("html", {"lang": "zh-Hans"}) in world.visitor("fr").page("/").tags


def test_a_page_that_answers_a_form_leads_to_the_forms_page_in_the_other_language(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    wrong = Page(world.visitor().ask_for_code("x").text)
    assert ("/sign-in?lang=zh", "中文") in wrong.links
    failed = Page(lin.post("/consents/push", {"choice": "x"}).text)
    assert ("/?lang=zh", "中文") in failed.links
    checked = Page(world.signed_in(LIN_PHONE).post("/ask/erasure/check").text)
    assert ("/ask/erasure?lang=zh", "中文") in checked.links, "the nearest page above, not the front page"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_link_and_every_form_of_every_page_leads_somewhere(world: World, language: str) -> None:
    """Walks all pages from the front page; presses nothing, but sees that what could be pressed is there."""
    lin = world.signed_in(LIN_PHONE, language)
    ask_for_copy(lin)
    world.run_due()
    close(lin)
    walk(world, lin, "/")


def walk(world: World, visitor: Visitor, start: str) -> None:
    seen, todo, actions = set[str](), [start], set[str]()
    while todo:
        address = todo.pop()
        plain, _, anchor = address.partition("#")
        plain = plain or start
        if plain in seen or "lang=" in plain or plain.startswith("mailto:"):
            continue
        seen.add(plain)
        response = visitor.get(plain)
        assert response.status_code == 200, plain
        if "html" not in response.headers["content-type"]:
            continue
        page = Page(response.text)
        check_page(page, plain)
        actions |= {form.action for form in page.forms if form.method == "post"}
        for href, _ in page.links:
            if href.startswith("#"):
                assert href[1:] in page.ids, (plain, href)
            elif href.startswith("/"):
                todo.append(href)
        assert not anchor or anchor in page.ids
    assert len(seen) > 5
    for action in actions:
        assert visitor.get(action, headers={"Accept": "application/json"}).status_code in {200, 405}


def check_page(page: Page, address: str) -> None:
    """What every page has: one heading, a title, a way past the header, unique ids, a label for each field."""
    assert len(page.headings) == 1, address
    assert page.headings[0] or address == "/policy"
    assert page.title.strip(" –"), address
    assert ("#main", page.links[0][1]) == page.links[0], "the first link leads past the header"
    assert len(page.ids) == len(set(page.ids)), (address, sorted(one for one in page.ids if page.ids.count(one) > 1))
    labelled = {given_.get("for") for tag, given_ in page.tags if tag == "label"}
    for tag, given_ in page.tags:
        if tag in {"input", "select"} and given_.get("type") != "hidden":
            assert given_["id"] in labelled, (address, given_)
        if tag == "th":
            assert given_.get("scope") in {"col", "row", "colgroup", "rowgroup"}, address
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(given_.get(name, "").split()) <= set(page.ids), (address, given_)
    for form in page.forms:
        assert all(said for _, _, said in form.buttons), address


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [
        ("phone", LIN_PHONE, "+86 ••• 0001"),
        ("email", LIN_EMAIL, "l•••@mail.example"),
        ("phone", "+442079460000", "+44 ••• 0000"),
    ],
)
def test_an_identifier_is_shown_only_as_far_as_its_owner_needs(kind: str, raw: str, shown: str) -> None:
    assert masked(identifier(kind, raw)) == shown


def requests_of(world: World, subject: str) -> tuple[Request, ...]:
    with world.app.begin() as work:
        return of_subject(work, subject)


def journal_kinds(world: World) -> list[str]:
    with world.app.begin() as work:
        return [json.loads(entry.leaf)["kind"] for entry in entries(work, 0, size(work))]
