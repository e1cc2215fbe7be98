"""axe finds nothing wrong with any page, in either language, light and dark, on a phone and at a desk.

The pages are those that the routes have: each address of a page is visited, the pages of a request once for every
state in which somebody may find one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, get_args

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.driver import DESK, PHONE, Scheme, signed_in_as, window
from tests.support.chromium import chromium
from tests.support.databases import Databases
from tests.web.banner.programs import needs_axe, violations
from tests.web.company import LIN_PHONE
from tests.web.served import served
from tests.web.town import COMMON, PRIVATE, STAFF, Address, Town, addresses, built
from troth.base.text import LANGUAGES, Language
from troth.requests.kinds import Kind
from troth.requests.machine import State
from troth.requests.telling import unsubscribing
from troth.requests.telling.unsubscribing import Link

pytestmark = [pytest.mark.browser, needs_axe]

WHO = {"public": "nobody", "person": "lin", "staff": "officer"}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
EVERY_STATE = ("/requests/{request_id}", "/console/requests/{request_id}")
"""The pages that are another page in every state of a request."""

Turn = Literal["first", "state", "other"]
TURNS: tuple[Turn, ...] = get_args(Turn)
DAY: list[tuple[Language, Scheme, int, int]] = [("zh", "dark", PHONE, 2), ("en", "light", DESK, 1)]
NIGHT = [
    pytest.param(language, scheme, width, len(TURNS), marks=pytest.mark.long)
    for language, scheme, width in product(LANGUAGES, ("light", "dark"), (PHONE, DESK))
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def here(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    for engine in databases.sqlite():
        yield built(engine, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def home(here: Town) -> Iterator[str]:
    with served(here.world.web) as found:
        yield found


@dataclass(frozen=True)
class Look:
    """Somebody looks at a page, `first` at each address; then at other states of a request, and other samples."""

    who: str
    path: str
    turn: Turn


@pytest.fixture(scope="module")
def looks(here: Town) -> list[Look]:
    """Every address that answers somebody with a page; nobody's browser waits for a code at each door."""
    nobody = here.caller("nobody")
    nobody.ask_for_code(LIN_PHONE)
    nobody.ask_for_code(STAFF["officer"], "/console/sign-in")
    nobody.ask_for_code(LIN_PHONE, "/request/start")
    found = []
    for address in addresses(here):
        who = WHO.get(address.who.partition(":")[0])
        if who is not None and address.method == "GET":
            shown = [path for path in _all_of(here, address) if _is_page(here, who, path)]
            other: Turn = "state" if address.path in EVERY_STATE else "other"
            found += [Look(who, path, other if number else "first") for number, path in enumerate(shown)]
    return found


def _all_of(town: Town, address: Address) -> list[str]:
    """The ways to fill an address in: with one request in each state where that makes another page, else with all."""
    values = [PRIVATE[part](town, "lin") if part in PRIVATE else list(COMMON[part]) for part in address.parts]
    if address.path in EVERY_STATE:
        values = [list({one.state: one.id for one in town.requests_of("lin")}.values())]
    elif address.path.startswith("/agents/") and address.parts:
        values = [[town.owned["lin"]["agent"]]]
    elif address.path.startswith("/unsubscribe/"):
        world = town.world
        values = [[unsubscribing.token(world.app.vault, world.version, Link(world.lin, "push"))]]
    filled = []
    for chosen in product(*values):
        path = address.path
        for part, value in zip(address.parts, chosen, strict=True):
            path = path.replace(f"{{{part}}}", value)
        filled.append(path)
    return filled


def _is_page(town: Town, who: str, path: str) -> bool:
    answer = town.caller(who).get(path, follow_redirects=False)
    return answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")


def test_every_address_of_a_page_shows_one(here: Town, looks: list[Look]) -> None:
    """Of each address that makes pages one at least is found, so that none drops out of the walk in silence."""
    found = {one.path for one in looks}
    for address in addresses(here):
        made = address.method == "GET" and address.who.partition(":")[0] in WHO and not _is_file(address)
        if made and address.path not in ELSEWHERE:
            assert found & set(_all_of(here, address)), f"no page at {address.path}"


