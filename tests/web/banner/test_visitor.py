"""A visitor in a real browser: asked once, in plain words; what was not agreed to does not run."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.banner.shop import NEW_PURPOSE, SEPARATE, SIGNAL
from tests.web.banner.site import Language, Site, record
from troth.web.banner.words import WORDS

pytestmark = pytest.mark.browser

REFUSE, ACCEPT, CHOOSE = (f".cm__btn[data-role={role}]" for role in ("necessary", "all", "show"))
BANNER = "#cc-main .cm"
LANGUAGES: list[Language] = ["zh", "en"]


def visit(page: Page, path: str = "/") -> Page:
    """Open a page of the shop, and wait until it asks."""
    page.goto(path)
    page.wait_for_selector(BANNER)
    return page


def answered(page: Page, button: str) -> Page:
    page.click(button)
    page.wait_for_selector("#cc-main", state="detached")
    return page


def names(page: Page) -> set[str]:
    """The names of the cookies of the shop."""
    return {str(cookie.get("name")) for cookie in page.context.cookies()}


def quiet(page: Page, path: str = "/other") -> None:
    """Open a page that asks nothing, although the script has done all that it does."""
    with page.expect_response(re.compile(r"/banner/v1/shop$")):
        page.goto(path)
    page.wait_for_function("window.troth && document.readyState === 'complete'")
    page.wait_for_timeout(150)
    expect(page.locator("#cc-main")).to_have_count(0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_visitor_is_asked_in_one_language_with_buttons_of_one_size(
    here: Site, chromium: Browser, language: Language
) -> None:
    page = visit(here.page(chromium, language))
    dialog = page.get_by_role("dialog", name=WORDS[language]["title"])
    expect(dialog).to_be_visible()
    buttons = dialog.get_by_role("button")
    assert buttons.all_inner_texts() == [WORDS[language][key] for key in ("refuse", "accept", "choose")]
    boxes = [button.bounding_box() for button in buttons.all()]
    assert len({(box["width"], box["height"], box["y"]) for box in boxes if box}) == 1
    looks = (
        "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color, getComputedStyle(one).fontSize]"
    )
    assert len({str(button.evaluate(looks)) for button in buttons.all()}) == 1
    said = dialog.inner_text()
    other = WORDS["zh" if language == "en" else "en"]
    assert not [word for key, word in other.items() if "{" not in word and len(word) > 1 and word in said]
    assert page.locator("#cc-main").get_attribute("lang") == language


def test_before_an_answer_nothing_runs_and_nothing_is_stored(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    page.wait_for_timeout(300)
    assert [here.shop.ran(name) for name in ("counter", "ads", "both", "unknown", "frame")] == [0, 0, 0, 0, 0]
    assert page.evaluate("window.order") is None
    assert names(page) == set()
    assert here.events() == ()
    assert "/frame" not in here.shop.fetched


@pytest.mark.parametrize("language", LANGUAGES)
def test_refusing_takes_one_press_and_lasts(here: Site, chromium: Browser, language: Language) -> None:
    page = answered(visit(here.page(chromium, language)), REFUSE)
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]
    assert {event.language for event in here.events()} == {language}
    quiet(page)
    assert not {f"/{name}.js" for name in ("counter", "ads", "both", "unknown")} & set(here.shop.fetched)
    assert names(page) == {"troth_cc_cookie"}
    assert len(here.events()) == 2


def test_accepting_takes_one_press_and_everything_runs_once_in_its_order(here: Site, chromium: Browser) -> None:
    here.shop.late = "/counter.js"
    page = answered(visit(here.page(chromium)), ACCEPT)
    assert here.chosen() == [("ads", "given"), ("analytics", "given")]
    page.wait_for_function("(window.order || []).includes('both')")
    order = page.evaluate("window.order.filter(one => one !== 'inline')")
    assert order == ["counter", "ads", "both"]
    assert page.frame_locator("iframe").locator("p").inner_text() == "map"
    assert here.shop.ran("unknown") == 0, "what no policy asks about never runs"
    assert names(page) == {"troth_cc_cookie", "_visit", "_ad"}
    quiet(page)
    page.wait_for_function("(window.order || []).includes('both')")
    assert here.shop.ran("counter") == 2
    assert len(here.events()) == 2


def test_choosing_turns_on_only_what_was_switched_on(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    page.click(CHOOSE)
    switches = page.get_by_role("switch")
    assert [one.is_checked() for one in switches.all()] == [False, False], "nothing is on beforehand"
    page.get_by_role("switch", name="visit statistics").check()
    answered(page, "[data-role=save]")
    assert here.chosen() == [("ads", "refused"), ("analytics", "given")]
    assert {event.interface for event in here.events()} == {"banner/each"}
    page.wait_for_function("(window.order || []).includes('counter')")
    assert (here.shop.ran("counter"), here.shop.ran("ads"), here.shop.ran("both")) == (1, 0, 0)


def test_saving_without_switching_anything_on_refuses(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    page.click(CHOOSE)
    answered(page, "[data-role=save]")
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]


def test_beside_each_switch_stands_the_text_that_is_recorded(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium, "zh"))
    page.click(CHOOSE)
    shown = page.locator(".troth-shown").all_inner_texts()
    answered(page, "dialog [data-role=necessary]")
    assert [here.text(event) for event in here.events()] == shown


def test_closing_is_not_an_answer(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    page.click(CHOOSE)
    page.get_by_role("switch", name="visit statistics").check()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.locator(BANNER)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(BANNER)).to_be_visible()
    page.click(CHOOSE)
    page.click("[data-role=close]")
    assert here.events() == ()
    assert names(page) == set()
    visit(page, "/other")


@pytest.mark.parametrize("by", ["element", "script"])
def test_taking_back_is_as_easy_and_leaves_nothing(here: Site, chromium: Browser, by: str) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    page.wait_for_function("(window.order || []).includes('both')")
    page.evaluate(
        "document.cookie = 'basket=3; Path=/'; document.cookie = '_visit2=1'; localStorage.setItem('theme', 'x')"
    )
    page.get_by_role("button", name="Privacy settings").click() if by == "element" else page.evaluate("troth.open()")
    page.get_by_role("switch", name="visit statistics").uncheck()
    with page.expect_navigation():
        page.click("[data-role=save]")
    assert here.chosen()[2:] == [("analytics", "withdrawn")]
    assert here.events()[-1].interface == "website/settings"
    page.wait_for_function("window.order && window.order.includes('ads')")
    assert names(page) == {"troth_cc_cookie", "basket", "_ad"}
    assert page.evaluate("Object.keys(localStorage)") == ["theme"]
    assert record(page) == {"ads": "given", "analytics": "withdrawn"}
    assert here.shop.ran("counter") == 1


def test_refusing_all_in_the_choices_takes_everything_back(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    page.evaluate("troth.open()")
    with page.expect_navigation():
        page.click("dialog [data-role=necessary]")
    assert here.chosen()[2:] == [("ads", "withdrawn"), ("analytics", "withdrawn")]
    page.wait_for_function("window.troth")
    assert page.locator("iframe").get_attribute("src") is None


def test_a_page_that_stops_its_scripts_itself_is_not_begun_anew(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    page.wait_for_function("(window.order || []).includes('both')")
    page.evaluate(
        """document.addEventListener('troth:withdrawn', event => {
          window.told = event.detail.states; event.preventDefault() })"""
    )
    page.evaluate("troth.open()")
    answered(page, "dialog [data-role=necessary]")
    assert page.evaluate("window.told") == {"ads": "withdrawn", "analytics": "withdrawn"}
    assert names(page) == {"troth_cc_cookie"}
    assert page.locator("iframe").get_attribute("src") is None


def test_saving_what_is_so_already_writes_nothing(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    page.evaluate("troth.open()")
    answered(page, "[data-role=save]")
    assert len(here.events()) == 2


def test_what_is_put_into_the_page_later_waits_as_well(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    add = """async () => { const made = document.createElement('script'); made.type = 'text/plain';
      made.dataset.troth = 'analytics'; made.dataset.src = '/both.js'; document.body.append(made) }"""
    page.evaluate(add)
    page.wait_for_timeout(100)
    assert here.shop.ran("both") == 0
    page.click(CHOOSE)
    page.get_by_role("switch", name="visit statistics").check()
    answered(page, "[data-role=save]")
    page.wait_for_function("window.order.includes('both')")
    page.evaluate(add)
    page.wait_for_function("window.order.filter(one => one === 'both').length === 2")


def test_a_new_purpose_alone_is_asked_about(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    here.publish(SIGNAL, NEW_PURPOSE)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    visit(page, "/other")
    assert page.locator(f"{BANNER} li").all_inner_texts() == ["product research"]
    assert page.locator("#troth-text").inner_text() == WORDS["en"]["again"]
    page.wait_for_function("(window.order || []).includes('both')")
    answered(page, REFUSE)
    assert here.chosen()[2:] == [("research", "refused")]
    assert record(page) == {"ads": "given", "analytics": "given", "research": "refused"}
    quiet(page)


def test_what_was_shown_no_longer_holds_is_asked_anew_and_only_that_is_recorded(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    here.publish(SIGNAL, NEW_PURPOSE)
    page.click(ACCEPT)
    expect(page.get_by_role("status")).to_have_text(WORDS["en"]["stale"])
    assert here.events() == ()
    assert page.locator(f"{BANNER} li").all_inner_texts() == [
        "personalised ads",
        "visit statistics",
        "product research",
    ]
    answered(page, ACCEPT)
    assert {event.version for event in here.events()} == {"shop:2"}
    assert here.chosen() == [("ads", "given"), ("analytics", "given"), ("research", "given")]


def test_accepting_all_leaves_a_separate_consent_to_its_own_switch(here: Site, chromium: Browser) -> None:
    here.publish(SIGNAL, SEPARATE)
    page = visit(here.page(chromium))
    assert WORDS["en"]["alone-text"] in page.locator(BANNER).inner_text()
    page.click(ACCEPT)
    expect(page.locator(f"{BANNER} li")).to_have_text(["personal recommendations"])
    assert here.chosen() == [("ads", "given"), ("analytics", "given")]
    assert page.locator(f"{BANNER} button").all_inner_texts() == ["Reject all", "Choose"]
    page.click(CHOOSE)
    page.get_by_role("switch", name="personal recommendations").check()
    answered(page, "[data-role=save]")
    assert here.chosen()[2:] == [("advice", "given")]
    assert here.events()[-1].interface == "banner/each"


@pytest.mark.parametrize(
    ("page_language", "attribute", "expected"),
    [
        ("zh", "", "zh"),
        ("en", ' data-language="zh"', "zh"),
        ("zh", ' data-language="en-US"', "en"),
        ("en", ' data-language="fr"', "en"),
    ],
)
def test_the_tag_says_the_language_and_else_the_page_does(
    here: Site, chromium: Browser, page_language: Language, attribute: str, expected: Language
) -> None:
    here.shop.attributes = attribute
    page = visit(here.page(chromium, page_language))
    assert page.locator(REFUSE).inner_text() == WORDS[expected]["refuse"]


def test_what_was_taken_back_elsewhere_stops_here_within_a_day(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    profile = page.evaluate("document.cookie.match(/troth_cc_cookie=([^!]+)/)[1]")
    told = page.request.post(
        f"{here.shop.home}/banner/v1/shop/choices",
        headers={"Origin": here.origin},
        data={
            "profile": profile, "choices": {"ads": "withdrawn"}, "language": "en",
            "shown": page.request.get(f"{here.shop.home}/banner/v1/shop").json()["hash"],
        },
    )  # fmt: skip
    assert told.ok, told.text()
    page.clock.install(time="2099-01-01T00:00:00Z")
    quiet(page)
    assert record(page) == {"ads": "withdrawn", "analytics": "given"}
    assert "_ad" not in names(page)
