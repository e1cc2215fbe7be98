"""Troth as another system's store: who may ask, what is answered, and one Troth that erases through another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.databases import Databases
from tests.support.json_server import JsonServer, json_server
from tests.web.company import LIN_EMAIL, LIN_PHONE, NOBODY_PHONE, QING_EMAIL, QING_PHONE
from tests.web.served import served
from tests.web.world import OFFICER, ORIGIN, TestClient, World
from tests.web.world import world as make_world
from troth.datamap.model import Person
from troth.datamap.read import from_value
from troth.journal import service as journal
from troth.requests import holds, service
from troth.requests.machine import State
from troth.stores.model import Erased
from troth.stores.open import open_store
from troth.subjects.identifier import identifier
from troth.subjects.service import register
from troth.versions.service import publish
from troth.web.server import create

KEY, API_KEY = "s" * 40, "k" * 40
AUDIENCE, CLAIM = "https://privacy.kaiconn.example/api", "https://issuer.example/auth"


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


@pytest.fixture(scope="module")
def signing() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256"})


@pytest.fixture(scope="module")
def issuer(signing: RSAKey) -> Iterator[JsonServer]:
    """An issuer on this machine: its configuration and its public keys."""
    with json_server() as made:
        made.says["/.well-known/openid-configuration"] = {"issuer": made.address, "jwks_uri": f"{made.address}/jwks"}
        made.says["/jwks"] = {"keys": [signing.as_dict(private=False)]}
        yield made


@pytest.fixture
def world(world: World, issuer: JsonServer) -> World:
    given = {
        "store_keys": (f"parent:{hashed(KEY)}",),
        "api_keys": (f"shop:{hashed(API_KEY)}",),
        "store_issuer": issuer.address,
        "store_audience": AUDIENCE,
        "store_claim": CLAIM,
    }
    world.app = replace(world.app, settings=world.app.settings.model_copy(update=given))
    world.web = create(world.app)
    return world


def client(world: World, token: str | None = KEY) -> TestClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {"Origin": ORIGIN}
    return TestClient(world.web, base_url=ORIGIN, raise_server_exceptions=False, headers=headers)


def person(kind: str, value: str) -> dict[str, str]:
    return {"Troth-Person": f"{kind}:{quote(value, safe='')}"}


def codes(answer: Any) -> list[str]:
    assert all(set(one["message"]) == {"zh", "en"} for one in answer.json()["errors"])
    return [one["code"] for one in answer.json()["errors"]]


def journaled(world: World) -> list[dict[str, Any]]:
    with world.app.begin() as work:
        return [json.loads(one.leaf)["refs"] for one in journal.entries(work, 0, 1000) if one.kind == "store.asked"]


def test_what_is_held_about_a_person_is_a_tree_and_nothing_is_204(world: World) -> None:
    asking = client(world)
    found = asking.get("/api/v1/store", headers=person("phone", LIN_PHONE))
    assert found.status_code == 200
    tree = found.json()
    assert [store["key"] for store in tree["children"]] == ["push", "shop"]
    assert LIN_EMAIL in found.text
    assert "secret-1" not in found.text, "what is never disclosed is not, to nobody"
    assert QING_PHONE not in found.text
    nobody = asking.get("/api/v1/store", headers=person("phone", NOBODY_PHONE))
    assert (nobody.status_code, nobody.content) == (204, b"")
    told = journaled(world)
    assert [(one["caller"], one["act"], "subject" in one) for one in told] == [
        ("system:parent", "read", True), ("system:parent", "read", False),
    ]  # fmt: skip
    assert LIN_PHONE not in json.dumps(told)


def test_a_dry_run_says_what_would_stay_and_changes_nothing(world: World) -> None:
    before = world.company.count("shop", "member")
    told = client(world).delete("/api/v1/store", params={"dry_run": "true"}, headers=person("phone", LIN_PHONE))
    assert told.status_code == 403
    assert codes(told) == ["partly.retention.invoices"]
    assert world.company.count("shop", "member") == before
    with world.app.begin() as work:
        assert service.listing(work) == ()


def test_an_erasure_is_a_request_with_its_certificate_and_what_stays_is_said(world: World) -> None:
    told = client(world).delete("/api/v1/store", headers=person("phone", LIN_PHONE))
    assert (told.status_code, codes(told)) == (403, ["retention.invoices"])
    with world.app.begin() as work:
        (request,) = service.listing(work)
        assert (request.kind, request.state, request.channel) == ("erasure", State.FULFILLED, "store")
        assert service.certificate(work, request.id) is not None
    assert world.company.count("shop", "member") == 1
    again = client(world).delete("/api/v1/store", headers=person("phone", LIN_PHONE))
    assert (again.status_code, codes(again)) == (403, ["retention.invoices"]), "twice is once"
    with world.app.begin() as work:
        assert len(service.listing(work)) == 1


def test_where_nothing_has_to_stay_the_answer_is_204_and_then_nothing_is_held(world: World) -> None:
    world.company.execute("shop", "DELETE FROM invoice")
    asking = client(world)
    assert asking.delete("/api/v1/store", headers=person("phone", LIN_PHONE)).status_code == 204
    assert asking.get("/api/v1/store", headers=person("phone", LIN_PHONE)).status_code == 204
    assert asking.delete("/api/v1/store", headers=person("phone", LIN_PHONE)).status_code == 204
    assert asking.get("/api/v1/store", headers=person("phone", QING_PHONE)).status_code == 200


def test_somebody_whom_only_the_stores_know_is_erased_too(world: World) -> None:
    world.company.execute("push", f"INSERT INTO device VALUES ('imei-x', '{NOBODY_PHONE}')")
    assert client(world).delete("/api/v1/store", headers=person("phone", NOBODY_PHONE)).status_code == 204
    assert world.company.count("push", "device") == 2


def test_a_store_that_is_down_is_said_and_the_erasure_is_pending_until_it_is_back(world: World) -> None:
    world.company.execute("shop", "DELETE FROM invoice")
    asking = client(world)
    world.company.break_down("push")
    down = asking.get("/api/v1/store", headers=person("phone", LIN_PHONE))
    assert (down.status_code, codes(down)) == (503, ["stores.unavailable"])
    world.company.mend("push")
    world.company.execute("push", "CREATE TRIGGER busy BEFORE DELETE ON device BEGIN SELECT RAISE(FAIL, 'busy'); END")
    pending = asking.delete("/api/v1/store", headers=person("phone", LIN_PHONE))
    assert (pending.status_code, codes(pending), pending.headers["retry-after"]) == (403, ["pending"], "60")
    world.company.execute("push", "DROP TRIGGER busy")
    assert asking.delete("/api/v1/store", headers=person("phone", LIN_PHONE)).status_code == 204


def test_a_hold_keeps_everything_and_says_so_before_and_after(world: World) -> None:
    with world.app.begin() as work:
        holds.place(work, world.app.vault, world.lin, "case 7", by=OFFICER)
    for query in ({"dry_run": "true"}, {}):
        told = client(world).delete("/api/v1/store", params=query, headers=person("phone", LIN_PHONE))
        assert (told.status_code, codes(told)) == (403, ["held"])
    assert world.company.count("shop", "member") == 2


def test_who_shows_no_key_of_their_own_is_not_known(world: World) -> None:
    for token in (None, "", "x", API_KEY, KEY + "x"):
        for act in (client(world, token).get, client(world, token).delete):
            told = act("/api/v1/store", headers=person("phone", LIN_PHONE))
            assert told.status_code == 401
            assert len(codes(told)) == 1
    assert world.company.count("shop", "member") == 2


def test_an_address_never_names_anybody_by_what_tells_who_they_are(world: World) -> None:
    for path in (f"/phone/{LIN_PHONE}", f"/email/{LIN_EMAIL}"):
        told = client(world).get(f"/api/v1/store{path}")
        assert (told.status_code, told.json()["code"]) == (422, "store.person-in-address")
        assert LIN_PHONE not in told.text
    assert client(world).get("/api/v1/store").json()["code"] == "store.nobody-named"


ACCOUNT = "9e14df7c-81f6-4c41-8578-6aa7b9d0e5c0"


@pytest.fixture
def account(world: World) -> str:
    """The address of Lin by an account id."""
    with world.app.begin() as work:
        register(work, world.app.vault, [identifier("phone", LIN_PHONE), identifier("account", ACCOUNT)])
    world.company.execute("shop", "DELETE FROM invoice")
    return f"/api/v1/store/account/{ACCOUNT}"


@pytest.fixture
def token(world: World, signing: RSAKey, issuer: JsonServer) -> Callable[..., str]:
    """Tokens of the issuer for Lin's account; what is given replaces claims."""

    def made(**claims: Any) -> str:
        now = int(world.clock.now().timestamp())
        mine = {"iss": issuer.address, "sub": ACCOUNT, "aud": AUDIENCE, "exp": now + 300, "iat": now - 300}
        return jwt.encode(
            {"alg": "RS256", "kid": "one"}, {**mine, CLAIM: ["gdprquery", "gdprdelete"], **claims}, signing
        )

    return made


