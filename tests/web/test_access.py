"""Who may call what: every address declares it, nobody gets past it, and nobody sees what is another's."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute, iter_route_contexts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.company import LIN_PHONE, QING_PHONE
from tests.web.world import OFFICER, ORIGIN, Visitor, World
from troth.app.settings import ROLES
from troth.requests.service import timeline
from troth.web.access import DeclaredRoute, declared
from troth.web.api.drp.routes import AgentRoute
from troth.web.api.routes import ProgramRoute
from troth.web.server import create

PUBLIC = {
    ("GET", "/.well-known/authzen-configuration"),
    ("GET", "/"),
    ("GET", "/api/openapi.json"),
    ("GET", "/banner.css"),
    ("GET", "/banner.js"),
    ("GET", "/banner/v1/{policy}"),
    ("POST", "/banner/v1/{policy}/choices"),
    ("POST", "/banner/v1/{policy}/standing"),
    ("GET", "/policy"),
    ("GET", "/policy/compare.css"),
    ("GET", "/policy/versions"),
    ("GET", "/policy/versions/{number}"),
    ("GET", "/policy/versions/{number}/pdf"),
    ("GET", "/policy/versions/{old}/{new}"),
    ("GET", "/static/{name}"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/code"),
    ("GET", "/sign-in/openid"),
    ("GET", "/sign-in/openid/done"),
    ("POST", "/sign-in/code"),
    ("POST", "/sign-in/passkey"),
    ("POST", "/sign-in/passkey/options"),
    ("GET", "/request"),
    ("GET", "/request/start"),
    ("POST", "/request/start"),
    ("GET", "/request/start/code"),
    ("POST", "/request/start/code"),
    ("POST", "/sign-out"),
    ("GET", "/recipients/{token}"),
    ("POST", "/recipients/{token}"),
    ("GET", "/unsubscribe/{end}"),
    ("POST", "/unsubscribe/{end}"),
    ("GET", "/console/sign-in"),
    ("POST", "/console/sign-in"),
    ("GET", "/console/sign-in/code"),
    ("POST", "/console/sign-in/code"),
    ("POST", "/console/sign-out"),
}


def addresses(world: World) -> list[tuple[str, str, str | None]]:
    """Method, path and who may call, of every route there is."""
    return [
        (method, str(route.path), declared(route))
        for route in iter_route_contexts(world.web.routes)
        for method in route.methods or ()
    ]


def test_every_address_declares_who_may_call_it(world: World) -> None:
    found = addresses(world)
    assert len(found) > 25, "the walk itself must find them"
    assert [address for address in found if address[2] is None] == []
    for route in iter_route_contexts(world.web.routes):
        assert isinstance(getattr(route, "original_route", route), DeclaredRoute | ProgramRoute | AgentRoute)


def test_the_addresses_for_everybody_are_these_and_no_more(world: World) -> None:
    assert {(method, path) for method, path, who in addresses(world) if who == "public"} == PUBLIC


def test_what_lies_under_the_console_is_for_staff_and_nothing_else_is(world: World) -> None:
    for method, path, who in addresses(world):
        if (method, path) not in PUBLIC:
            programs = path.startswith(("/access/", "/api/"))
            outside = "program" if programs else "agent" if path.startswith("/drp/") else "person"
            expected = "staff" if path.startswith("/console") else outside
            assert (who or "").partition(":")[0] == expected, path


def test_no_address_for_programs_answers_without_a_key(world: World) -> None:
    called = [(method, path) for method, path, who in addresses(world) if who == "program"]
    assert ("POST", "/access/v1/evaluation") in called
    for method, path in called:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic d3Jvbmc="}):
            visitor = world.signed_in(LIN_PHONE) if not headers else world.visitor()
            response = visitor.client.request(method, path, headers={"Origin": ORIGIN, **headers}, json={})
            told = response.json()
            code = told["code"] if "code" in told else told["errors"][0]["code"]
            # Who calls with a package is known by what they signed.
            expected = "transfers.unknown-sender" if path == "/api/v1/transfers" else "web.key-needed"
            assert (response.status_code, code) == (401, expected), path


def test_an_address_that_declares_nobody_is_refused_to_everybody(world: World) -> None:
    stray = APIRouter(route_class=DeclaredRoute)
    told: list[str] = []

    @stray.get("/stray")
    def forgotten() -> str:
        told.append("called")
        return "secret"

    web = create(world.app)
    web.include_router(stray)
    world.web = web
    for visitor in (world.visitor(), world.signed_in(LIN_PHONE), world.officer()):
        response = visitor.get("/stray")
        assert response.status_code == 403
        assert "secret" not in response.text
    assert told == []


def filled(path: str, request_id: str = "req-x") -> str:
    known = {"request_id": request_id, "matter": "push", "version_id": "kaiconn:1", "kind": "complaint"}
    return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], "x"), path)


@pytest.mark.parametrize("who", ["stranger", "person", "staff"])
def test_nobody_gets_where_they_may_not(world: World, who: str) -> None:
    visitor = {"stranger": world.visitor, "person": lambda: world.signed_in(LIN_PHONE), "staff": world.officer}[who]()
    wrong = {"stranger": {"person", "staff"}, "person": {"staff"}, "staff": {"person"}}[who]
    for method, path, needed in addresses(world):
        kind = (needed or "").partition(":")[0]
        if kind in wrong:
            send = visitor.get if method == "GET" else visitor.post
            response = send(filled(path), follow_redirects=False)
            assert response.status_code == 303, path
            expected = "/console/sign-in" if kind == "staff" else "/sign-in"
            assert response.headers["location"].split("?")[0] == expected
            program = send(filled(path), headers={"Accept": "application/json"}, follow_redirects=False)
            assert program.status_code == 401
            assert program.json()["code"] == "web.sign-in-needed"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_is_declared_for_it_and_nothing_else(world: World, role: str) -> None:
    settings_ = world.app.settings.model_copy(update={"staff": (f"{OFFICER}={role}",)})
    world.web.state.application = replace(world.app, settings=settings_)
    visitor = world.officer()
    request = world.open("erasure", world.lin)
    for method, path, needed in addresses(world):
        kind, _, roles = (needed or "").partition(": ")
        if kind != "staff":
            continue
        send = visitor.get if method == "GET" else visitor.post
        answered = send(filled(path, request.id), headers={"Accept": "application/json"}, follow_redirects=False)
        refused = answered.status_code == 403 and answered.json()["code"] == "web.role"
        assert refused is (bool(roles) and role not in roles.split(", ")), (path, answered.status_code)
    with world.app.begin() as work:
        allowed = role in {"officer", "agent"}
        assert (len(timeline(work, request.id)) > 1) is allowed, "who only looks changes nothing"


def test_taking_an_address_out_of_the_settings_ends_that_persons_sessions(world: World) -> None:
    officer = world.officer()
    assert officer.get("/console").status_code == 200
    settings_ = world.app.settings.model_copy(update={"staff": ("new@kaiconn.example",)})
    world.web.state.application = replace(world.app, settings=settings_)
    assert officer.get("/console", follow_redirects=False).status_code == 303


MINE = ["", "/received", "/package"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_at_no_time_can_a_person_see_anothers_request_or_package(world: World, data: st.DataObject) -> None:
    """Over roles, addresses and ids: what is another's answers exactly as what does not exist."""
    lin, qing = _both(world)
    owner = data.draw(st.sampled_from(["lin", "qing"]))
    kind = data.draw(st.sampled_from(["copy", "close_account"]))
    request = world.open(kind, world.lin if owner == "lin" else world.qing)
    if data.draw(st.booleans()):
        world.run_due()
    other = qing if owner == "lin" else lin
    made_up = data.draw(
        st.one_of(
            st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=16, max_size=16).map("req-{}".format),
            st.sampled_from(["req-", "req-x", request.reference, request.id.upper(), request.id + "a"]),
        )
    )
    for rest in MINE:
        theirs, nothing = other.get(f"/requests/{request.id}{rest}"), other.get(f"/requests/{made_up}{rest}")
        assert theirs.status_code == nothing.status_code == 404
        assert _shown(theirs.text) == _shown(nothing.text)
        assert theirs.text.count(request.id) == 1, "only the address is repeated"
        assert request.reference not in theirs.text
    recalled, nothing = other.post(f"/requests/{request.id}/recall"), other.post(f"/requests/{made_up}/recall")
    assert recalled.status_code == nothing.status_code == 404
    assert recalled.text == nothing.text
    assert request.reference not in other.get("/requests").text


