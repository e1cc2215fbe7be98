"""What every answer carries, what no other site can cause, and what the cookies say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from tests.web.company import LIN_PHONE
from tests.web.html import Page
from tests.web.world import ORIGIN, TestClient, World
from troth.web.assets import read_assets
from troth.web.security import CONTENT_SECURITY_POLICY, HEADERS, forged, origins
from troth.web.server import create

OWN = frozenset({"https://privacy.kaiconn.example"})
UNSAFE = ["POST", "PUT", "PATCH", "DELETE", "BREW"]


@pytest.mark.parametrize("method", UNSAFE)
@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"sec-fetch-site": "same-origin"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-site", "origin": "https://privacy.kaiconn.example"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "https://privacy.kaiconn.example"}, True),
        ({"origin": "https://privacy.kaiconn.example"}, False),
        ({"origin": "https://evil.example"}, True),
        ({"origin": "http://privacy.kaiconn.example"}, True),
        ({"origin": "https://privacy.kaiconn.example.evil.example"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"referer": "https://privacy.kaiconn.example/close"}, True),
        ({}, True),
    ],
)
def test_a_change_is_taken_from_our_own_pages_only(method: str, headers: dict[str, str], *, refused: bool) -> None:
    assert forged(method, Headers(headers), OWN) is refused


@given(
    st.sampled_from(["GET", "HEAD", "OPTIONS"]),
    st.dictionaries(st.sampled_from(["origin", "sec-fetch-site"]), st.text()),
)
def test_looking_is_never_refused(method: str, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert not forged(method, Headers(raw=raw), OWN)


@given(st.text(max_size=40).filter(lambda site: site not in {"same-origin", "none"}))
def test_whatever_else_a_browser_says_of_where_it_comes_from_is_refused(site: str) -> None:
    raw = [(b"sec-fetch-site", site.encode("latin-1", "replace")), (b"origin", next(iter(OWN)).encode())]
    assert forged("POST", Headers(raw=raw), OWN)


def test_our_own_origin_is_the_host_that_was_addressed_and_the_one_that_people_know() -> None:
    assert origins("http", "10.0.0.1:8787", "https://privacy.kaiconn.example/") == {
        "http://10.0.0.1:8787",
        "https://privacy.kaiconn.example",
    }


def test_a_forged_form_does_nothing_and_says_so(world: World) -> None:
    lin = world.signed_in(LIN_PHONE)
    response = lin.post("/close", headers={"Origin": "https://evil.example"})
    assert response.status_code == 403
    assert "not sent from our own page" in Page(response.text).text
    assert "You have not asked for anything yet" in lin.page("/requests").text


@pytest.mark.parametrize(
    ("address", "status"),
    [("/", 200), ("/policy", 200), ("/nothing", 404), ("/data", 303), ("/console", 303), ("/requests/x/package", 303)],
)
def test_every_answer_carries_the_security_headers_and_is_not_stored(world: World, address: str, status: int) -> None:
    response = world.visitor().get(address, follow_redirects=False)
    assert response.status_code == status
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    assert response.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in response.headers, "only where there is HTTPS"


def test_the_policy_of_content_lets_nothing_run_but_our_own_files_and_nothing_frame() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_no_template_has_a_script_or_a_style_of_its_own(world: World) -> None:
    lin, officer = world.signed_in(LIN_PHONE), world.officer()
    pages = [lin.page(one) for one in ("/", "/data", "/consents", "/copy", "/close", "/requests", "/policy")]
    pages += [officer.page(one) for one in ("/console", "/console/policy", "/console/journal", "/console/drills")]
    for page in pages:
        for tag, given_ in page.tags:
            assert tag not in {"style", "iframe", "object"}
            assert tag != "script" or given_["src"].startswith("/static/")
            assert "style" not in given_
            assert not [name for name in given_ if name.startswith("on")]


@pytest.mark.parametrize("name", ["troth.css", "mark.svg"])
def test_files_are_kept_for_good_under_a_name_that_changes_with_them(world: World, name: str) -> None:
    response = world.visitor().get(f"/static/{read_assets()[name].name}")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.content == read_assets()[name].content
    assert world.visitor().get(f"/static/{name}").status_code == 404, "the plain name is not an address"


def test_the_style_sheet_loads_nothing_from_elsewhere() -> None:
    css = read_assets()["troth.css"].content.decode()
    assert not re.search(r"url\(|@import|https?:", css)


def test_cookies_cannot_be_read_by_scripts_or_sent_by_other_sites(world: World) -> None:
    visitor = world.visitor()
    waiting = visitor.post("/sign-in", {"identifier": LIN_PHONE}, follow_redirects=False).headers["set-cookie"]
    entered = visitor.post("/sign-in/code", {"code": world.code_for(LIN_PHONE)}, follow_redirects=False)
    cookies = [waiting, *entered.headers.get_list("set-cookie")]
    assert [cookie.split("=")[0] for cookie in cookies] == ["troth-person-code", "troth-person-code", "troth-person"]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert re.search(r"SameSite=(lax|strict)", cookie)
        assert "Domain" not in cookie
        assert "Secure" not in cookie


def test_behind_https_cookies_are_bound_to_this_host_and_https_is_remembered(world: World) -> None:
    settings = world.app.settings.model_copy(update={"secure_cookies": True, "base_url": "https://testserver"})
    client = TestClient(create(replace(world.app, settings=settings)), base_url="https://testserver")
    response = client.post(
        "/sign-in", data={"identifier": LIN_PHONE}, headers={"Origin": "https://testserver"}, follow_redirects=False
    )
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-troth-person-code=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert response.headers["strict-transport-security"].startswith("max-age=31536000")
    signed_in = client.post(
        "/sign-in/code", data={"code": world.code_for(LIN_PHONE)}, headers={"Origin": "https://testserver"}
    )
    assert "Manage consents" in signed_in.text or "管理同意" in signed_in.text


def test_the_staffs_cookie_is_sent_by_no_link_from_elsewhere(world: World) -> None:
    visitor = world.visitor()
    visitor.ask_for_code("officer@kaiconn.example", "/console/sign-in")
    entered = visitor.post(
        "/console/sign-in/code", {"code": world.code_for("officer@kaiconn.example")}, follow_redirects=False
    )
    (cookie,) = [one for one in entered.headers.get_list("set-cookie") if one.startswith("troth-staff=")]
    assert "SameSite=strict" in cookie


def test_a_form_that_is_far_too_long_is_refused(world: World) -> None:
    response = world.visitor().post("/sign-in", {"identifier": "1" * 100_000})
    assert response.status_code == 413
    assert Page(response.text).headings == ["That is too much"]


def test_a_body_that_grows_while_it_is_sent_is_refused_as_well(world: World) -> None:
    def endless() -> object:
        for _ in range(200):
            yield b"identifier=" + b"1" * 1000

    response = world.visitor().client.post(
        "/sign-in",
        content=endless(),
        headers={"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"},
    )
    assert response.status_code == 413


def test_the_framework_tells_nobody_of_requests_and_errors_whatever_the_process_has_set_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = object()  # stands for a provider that an operator's environment configured
    for where, name in (
        ("trace", "get_tracer_provider"),
        ("metrics", "get_meter_provider"),
        ("_logs", "get_logger_provider"),
    ):
        monkeypatch.setattr(f"fastapi.telemetry._asgi.{where}.{name}", lambda: somebody)
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    assert FastAPI()._native_telemetry.enabled(), "it would, if it were not told otherwise"
    assert not create(world.app)._native_telemetry.enabled()
