"""When things go wrong: no network, a slow or failing Troth, a strict site, an old answer, an impatient visitor."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.web.banner.site import Site, named, record
from tests.web.banner.test_visitor import ACCEPT, BANNER, CHOOSE, REFUSE, answered, names, quiet, visit
from troth.web.banner.words import WORDS

pytestmark = pytest.mark.browser

CALLS = re.compile(r"/banner/v1/")
CHOICES = re.compile(r"/banner/v1/shop/choices$")


def gone(page: Page, what: re.Pattern[str] = CALLS) -> None:
    """Let Troth be out of reach."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    page.route(what, lambda route: route.abort())


def back(page: Page, what: re.Pattern[str] = CALLS) -> None:
    page.unroute(what)


def tells(page: Page, event: str) -> None:
    """Have the page remember that the banner told it of `event`."""
    page.add_init_script(f"document.addEventListener('troth:{event}', () => {{ window.heard = '{event}' }})")


def test_a_site_whose_troth_is_out_of_reach_works_and_runs_nothing(here: Site, chromium: Browser) -> None:
    page = here.page(chromium)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    tells(page, "unavailable")
    gone(page)
    page.goto("/")
    page.wait_for_function("window.heard === 'unavailable'")
    assert page.locator("h1").inner_text() == "Lamp Shop"
    page.get_by_role("button", name="Privacy settings").click()
    expect(page.locator("#cc-main")).to_have_count(0)
    assert [here.shop.ran(name) for name in ("counter", "ads", "both")] == [0, 0, 0]
    assert faults == []


@pytest.mark.parametrize("status", [404, 500, 503])
def test_an_answer_that_is_no_configuration_asks_nothing_and_runs_nothing(
    here: Site, chromium: Browser, status: int
) -> None:
    page = here.page(chromium)
    tells(page, "unavailable")
    page.route(
        CALLS,
        lambda route: route.fulfill(status=status, body="<h1>no</h1>", headers={"Access-Control-Allow-Origin": "*"}),
    )
    page.goto("/")
    page.wait_for_function("window.heard === 'unavailable'")
    expect(page.locator("#cc-main")).to_have_count(0)
    assert here.shop.ran("counter") == 0


