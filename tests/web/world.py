"""The whole system in front of a test: a real application over real databases, and people who use its pages."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from tests.support.application import Outbox, application
from tests.web.company import LIN_EMAIL, LIN_PHONE, POLICY, QING_EMAIL, QING_PHONE, Company
from tests.web.html import Page
from troth.app.application import Application
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.datamap.read import parse as parse_maps
from troth.policy.model import Policy
from troth.policy.read import parse as parse_policy
from troth.requests import service
from troth.requests.fulfilment import fulfil
from troth.requests.model import Request
from troth.subjects.facts import change
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.versions.service import Version, publish
from troth.web.server import create

with warnings.catch_warnings():
    # It asks for the successor of httpx, which it does not need.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

__all__ = ["OFFICER", "ORIGIN", "TestClient", "Visitor", "World", "world"]

OFFICER = "officer@kaiconn.example"
ORIGIN = "http://testserver"


@dataclass
class World:
    """Everything around the pages."""

    app: Application
    web: FastAPI
    clock: SettableClock
    outbox: Outbox
    company: Company
    version: Version
    lin: str
    qing: str

    def visitor(self, language: str = "en", address: str = "203.0.113.7") -> Visitor:
        """Somebody with a fresh browser."""
        return Visitor(self, language, address)

    def signed_in(self, identifier_: str, language: str = "en") -> Visitor:
        visitor = self.visitor(language)
        visitor.sign_in(identifier_)
        return visitor

    def officer(self, language: str = "en") -> Visitor:
        visitor = self.visitor(language)
        visitor.sign_in(OFFICER, door="/console/sign-in")
        return visitor

    def open(self, kind: str, subject: str) -> Request:
        """A request, asked for somewhere else than on the pages."""
        with self.app.begin() as work:
            return service.open_request(
                work, self.app.vault, self.version, subject, kind, language="en", channel="phone", jobs=self.app.jobs
            )

    def run_due(self) -> None:
        """Do what workers do."""
        fulfil.run_all(self.app.begin, self.app.vault, self.app.stores)

    def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)

    def code_for(self, who: str) -> str:
        """The newest code that was sent to somebody."""
        text = next(text for to, text in reversed(self.outbox.sent) if to == who)
        found = re.search(r"\b\d{6}\b", text) or re.search(r"\d{6}", text)
        assert found, text
        return found[0]


class Visitor:
    """A person with a browser that keeps cookies, follows redirects, and says where its forms come from."""

    def __init__(self, world: World, language: str, address: str) -> None:
        self.world = world
        self.client = TestClient(
            world.web,
            base_url=ORIGIN,
            raise_server_exceptions=False,
            headers={"Accept": "text/html", "Accept-Language": language},
            client=(address, 50000),
        )

    def get(self, address: str, **more: Any) -> httpx.Response:
        response: httpx.Response = self.client.get(address, **more)
        return response

    def post(self, address: str, form: Mapping[str, str | Sequence[str]] | None = None, **more: Any) -> httpx.Response:
        headers = {"Origin": ORIGIN, **more.pop("headers", {})}
        response: httpx.Response = self.client.post(address, data=form or {}, headers=headers, **more)
        return response

    def page(self, address: str) -> Page:
        """The page at an address that must be there."""
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return Page(response.text)

    def press(self, page: Page, action: str, button: int = 0, **typed: str) -> Page:
        """Fill the form of the page that goes to `action`, press one of its buttons, and read what comes."""
        form = page.form(action)
        name, value, _ = form.buttons[button]
        filled = {**form.fields, **typed, **({name: value} if name else {})}
        send = self.post if form.method == "post" else self._get_with
        return Page(send(action, filled).text)

    def _get_with(self, address: str, form: Mapping[str, str]) -> httpx.Response:
        return self.get(address, params=form)

    def ask_for_code(self, who: str, door: str = "/sign-in") -> httpx.Response:
        return self.post(door, {"identifier": who})

    def sign_in(self, who: str, door: str = "/sign-in") -> httpx.Response:
        self.ask_for_code(who, door)
        response = self.post(f"{door}/code", {"code": self.world.code_for(who)})
        assert response.status_code == 200, response.text
        return response


@cache
def _policy() -> Policy:
    return parse_policy({"policy.yaml": POLICY})


def world(engine: sa.Engine, folder: Path, clock: SettableClock, entropy: Entropy) -> World:
    """An application with a published policy, a company with two stores, and two registered people."""
    outbox, company = Outbox(), Company(folder)
    app = application(engine, folder, clock, entropy, outbox, staff=(OFFICER,))
    maps = {name: one.value for name, one in parse_maps(company.maps).items()}
    with app.begin() as work:
        version = publish(work, _policy(), maps, by="test")
        people = [
            register(work, app.vault, [identifier("phone", phone), identifier("email", email)])
            for phone, email in ((LIN_PHONE, LIN_EMAIL), (QING_PHONE, QING_EMAIL))
        ]
        for one in people:
            change(work, one, add=("account.open",))
    return World(app, create(app), clock, outbox, company, version, people[0], people[1])
