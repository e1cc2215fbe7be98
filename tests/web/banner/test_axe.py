"""axe finds nothing wrong, in either layer, in either language, light or dark, with and without the signal."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.sync_api import Browser, expect

from tests.web.banner.programs import needs_axe, violations
from tests.web.banner.shop import SEPARATE, SIGNAL
from tests.web.banner.site import SIGNALLING, Language, Site
from tests.web.banner.test_visitor import CHOOSE, visit

pytestmark = [pytest.mark.browser, needs_axe]
Scheme = Literal["light", "dark"]
SCHEMES: list[Scheme] = ["light", "dark"]
LANGUAGES: list[Language] = ["zh", "en"]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_wrong(here: Site, chromium: Browser, language: Language, scheme: Scheme) -> None:
    here.publish(SIGNAL, SEPARATE)
    page = visit(here.page(chromium, language, color_scheme=scheme))
    assert violations(page) == []
    page.click(CHOOSE)
    page.get_by_role("switch").first.check()
    page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_wrong_with_what_is_said_of_the_signal(here: Site, chromium: Browser, scheme: Scheme) -> None:
    here.publish(SIGNAL.replace("marketing", "marketing, statistics"))
    context = here.browser(chromium, color_scheme=scheme)
    context.add_init_script(SIGNALLING)
    page = visit(context.new_page())
    assert violations(page) == []
    page.click(CHOOSE)
    expect(page.get_by_role("switch").first).to_be_disabled()
    assert violations(page) == []


def test_axe_would_have_said_so(here: Site, chromium: Browser) -> None:
    page = visit(here.page(chromium))
    page.evaluate("document.querySelector('.cm').removeAttribute('aria-labelledby')")
    page.evaluate("document.querySelector('#troth-text').setAttribute('style', 'color: #ccc')")
    assert {rule for rule, _ in violations(page)} == {"aria-dialog-name", "color-contrast"}