def test_a_token_opens_what_is_held_about_the_person_it_names(
    world: World, account: str, token: Callable[..., str]
) -> None:
    asking = client(world, token())
    assert asking.get(account).status_code == 200
    assert asking.delete(account, params={"dry_run": "true"}).status_code == 204
    assert asking.delete(account).status_code == 204
    assert asking.get(account).status_code == 204


def test_a_token_opens_nothing_else(world: World, account: str, token: Callable[..., str]) -> None:
    with world.app.begin() as work:
        register(work, world.app.vault, [identifier("phone", QING_PHONE), identifier("account", "other")])
    for asked, headers in (("/api/v1/store/account/other", {}), ("/api/v1/store", person("phone", LIN_PHONE))):
        told = client(world, token()).get(asked, headers=headers)
        assert (told.status_code, codes(told)) == (403, ["store.not-theirs"])
    reading = client(world, token(**{CLAIM: ["gdprquery"]}))
    assert reading.get(account).status_code == 200
    told = reading.delete(account)
    assert (told.status_code, codes(told)) == (403, ["store.scope-missing"])
    assert world.company.count("shop", "member") == 2


def test_permissions_as_keycloak_writes_them_count_as_scopes(
    world: World, account: str, token: Callable[..., str]
) -> None:
    permissions = {"permissions": [{"scopes": ["gdprquery"]}]}
    assert client(world, token(**{CLAIM: permissions})).get(account).status_code == 200
    assert client(world, token(**{CLAIM: {"permissions": []}})).get(account).status_code == 403


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://elsewhere.example"},
    "another audience": {"aud": "other"},
    "no person": {"sub": None},
    "over": {"exp": 1_000_000_000},
    "not yet": {"iat": 4_000_000_000},
    "no end": {"exp": None},
}


