"""AuthZEN 1.0: decisions over HTTP, as the database would give them, in the shapes that the standard writes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tests.web.company import LIN_PHONE
from tests.web.world import TestClient, World
from troth.base.schema import metadata
from troth.decision.model import Question
from troth.decision.service import peek
from troth.policy.model import Action
from troth.subjects.facts import change
from troth.web.server import create

KEY = "k" * 40
PUSH: dict[str, Any] = {
    "action": {"name": "use"},
    "resource": {"type": "item", "id": "device.imei"},
    "context": {"purpose": "push"},
}


@pytest.fixture
def program(world: World) -> TestClient:
    """A program with a key."""
    keys = (f"other:{hashlib.sha256(b'other').hexdigest()}", f"shop:{hashlib.sha256(KEY.encode()).hexdigest()}")
    app = replace(world.app, settings=world.app.settings.model_copy(update={"api_keys": keys}))
    return TestClient(create(app), headers={"Authorization": f"Bearer {KEY}"}, raise_server_exceptions=False)


def evaluate(program: TestClient, subject: str, **more: Any) -> dict[str, Any]:
    response = program.post(
        "/access/v1/evaluation", json={"subject": {"type": "person", "id": subject}, **PUSH, **more}
    )
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def facts(world: World, subject: str, *add: str, remove: tuple[str, ...] = ()) -> None:
    with world.app.begin() as work:
        change(work, subject, add=add, remove=remove)


def test_a_decision_says_clause_basis_what_is_missing_version_and_a_sentence(world: World, program: TestClient) -> None:
    told = evaluate(program, world.lin)
    assert told == {
        "decision": False,
        "context": {
            "outcome": "denied",
            "clause": "functions.push.needs",
            "basis": "consent",
            "missing": ["consent.push.separate"],
            "blocking": [],
            "version": "kaiconn:1",
            "sentence": "“device identifier” may not be used for “push messages”: still missing: separate consent to "
            "“push messages” (clause functions.push.needs).",
        },
    }
    zh = evaluate(program, world.lin, context={"purpose": "push", "language": "zh"})
    assert zh["context"]["sentence"].startswith("不可以为“消息推送”使用“设备识别码”")


def test_a_change_committed_before_the_request_is_seen_by_it(world: World, program: TestClient) -> None:
    for _ in range(5):
        assert not evaluate(program, world.lin)["decision"]
        facts(world, world.lin, "consent.push.separate")
        assert evaluate(program, world.lin)["decision"] is True
        facts(world, world.lin, remove=("consent.push.separate",))


def test_the_answer_is_the_databases_for_every_question(world: World, program: TestClient) -> None:
    facts(world, world.lin, "consent.push.separate", "objected.shop")
    policy = world.version.policy
    outcomes = set()
    acts: tuple[tuple[Action, str | None], ...] = (("use", None), ("collect", None), ("share", "getui"))
    for purpose in policy.purposes:
        for item in policy.items:
            for action, to in acts:
                context = {"purpose": purpose, **({"recipient": to} if to else {})}
                told = evaluate(
                    program,
                    world.lin,
                    action={"name": action},
                    resource={"type": "item", "id": item},
                    context=context,
                )
                with world.app.begin() as work:
                    question = Question(purpose, item, action, to)
                    expected = peek(work, world.app.vault, world.version, world.lin, question)
                assert told["decision"] == (expected.outcome == "allowed")
                assert told["context"]["missing"] == list(expected.missing)
                assert told["context"]["sentence"] == expected.words("en")
                outcomes.add(expected.outcome)
    assert outcomes == {"allowed", "denied", "gap"}


def test_a_person_may_be_named_by_an_identifier(world: World, program: TestClient) -> None:
    facts(world, world.lin, "consent.push.separate")
    value = {"subject": {"type": "phone", "id": LIN_PHONE}, **PUSH}
    assert program.post("/access/v1/evaluation", json=value).json()["decision"] is True
    nobody = program.post("/access/v1/evaluation", json={**value, "subject": {"type": "phone", "id": "+8619900009999"}})
    assert (nobody.status_code, nobody.json()["code"]) == (422, "subjects.unknown")
    assert "19900009999" not in nobody.text


def test_the_identifier_of_the_request_comes_back(world: World, program: TestClient) -> None:
    value = {"subject": {"type": "person", "id": world.lin}, **PUSH}
    for sent in (value, {}):
        response = program.post("/access/v1/evaluation", json=sent, headers={"X-Request-ID": "bfe9eb29"})
        assert response.headers["X-Request-ID"] == "bfe9eb29"
    assert "X-Request-ID" not in program.post("/access/v1/evaluation", json=value).headers


def boxcar(world: World, semantic: str | None = None) -> dict[str, Any]:
    """Denied, allowed, denied by default values that the second overrides."""
    return {
        "subject": {"type": "person", "id": world.lin},
        **PUSH,
        **({"options": {"evaluations_semantic": semantic}} if semantic else {}),
        "evaluations": [
            {},
            {"resource": {"type": "item", "id": "account.phone"}, "context": {"purpose": "account"}},
            {"subject": {"type": "person", "id": world.qing}},
        ],
    }


@pytest.mark.parametrize(
    ("semantic", "decisions"),
    [
        (None, [False, True, False]),
        ("execute_all", [False, True, False]),
        ("deny_on_first_deny", [False]),
        ("permit_on_first_permit", [False, True]),
    ],
)
def test_many_questions_have_defaults_and_stop_as_asked(
    world: World, program: TestClient, semantic: str | None, decisions: list[bool]
) -> None:
    told = program.post("/access/v1/evaluations", json=boxcar(world, semantic)).json()
    assert [one["decision"] for one in told["evaluations"]] == decisions
    assert "decision" not in told


def test_an_error_in_one_of_many_denies_that_one_alone(world: World, program: TestClient) -> None:
    value = boxcar(world)
    value["evaluations"][0] = {"context": {"purpose": "pusch"}}
    value["evaluations"].append({"action": {}})
    told = program.post("/access/v1/evaluations", json=value).json()["evaluations"]
    assert [one["decision"] for one in told] == [False, True, False, False]
    assert told[0]["context"]["error"]["code"] == "decision.unknown-name"
    assert told[0]["context"]["error"]["hint"] == "did you mean `push`?"
    assert told[3]["context"]["error"]["status"] == 400


def test_many_without_a_list_is_one(world: World, program: TestClient) -> None:
    value = {"subject": {"type": "person", "id": world.lin}, **PUSH}
    single = program.post("/access/v1/evaluation", json=value).json()
    assert program.post("/access/v1/evaluations", json=value).json() == single
    assert program.post("/access/v1/evaluations", json={**value, "evaluations": []}).json() == single


def test_searches_find_exactly_what_evaluations_allow(world: World, program: TestClient) -> None:
    facts(world, world.lin, "consent.push.separate")
    subjects = program.post("/access/v1/search/subject", json={"subject": {"type": "person"}, **PUSH}).json()
    assert subjects["results"] == [{"type": "person", "id": world.lin}]
    assert subjects["page"] == {"next_token": "", "count": 1, "total": 1}
    lin = {"subject": {"type": "person", "id": world.lin}}
    items = {**lin, **PUSH, "resource": {"type": "item"}, "context": {"purpose": "account"}}
    found = program.post("/access/v1/search/resource", json=items).json()["results"]
    assert [one["id"] for one in found] == ["account.email", "account.nickname", "account.phone"]
    purposes = {**lin, **PUSH, "resource": {"type": "purpose"}, "context": {"item": "device.imei"}}
    found = program.post("/access/v1/search/resource", json=purposes).json()["results"]
    assert found == [{"type": "purpose", "id": "push"}]
    found = program.post("/access/v1/search/action", json={**lin, **PUSH}).json()["results"]
    assert found == [{"name": "collect"}, {"name": "use"}]


def test_pages_of_a_search_join_to_the_whole(world: World, program: TestClient) -> None:
    value = {
        "subject": {"type": "person"},
        **PUSH,
        "resource": {"type": "item", "id": "account.phone"},
        "context": {"purpose": "account"},
        "page": {"limit": 1},
    }
    first = program.post("/access/v1/search/subject", json=value).json()
    assert (first["page"]["count"], first["page"]["total"]) == (1, 2)
    token = first["page"]["next_token"]
    second = program.post("/access/v1/search/subject", json={**value, "page": {"limit": 1, "token": token}}).json()
    assert second["page"]["next_token"] == ""
    assert {one["id"] for one in first["results"] + second["results"]} == {world.lin, world.qing}
    changed = {**value, "context": {"purpose": "shop"}, "page": {"token": token}}
    refused = program.post("/access/v1/search/subject", json=changed)
    assert (refused.status_code, refused.json()["code"]) == (400, "authzen.page")


def test_the_metadata_names_every_address_and_each_is_served(world: World, program: TestClient) -> None:
    told = program.get("/.well-known/authzen-configuration").json()
    base = world.app.settings.base_url
    assert told.pop("policy_decision_point") == base
    assert sorted(told) == [
        "access_evaluation_endpoint",
        "access_evaluations_endpoint",
        "search_action_endpoint",
        "search_resource_endpoint",
        "search_subject_endpoint",
    ]
    for address in told.values():
        assert address.startswith(f"{base}/access/v1/")
        assert program.post(address.removeprefix(base), json={}).status_code == 400


def rows(world: World) -> dict[str, int]:
    with world.app.begin() as work:
        return {
            table.name: work.db.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }


def bad(program: TestClient, world: World) -> list[tuple[int, str, httpx.Response]]:
    lin = {"type": "person", "id": world.lin}
    good = {"subject": lin, **PUSH}

    def send(**changed: Any) -> httpx.Response:
        response: httpx.Response = program.post("/access/v1/evaluation", json={**good, **changed})
        return response

    def raw(content: bytes, media_type: str = "application/json") -> httpx.Response:
        response: httpx.Response = program.post(
            "/access/v1/evaluation", content=content, headers={"Content-Type": media_type}
        )
        return response

    return [
        (422, "decision.unknown-name", send(context={"purpose": "pusch"})),
        (422, "decision.unknown-name", send(resource={"type": "item", "id": "device.imie"})),
        (422, "decision.unknown-name", send(action={"name": "uses"})),
        (422, "decision.unknown-name", send(context={"purpose": "push", "recipient": "getiu"})),
        (422, "subjects.unknown", send(subject={"type": "person", "id": "sub-nobody"})),
        (422, "versions.unknown", send(context={"purpose": "push", "policy": "other"})),
        (422, "authzen.resource-type", send(resource={"type": "document", "id": "1"})),
        (400, "authzen.missing", send(context={})),
        (400, "authzen.missing", send(subject=None)),
        (400, "authzen.not-object", send(subject="sub")),
        (400, "authzen.not-text", send(subject={"type": "person", "id": 7})),
        (400, "authzen.not-text", send(subject={"type": "person", "id": "x" * 1000})),
        (400, "web.not-json", raw(b"{")),
        (400, "web.not-json", raw(b"[]")),
        (400, "web.not-json", raw(b"\xff\xfe")),
        (400, "web.not-json", raw(b"[" * 100_000)),
        (400, "web.not-json", raw(b"{}", "text/plain")),
        (413, "web.not-accepted", raw(b'{"x":"' + b"x" * 2**20 + b'"}')),
    ]


def test_bad_input_has_the_one_error_shape_and_nothing_is_written(world: World, program: TestClient) -> None:
    before = rows(world)
    for status, code, response in bad(program, world):
        told = response.json()
        assert (response.status_code, told["status"], told["code"]) == (status, status, code), response.text
        assert sorted(told) == ["code", "hint", "message", "problems", "status"]
    assert rows(world) == before


def test_an_answer_writes_nothing_either(world: World, program: TestClient) -> None:
    before = rows(world)
    evaluate(program, world.lin)
    program.post("/access/v1/evaluations", json=boxcar(world))
    assert rows(world) == before


def test_a_new_version_is_seen_at_once(world: World, program: TestClient) -> None:
    from tests.web.company import POLICY  # noqa: PLC0415
    from troth.policy.read import parse  # noqa: PLC0415
    from troth.versions.service import publish  # noqa: PLC0415

    assert evaluate(program, world.lin)["context"]["missing"] == ["consent.push.separate"]
    text = POLICY.replace("updated: 2022-10-01", "updated: 2023-10-01").replace("grade: separate", "grade: explicit")
    with world.app.begin() as work:
        publish(work, parse({"policy.yaml": text}), {}, by="officer@kaiconn.example")
    told = evaluate(program, world.lin)["context"]
    assert (told["version"], told["missing"]) == ("kaiconn:2", ["consent.push.explicit"])
