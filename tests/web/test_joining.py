"""A website says whose browser it is: the stricter choice holds for both."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.web.company import LIN_PHONE
from tests.web.world import ORIGIN, TestClient, World
from troth.consent.service import honour, profile, state
from troth.journal.service import size
from troth.subjects.facts import facts
from troth.web.server import create

KEY, BROWSER = "the-key-of-the-shop", "brw-" + "k" * 26
JOIN = "/api/v1/profiles/join"


@pytest.fixture
def world(world: World) -> World:
    keys = (f"shop:{hashlib.sha256(KEY.encode()).hexdigest()}",)
    world.app = replace(world.app, settings=world.app.settings.model_copy(update={"api_keys": keys}))
    world.web = create(world.app)
    with world.app.begin() as work:
        known = profile(work, world.app.vault, BROWSER)
        honour(work, world.app.vault, world.version, profile=known, language="en")
    return world


def send(world: World, body: object, key: str = KEY) -> httpx.Response:
    client: Any = TestClient(world.web, base_url=ORIGIN)
    response: httpx.Response = client.post(JOIN, json=body, headers={"Authorization": f"Bearer {key}"})
    return response


def opted_out(world: World) -> set[str]:
    with world.app.begin() as work:
        return {fact for fact in facts(work, world.lin) if fact.startswith("opted-out.")}


@pytest.mark.parametrize("who", ["subject", "identifier"])
def test_what_the_browser_said_no_to_holds_for_the_person(world: World, who: str) -> None:
    assert opted_out(world) == set()
    named: dict[str, object] = (
        {"subject": world.lin} if who == "subject" else {"identifier": {"kind": "phone", "value": LIN_PHONE}}
    )
    told = send(world, {"profile": BROWSER, **named}).json()
    assert told["subject"] == world.lin
    assert opted_out(world) == {"opted-out.sale", "opted-out.sharing", "opted-out.targeted-advertising"}
    assert {one["kind"] for one in told["events"]} == {"opted-out"}
    assert send(world, {"profile": BROWSER, **named}).json()["events"] == [], "again changes nothing"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "web.body"),
        ({"profile": BROWSER}, 400, "web.body"),
        ({"profile": "brw-unknown-unknown", "subject": "sub-x"}, 422, "consent.unknown-profile"),
        ({"profile": BROWSER, "subject": "sub-unknown"}, 422, "subjects.unknown"),
        (
            {"profile": BROWSER, "identifier": {"kind": "phone", "value": "+8619900009999"}},
            422,
            "consent.unknown-person",
        ),
        ({"profile": BROWSER, "subject": "sub-x", "extra": 1}, 400, "web.body"),
        ([], 400, "web.not-json"),
    ],
)
def test_what_is_wrong_is_said_in_the_one_shape_and_nothing_is_written(
    world: World, body: object, status: int, code: str
) -> None:
    with world.app.begin() as work:
        before = size(work)
    refused = send(world, body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    with world.app.begin() as work:
        assert size(work) == before
        assert state(work, world.lin) == {}


def test_it_takes_a_key(world: World) -> None:
    assert send(world, {"profile": BROWSER, "subject": world.lin}, key="guessed").status_code == 401
    assert opted_out(world) == set()
