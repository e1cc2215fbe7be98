"""The description of the API holds for the API: nothing is left out, and the real application answers as it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks

from tests.web.drp.agent import TestAgent
from tests.web.world import ORIGIN, TestClient, World
from troth.requests.proof import agents
from troth.web.api.openapi import OPERATIONS, PATH, called, document, page
from troth.web.server import create

DOCS = Path(__file__).parents[2] / "docs" / "reference"
KEY, SITE, BUSINESS = "k" * 40, "https://shop.example", "KAICONN"


@pytest.fixture
def served(world: World) -> World:
    """The application with a program, a website and an agent that it knows."""
    settings_ = world.app.settings.model_copy(
        update={
            "api_keys": (f"shop:{hashlib.sha256(KEY.encode()).hexdigest()}",),
            "store_keys": (f"parent:{hashlib.sha256(KEY.encode()).hexdigest()}",),
            "banner_origins": (SITE,),
            "drp_business": BUSINESS,
        }
    )
    world.app = replace(world.app, settings=settings_)
    world.web = create(world.app)
    return world


def agent_of(world: World) -> TestAgent:
    client = TestClient(world.web, base_url=ORIGIN, raise_server_exceptions=False)
    one = TestAgent("GOOD_AGENT", BUSINESS, client, b"a" * 32)
    with world.app.begin() as work:
        agents.add(work, agents.agent(one.id, "Agent", "desk@agent.example", one.verify_key))
    assert one.set_up(world.clock.now()).status_code == 200
    return one


def test_every_address_for_programs_and_agents_is_described_and_nothing_else(served: World) -> None:
    found = {(one.method, one.path) for one in called(served.web)}
    assert len(found) > 15, "the walk itself must find them"
    assert found <= set(OPERATIONS), "give it a line in OPERATIONS"
    described = {(method.upper(), path) for path, each in document(served.web)["paths"].items() for method in each}
    assert described == found
    for one in called(served.web):
        assert one.what.endswith("."), one.path


def test_it_is_served_and_is_what_was_written_down(served: World) -> None:
    answer = TestClient(served.web, base_url=ORIGIN).get(PATH)
    assert answer.json() == json.loads(json.dumps(document(served.web)))
    kept = (DOCS / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(kept) == answer.json(), "write `document(web)` into docs/reference/openapi.json"


def test_the_page_of_the_api_is_current(served: World) -> None:
    assert (DOCS / "api.md").read_text(encoding="utf-8") == page(served.web), "write `page(web)` into it"


def test_every_name_that_is_referred_to_is_there_and_every_name_is_used(served: World) -> None:
    whole = document(served.web)
    text, schemas = json.dumps(whole), whole["components"]["schemas"]
    prefix = "#/components/schemas/"
    referred = {part.partition('"')[0] for part in text.split(prefix)[1:]}
    assert referred == set(schemas)


checks.load_all_checks()
CHECKED = checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
EXAMPLES = 10


def test_the_application_answers_as_the_description_says(served: World) -> None:
    """Whatever is sent within the description, with a key and without one."""
    described = schemathesis.openapi.from_asgi(PATH, served.web)
    token = agent_of(served).token
    statuses = {}
    for result in described.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr]  # an operation that is no operation fails here
        statuses[operation.label] = answered(operation, token)
    assert {*statuses, f"GET {PATH}"} == {f"{one.method} {one.path}" for one in called(served.web)}
    assert all(statuses.values())
    assert {200, 401, 422} <= set().union(*statuses.values()), "some is taken, some refused"


def answered(operation: Any, token: str) -> set[int]:
    """The statuses of what was sent to one address; each answer is as described."""
    who = next((name for one in operation.definition.raw["security"] for name in one), "public")
    statuses: set[int] = set()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(), known=st.booleans())
    def send(case: Any, known: bool) -> None:
        case.headers = {**(case.headers or {}), **(shown(who, token) if known else {"Origin": SITE})}
        answer = case.call()
        case.validate_response(answer, checks=CHECKED)
        statuses.add(answer.status_code)
        assert known or who == "public" or answer.status_code in {400, 401, 415}, answer.text

    send()
    return statuses


def shown(caller: str, token: str) -> Mapping[str, str]:
    """What shows who calls."""
    keys = {"program": KEY, "agent": token}
    return {"Origin": SITE} | ({"Authorization": f"Bearer {keys[caller]}"} if caller in keys else {})


def test_a_choice_as_the_description_has_it_is_taken(served: World) -> None:
    """What the description calls a `Choice` is what the ledger takes: a known one is recorded and told as described."""
    whole = document(served.web)
    choice = {
        "subject": served.lin,
        "function": "push",
        "action": "give",
        "grade": "separate",
        "language": "en",
        "interface": "app",
    }

    def fits(name: str, value: object) -> bool:
        schema = {"$ref": f"#/components/schemas/{name}", "components": whole["components"]}
        return bool(jsonschema_rs.validator_for(schema).is_valid(value))

    assert fits("Choices", choice)
    assert not fits("Choices", choice | {"surname": "x"})
    assert not fits("Choices", {key: one for key, one in choice.items() if key != "function"})
    client = TestClient(served.web, base_url=ORIGIN, headers={"Authorization": f"Bearer {KEY}"})
    made = client.post("/api/v1/consents", json=choice)
    assert made.status_code == 201
    assert fits("Recorded", made.json())
    read = client.get("/api/v1/consents", params={"subject": served.lin})
    assert read.json()["history"]
    assert fits("Consents", read.json())


def test_what_an_agent_is_told_is_described(served: World) -> None:
    components, one, at = document(served.web)["components"], agent_of(served), served.clock.now()

    def fits(name: str, value: object) -> bool:
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        return bool(jsonschema_rs.validator_for(schema, validate_formats=True).is_valid(value))

    told = one.exercise(at, exercise="sale:opt-out", email="nobody@mail.example")
    assert told.status_code == 200
    assert fits("RequestStatus", told.json())
    assert not fits("RequestStatus", told.json() | {"status": "open-ended"})
    assert fits("RequestStatus", one.status(told.json()["request_id"]).json())
    refused = one.exercise(at, exercise="teleport", email="nobody@mail.example")
    assert refused.status_code == 400
    assert fits("AgentFailure", refused.json())