def test_a_token_that_is_not_of_now_or_not_for_us_is_refused(
    world: World, account: str, token: Callable[..., str]
) -> None:
    for wrong, claims in WRONG.items():
        assert client(world, token(**claims)).get(account).status_code == 401, wrong


def test_a_token_that_somebody_else_signed_is_refused(world: World, account: str, issuer: JsonServer) -> None:
    forged, now = RSAKey.generate_key(2048, {"kid": "one"}), int(world.clock.now().timestamp())
    claims = {
        "iss": issuer.address,
        "sub": ACCOUNT,
        "aud": AUDIENCE,
        "exp": now + 300,
        "iat": now,
        CLAIM: ["gdprquery"],
    }
    for text in (jwt.encode({"alg": "RS256", "kid": "one"}, claims, forged), "no.token.atall", "x"):
        assert client(world, text).get(account).status_code == 401


def test_a_new_key_of_the_issuer_is_taken_up_and_an_issuer_that_is_away_is_said(
    world: World, account: str, token: Callable[..., str], issuer: JsonServer, signing: RSAKey
) -> None:
    assert client(world, token()).get(account).status_code == 200
    new, before = RSAKey.generate_key(2048, {"kid": "two", "alg": "RS256"}), issuer.says["/jwks"]
    issuer.says["/jwks"] = {"keys": [new.as_dict(private=False)]}
    world.clock.advance(timedelta(minutes=3))
    now = int(world.clock.now().timestamp())
    claims = {"iss": issuer.address, "sub": ACCOUNT, "aud": AUDIENCE, "exp": now + 300, "iat": now}
    signed = jwt.encode({"alg": "RS256", "kid": "two"}, {**claims, CLAIM: "gdprquery other"}, new)
    assert client(world, signed).get(account).status_code == 200
    world.clock.advance(timedelta(hours=1))
    issuer.says["/jwks"] = {"keys": "none"}
    told = client(world, signed).get(account)
    issuer.says["/jwks"] = before
    assert (told.status_code, told.json()["code"]) == (503, "store.issuer-unavailable")


def test_one_troth_erases_through_another(world: World, databases: Databases, tmp_path: Any, entropy: Any) -> None:
    """The parent holds nothing of Qing itself; the subsidiary's Troth is a store in its data map."""
    world.company.execute("shop", "DELETE FROM invoice")
    folder = tmp_path / "parent"
    folder.mkdir()
    engines = databases.sqlite()
    parent = make_world(next(engines), folder, world.clock, entropy)
    with served(world.web) as address:
        (folder / "subsidiary.url").write_text(f"{address.replace('://', f'://:{KEY}@')}/api/v1/store#{{phone}}")
        subsidiary = {
            "store": "subsidiary", "kind": "http", "url": f"file:{folder / 'subsidiary.url'}",
            "datasets": {"tree": {
                "label": {"zh": "子公司", "en": "the subsidiary"}, "key": "none", "identifies": {"phone": "who"},
                "fields": {"who": "none", "stores.shop.member.member.email": "account.email"},
            }},
        }  # fmt: skip
        opened = open_store(from_value(subsidiary), lambda _: (folder / "subsidiary.url").read_text())
        assert opened.check() == ()
        qing = Person("sub-qing", (("phone", identifier("phone", QING_PHONE).value),))
        assert [row.values for row in opened.access([qing])] == [{"stores.shop.member.member.email": QING_EMAIL}]
        with parent.app.begin() as work:
            maps = {"subsidiary": from_value(subsidiary).value}
            parent.version = publish(work, parent.version.policy, maps, by="test")
        request = parent.open("erasure", parent.qing)
        parent.run_due()
        with parent.app.begin() as work:
            assert service.get(work, request.id).state is State.FULFILLED
            evidence = service.certificate(work, request.id)
        assert evidence is not None
        assert evidence.body["totals"] == {"found": 1, "changed": 1, "kept": 0, "left": 0}
        assert opened.erase([qing]) == (Erased("tree", 0, 0, 0, None, "delete"),)
    with world.app.begin() as work:
        (theirs,) = service.listing(work)
        assert (theirs.kind, theirs.state, theirs.channel) == ("erasure", State.FULFILLED, "store")
    assert world.company.count("push", "device") == 1
    next(engines, None)