def _both(world: World) -> tuple[Visitor, Visitor]:
    """The two people, signed in; once for all examples, because signing in is limited."""
    known: dict[str, Visitor] = vars(world).setdefault("known", {})
    if not known:
        known.update(lin=world.signed_in(LIN_PHONE), qing=world.signed_in(QING_PHONE))
    return known["lin"], known["qing"]


def _shown(text: str) -> str:
    """What the page says; around it only the address is repeated, in the link to the other language."""
    return text[text.index("<main") : text.index("</main>")]


def test_the_link_to_the_page_that_was_wanted_leads_there_after_signing_in(world: World) -> None:
    visitor = world.visitor()
    response = visitor.get("/consents")
    assert str(response.url.path) == "/sign-in"
    form = response.text
    assert 'name="onward" value="/consents"' in form
    visitor.post("/sign-in", {"identifier": LIN_PHONE, "onward": "/consents"})
    entered = visitor.post("/sign-in/code", {"code": world.code_for(LIN_PHONE)})
    assert entered.url.path == "/consents"


def test_staff_and_people_are_two_sessions_in_one_browser(world: World) -> None:
    visitor = world.signed_in(LIN_PHONE)
    visitor.sign_in(OFFICER, door="/console/sign-in")
    assert visitor.get("/data", follow_redirects=False).status_code == 200
    assert visitor.get("/console", follow_redirects=False).status_code == 200
    visitor.post("/console/sign-out")
    assert visitor.get("/data", follow_redirects=False).status_code == 200
    assert visitor.get("/console", follow_redirects=False).status_code == 303


def test_every_route_is_of_the_framework_that_the_walk_knows(world: World) -> None:
    assert all(
        isinstance(getattr(one, "original_route", one), APIRoute | ProgramRoute | AgentRoute)
        for one in iter_route_contexts(world.web.routes)
    )
