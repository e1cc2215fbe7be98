"""The console in a browser: everything works as plain forms; with scripts lists and progress come by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.served import served
from tests.web.test_browser import ZONE, chromium, context, sign_in
from tests.web.test_console_staff import complaint
from tests.web.world import OFFICER, World
from troth.requests.fulfilment import fulfil
from troth.requests.model import Request
from troth.web.i18n import Words

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
EN = Words("en", ZONE)


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world.web) as found:
        yield found


def console(
    world: World, address: str, chromium: Browser, *, scripts: bool, width: int = 1280
) -> tuple[Page, list[str]]:
    """A signed-in officer's page, and what the browser complained of."""
    page = context(chromium, address, scripts=scripts, width=width).new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    sign_in(page, world, EN, OFFICER, "/console/sign-in")
    return page, wrong


@pytest.mark.parametrize("scripts", [False, True])
def test_the_list_is_filtered_with_and_without_scripts(
    world: World, address: str, chromium: Browser, *, scripts: bool
) -> None:
    asked, erasure = complaint(world), world.open("close_account", world.qing)
    page, wrong = console(world, address, chromium, scripts=scripts)
    page.goto("/console/requests")
    page.evaluate("window.stayed = true") if scripts else None
    page.get_by_label("Kind").select_option("complaint")
    if not scripts:
        page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("link", name=erasure.reference)).to_have_count(0)
    expect(page.get_by_role("link", name=asked.reference)).to_have_count(1)
    assert "kind=complaint" in page.url, "the address can be kept and shared"
    if scripts:
        assert page.evaluate("window.stayed"), "nothing was loaded anew"
        page.go_back()
        expect(page.get_by_role("link", name=erasure.reference)).to_have_count(1)
        assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    assert wrong == [], "nothing that the policy of content forbids was tried"


def test_progress_comes_by_itself_and_stops_when_there_is_no_more(
    world: World, address: str, chromium: Browser
) -> None:
    request = world.open("erasure", world.lin)
    page, wrong = console(world, address, chromium, scripts=True)
    page.goto(f"/console/requests/{request.id}")
    page.get_by_text("Take longer").click()
    box = page.get_by_label("Why, as the person will read it")
    box.fill("half a senten")
    fulfil.run_all(world.app.begin, world.app.vault, world.app.stores)
    expect(page.locator("#standing")).to_contain_text("Done", timeout=9000)
    expect(page.locator("#progress")).to_contain_text("sha256:")
    assert box.input_value() == "half a senten", "what is being typed stays"
    assert page.locator("#progress").get_attribute("data-hx-trigger") is None
    assert wrong == []


def _send(page: Page, request: Request, words: str) -> None:
    page.goto(f"/console/requests/{request.id}")
    page.get_by_label("Your answer to the person").fill(words)


def test_two_staff_in_two_browsers_do_not_answer_one_request_twice(
    world: World, address: str, chromium: Browser
) -> None:
    staff = (OFFICER, "second@kaiconn.example")
    world.app = replace(world.app, settings=world.app.settings.model_copy(update={"staff": staff}))
    world.web.state.application = world.app
    request = complaint(world)
    first, _ = console(world, address, chromium, scripts=False)
    second = context(chromium, address).new_page()
    sign_in(second, world, EN, staff[1], "/console/sign-in")
    for page, words in ((first, "The first answer."), (second, "The second answer.")):
        _send(page, request, words)
    for page in (first, second):
        page.get_by_role("button", name="Send the answer and close").click()
    expect(first.locator("#standing")).to_contain_text("Done")
    expect(second.get_by_role("alert")).to_contain_text("Somebody else acted on this request")
    expect(second.get_by_role("alert")).to_contain_text("The second answer.")


def test_no_page_is_wider_than_a_phone(world: World, address: str, chromium: Browser) -> None:
    request = complaint(world)
    world.open("erasure", world.qing)
    page, _ = console(world, address, chromium, scripts=False, width=360)
    for path in ("/console", "/console/requests", "/console/figures", f"/console/requests/{request.id}"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
