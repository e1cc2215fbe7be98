"""A real Chromium in front of a real application over a real socket; sessions are given to it without a form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.web.world import Visitor
from troth.base.text import Language

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
Scheme = Literal["light", "dark"]
PHONE, DESK = 320, 1280
"""Widths in pixels: the narrowest phone that WCAG 2.1 knows of (1.4.10), and a desk."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; without one, whoever asks for it is skipped by name."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not here: scripts/browser.sh says how to get it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def window(
    browser: Browser,
    address: str,
    language: Language,
    *,
    scheme: Scheme = "light",
    width: int = DESK,
    scripts: bool = True,
) -> BrowserContext:
    """A fresh profile that speaks a language."""
    return browser.new_context(
        base_url=address,
        locale=LOCALES[language],
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
    )


def signed_in_as(context: BrowserContext, visitor: Visitor, address: str) -> None:
    """Give the profile the cookies of somebody who has signed in."""
    host = address.partition("//")[2].partition(":")[0]
    context.clear_cookies()
    context.add_cookies(
        [{"name": name, "value": value, "domain": host, "path": "/"} for name, value in visitor.client.cookies.items()]
    )