def test_what_was_agreed_to_before_goes_on_while_troth_is_out_of_reach(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    gone(page)
    page.goto("/other")
    page.wait_for_function("(window.order || []).includes('both')")


def test_a_no_holds_although_it_cannot_be_recorded_and_is_recorded_later(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    gone(page, CHOICES)
    answered(page, REFUSE)
    assert here.events() == ()
    assert record(page) == {"ads": "unsent", "analytics": "unsent"}
    page.goto("/other")
    page.wait_for_timeout(300)
    expect(page.locator("#cc-main")).to_have_count(0)
    assert here.shop.ran("counter") == 0
    back(page, CHOICES)
    with page.expect_response(CHOICES):
        page.goto("/")
    page.wait_for_function("troth.states.ads === 'refused'")
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]
    expect(page.locator("#cc-main")).to_have_count(0)


def test_a_withdrawal_that_cannot_be_recorded_stops_everything_at_once_and_is_recorded_later(
    here: Site, chromium: Browser
) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    page.wait_for_function("(window.order || []).includes('both')")
    gone(page, CHOICES)
    page.evaluate("troth.open()")
    with page.expect_navigation():
        page.click("dialog [data-role=necessary]")
    page.wait_for_function("window.troth")
    assert names(page) == {"troth_cc_cookie"}
    back(page, CHOICES)
    with page.expect_response(CHOICES):
        page.goto("/")
    page.wait_for_function("troth.states.ads === 'withdrawn'")
    assert here.chosen()[2:] == [("ads", "withdrawn"), ("analytics", "withdrawn")]


def test_a_yes_that_cannot_be_recorded_turns_nothing_on_and_is_said(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    gone(page, CHOICES)
    page.click(ACCEPT)
    expect(page.get_by_role("status")).to_have_text(WORDS["en"]["failed"])
    expect(page.locator(BANNER)).to_be_visible()
    assert here.shop.ran("counter") == 0
    assert names(page) == set()
    back(page, CHOICES)
    answered(page, ACCEPT)
    assert here.chosen() == [("ads", "given"), ("analytics", "given")]


def test_while_troth_is_slow_the_visitor_is_told_and_pressing_twice_is_pressing_once(
    here: Site, chromium: Browser
) -> None:
    page = visit(here.page(chromium))
    held: list[Route] = []
    page.route(CHOICES, lambda route: held.append(route))  # noqa: PLW0108  # no bound method can be wrapped
    page.click(ACCEPT)
    page.click(ACCEPT)
    page.click(REFUSE)
    expect(page.get_by_role("status")).to_have_text(WORDS["en"]["saving"])
    assert here.shop.ran("counter") == 0, "not before it is recorded"
    assert len(held) == 1
    held[0].continue_()
    page.wait_for_selector("#cc-main", state="detached")
    assert here.chosen() == [("ads", "given"), ("analytics", "given")]


def test_an_impossible_cookie_is_as_none(here: Site, chromium: Browser) -> None:
    for value in ("x", "!!!", "brw-aaaaaaaaaaaaaaaa!0!0!ads:given!analytics", "a!b!c!d!e:f:g", "!0!0!ads:given"):
        context = here.browser(chromium)
        context.add_cookies([{"name": "troth_cc_cookie", "value": value, "url": here.origin}])
        page = visit(context.new_page())
        answered(page, REFUSE)
        assert record(page) == {"ads": "refused", "analytics": "refused"}, value
        context.close()


BLOCKED = """
for (const name of ['localStorage', 'sessionStorage'])
  Object.defineProperty(window, name, {get() { throw new DOMException('blocked', 'SecurityError') }});
Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set() {}});
"""


def test_in_a_browser_that_keeps_nothing_an_answer_holds_for_the_page(here: Site, chromium: Browser) -> None:
    context = here.browser(chromium)
    context.add_init_script(BLOCKED)
    page = answered(visit(context.new_page()), ACCEPT)
    page.wait_for_function("(window.order || []).includes('both')")
    assert here.chosen() == [("ads", "given"), ("analytics", "given")]
    visit(page, "/other")
    answered(page, REFUSE)
    assert here.chosen()[2:] == [("ads", "refused"), ("analytics", "refused")]
    context.close()


STRICT = (
    "default-src 'none'; script-src 'self' {home} 'nonce-n0nce'; style-src 'self' {home}; connect-src {home}; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)


def test_a_strict_site_has_to_allow_troths_address_and_nothing_more(here: Site, chromium: Browser) -> None:
    here.shop.csp = STRICT
    page = here.page(chromium)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.add_init_script(
        """document.addEventListener('securitypolicyviolation',
        event => { (window.broken ||= []).push(event.blockedURI) })"""
    )
    visit(page)
    assert page.locator(REFUSE).evaluate("one => getComputedStyle(one).minHeight") == "48px", "its style was loaded"
    page.click(CHOOSE)
    page.get_by_role("switch", name="personalised ads").check()
    page.get_by_role("switch", name="visit statistics").check()
    answered(page, "[data-role=save]")
    for _ in range(100):  # waiting for a function would need what the site forbids
        if len(page.evaluate("window.order || []")) == 4:
            break
        page.wait_for_timeout(50)
    assert sorted(page.evaluate("window.order")) == ["ads", "both", "counter", "inline"]
    assert page.evaluate("window.broken") is None
    assert [fault for fault in faults if "favicon" not in fault] == []


def test_a_style_sheet_that_does_not_come_hides_nobodys_question(here: Site, chromium: Browser) -> None:
    page = here.page(chromium)
    page.route(re.compile(r"/banner\.css$"), lambda route: route.abort())
    answered(visit(page), REFUSE)
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]


def test_cookies_are_cleared_on_every_path_and_domain_that_a_page_can_reach(here: Site, chromium: Browser) -> None:
    here.shop.attributes = ' data-domain="shop.example"'
    context = chromium.new_context(base_url=named(here.origin))
    page = answered(visit(context.new_page(), "/lamps/desk"), REFUSE)
    page.evaluate(
        """for (const where of ['', '; Domain=shop.example', '; Domain=www.shop.example'])
          for (const path of ['/', '/lamps', '/lamps/', '/lamps/desk'])
            document.cookie = `_visit${path.length}${where.length}=1; Path=${path}${where}`"""
    )
    assert len(names(page)) == 13
    quiet(page, "/lamps/desk")
    assert names(page) == {"troth_cc_cookie"}
    (kept,) = page.context.cookies()
    assert kept.get("domain") == ".shop.example", "one answer for all parts of the site"
    context.close()


@pytest.mark.parametrize(
    ("before", "after"), [("", ' data-domain="shop.example"'), (' data-domain="shop.example"', "")]
)
def test_a_site_may_change_for_which_of_its_subdomains_an_answer_holds(
    here: Site, chromium: Browser, before: str, after: str
) -> None:
    context = chromium.new_context(base_url=named(here.origin))
    here.shop.attributes = before
    page = answered(visit(context.new_page()), ACCEPT)
    page.wait_for_function("(window.order || []).includes('both')")
    here.shop.attributes = after
    quiet(page)
    page.evaluate("troth.open()")
    with page.expect_navigation():
        page.click("dialog [data-role=necessary]")
    quiet(page)
    assert record(page) == {"ads": "withdrawn", "analytics": "withdrawn"}
    assert [cookie.get("name") for cookie in context.cookies()] == ["troth_cc_cookie"]
    context.close()


def test_a_page_that_carries_the_tag_twice_asks_once(here: Site, chromium: Browser) -> None:
    here.shop.more = f'<script src="{here.shop.home}/banner.js?again" data-policy="shop" defer></script>'
    page = visit(here.page(chromium))
    page.wait_for_timeout(300)
    expect(page.locator("#cc-main")).to_have_count(1)
    answered(page, REFUSE)
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]


def test_the_answer_of_one_site_is_not_another_sites(here: Site, chromium: Browser) -> None:
    context = here.browser(chromium)
    answered(visit(context.new_page()), ACCEPT)
    other = context.new_page()
    other.goto(named(here.origin))
    other.wait_for_selector(BANNER)
    context.close()


def test_a_site_that_troth_does_not_know_cannot_ask(here: Site, chromium: Browser) -> None:
    page = chromium.new_context(base_url=here.origin.replace("127.0.0.1", "other.shop.example")).new_page()
    tells(page, "unavailable")
    page.goto("/")
    page.wait_for_function("window.heard === 'unavailable'")
    expect(page.locator("#cc-main")).to_have_count(0)
    assert here.shop.ran("counter") == 0
    assert here.events() == ()
