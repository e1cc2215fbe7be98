"""The whole story in a real browser, in both languages, with scripts switched off: everything works as plain forms."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.driver import Scheme
from tests.support.chromium import chromium as started
from tests.support.waiting import until
from tests.web.company import LIN_PHONE
from tests.web.served import served
from tests.web.world import OFFICER, World
from troth.base.text import Language
from troth.web.i18n import Words

ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.browser

LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as found:
        yield found


@pytest.fixture
def address(world: World) -> Iterator[str]:
    with served(world.web) as found:
        yield found


def context(
    chromium: Browser, address: str, language: str = "en", *, scripts: bool = False, width: int = 1280
) -> BrowserContext:
    return chromium.new_context(
        base_url=address,
        locale=LOCALES[language],
        java_script_enabled=scripts,
        viewport={"width": width, "height": 800},
    )


def code_for(page: Page, world: World, who: str) -> str:
    """The code that was sent, once it has been: it goes out after the answer."""
    page.wait_for_url("**/sign-in/code")
    until(lambda: any(to == who for to, _ in world.outbox.sent))
    return world.code_for(who)


def sign_in(page: Page, world: World, words: Words, who: str = LIN_PHONE, door: str = "/sign-in") -> None:
    page.goto(door)
    page.get_by_role("textbox").fill(who)
    page.get_by_role("button", name=words("sign-in.send")).click()
    page.get_by_role("textbox", name=words("code.label")).fill(code_for(page, world, who))
    page.get_by_role("main").get_by_role("button", name=words("code.enter")).click()


@pytest.mark.parametrize(("language", "scripts"), [("zh", False), ("en", False), ("en", True)])
def test_see_withdraw_copy_close_and_recall(
    world: World, address: str, chromium: Browser, language: Language, *, scripts: bool
) -> None:
    words = Words(language, ZONE)
    browser = context(chromium, address, language, scripts=scripts)
    page = browser.new_page()
    sign_in(page, world, words)
    page.get_by_role("link", name=words("tile.see")).click()
    expect(page.get_by_role("main")).to_contain_text("小林 <b>&")

    page.goto("/")
    page.get_by_role("link", name=words("tile.choose")).click()
    page.get_by_role("button", name=words("consents.agree"), exact=True).click()
    page.get_by_role("button", name=words("consents.withdraw"), exact=True).click()
    expect(page.get_by_role("status")).to_have_text(re.compile(f"^{re.escape(words('consents.now-off', function=''))}"))

    page.goto("/copy")
    page.get_by_role("button", name=words("form.continue")).click()
    page.get_by_role("button", name=words("copy.send")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words("received.title"))
    world.run_due()
    page.get_by_role("link", name=words("received.follow")).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=words("package.download")).click()
    assert zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())).testzip() is None

    page.goto("/close")
    page.get_by_role("link", name=words("form.continue")).click()
    page.get_by_role("button", name=words("close.send")).click()
    page.get_by_role("link", name=words("received.follow")).click()
    page.get_by_role("button", name=words("recall.send")).click()
    expect(page.get_by_role("main")).to_contain_text(words.choice("request.means", "recalled"))
    page.get_by_role("button", name=words("nav.sign-out")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words("welcome.title"))
    browser.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_staff_find_what_is_held_up_and_verify_the_journal(
    world: World, address: str, chromium: Browser, language: Language
) -> None:
    words = Words(language, ZONE)
    request = world.open("erasure", world.lin)
    world.company.break_down("shop")
    world.run_due()
    world.pass_time(timedelta(days=1))
    browser = context(chromium, address, language)
    page = browser.new_page()
    sign_in(page, world, words, OFFICER, "/console/sign-in")
    page.get_by_role("link", name=request.reference).click()
    expect(page.get_by_role("main")).to_contain_text(words("blocked.stores.unavailable"))
    page.get_by_role("link", name=words("nav.journal")).click()
    page.get_by_role("button", name=words("journal.verify")).click()
    expect(page.get_by_role("status")).to_contain_text(words("journal.verifies"))
    browser.close()


PAGES = [
    "/",
    "/data",
    "/consents",
    "/copy",
    "/copy/check",
    "/close",
    "/close/check",
    "/requests",
    "/policy",
    "/nothing",
]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => {
  const fields = 'input:not([type=hidden], [type=radio])';
  const targets = `main button, main .button, .main-nav a, .languages a, .tiles a, ${fields}`;
  return [...document.querySelectorAll(targets)]
    .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML) }"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_fits_a_narrow_screen_and_has_large_targets(
    world: World, address: str, chromium: Browser, language: Language
) -> None:
    browser = context(chromium, address, language, scripts=True, width=320)
    page = browser.new_page()
    broken: list[str] = []
    page.on(
        "console",
        lambda message: broken.append(message.text) if message.type == "error" and "404" not in message.text else None,
    )
    page.on(
        "requestfailed", lambda request: broken.append(request.url) if "ABORTED" not in str(request.failure) else None
    )
    for visited in ("/sign-in", "/policy"):
        page.goto(visited)
        assert page.evaluate(OVERFLOW) == 0, visited
    sign_in(page, world, Words(language, ZONE))
    for visited in PAGES:
        page.goto(visited)
        assert page.evaluate(OVERFLOW) == 0, visited
        assert page.evaluate(SMALL) == [], visited
    assert broken == [], "no style is missing and the content policy is broken nowhere"
    browser.close()


def test_with_the_keyboard_alone_one_gets_past_the_header_and_sees_where_one_is(
    world: World, address: str, chromium: Browser
) -> None:
    browser = context(chromium, address, scripts=True)
    page = browser.new_page()
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, "it shows when it has the focus"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "identifier"
    page.keyboard.type(LIN_PHONE)
    page.keyboard.press("Enter")
    page.get_by_label("6-digit code").fill(code_for(page, world, LIN_PHONE))
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    browser.close()


CONTRAST = """() => {  // the formula of WCAG 2, success criterion 1.4.3
  const light = text => {
    const [r, g, b] = text.match(/[\\d.]+/g).map(Number).map(v => v / 255)
      .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b };
  const behind = one => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (!/, 0\\)$|transparent/.test(colour)) return colour }
    return 'rgb(255, 255, 255)' };
  const says = one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim());
  const ratio = one => {
    const [dark, bright] = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => a - b);
    return (bright + .05) / (dark + .05) };
  return [...document.querySelectorAll('body *')].filter(one => says(one) && one.getClientRects().length)
    .filter(one => ratio(one) < 4.5).map(one => [ratio(one), one.outerHTML.slice(0, 90)]) }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_stands_out_from_what_is_behind_it_in_both_schemes(
    world: World, address: str, chromium: Browser, scheme: Scheme
) -> None:
    world.open("close_account", world.lin)
    browser = chromium.new_context(base_url=address, locale="en-GB", color_scheme=scheme)
    page = browser.new_page()
    sign_in(page, world, Words("en", ZONE))
    for visited in PAGES:
        page.goto(visited)
        assert page.evaluate(CONTRAST) == [], visited
    sign_in(page, world, Words("en", ZONE), OFFICER, "/console/sign-in")
    for visited in ("/console", "/console/requests", "/console/policy", "/console/journal", "/console/drills"):
        page.goto(visited)
        assert page.evaluate(CONTRAST) == [], visited
    browser.close()
