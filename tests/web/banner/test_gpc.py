"""The browser's signal, in a browser that sends it: refused without asking, and shown back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.banner.shop import POLICY, SIGNAL
from tests.web.banner.site import SIGNALLING, Language, Site, record
from tests.web.banner.test_visitor import ACCEPT, BANNER, CHOOSE, answered, quiet, visit
from troth.web.banner.words import WORDS

pytestmark = pytest.mark.browser
LANGUAGES: list[Language] = ["zh", "en"]
MATTER = {"zh": "个性化广告", "en": "personalised ads"}


OPTED_OUT = [(f"opt-out:{name}", "opted-out") for name in ("sale", "sharing", "targeted-advertising")]


def signalling(here: Site, chromium: Browser, language: Language = "en") -> Page:
    context = here.browser(chromium, language)
    context.add_init_script(SIGNALLING)
    return context.new_page()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_visitor_is_opted_out_without_asking_and_told_so(here: Site, chromium: Browser, language: Language) -> None:
    page = visit(signalling(here, chromium, language))
    assert here.chosen() == [("ads", "refused")]
    said = page.locator(".troth-signal").inner_text()
    assert WORDS[language]["signal"] in said
    assert {"zh": "定向广告", "en": "targeted advertising"}[language] in said
    assert MATTER[language] not in page.locator(f"{BANNER} ul").inner_text(), "it is not asked about"
    answered(page, ACCEPT)
    assert here.chosen() == [("ads", "refused"), ("analytics", "given")], "accepting all does not override it"
    quiet(page)
    assert (len(here.chosen()), len(here.opted())) == (2, 3), "no page writes it again"
    assert here.shop.ran("ads") == 0


def test_the_switch_is_held_and_the_result_can_be_seen_at_any_time(here: Site, chromium: Browser) -> None:
    page = answered(visit(signalling(here, chromium)), ACCEPT)
    page.evaluate("troth.open()")
    switch = page.get_by_role("switch", name="personalised ads")
    expect(switch).to_be_disabled()
    expect(switch).not_to_be_checked()
    assert WORDS["en"]["signal-off"] in page.locator("dialog").inner_text()
    assert WORDS["en"]["signal"] in page.locator("dialog").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_the_signal_answers_everything_only_the_result_is_shown(
    here: Site, chromium: Browser, language: Language
) -> None:
    here.publish(SIGNAL.replace("marketing", "marketing, statistics"))
    page = visit(signalling(here, chromium, language))
    expect(page.get_by_role("dialog", name=WORDS[language]["signal"])).to_be_visible()
    assert page.locator(f"{BANNER} button").all_inner_texts() == [WORDS[language]["back"], WORDS[language]["choose"]]
    page.click("[data-role=close]")
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]
    quiet(page)


def test_a_signal_that_comes_later_ends_what_was_agreed_to_before_it_runs_again(here: Site, chromium: Browser) -> None:
    context = here.browser(chromium)
    first = context.new_page()
    answered(visit(first), ACCEPT)
    first.wait_for_function("(window.order || []).includes('ads')")
    ran = here.shop.ran("ads")
    context.add_init_script(SIGNALLING)
    page = context.new_page()
    visit(page, "/other")
    assert here.chosen()[2:] == [("ads", "withdrawn")]
    page.wait_for_function("(window.order || []).includes('counter')")
    assert record(page) == {"ads": "withdrawn", "analytics": "given"}
    assert here.shop.ran("ads") <= ran
    assert "_ad" not in {cookie.get("name") for cookie in context.cookies()}


def test_a_policy_that_honours_no_signal_does_not_claim_to(here: Site, chromium: Browser) -> None:
    here.publish(base=POLICY)
    page = visit(signalling(here, chromium))
    expect(page.locator(".troth-signal")).to_have_count(0)
    assert here.events() == ()
    page.click(CHOOSE)
    expect(page.get_by_role("switch", name="personalised ads")).to_be_enabled()


def test_a_policy_that_sells_without_asking_is_opted_out_of_too(here: Site, chromium: Browser) -> None:
    here.publish(SIGNAL.replace("marketing", "shop"))
    page = visit(signalling(here, chromium))
    assert here.opted() == OPTED_OUT
    assert here.chosen() == [], "nothing that is asked about is refused by it"
    assert WORDS["en"]["signal"] in page.locator(".troth-signal").inner_text()
    answered(page, ACCEPT)
    quiet(page)
    assert here.opted() == OPTED_OUT


def test_whoever_switches_it_on_later_without_the_signal_is_opted_in(here: Site, chromium: Browser) -> None:
    context = here.browser(chromium)
    context.add_init_script(f"if (!localStorage.getItem('off')) {{ {SIGNALLING} }}")
    page = answered(visit(context.new_page()), ACCEPT)
    page.evaluate("localStorage.setItem('off', '1')")
    quiet(page)
    page.evaluate("troth.open()")
    page.get_by_role("switch", name="personalised ads").check()
    answered(page, "[data-role=save]")
    assert here.chosen()[-1] == ("ads", "given")
    assert here.opted()[3:] == [("opt-out:sharing", "opted-in"), ("opt-out:targeted-advertising", "opted-in")]


def test_the_header_alone_is_heard_too(here: Site, chromium: Browser) -> None:
    page = here.page(chromium, extra_http_headers={"Sec-GPC": "1"})
    page.goto("/")
    page.wait_for_selector(BANNER)
    answered(page, "[data-role=necessary]")
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]
