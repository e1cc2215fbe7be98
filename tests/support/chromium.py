"""A real Chromium, started once by whoever shares it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

_PATH = Path("/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium(*more: str) -> Iterator[Browser]:
    """The browser, with `more` flags; without one on the machine, whoever asks for it is skipped by name."""
    if not _PATH.exists():
        pytest.skip("Chromium is not here: scripts/system.sh says how to get it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_PATH, args=[*_FLAGS, *more])
        yield browser
        browser.close()
