"""By the keyboard, by a screen reader, on a narrow screen, with little motion: nobody is left out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.banner.site import Language, Site
from tests.web.banner.test_visitor import BANNER, CHOOSE, REFUSE, visit
from troth.web.banner.words import WORDS

pytestmark = pytest.mark.browser
LANGUAGES: list[Language] = ["zh", "en"]
FOCUSED = "document.activeElement.textContent"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_question_has_the_focus_and_one_tab_and_enter_refuse(
    here: Site, chromium: Browser, language: Language
) -> None:
    page = visit(here.page(chromium, language))
    assert page.evaluate("document.activeElement.getAttribute('role')") == "dialog", "it is announced"
    press(page, "Tab")
    assert page.evaluate(FOCUSED) == WORDS[language]["refuse"]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press(page, "Enter")
    page.wait_for_selector("#cc-main", state="detached")
    assert here.chosen() == [("ads", "refused"), ("analytics", "refused")]


def test_choosing_works_by_keys_alone_and_the_focus_stays_inside_and_comes_back(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    press(page, "Tab", "Tab", "Tab")
    assert page.evaluate(FOCUSED) == "Choose"
    press(page, "Enter")
    page.wait_for_selector("dialog[open]")
    inside = (
        "document.querySelector('dialog').contains(document.activeElement) || document.activeElement === document.body"
    )
    for _ in range(9):
        assert page.evaluate(inside), "nothing behind the dialog can be reached"
        press(page, "Tab")
    press(page, "Escape")
    expect(page.locator("dialog")).to_have_count(0)
    assert page.evaluate(FOCUSED) == "Choose", "one is where one was"
    press(page, "Enter")
    page.wait_for_selector("dialog[open]")
    page.get_by_role("switch", name="visit statistics").focus()
    press(page, "Space", "Tab")
    while page.evaluate(FOCUSED) != "Save choices":
        press(page, "Tab")
    press(page, "Enter")
    page.wait_for_selector("#cc-main", state="detached")
    assert here.chosen() == [("ads", "refused"), ("analytics", "given")]


def test_somebody_who_is_typing_is_not_interrupted(here: Site, chromium: Browser) -> None:
    here.shop.more = '<input id="search" aria-label="search" autofocus>'
    page = visit(here.page(chromium))
    assert page.evaluate("document.activeElement.id") == "search"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_is_told_what_each_thing_is(here: Site, chromium: Browser, language: Language) -> None:
    page = visit(here.page(chromium, language))
    words = WORDS[language]
    dialog = page.get_by_role("dialog", name=words["title"])
    assert page.locator(f"#{dialog.get_attribute('aria-describedby')}").inner_text().endswith(words["first"][-12:])
    page.click(CHOOSE)
    choices = page.get_by_role("dialog", name=words["choices"])
    for name in {"en": ["personalised ads", "visit statistics"], "zh": ["个性化广告", "访问统计"]}[language]:
        switch = choices.get_by_role("switch", name=name)
        about = page.locator(f"#{switch.get_attribute('aria-describedby')}")
        assert name in about.inner_text()
        switch.check()
        expect(switch).to_be_checked()
    assert page.locator("#cc-main").get_attribute("lang") == language


SMALL = """() => [...document.querySelectorAll('#cc-main button, #cc-main label')]
  .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_a_narrow_screen_with_large_targets(
    here: Site, chromium: Browser, language: Language, width: int
) -> None:
    page = visit(here.page(chromium, language, viewport={"width": width, "height": 560}, has_touch=True))
    widths = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(widths) == 0
    box = page.locator(BANNER).bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 560
    assert page.evaluate(SMALL) == []
    sizes = {
        (one["width"], one["height"])
        for button in page.locator(f"{BANNER} button").all()
        if (one := button.bounding_box())
    }
    assert len(sizes) == 1, "of one size here too"
    page.locator(CHOOSE).tap()
    assert page.evaluate(SMALL) == []
    page.get_by_role("switch").last.tap()
    page.locator("[data-role=save]").scroll_into_view_if_needed()
    expect(page.locator("[data-role=save]")).to_be_in_viewport()


def test_little_motion_is_no_motion(here: Site, chromium: Browser) -> None:
    for motion, seconds in (("no-preference", "0.15s"), ("reduce", "0s")):
        page = visit(here.page(chromium, reduced_motion=motion))
        page.click(CHOOSE)
        moves = page.get_by_role("switch").first.evaluate("one => getComputedStyle(one).transitionDuration")
        assert moves == seconds
        page.context.close()


def test_the_pages_own_styles_do_not_reach_it_nor_its_styles_the_page(here: Site, chromium: Browser) -> None:
    look = "one => ['color', 'fontSize', 'marginTop'].map(name => getComputedStyle(one)[name])"
    page = here.page(chromium)
    page.route("**/banner.js", lambda route: route.abort())
    page.goto("/")
    bare = page.locator("main button").evaluate(look)
    page.unroute("**/banner.js")
    visit(page)
    assert page.locator("main button").evaluate(look) == bare
    assert page.locator("#troth-text").evaluate("one => getComputedStyle(one).color") != "rgb(51, 51, 51)"
    assert page.locator(REFUSE).evaluate("one => getComputedStyle(one).color") == "rgb(255, 255, 255)"
