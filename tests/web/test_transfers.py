"""Data that go to another controller, and that come from one: the person's pages, and the address that takes them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.databases import Databases
from tests.support.json_server import JsonServer, json_server
from tests.web.company import LIN_PHONE, POLICY
from tests.web.served import served
from tests.web.world import ORIGIN, TestClient, World
from tests.web.world import world as make_world
from troth.app.sending.outward import Outward, networks
from troth.app.sending.transfers import HEADER, Carrier, carry_due
from troth.base.work import Entropy
from troth.journal import note
from troth.journal.model import Signer
from troth.policy.read import parse
from troth.requests.exchange import arrivals, controllers, transfer
from troth.requests.exchange.transfer import Letter
from troth.versions.service import publish
from troth.web.server import create

THEIRS = Signer.from_seed("privacy.other.example/log", b"t" * 32)
NAMES = {"zh": "另一家", "en": "the other one"}
HERE = Outward(networks(["127.0.0.0/8"]), seconds=2)
WITH_PORTABILITY = POLICY.replace(
    "retention:", "  portability: {label: {zh: 可携带, en: portability}, by: [self-service]}\nretention:"
)


@pytest.fixture
def receiver() -> Iterator[JsonServer]:
    with json_server() as made:
        yield made


@pytest.fixture
def world(world: World, receiver: JsonServer) -> World:
    with world.app.begin() as work:
        policy = parse({"policy.yaml": WITH_PORTABILITY})
        world.version = publish(work, policy, world.version.maps, by="test")
        controllers.add(work, controllers.controller("other", NAMES, THEIRS.vkey, f"{receiver.address}/in"))
    return world


SHOWN = {"zh": ("另一家", "已送达"), "en": ("the other one", "have arrived")}


@pytest.mark.parametrize("language", SHOWN)
def test_a_person_chooses_where_their_data_go_and_sees_that_they_arrived(
    world: World, receiver: JsonServer, language: str
) -> None:
    names = SHOWN[language]
    lin = world.signed_in(LIN_PHONE, language)
    form = lin.get("/ask/portability").text
    assert names[0] in form
    assert receiver.address not in form
    checked = lin.post("/ask/portability/check", {"named": "other"})
    assert names[0] in checked.text
    received = lin.post("/ask/portability", {"named": "other"})
    world.run_due()
    page = str(received.url).removesuffix("/received")
    assert names[1] not in lin.get(page).text
    with world.app.begin() as work:
        (one,) = transfer.due(work)
    receiver.answers = lambda told: (
        201,
        {"receipt": transfer.receipt(THEIRS, one.id, transfer.digest(told.body), world.clock.now())},
    )
    carrier = Carrier(world.app.signer, HERE)
    assert carry_due(world.app.begin, world.app.vault, world.app.jobs, carrier) == 1
    world.run_due()
    shown = lin.get(page).text
    assert names[0] in shown
    assert names[1] in shown
    assert lin.get(f"{page}/package").status_code == 200


def test_what_could_not_be_sent_is_there_to_be_fetched_and_it_says_so(world: World, receiver: JsonServer) -> None:
    lin = world.signed_in(LIN_PHONE)
    page = str(lin.post("/ask/portability", {"named": "other"}).url).removesuffix("/received")
    world.run_due()
    receiver.answers = lambda _: (403, None)
    carry_due(world.app.begin, world.app.vault, world.app.jobs, Carrier(world.app.signer, HERE))
    world.run_due()
    assert "could not be sent" in lin.get(page).text
    assert lin.get(f"{page}/package").status_code == 200


def test_an_address_of_one_s_own_is_not_taken(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    refused = lin.post("/ask/portability", {"named": "https://evil.example/in"})
    assert refused.status_code == 422
    plain = lin.post("/ask/portability", {"named": ""})
    assert str(plain.url).endswith("/received"), "to nobody: they fetch it themselves"


def test_one_troth_sends_to_another_and_has_its_signature(
    world: World, databases: Databases, tmp_path: Path, entropy: Entropy
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    engines = databases.sqlite()
    other = make_world(next(engines), folder, world.clock, entropy)
    signer = THEIRS
    other.app = replace(other.app, signer=signer)
    with other.app.begin() as work:
        us = controllers.controller("kaiconn", {"zh": "每开", "en": "Kaiconn"}, world.app.signer.vkey)
        controllers.add(work, us)
    with served(create(other.app)) as address:
        with world.app.begin() as work:
            controllers.add(work, controllers.controller("other", NAMES, signer.vkey, f"{address}/api/v1/transfers"))
        lin = world.signed_in(LIN_PHONE)
        lin.post("/ask/portability", {"named": "other"})
        world.run_due()
        carrier = Carrier(world.app.signer, HERE)
        assert carry_due(world.app.begin, world.app.vault, world.app.jobs, carrier) == 1
    with other.app.begin() as work:
        (one,) = arrivals.listed(work)
        assert (one.controller, one.subject) == ("kaiconn", other.lin)
        taken = json.loads(arrivals.take_in(work, other.app.vault, one.id, by="officer").reveal())
    assert {"kind": "phone", "value": LIN_PHONE} in taken["person"]
    assert "小林 <b>&" in json.dumps(taken["data"], ensure_ascii=False)
    next(engines, None)


def sent(world: World, body: bytes, **headers: str) -> Any:
    now = world.clock.now()
    letter = Letter("trf-abcdefgh", THEIRS.origin, world.app.signer.origin, transfer.digest(body), now)
    signed = base64.b64encode(note.sign(letter.text, THEIRS).encode()).decode()
    client = TestClient(world.web, base_url=ORIGIN, raise_server_exceptions=False)
    given = {"Content-Type": "application/json", HEADER: signed, **headers}
    return client.post("/api/v1/transfers", content=body, headers=given)


BODY = json.dumps(
    {"troth-transfer": 1, "id": "trf-abcdefgh", "person": [{"kind": "phone", "value": LIN_PHONE}], "data": []}
).encode()


def test_a_signed_package_is_taken_and_signed_for(world: World) -> None:
    told = sent(world, BODY)
    assert told.status_code == 201
    text, by = note.verify(told.json()["receipt"], [world.app.signer.verifier])
    assert text.splitlines()[:3] == ["troth-receipt/1", "trf-abcdefgh", transfer.digest(BODY)]
    assert by == (world.app.signer.verifier,)
    with world.app.begin() as work:
        (one,) = arrivals.listed(work)
    assert (one.subject, one.controller) == (world.lin, "other")
    assert sent(world, BODY).json() == told.json()


def test_a_package_may_be_large_and_not_without_bound(world: World) -> None:
    large = json.dumps({**json.loads(BODY), "data": ["x" * (2 << 20)]}).encode()
    assert sent(world, large).status_code == 201
    assert sent(world, b" " * (50 << 20)).status_code == 413


@pytest.mark.parametrize(
    ("headers", "status"),
    [({HEADER: ""}, 401), ({HEADER: "%%%"}, 401), ({HEADER: "/w=="}, 401), ({"Content-Type": "text/plain"}, 400)],
)
def test_what_nobody_signed_or_declared_is_refused(world: World, headers: dict[str, str], status: int) -> None:
    assert sent(world, BODY, **headers).status_code == status


def test_who_tries_too_often_has_to_wait(world: World) -> None:
    world.web = create(replace(world.app))
    statuses = [sent(world, BODY, **{HEADER: ""}).status_code for _ in range(40)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
