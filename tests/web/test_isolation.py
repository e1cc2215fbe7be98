"""At no time can a person see another's anything: every address × everybody who might call it × everything they have.

Each address says itself who may call it, and the walk finds the addresses from the application; one with a part that
the town has no value for fails. What is a person's carries a mark, so a leak shows wherever it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.databases import Databases
from tests.web.company import LIN_EMAIL, LIN_PHONE, QING_EMAIL, QING_PHONE
from tests.web.town import COMMON, MARKS, PRIVATE, STAFF, Address, Town, addresses, built
from tests.web.world import ORIGIN
from troth.app.settings import ROLES
from troth.web.security import HEADERS

IDENTIFIERS = {"lin": (LIN_PHONE, LIN_EMAIL), "qing": (QING_PHONE, QING_EMAIL)}
OTHER = {"lin": "qing", "qing": "lin"}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LOOK_ONLY = ("engineer", "auditor")
DECIDE = ("agent", "officer")
"""Who may change what is a person's: they come last, because they do."""


@pytest.fixture(scope="module")
def here(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    for engine in databases.sqlite():
        yield built(engine, tmp_path_factory.mktemp("town"))


def may(caller: str, who: str) -> bool:
    """Whether the declaration `who` lets that caller in."""
    kind, _, roles = who.partition(": ")
    if kind == "staff":
        return caller in STAFF and (not roles or caller in roles.split(", "))
    return kind == "public" or (kind == "person" and caller in MARKS)


def call(
    town: Town,
    address: Address,
    caller: str,
    path: str,
    *,
    method: str = "",
    owner: str = "lin",
    accept: str = "text/html",
) -> httpx.Response:
    """One call with everything in the form that somebody might know of another person; the browser stays as it was."""
    leaves = address.path.endswith("sign-out")
    visitor = town.caller("nobody" if leaves else caller)
    kept = dict(visitor.client.cookies)
    response: httpx.Response = visitor.client.request(
        method or address.method,
        path,
        headers={"Origin": ORIGIN, "Accept": accept},
        data=form(town, address, owner) if (method or address.method) in {"POST", "PUT", "PATCH"} else None,
        follow_redirects=False,
    )
    visitor.client.cookies.clear()
    visitor.client.cookies.update(kept)
    return response


def form(town: Town, address: Address, owner: str) -> dict[str, str]:
    """Every field that the address takes, with something of the other person in it."""
    known = [town.people[owner], IDENTIFIERS[owner][0], *(one.id for one in town.requests_of(owner)[:3])]
    values = {"choice": "agree", "language": "en", "onward": "/data", "identifier": IDENTIFIERS[owner][0]}
    return {name: values.get(name, known[number % len(known)]) for number, name in enumerate(fields(address.route))}


def fields(route: Any) -> list[str]:
    """The names of the form that a route takes."""
    dependant = getattr(getattr(route, "original_route", route), "dependant", None)
    return [one.name for one in dependant.body_params] if dependant else []


def judged(address: Address, caller: str, owner: str, response: httpx.Response) -> None:
    """What holds for every answer, whoever called and whatever came of it."""
    where = (address.method, address.path, caller, response.status_code)
    allowed = may(caller, address.who)
    assert response.status_code < 500, where
    guarded(response, where)
    if not allowed:
        assert not response.is_success, where
        if response.is_redirect:
            assert response.headers["location"].split("?")[0].endswith("/sign-in"), where
    reads_people = caller in STAFF and allowed and ":" in address.who
    if not reads_people:
        assert MARKS[owner] not in response.text, where
        if address.method == "GET":
            assert not [one for one in IDENTIFIERS[owner] if one in response.text], where


def guarded(response: httpx.Response, where: object) -> None:
    """What every answer carries, of whatever kind: a page, a file, a redirect, a refusal, JSON."""
    carried = {name: response.headers.get(name) for name in HEADERS}
    shared = response.headers.get("cross-origin-resource-policy") == "cross-origin"
    assert carried == {**HEADERS, **({"Cross-Origin-Resource-Policy": "cross-origin"} if shared else {})}, where
    assert "unsafe" not in carried["Content-Security-Policy"], where
    assert response.headers["cache-control"], where
    for cookie in response.headers.get_list("set-cookie"):
        assert re.search(r"HttpOnly", cookie), where
        assert re.search(r"SameSite=(lax|strict)", cookie), where
        assert "Domain" not in cookie, where


def test_every_part_of_an_address_has_a_value_in_the_town(here: Town) -> None:
    found = addresses(here)
    assert len(found) > 70, "the walk itself must find them"
    unknown = {part for one in found for part in one.parts} - set(PRIVATE) - set(COMMON)
    assert not unknown, "give each a value in tests/web/town.py, PRIVATE if it names something of a person"


def test_the_marks_are_seen_by_those_whose_they_are(here: Town) -> None:
    """The law below would hold of blank pages as well: here each mark is shown to its owner."""
    for who, mark in MARKS.items():
        pages = [here.caller(who).get(one.filled(here, who)) for one in addresses(here) if looks(one, who)]
        assert [page.status_code for page in pages if page.status_code >= 500] == []
        shown = "".join(page.text for page in pages)
        texts = [here.caller(who).get(f"/requests/{one.id}").text for one in here.requests_of(who)]
        seen = shown + "".join(texts)
        assert all(f"{mark}-{one}" in seen for one in ("nickname", "question", "answer", "reason")), who
        assert MARKS[OTHER[who]] not in seen


def looks(address: Address, caller: str) -> bool:
    return address.method == "GET" and may(caller, address.who)


def walk(town: Town, owner: str, callers: tuple[str, ...], choose: Callable[[list[str]], str]) -> None:
    for caller in callers:
        for address in addresses(town):
            path = address.filled(town, owner, choose)
            judged(address, caller, owner, call(town, address, caller, path, owner=owner))


@pytest.mark.parametrize("owner", ["lin", pytest.param("qing", marks=pytest.mark.long)])
def test_whatever_is_called_by_somebody_else_shows_and_changes_nothing_of_a_person(here: Town, owner: str) -> None:
    before = here.theirs(owner)
    walk(here, owner, ("nobody", OTHER[owner], *LOOK_ONLY), random.Random(owner).choice)
    assert here.theirs(owner) == before


@pytest.mark.long
@settings(max_examples=30, deadline=None)
@given(owner=st.sampled_from(sorted(MARKS)), chance=st.randoms(use_true_random=False))
def test_whatever_is_called_in_whatever_order_shows_and_changes_nothing_of_a_person(
    here: Town, owner: str, chance: random.Random
) -> None:
    before, found = here.theirs(owner), addresses(here)
    for _ in range(100):
        address, caller = chance.choice(found), chance.choice(["nobody", OTHER[owner], *LOOK_ONLY])
        path = address.filled(here, owner, chance.choice)
        judged(address, caller, owner, call(here, address, caller, path, owner=owner))
    assert here.theirs(owner) == before


MADE_UP = {"request_id": "req-aaaaaaaaaaaaaaaa", "passkey_id": "key-aaaaaaaaaaaaaaaa"}


def test_what_is_anothers_answers_exactly_as_what_does_not_exist(here: Town) -> None:
    """No address is an oracle: not by status, not by words, not by a header."""
    asked = [one for one in addresses(here) if one.who == "person" and one.private]
    assert len(asked) > 6
    for address in asked:
        theirs = address.filled(here, "lin")
        made_up = theirs
        for part in set(address.parts) & set(PRIVATE):
            values = [*PRIVATE[part](here, "lin"), here.owned["lin"]["agent"]]
            known = next(one for one in values if f"/{one}" in theirs)
            made_up = made_up.replace(known, MADE_UP.get(part, "x" * len(known)))
        answers = [call(here, address, "qing", path) for path in (theirs, made_up)]
        statuses = [one.status_code for one in answers]
        assert statuses == [404, 404] or (address.method == "POST" and statuses == [422, 422]), address.path
        shown = [one.text.replace(theirs, "").replace(made_up, "") for one in answers]
        assert shown[0] == shown[1], address.path
        assert {name: value for name, value in answers[0].headers.items() if name != "content-length"}.keys() == {
            name for name in answers[1].headers if name != "content-length"
        }


def test_no_other_method_is_a_way_in(here: Town) -> None:
    found = addresses(here)
    known = {(one.path, one.method) for one in found}
    for path in {one.path: one for one in found}.values():
        address = path.filled(here, "lin")
        for method in (one for one in METHODS if (path.path, one) not in known):
            response = call(here, path, "qing", address, method=method, accept="application/json")
            assert response.status_code in {401, 403, 404, 405, 415}, (method, path.path)
            assert MARKS["lin"] not in response.text


def test_staff_read_what_a_person_wrote_only_where_it_is_declared_for_their_role(here: Town) -> None:
    """The last, because those who decide change what there is."""
    assert set(LOOK_ONLY) | set(DECIDE) == set(ROLES)
    walk(here, "lin", DECIDE, random.Random("lin").choice)
