"""A website that asks its visitors by the banner, and the Troth that it asks through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from tests.support.application import Outbox, application
from tests.web.banner.shop import POLICY, SIGNAL, Shop
from troth.app.application import Application
from troth.base.clock import SettableClock
from troth.base.work import Entropy
from troth.consent import tables
from troth.consent.ledger import event_of, text_of
from troth.consent.model import Event
from troth.policy.read import parse
from troth.versions.service import Version, publish
from troth.web.server import create

RESOLVING = "--host-resolver-rules=MAP *.shop.example 127.0.0.1"
"""The flag that leads browsers to the shop by its names."""
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
# What `navigator.globalPrivacyControl` is in a browser that sends the signal, as the specification has it.
SIGNALLING = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"
Language = Literal["zh", "en"]


@dataclass
class Site:
    """Everything around the pages of the shop."""

    app: Application
    web: FastAPI
    clock: SettableClock
    shop: Shop
    origin: str

    def publish(self, *files: str, base: str = POLICY) -> Version:
        """Put another version of the policy into force."""
        texts = {f"{number}.yaml": text for number, text in enumerate((base, *files))}
        with self.app.begin() as work:
            return publish(work, parse(texts), {}, by="test")

    def events(self) -> tuple[Event, ...]:
        """The whole ledger, oldest first."""
        with self.app.begin() as work:
            rows = work.db.execute(sa.select(tables.event).order_by(tables.event.c.entry))
            return tuple(event_of(row) for row in rows)

    def chosen(self) -> list[tuple[str, str]]:
        """What the ledger says of consents, in a few words: matter and kind of every event."""
        return [one for one in self._said() if not one[0].startswith("opt-out:")]

    def opted(self) -> list[tuple[str, str]]:
        """What it says of opt-outs."""
        return [one for one in self._said() if one[0].startswith("opt-out:")]

    def _said(self) -> list[tuple[str, str]]:
        return [(event.function, str(event.kind)) for event in self.events()]

    def text(self, event: Event) -> str:
        with self.app.begin() as work:
            return text_of(work, event.prompt)

    def browser(self, chromium: Browser, language: Language = "en", **more: Any) -> BrowserContext:
        """A fresh browser of somebody who reads `language`; the shop is in it, too."""
        self.shop.lang = language
        return chromium.new_context(base_url=self.origin, locale=LOCALES[language], **more)

    def page(self, chromium: Browser, language: Language = "en", **more: Any) -> Page:
        return self.browser(chromium, language, **more).new_page()


def site(engine: sa.Engine, folder: Path, clock: SettableClock, entropy: Entropy, shop: Shop, origin: str) -> Site:
    """A Troth that knows one website."""
    plain = application(engine, folder, clock, entropy, Outbox())
    settings = plain.settings.model_copy(update={"banner_origins": (origin, named(origin))})
    app = replace(plain, settings=settings)
    made = Site(app, create(app), clock, shop, origin)
    made.publish(SIGNAL)
    return made


def named(origin: str) -> str:
    """The same site by a name with several parts, as cookies care for; `RESOLVING` leads browsers to it."""
    return origin.replace("127.0.0.1", "www.shop.example")


def record(page: Page) -> Mapping[str, str]:
    """What the browser keeps of the answers."""
    states: Mapping[str, str] = page.evaluate("window.troth.states")
    return states
