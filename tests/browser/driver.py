"""A real Chromium in front of a real application over a real socket; sessions are given to it without a form."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Browser, BrowserContext

from tests.web.world import Visitor
from troth.base.text import Language

LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
Scheme = Literal["light", "dark"]
PHONE, DESK = 320, 1280
"""Widths in pixels: the narrowest phone that WCAG 2.1 knows of (1.4.10), and a desk."""


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
