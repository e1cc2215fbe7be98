"""A browser that sends Global Privacy Control by itself: the opt-out is recorded, and the page says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.driver import signed_in_as, window
from tests.browser.firefox import firefox, needs_firefox
from tests.support.chromium import chromium
from tests.web.company import LIN_PHONE
from tests.web.served import served
from tests.web.world import World
from troth.consent.service import history
from troth.subjects.facts import facts

pytestmark = pytest.mark.browser

OUT = {"opted-out.sale", "opted-out.sharing", "opted-out.targeted-advertising"}
SAID = "Opt-out request honoured"


@pytest.fixture
def home(world: World) -> Iterator[str]:
    with served(world.web) as found:
        yield found


def recorded(world: World) -> set[str]:
    """What the person is opted out of; each was taken from the signal and from nothing else."""
    with world.app.begin() as work:
        assert {one.interface for one in history(work, world.lin)} <= {"sec-gpc"}
        return {fact for fact in facts(work, world.lin) if fact.startswith("opted-out.")}


@needs_firefox
def test_firefox_with_the_signal_on_opts_out_and_shows_it(world: World, home: str, tmp_path: Path) -> None:
    visitor = world.signed_in(LIN_PHONE)
    assert recorded(world) == set()
    with firefox(tmp_path) as browser:
        browser.call("Navigate", url=f"{home}/policy?lang=en")
        assert recorded(world) == set(), "nobody is signed in: nothing is anybody's"
        for name, value in visitor.client.cookies.items():
            browser.call("AddCookie", cookie={"name": name, "value": value, "path": "/"})
        browser.call("Navigate", url=f"{home}/")
        assert SAID in browser.text("[role=status]")
        assert recorded(world) == OUT
        browser.call("Navigate", url=f"{home}/consents")
        assert SAID in browser.text("[role=status]")


def test_chromium_that_is_made_to_send_it_opts_out_and_shows_it(world: World, home: str) -> None:
    visitor = world.signed_in(LIN_PHONE)
    with chromium() as browser, window(browser, home, "en") as context:
        signed_in_as(context, visitor, home)
        page = context.new_page()
        page.goto("/consents")
        assert page.get_by_role("status").count() == 0
        assert recorded(world) == set()
        context.set_extra_http_headers({"Sec-GPC": "1"})
        page.goto("/consents")
        assert SAID in page.get_by_role("status").inner_text()
        assert recorded(world) == OUT
