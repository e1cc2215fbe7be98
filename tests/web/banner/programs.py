"""Programs of other people that judge the banner, from npm; tests whose program is not here are skipped by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_MODULES = Path(__file__).parents[3] / "node_modules"
_AXE = _MODULES / "axe-core" / "axe.min.js"
_AUTOCONSENT = _MODULES / "@duckduckgo" / "autoconsent"

needs_axe = pytest.mark.skipif(not _AXE.exists(), reason="axe-core is not here: scripts/npm.sh fetches it")
needs_autoconsent = pytest.mark.skipif(
    not _AUTOCONSENT.exists(), reason="@duckduckgo/autoconsent is not here: scripts/npm.sh fetches it"
)


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds wrong with the page as it stands: every rule that it has, the best practices too."""
    page.evaluate(_AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 5, "it did look"
    return [(one["id"], node["html"]) for one in found["violations"] for node in one["nodes"]]


class Autoconsent:
    """DuckDuckGo's autoconsent in a page, as its own tests run it: its content script, and the browser's side of it.

    `said` is everything that the content script told the browser.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self.said: list[dict[str, Any]] = []
        self._script = (_AUTOCONSENT / "dist" / "autoconsent.playwright.js").read_text(encoding="utf-8")
        rules = json.loads((_AUTOCONSENT / "rules" / "rules.json").read_text(encoding="utf-8"))
        self._rules = rules["autoconsent"]
        page.expose_binding("autoconsentSendMessage", lambda _source, told: self._hear(told))

    def begin(self) -> None:
        """Start it in the page that is open."""
        self._page.evaluate(self._script)

    def told(self, kind: str) -> dict[str, Any]:
        """Wait for a message of that kind."""
        for _ in range(200):
            found = [one for one in self.said if one["type"] == kind]
            if found:
                return found[0]
            self._page.wait_for_timeout(50)
        raise AssertionError(f"autoconsent never said {kind}: {[one['type'] for one in self.said]}")

    def test_itself(self) -> dict[str, Any]:
        """Have it look whether what it did had an effect."""
        self._answer({"type": "selfTest"})
        return self.told("selfTestResult")

    def _hear(self, told: dict[str, Any]) -> None:
        self.said.append(told)
        if told["type"] == "init":
            config = {
                "enabled": True,
                "autoAction": "optOut",
                "disabledCmps": [],
                "enablePrehide": False,
                "detectRetries": 20,
                "enableCosmeticRules": False,
            }
            self._answer({"type": "initResp", "config": config, "rules": {"autoconsent": self._rules}})
        elif told["type"] == "eval":
            result = self._page.evaluate(told["code"])
            self._answer({"type": "evalResp", "id": told["id"], "result": result})

    def _answer(self, message: dict[str, Any]) -> None:
        self._page.evaluate("message => { autoconsentReceiveMessage(message) }", message)
