"""Signing in with an account elsewhere, at a real provider on this machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from tests.support.waiting import until
from tests.web.company import LIN_EMAIL
from tests.web.world import Visitor, World
from troth.app.openid import OpenId
from troth.base.errors import InputError
from troth.subjects.facts import facts

PEOPLE = [
    {"sub": "lin", "email": LIN_EMAIL, "email_verified": True},
    {"sub": "unsure", "email": LIN_EMAIL, "email_verified": False},
    {"sub": "stranger", "email": "nobody@mail.example", "email_verified": True},
]


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    users = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *users]
    provider = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: _answers(address), seconds=30)
        yield address
    finally:
        provider.terminate()
        provider.wait(10)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/.well-known/openid-configuration").is_success
    except httpx.HTTPError:
        return False


@pytest.fixture
def world(world: World, issuer: str) -> World:
    """The world at the provider's own time, with the provider in its settings."""
    given = {"openid_issuer": issuer, "openid_client_id": "troth", "openid_client_secret": SecretStr("s3cret")}
    settings = world.app.settings.model_copy(update={**given, "openid_name": "Shop account"})
    world.app = replace(world.app, settings=settings)
    world.web.state.application = world.app
    now = parsedate_to_datetime(httpx.get(issuer).headers["date"])
    world.clock.advance(now - world.clock.now())
    return world


def come_back(visitor: Visitor, issuer: str, who: str) -> httpx.Response:
    """Go to the provider, say who one is there, and follow the way back."""
    sent = visitor.get("/sign-in/openid?next=/data", follow_redirects=False)
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(f"{issuer}/oauth2/authorize?")
    answered = httpx.post(sent.headers["location"], data={"sub": who}, follow_redirects=False)
    back = urlsplit(answered.headers["location"])
    return visitor.get(f"{back.path}?{back.query}", follow_redirects=False)


def test_whoever_the_provider_vouches_for_is_signed_in_and_goes_where_they_wanted(world: World, issuer: str) -> None:
    visitor = world.visitor()
    assert "Sign in with Shop account" in visitor.page("/sign-in").text
    entered = come_back(visitor, issuer, "lin")
    assert (entered.status_code, entered.headers["location"]) == (303, "/data")
    assert visitor.get("/data").status_code == 200
    with world.app.begin() as work:
        assert "verified.email" in facts(work, world.lin)


@pytest.mark.parametrize("who", ["unsure", "stranger"])
def test_an_address_that_is_not_verified_or_not_known_opens_nothing(world: World, issuer: str, who: str) -> None:
    visitor = world.visitor()
    refused = come_back(visitor, issuer, who)
    assert refused.status_code == 403
    assert "We know nobody by that account" in refused.text
    assert visitor.get("/data", follow_redirects=False).status_code == 303


def test_a_way_back_is_used_once_and_only_by_the_browser_that_began(world: World, issuer: str) -> None:
    visitor, thief = world.visitor(), world.visitor(address="203.0.113.9")
    sent = visitor.get("/sign-in/openid", follow_redirects=False)
    answered = httpx.post(sent.headers["location"], data={"sub": "lin"}, follow_redirects=False)
    back = urlsplit(answered.headers["location"])
    stolen = thief.get(f"{back.path}?{back.query}", follow_redirects=False)
    assert stolen.status_code == 403
    assert visitor.get(f"{back.path}?{back.query}", follow_redirects=False).status_code == 303
    assert visitor.get(f"{back.path}?{back.query}", follow_redirects=False).status_code == 403


@pytest.mark.parametrize("changed", ["state", "code"])
def test_what_was_changed_on_the_way_back_is_refused(world: World, issuer: str, changed: str) -> None:
    visitor = world.visitor()
    sent = visitor.get("/sign-in/openid", follow_redirects=False)
    answered = httpx.post(sent.headers["location"], data={"sub": "lin"}, follow_redirects=False)
    given = {key: value[0] for key, value in parse_qs(urlsplit(answered.headers["location"]).query).items()}
    refused = visitor.get("/sign-in/openid/done", params={**given, changed: "x" + given[changed]})
    assert refused.status_code == 403
    assert visitor.get("/data", follow_redirects=False).status_code == 303


def test_a_token_of_another_time_or_for_another_is_refused(world: World, issuer: str) -> None:
    visitor = world.visitor()
    world.clock.advance(-(world.clock.now() - world.clock.now().replace(year=2020)))
    assert come_back(visitor, issuer, "lin").status_code == 403


def test_a_provider_that_does_not_answer_is_said_so_and_the_code_still_works(world: World) -> None:
    settings = world.app.settings.model_copy(update={"openid_issuer": "http://127.0.0.1:9"})
    world.web.state.application = replace(world.app, settings=settings)
    down = world.visitor().get("/sign-in/openid", follow_redirects=False)
    assert down.status_code == 503
    assert "use a code instead" in down.text


def test_without_a_provider_there_is_no_such_page(world: World) -> None:
    settings = world.app.settings.model_copy(update={"openid_issuer": ""})
    world.web.state.application = replace(world.app, settings=settings)
    assert world.visitor().get("/sign-in/openid").status_code == 404
    assert "Shop account" not in world.visitor().page("/sign-in").text


def test_a_provider_is_reached_by_https_only() -> None:
    with pytest.raises(InputError) as plain:
        OpenId("http://login.shop.example", "troth", SecretStr(""))
    assert plain.value.code == "settings.openid-issuer"
