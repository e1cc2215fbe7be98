"""A program that refuses for people finds the banner by a rule of its own and is obeyed: the ledger says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.web.banner.programs import Autoconsent, needs_autoconsent
from tests.web.banner.shop import SEPARATE, SIGNAL
from tests.web.banner.site import Language, Site
from tests.web.banner.test_visitor import ACCEPT, BANNER, answered, quiet, visit

pytestmark = [pytest.mark.browser, needs_autoconsent]
LANGUAGES: list[Language] = ["zh", "en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_finds_the_banner_refuses_and_the_ledger_says_refused(
    here: Site, chromium: Browser, language: Language
) -> None:
    here.publish(SIGNAL, SEPARATE)
    page = here.page(chromium, language)
    program = Autoconsent(page)
    visit(page)
    program.begin()
    assert program.told("popupFound")["cmp"] == "cookieconsent3", "by the rule that it comes with"
    assert program.told("optOutResult")["result"] is True
    done = program.told("autoconsentDone")
    assert (done["totalClicks"], done["isCosmetic"]) == (1, False), "one press, as a person needs; not merely hidden"
    page.wait_for_selector("#cc-main", state="detached")
    assert here.chosen() == [("ads", "refused"), ("advice", "refused"), ("analytics", "refused")]
    assert {event.language for event in here.events()} == {language}
    assert program.test_itself()["result"] is True, "it sees by itself that the refusal was kept"
    assert [one for one in program.said if one["type"] == "autoconsentError"] == []
    quiet(page)


def test_it_leaves_alone_who_has_answered(here: Site, chromium: Browser) -> None:
    page = answered(visit(here.page(chromium)), ACCEPT)
    program = Autoconsent(page)
    quiet(page)
    program.begin()
    page.wait_for_timeout(2500)
    assert not [one for one in program.said if one["type"] in {"popupFound", "optOutResult"}]
    page.evaluate("troth.open()")
    page.wait_for_timeout(1500)
    assert page.locator(BANNER).count() == 0
    assert here.chosen() == [("ads", "given"), ("analytics", "given")]
