"""What a script, or somebody who pretends to be one, sends to the banner's addresses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import sqlalchemy as sa

from tests.web.banner.site import Site
from tests.web.world import TestClient
from troth.base.schema import metadata


class Caller:
    """A browser's script on the shop's pages; it keeps the pseudonym as the real one does."""

    def __init__(self, site: Site, origin: str | None = None, policy: str = "shop", **headers: str) -> None:
        sent = {"Accept": "application/json", "Origin": origin or site.origin, **headers}
        sent = {name.replace("_", "-"): value for name, value in sent.items() if value}
        self.client = TestClient(site.web, raise_server_exceptions=False, headers=sent)
        self.policy = policy
        self.profile: str | None = None

    def load(self, **query: str) -> dict[str, Any]:
        """The configuration."""
        response = self.client.get(f"/banner/v1/{self.policy}", params=query)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    def body(self, choices: Mapping[str, str], **more: Any) -> dict[str, Any]:
        """A complete answer, as the script sends it."""
        whole = {"profile": self.profile, "choices": dict(choices), "language": "en", "layer": "each", "gpc": False}
        return {**whole, "shown": self.load()["hash"], **more}

    def send(self, body: Mapping[str, Any], **more: Any) -> httpx.Response:
        response: httpx.Response = self.client.post(f"/banner/v1/{self.policy}/choices", json=body, **more)
        return response

    def choose(self, choices: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
        """Send an answer that must be taken."""
        response = self.send(self.body(choices or {}, **more))
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        self.profile = told["profile"]
        return told

    def standing(self) -> dict[str, Any]:
        response = self.client.post(f"/banner/v1/{self.policy}/standing", json={"profile": self.profile})
        assert response.status_code == 200, response.text
        told: dict[str, Any] = response.json()
        return told


def rows(site: Site) -> dict[str, int]:
    """How many rows each table of the own database has."""
    with site.app.begin() as work:
        return {
            name: work.db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }
