"""A business under the law of California, two agents of its directory, and what was written before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx
import pytest

from tests.web.company import POLICY, Company
from tests.web.drp.agent import TestAgent
from tests.web.world import ORIGIN, TestClient, World
from troth.base.schema import metadata
from troth.datamap.read import parse as parse_maps
from troth.policy.read import parse as parse_policy
from troth.requests.model import Request
from troth.requests.proof import agents
from troth.requests.record import load
from troth.versions.service import publish
from troth.web.server import create

BUSINESS = "KAICONN"
AGENT, OTHER = "GOOD_AGENT", "OTHER_AGENT"
CALLBACKS = "https://agent.example"

FOR_AGENTS = (
    POLICY.replace("regimes: [cn]", "regimes: [cn, us-ca]")
    .replace("requests:\n", "requests:\n  agents: {appointed: {written: {zh: 书面授权, en: in writing}}}\n")
    .replace("updated: 2022-10-01", "updated: 2022-11-01")
)


@dataclass
class Network:
    """The world of the pages with agents in front of it."""

    world: World
    agent: TestAgent
    other: TestAgent

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def publish(self, text: str) -> None:
        app = self.world.app
        maps = {name: one.value for name, one in parse_maps(self.world.company.maps).items()}
        with app.begin() as work:
            self.world.version = publish(work, parse_policy({"policy.yaml": text}), maps, by="test")

    def ours(self, request_id: str) -> Request | None:
        """Our request behind that of an agent."""
        with self.world.app.begin() as work:
            found = work.db.exec_driver_sql(f"SELECT request FROM agent_request WHERE id = '{request_id}'").scalar_one()
            return None if found is None else load(work, found)

    def written(self) -> Mapping[str, Any]:
        """Every row of the own database."""
        with self.world.app.begin() as work:
            return {name: sorted(map(repr, work.db.execute(table.select()))) for name, table in metadata.tables.items()}

    def client(self) -> httpx.Client:
        return TestClient(self.world.web, base_url=ORIGIN, raise_server_exceptions=False)


@pytest.fixture
def network(world: World) -> Network:
    settings = world.app.settings.model_copy(update={"drp_business": BUSINESS, "base_url": "https://privacy.example"})
    world.app = replace(world.app, settings=settings)
    world.web = create(world.app)
    made = [
        TestAgent(name, BUSINESS, TestClient(world.web, base_url=ORIGIN, raise_server_exceptions=False), seed * 32)
        for name, seed in ((AGENT, b"a"), (OTHER, b"o"))
    ]
    network = Network(world, *made)
    network.publish(FOR_AGENTS)
    with world.app.begin() as work:
        for one in made:
            agents.add(work, agents.agent(one.id, f"{one.id} Ltd", "desk@agent.example", one.verify_key, CALLBACKS))
    for one in made:
        assert one.set_up(network.now).status_code == 200
    return network


__all__ = ["AGENT", "BUSINESS", "CALLBACKS", "FOR_AGENTS", "OTHER", "Company", "Network"]
