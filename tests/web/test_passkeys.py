"""Passkeys on the pages: a challenge is used once, by whom it was given to; and a device of its own in a browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import uvicorn
from fastapi import FastAPI

from tests.support.authenticator import Authenticator
from tests.web.company import LIN_EMAIL, LIN_PHONE, QING_EMAIL
from tests.web.html import Page
from tests.web.test_browser import chromium, code_for
from tests.web.world import Visitor, World
from troth.web.i18n import catalogue
from troth.web.server import create

__all__ = ["chromium"]

PLACE = "http://localhost"


def at(world: World, base_url: str) -> World:
    """The same system under an address that may have passkeys."""
    app = replace(world.app, settings=world.app.settings.model_copy(update={"base_url": base_url}))
    return replace(world, app=app, web=create(app))


@pytest.fixture
def here(world: World) -> World:
    return at(world, PLACE)


def device(**other: object) -> Authenticator:
    return Authenticator(**{"origin": PLACE, "host": "localhost", **other})  # type: ignore[arg-type]  # a test's


def add(visitor: Visitor, one: Authenticator, name: str = "phone") -> int:
    options = visitor.post("/passkeys/options")
    assert options.status_code == 200
    return int(visitor.post("/passkeys", {"answer": one.make(options.text), "name": name}).status_code)


def sign_in(visitor: Visitor, one: Authenticator, onward: str = "/") -> int:
    options = visitor.post("/sign-in/passkey/options")
    answer = {"answer": one.use(options.text), "onward": onward}
    return int(visitor.post("/sign-in/passkey", answer).status_code)


def test_one_adds_signs_in_and_removes(here: World) -> None:
    visitor, one = here.signed_in(LIN_EMAIL), device()
    assert add(visitor, one) == 200
    assert "phone" in visitor.page("/passkeys").text
    visitor.post("/sign-out")
    assert visitor.get("/passkeys", follow_redirects=False).status_code != 200
    assert sign_in(visitor, one, "/passkeys") == 200
    page = visitor.page("/passkeys")
    (remove,) = [form.action for form in page.forms if form.action.endswith("/remove")]
    visitor.press(page, remove)
    visitor.post("/sign-out")
    assert sign_in(visitor, one) == 403


def test_a_challenge_is_used_once_whatever_comes_of_it(here: World) -> None:
    visitor, one = here.signed_in(LIN_EMAIL), device()
    add(visitor, one)
    visitor.post("/sign-out")
    options = visitor.post("/sign-in/passkey/options")
    assert visitor.post("/sign-in/passkey", {"answer": "{}"}).status_code == 403
    assert visitor.post("/sign-in/passkey", {"answer": one.use(options.text)}).status_code == 404
    options = visitor.post("/sign-in/passkey/options")
    answer = one.use(options.text)
    assert visitor.post("/sign-in/passkey", {"answer": answer}).status_code == 200
    assert visitor.post("/sign-in/passkey", {"answer": answer}).status_code == 404


def test_a_challenge_is_of_the_browser_that_asked_for_it(here: World) -> None:
    visitor, one = here.signed_in(LIN_EMAIL), device()
    add(visitor, one)
    theirs = here.visitor()
    options = theirs.post("/sign-in/passkey/options")
    mine = here.visitor()
    assert mine.post("/sign-in/passkey", {"answer": one.use(options.text)}).status_code == 404
    mine.post("/sign-in/passkey/options")
    assert mine.post("/sign-in/passkey", {"answer": one.use(options.text)}).status_code == 403


def test_a_challenge_is_of_the_person_who_asked_for_it(here: World) -> None:
    visitor, one = here.signed_in(LIN_EMAIL), device()
    options = visitor.post("/passkeys/options")
    visitor.post("/sign-out")
    visitor.sign_in(QING_EMAIL)
    assert visitor.post("/passkeys", {"answer": one.make(options.text)}).status_code == 404


def test_a_passkey_opens_its_owners_pages_and_nobody_elses(here: World) -> None:
    visitor, one = here.signed_in(LIN_EMAIL), device()
    add(visitor, one)
    (remove,) = [form.action for form in visitor.page("/passkeys").forms if form.action.endswith("/remove")]
    other = here.signed_in(QING_EMAIL)
    assert other.post(remove).status_code == 422
    assert not any(form.action.endswith("/remove") for form in other.page("/passkeys").forms)
    request = here.open("erasure", here.lin)
    stranger = here.visitor()
    assert sign_in(stranger, one) == 200
    assert stranger.get(f"/requests/{request.id}").status_code == 200
    assert stranger.get(f"/requests/{here.open('erasure', here.qing).id}").status_code == 404


def test_tries_are_limited(here: World) -> None:
    visitor = here.visitor()
    assert 429 in {visitor.post("/sign-in/passkey/options").status_code for _ in range(40)}


def test_where_browsers_give_no_passkeys_none_are_offered(world: World) -> None:
    visitor = world.signed_in(LIN_EMAIL)
    assert "/passkeys" not in {address for address, _ in visitor.page("/").links}
    assert "data-passkey" not in world.visitor().get("/sign-in").text
    for method, address in (("GET", "/passkeys"), ("POST", "/passkeys/options"), ("POST", "/sign-in/passkey/options")):
        answer = visitor.get(address) if method == "GET" else visitor.post(address)
        assert answer.status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_script_the_page_offers_the_code(here: World, language: str) -> None:
    page = Page(here.visitor(language).get("/sign-in").text)
    hidden = [given for tag, given in page.tags if tag == "form" and "data-passkey" in given]
    assert [("hidden" in given) for given in hidden] == [True]
    assert page.form("/sign-in").fields


@contextmanager
def served_by_name(web: FastAPI, listening: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(web, log_level="warning", access_log=False, ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.browser
def test_in_a_browser_a_passkey_is_added_and_used(world: World, chromium: object) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listening.getsockname()[1]}"
    here, words = at(world, address), catalogue("en").messages
    context = chromium.new_context(base_url=address, locale="en-GB")  # type: ignore[attr-defined]  # a browser
    with served_by_name(here.web, listening):
        page = context.new_page()
        broken: list[str] = []
        page.on("console", lambda said: broken.append(said.text) if said.type == "error" else None)
        devices = context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        wanted = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": wanted})
        page.goto("/sign-in?next=/passkeys")
        page.get_by_role("textbox").fill(LIN_PHONE)
        page.get_by_role("button", name=words["sign-in.send"][0]).click()
        page.get_by_role("textbox").fill(code_for(page, here, LIN_PHONE))
        page.get_by_role("main").get_by_role("button", name=words["code.enter"][0]).click()
        page.get_by_label(words["passkeys.name"][0]).fill("My laptop")
        page.get_by_role("button", name=words["passkeys.add"][0]).click()
        page.get_by_role("heading", name="My laptop").wait_for()
        page.get_by_role("button", name=words["nav.sign-out"][0]).click()
        page.goto("/sign-in?next=/passkeys")
        page.get_by_role("button", name=words["sign-in.passkey"][0]).click()
        page.get_by_role("heading", name="My laptop").wait_for()
        page.get_by_role("button", name="Remove My laptop").click()
        page.get_by_text(words["passkeys.none"][0]).wait_for()
        assert broken == []
    context.close()
    listening.close()
