"""Each right once, and whatever else may happen to a request: in a real browser, in both languages, with and without
scripts. CI tells every story once, in turn in one of the four ways; the night tells each in all of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser

from tests.browser.stories import STORIES, stage
from tests.support.chromium import chromium
from tests.support.databases import Databases
from tests.web.served import served
from tests.web.town import Town, bare
from troth.base.text import LANGUAGES, Language

pytestmark = pytest.mark.browser

WAYS = list(product(LANGUAGES, (False, True)))
ALL = [
    pytest.param(name, *way, marks=() if number % len(WAYS) == turn else pytest.mark.long)
    for number, name in enumerate(STORIES)
    for turn, way in enumerate(WAYS)
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def here(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    for engine in databases.sqlite():
        yield bare(engine, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def home(here: Town) -> Iterator[str]:
    with served(here.world.web) as found:
        yield found


@pytest.mark.parametrize(("story", "language", "scripts"), ALL)
def test_the_story_comes_to_its_end(
    here: Town, home: str, browser: Browser, story: str, language: Language, *, scripts: bool
) -> None:
    on = stage(here, home, browser, language, scripts=scripts)
    with on.stack:
        STORIES[story](on)
