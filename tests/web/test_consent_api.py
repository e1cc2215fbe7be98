"""Programs record choices over HTTP: durable, once, and refused in one shape with nothing written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.company import LIN_PHONE
from tests.web.world import ORIGIN, TestClient, World
from troth.app.grouped.group import BusyError
from troth.consent import tables
from troth.journal import service as journal
from troth.subjects import facts
from troth.subjects.service import shred
from troth.web.api.choices import MOST
from troth.web.api.once import KEPT_FOR
from troth.web.api.tables import answer
from troth.web.server import create

KEY, OTHER_KEY = "the-key-of-the-shop", "the-key-of-the-app"
CONSENTS = "/api/v1/consents"


@dataclass
class Program:
    """A program with a key."""

    world: World
    client: Any
    key: str

    def send(self, body: object, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers}
        response: httpx.Response = self.client.post(CONSENTS, content=content, headers=told)
        return response

    def get(self, address: str, **query: object) -> httpx.Response:
        response: httpx.Response = self.client.get(
            address, params=query, headers={"Authorization": f"Bearer {self.key}"}
        )
        return response

    def choice(self, **changed: object) -> dict[str, object]:
        whole = {
            "subject": self.world.lin,
            "function": "push",
            "action": "give",
            "grade": "separate",
            "language": "en",
            "interface": "app",
            **changed,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def written(self) -> tuple[int, int, int]:
        """Rows of the ledger, entries of the journal, answers kept."""
        with self.world.app.begin() as work:
            rows = work.db.scalar(sa.select(sa.func.count()).select_from(tables.event)) or 0
            kept = work.db.scalar(sa.select(sa.func.count()).select_from(answer)) or 0
            return rows, journal.size(work), kept


@pytest.fixture
def calling(world: World) -> Callable[[str], Program]:
    keys = tuple(
        f"{name}:{hashlib.sha256(key.encode()).hexdigest()}" for name, key in (("shop", KEY), ("app", OTHER_KEY))
    )
    app = replace(world.app, settings=world.app.settings.model_copy(update={"api_keys": keys}))
    client = TestClient(create(app), base_url=ORIGIN, raise_server_exceptions=False)
    return lambda key: Program(world, client, key)


@pytest.fixture
def program(calling: Callable[[str], Program]) -> Program:
    return calling(KEY)


def test_a_choice_is_recorded_and_the_answer_says_where(program: Program) -> None:
    response = program.send(program.choice())
    assert response.status_code == 201
    told = response.json()
    with program.world.app.begin() as work:
        row = work.db.execute(sa.select(tables.event)).one()
        (entry,) = journal.entries(work, row.entry, 1)
    assert (row.subject, row.function, row.kind, row.grade) == (program.world.lin, "push", "given", "separate")
    assert told["receipt"].endswith(f"/api/v1/receipts/{row.id}")
    assert {name: told[name] for name in ("event", "subject", "function", "kind", "status", "grade", "version")} == {
        "event": row.id,
        "subject": program.world.lin,
        "function": "push",
        "kind": "given",
        "status": "ConsentGiven",
        "grade": "separate",
        "version": "kaiconn:1",
    }
    assert (told["entry"], entry.kind) == (row.entry, "consent.given")


def test_every_act_is_taken_and_facts_follow(program: Program) -> None:
    acts: list[tuple[dict[str, object], str]] = [
        ({"action": "give"}, "given"),
        ({"action": "give"}, "renewed"),
        ({"action": "withdraw", "grade": None}, "withdrawn"),
        ({"action": "refuse", "grade": None}, "refused"),
        ({"action": "opt-out", "function": "sale", "grade": None}, "opted-out"),
        ({"action": "opt-in", "function": "sale", "grade": None}, "opted-in"),
    ]
    assert [program.send(program.choice(**changed)).json()["kind"] for changed, _ in acts] == [kind for _, kind in acts]
    with program.world.app.begin() as work:
        held = facts.facts(work, program.world.lin)
    assert "opted-in.sale" in held
    assert not [fact for fact in held if fact.startswith("consent.")]


def test_a_person_is_found_by_what_stands_in_the_body(program: Program) -> None:
    response = program.send(program.choice(subject=None, identifier={"kind": "phone", "value": LIN_PHONE}))
    assert response.json()["subject"] == program.world.lin
    assert LIN_PHONE not in response.text


def test_a_list_is_answered_in_its_order_and_one_bad_choice_is_refused_alone(program: Program) -> None:
    choices = [program.choice(), program.choice(function="pusch"), program.choice(subject=program.world.qing)]
    response = program.send(choices)
    assert response.status_code == 207
    first, second, third = response.json()["results"]
    assert (first["subject"], third["subject"]) == (program.world.lin, program.world.qing)
    assert (second["status"], second["code"]) == (422, "consent.unknown-function")
    assert program.written()[0] == 2
    assert program.send([program.choice()]).status_code == 201


SHAPE = {"status", "code", "message", "hint", "problems"}
BAD = {
    "unknown person": ({"subject": "sub-nobody"}, 422, "subjects.unknown"),
    "unknown identifier": (
        {"subject": None, "identifier": {"kind": "email", "value": "nobody@mail.example"}},
        422,
        "consent.unknown-person",
    ),
    "bad identifier": (
        {"subject": None, "identifier": {"kind": "phone", "value": "nobody@mail.example"}},
        422,
        "subjects.bad-phone",
    ),
    "unknown kind": ({"subject": None, "identifier": {"kind": "face", "value": "x"}}, 422, "subjects.unknown-kind"),
    "unknown function": ({"function": "pusch"}, 422, "consent.unknown-function"),
    "a function that asks for nothing": ({"function": "register"}, 422, "consent.not-asked"),
    "unknown policy": ({"policy": "kaicon"}, 422, "versions.unknown"),
    "unknown version": ({"version": "kaiconn:9"}, 422, "versions.unknown"),
    "unknown grade": ({"grade": "total"}, 422, "consent.unknown-grade"),
    "grade too low": ({"grade": "general"}, 403, "consent.grade-too-low"),
    "no grade": ({"grade": None}, 422, "consent.no-grade"),
    "unknown language": ({"language": "fr"}, 422, "consent.unknown-language"),
    "unknown opt-out": ({"action": "opt-out", "function": "sael"}, 422, "consent.unknown-opt-out"),
    "a name for an interface": ({"interface": "nobody@mail.example"}, 422, "consent.bad-interface"),
    "nothing to take back": ({"action": "withdraw"}, 409, "consent.not-given"),
    "an unverified guardian": (
        {"actor": {"kind": "guardian"}, "grade": "guardian-verified"},
        403,
        "consent.guardian-unverified",
    ),
    "an agent without authority": ({"actor": {"kind": "agent"}}, 422, "consent.no-authority"),
    "the controller as the person": ({"actor": {"kind": "controller"}}, 422, "web.body"),
    "unknown act": ({"action": "guess"}, 422, "web.body"),
    "nobody": ({"subject": None}, 422, "web.body"),
    "two people": ({"identifier": {"kind": "phone", "value": LIN_PHONE}}, 422, "web.body"),
    "a field that is none": ({"nobody@mail.example": 1}, 422, "web.body"),
    "a missing field": ({"interface": None}, 422, "web.body"),
    "a number for a word": ({"function": 7}, 422, "web.body"),
    "control characters": ({"function": "push\x00"}, 422, "web.body"),
    "a lone surrogate": ({"function": "push\ud800"}, 422, "web.body"),
    "a word too long": ({"function": "p" * 201}, 422, "web.body"),
}


@pytest.mark.parametrize(("changed", "status", "code"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_told_in_one_shape_and_nothing_is_written(
    program: Program, changed: dict[str, object], status: int, code: str
) -> None:
    before = program.written()
    response = program.send(program.choice(**changed), **{"Idempotency-Key": "k-1"})
    found = response.json()
    if code == "web.body" and response.status_code == 400:
        found, status, code = response.json(), 400, "web.not-json"  # a lone surrogate is no JSON text
    assert (response.status_code, found["status"], found["code"]) == (status, status, code)
    assert set(found) == SHAPE
    assert all(set(problem) == {"code", "message", "hint"} for problem in found["problems"])
    assert "nobody@" not in response.text.replace("`nobody@mail.example` cannot name an interface", "")
    assert LIN_PHONE not in response.text
    assert program.written() == before


MALFORMED = {
    "no JSON": (b"{", "application/json", 400, "web.not-json"),
    "empty": (b"", "application/json", 400, "web.not-json"),
    "not UTF-8": (b"\xff\xfe{}", "application/json", 400, "web.not-json"),
    "deep": (b"[" * 100_000, "application/json", 400, "web.not-json"),
    "a form": (b"subject=sub-x", "application/x-www-form-urlencoded", 400, "web.not-json"),
    "a string": (b'"sub-x"', "application/json", 422, "web.body"),
    "an empty list": (b"[]", "application/json", 422, "web.too-many-choices"),
    "a list of lists": (b"[[]]", "application/json", 422, "web.body"),
    "too long": (b" " * (1024 * 1024 + 1), "application/json", 413, "web.not-accepted"),
}


@pytest.mark.parametrize(("body", "kind", "status", "code"), MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_told_in_the_same_shape(
    program: Program, body: bytes, kind: str, status: int, code: str
) -> None:
    before = program.written()
    response = program.send(body, **{"Content-Type": kind})
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert set(response.json()) == SHAPE
    assert program.written() == before


def test_no_more_than_500_at_once(program: Program) -> None:
    assert program.send([program.choice()] * MOST).status_code == 201
    before = program.written()
    response = program.send([program.choice()] * (MOST + 1))
    assert (response.status_code, response.json()["code"]) == (422, "web.too-many-choices")
    assert program.written() == before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["subject", "function", "action", "x"]), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_no_body_whatever_breaks_the_server_or_is_written(program: Program, body: bytes) -> None:
    before = program.written()
    response = program.send(body)
    assert response.status_code in {400, 422}
    assert set(response.json()) == SHAPE
    assert program.written() == before


def test_consent_for_a_barred_minor_is_refused_with_the_clause(program: Program) -> None:
    with program.world.app.begin() as work:
        facts.change(work, program.world.lin, add=["age.barred"])
    before = program.written()
    response = program.send(program.choice())
    assert (response.status_code, response.json()["code"]) == (403, "consent.barred")
    assert "`minors.below`" in response.json()["message"]
    assert program.written() == before


def test_of_an_erased_person_nothing_is_taken(program: Program) -> None:
    with program.world.app.begin() as work:
        shred(work, program.world.app.vault, program.world.lin)
    before = program.written()
    response = program.send(program.choice())
    assert (response.status_code, response.json()["code"]) == (403, "subjects.shredded")
    assert program.written() == before


@pytest.mark.parametrize("key", ["", "wrong", KEY + "x"])
def test_without_a_key_nobody_gets_anywhere(calling: Callable[[str], Program], key: str) -> None:
    stranger = calling(key)
    before = stranger.written()
    responses = [
        stranger.send(stranger.choice()),
        stranger.get(CONSENTS, subject=stranger.world.lin),
        stranger.get("/api/v1/receipts/evt-x"),
    ]
    assert [(one.status_code, one.json()["code"]) for one in responses] == [(401, "web.key-needed")] * 3
    assert stranger.written() == before


def test_the_same_request_is_done_once_and_answered_the_same(program: Program) -> None:
    once = {"Idempotency-Key": "8a7d-1"}
    first = program.send(program.choice(), **once)
    written = program.written()
    for _ in range(3):
        again = program.send(program.choice(), **once)
        assert (again.status_code, again.content) == (first.status_code, first.content)
    assert program.written() == written
    assert program.send(program.choice()).json()["event"] != first.json()["event"], "without a key it is another"


def test_another_body_under_the_same_key_is_a_conflict(program: Program) -> None:
    once = {"Idempotency-Key": "8a7d-2"}
    program.send(program.choice(), **once)
    written = program.written()
    response = program.send(program.choice(language="zh"), **once)
    assert (response.status_code, response.json()["code"]) == (409, "web.idempotency-other")
    assert program.written() == written


def test_a_key_belongs_to_one_program(program: Program, calling: Callable[[str], Program]) -> None:
    once = {"Idempotency-Key": "8a7d-3"}
    first, other = program.send(program.choice(), **once), calling(OTHER_KEY).send(program.choice(), **once)
    assert other.status_code == 201
    assert other.json()["event"] != first.json()["event"]


def test_a_refusal_keeps_no_key(program: Program) -> None:
    once = {"Idempotency-Key": "8a7d-4"}
    with program.world.app.begin() as work:
        facts.change(work, program.world.lin, add=["age.barred"])
    assert program.send(program.choice(), **once).status_code == 403
    with program.world.app.begin() as work:
        facts.change(work, program.world.lin, remove=["age.barred"])
    assert program.send(program.choice(), **once).status_code == 201


def test_a_list_in_which_some_were_recorded_is_answered_the_same_again(program: Program) -> None:
    once = {"Idempotency-Key": "8a7d-5"}
    body = [program.choice(), program.choice(function="pusch")]
    first, written = program.send(body, **once), program.written()
    again = program.send(body, **once)
    assert (again.status_code, again.content) == (207, first.content)
    assert program.written() == written


def test_answers_are_kept_for_a_day_and_no_longer(program: Program) -> None:
    once = {"Idempotency-Key": "8a7d-6"}
    first = program.send(program.choice(), **once)
    program.world.pass_time(KEPT_FOR - timedelta(seconds=1))
    assert program.send(program.choice(), **once).content == first.content
    program.world.pass_time(timedelta(seconds=1))
    assert program.send(program.choice(), **once).json()["event"] != first.json()["event"]
    assert program.written()[2] == 1, "the old answer is gone"


@pytest.mark.parametrize("key", ["", "two words", "k" * 201, "tab\tbed"])
def test_a_key_that_cannot_be_kept_is_refused(program: Program, key: str) -> None:
    before = program.written()
    response = program.send(program.choice(), **{"Idempotency-Key": key})
    assert (response.status_code, response.json()["code"]) == (422, "web.idempotency-key")
    assert program.written() == before


def test_kept_answers_say_nothing_of_the_person(program: Program) -> None:
    body = program.choice(subject=None, identifier={"kind": "phone", "value": LIN_PHONE})
    program.send(body, **{"Idempotency-Key": "8a7d-7"})
    with program.world.app.begin() as work:
        row = work.db.execute(sa.select(answer)).one()
    kept = b"".join(part if isinstance(part, bytes) else str(part).encode() for part in row)
    assert LIN_PHONE.encode() not in kept
    assert hashlib.sha256(json.dumps(body).encode()).digest() != row.request, "a plain hash of a number can be guessed"


def test_a_server_that_has_too_much_to_write_says_when_to_come_back(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_unit: object) -> None:
        raise BusyError

    monkeypatch.setattr(program.client.app.state.consents, "submit", full)
    before = program.written()
    response = program.send(program.choice())
    assert (response.status_code, response.json()["code"]) == (503, "group.busy")
    assert response.headers["Retry-After"] == "1"
    assert program.written() == before


def test_where_choices_stand_and_their_history_by_the_page(program: Program) -> None:
    acts = ["give", "withdraw", "give", "refuse", "give"]
    events = [program.send(program.choice(action=act)).json()["event"] for act in acts]
    seen: list[str] = []
    query: dict[str, object] = {"subject": program.world.lin, "limit": 2}
    pages = 0
    while True:
        page = program.get(CONSENTS, **query).json()
        seen += [event["event"] for event in page["history"]]
        pages += 1
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert (seen, pages) == (events, 3)
    assert {name: page["standings"]["push"][name] for name in ("status", "valid", "grade", "event")} == {
        "status": "ConsentGiven",
        "valid": True,
        "grade": "separate",
        "event": events[-1],
    }
    assert program.get(CONSENTS, subject=program.world.qing).json()["history"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "web.no-subject"),
        ({"subject": "sub-nobody"}, "subjects.unknown"),
        ({"subject": "LIN", "limit": "-1"}, "web.bad-number"),
        ({"subject": "LIN", "limit": "101"}, "web.bad-number"),
        ({"subject": "LIN", "after": "x"}, "web.bad-number"),
        ({"subject": "LIN", "after": "9" * 30}, "web.bad-number"),
        ({"subject": "LIN", "after": "٣"}, "web.bad-number"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_in_the_same_shape(
    program: Program, query: dict[str, str], code: str
) -> None:
    asked = {name: value.replace("LIN", program.world.lin) for name, value in query.items()}
    response = program.get(CONSENTS, **asked)
    assert (response.status_code, response.json()["code"]) == (422, code)
    assert set(response.json()) == SHAPE


def test_the_receipt_of_a_choice_is_at_the_address_that_the_answer_names(program: Program) -> None:
    told = program.send(program.choice(language="zh")).json()
    address = told["receipt"].removeprefix(program.world.app.settings.base_url)
    found = program.get(address)
    assert found.status_code == 200
    assert told["event"] in found.text
    assert "您是否同意" in found.text
    missing = program.get("/api/v1/receipts/evt-nobody")
    assert (missing.status_code, missing.json()["code"]) == (422, "consent.unknown-event")


def test_when_the_server_stops_it_takes_nothing_more(program: Program) -> None:
    with program.client:
        assert program.send(program.choice()).status_code == 201
    before = program.written()
    response = program.send(program.choice())
    assert (response.status_code, response.json()["code"]) == (503, "group.stopped")
    assert program.written() == before