ELSEWHERE = {
    "/sign-in/openid",
    "/sign-in/openid/done",
    "/recipients/{token}",
}
"""They lead on, or need a secret that was sent to somebody: other tests look at what they show."""


def _is_file(address: Address) -> bool:
    return address.path.endswith((".css", ".js", ".json", ".csv", "/package", "/pdf")) or address.path.startswith(
        ("/static/", "/banner/", "/.well-known/")
    )


@pytest.mark.parametrize(("language", "scheme", "width", "turns"), [*DAY, *NIGHT])
def test_nothing_is_wrong_with_any_page(
    here: Town,
    home: str,
    browser: Browser,
    looks: list[Look],
    language: Language,
    scheme: Scheme,
    width: int,
    turns: int,
) -> None:
    wrong: list[object] = []
    with window(browser, home, language, scheme=scheme, width=width) as context:
        page = context.new_page()
        for who in WHO.values():
            signed_in_as(context, here.caller(who), home)
            for path in (one.path for one in looks if one.who == who and one.turn in TURNS[:turns]):
                answer = page.goto(path)
                assert answer
                assert answer.status == 200, path
                assert page.locator("html").get_attribute("lang"), path
                wrong += [(path, *one) for one in violations(page)]
                wrong += [(path, "wider than the screen")] * (page.evaluate(OVERFLOW) > 0)
    assert wrong == []


SEND = """([address, fields]) => {
  const form = Object.assign(document.createElement("form"), {method: "post", action: address});
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement("input"), {type: "hidden", name, value}));
  document.body.append(form);
  form.submit() }"""
Sent = tuple[str, str, dict[str, str]]


def answered(town: Town, texts: Sequence[str]) -> Iterator[Sent]:
    """What makes a page without an address of its own: who sends which form to where, with each text in its field."""
    complaint = next(one.id for one in town.requests_of("lin") if one.state is State.IN_REVIEW)
    explained = next(one.id for one in town.requests_of("lin") if one.kind is Kind.EXPLANATION)
    child = {"name": "Ada Example", "person": "+8619900000009", "kind": "portability"}
    yield "nobody", "/sign-in", {"identifier": "12"}
    yield "nobody", "/sign-in/code", {"code": "12"}
    for text in texts:
        yield "lin", "/ask/complaint/check", {"text": text}
        yield "lin", "/ask/objection/check", {"named": "push" if text else ""}
        yield "lin", "/correct/account.nickname/check", {"value": text}
        yield "lin", "/behalf/guardian/check", child if text else {}
    for act in ("read", "reveal", f"proposals/{town.owned['lin']['proposal']}", "refuse"):
        yield "officer", f"/console/requests/{complaint}/{act}", {"reason": ""}
    yield "officer", f"/console/requests/{explained}/decisions", {}
    for address in ("/console/bulk", "/console/bulk/do"):
        yield "officer", address, {"act": "refuse", "chosen": complaint}
    yield "officer", "/console/find", {"what": LIN_PHONE}


def sent(page: Page, path: str, fields: dict[str, str]) -> None:
    """Send a form from a page of ours, as its button would."""
    with page.expect_navigation():
        page.evaluate(SEND, [path, fields])


@pytest.mark.parametrize(("language", "scheme", "width", "turns"), [*DAY[:1], *NIGHT])
def test_nothing_is_wrong_with_any_page_that_answers_a_form(
    here: Town, home: str, browser: Browser, language: Language, scheme: Scheme, width: int, turns: int
) -> None:
    here.caller("nobody").ask_for_code(LIN_PHONE)
    texts = ("", "Please look into it.")[: turns - 1]  # what is wrong by day, what is whole too by night
    wrong: list[object] = []
    with window(browser, home, language, scheme=scheme, width=width) as context:
        page = context.new_page()
        page.goto("/policy/versions")
        for who, path, fields in answered(here, texts):
            signed_in_as(context, here.caller(who), home)
            sent(page, path, fields)
            assert page.locator("main h1").count() == 1, (path, page.locator("main").inner_text()[:200])
            assert page.locator("html").get_attribute("lang"), path
            wrong += [(path, *one) for one in violations(page)]
            wrong += [(path, "wider than the screen")] * (page.evaluate(OVERFLOW) > 0)
    assert wrong == []
