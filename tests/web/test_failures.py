"""Failures have one page and one JSON shape, tell no details, and leave nothing personal in the log."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
import structlog
from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse, Response

from tests.web.company import LIN_PHONE
from tests.web.html import Page
from tests.web.world import World
from troth.base.errors import (
    ConflictError,
    InputError,
    IntegrityError,
    Problem,
    RefusedError,
    TrothError,
    UnavailableError,
)
from troth.versions.tables import version
from troth.web.access import DeclaredRoute, PublicVisit

SECRET = "lin@mail.example"
ERRORS = [
    (InputError, 422, "Something is missing", "内容不完整"),
    (RefusedError, 403, "This is not possible", "不能这样做"),
    (ConflictError, 409, "This is not possible now", "现在不能这样做"),
    (IntegrityError, 500, "Something went wrong", "出错了"),
    (UnavailableError, 503, "Not available just now", "暂时无法使用"),
]


def failing(world: World, error: Exception) -> None:
    stray = APIRouter(route_class=DeclaredRoute)

    @stray.get("/failing")
    def fail(_visit: PublicVisit) -> Response:
        raise error

    @stray.get("/failing-later")
    def fail_later(_visit: PublicVisit) -> Response:
        def later() -> None:
            raise error

        return PlainTextResponse("done", background=BackgroundTask(later))

    @stray.get("/number")
    def number(_visit: PublicVisit, n: int) -> Response:
        return PlainTextResponse(str(n))

    world.web.include_router(stray)


@pytest.mark.parametrize(("kind", "status", "english", "chinese"), ERRORS)
def test_each_kind_of_error_has_its_status_and_its_words_in_both_languages(
    world: World, kind: type[TrothError], status: int, english: str, chinese: str
) -> None:
    failing(world, kind("some.code", "message `typed`", hint="a hint"))
    for language, title in (("en", english), ("zh", chinese)):
        response = world.visitor(language).get("/failing")
        assert response.status_code == status
        assert Page(response.text).headings == [title]
        assert "message `typed`" not in response.text


def test_programs_get_one_json_shape_with_every_problem(world: World) -> None:
    problems = (Problem("a.b", "one", "do this"), Problem("a.c", "two"))
    failing(world, InputError.of(problems))
    response = world.visitor().get("/failing", headers={"Accept": "application/json"})
    assert response.json() == {
        "status": 422,
        "code": "a.b",
        "message": "one",
        "hint": "do this",
        "problems": [
            {"code": "a.b", "message": "one", "hint": "do this"},
            {"code": "a.c", "message": "two", "hint": ""},
        ],
    }


@pytest.mark.parametrize("address", ["/nothing", "/requests/x/y/z", "/static/nothing.css"])
def test_what_is_not_there_is_said_in_the_same_shape(world: World, address: str) -> None:
    program = world.visitor().get(address, headers={"Accept": "application/json"})
    assert program.status_code == 404
    assert set(program.json()) == {"status", "code", "message", "hint", "problems"}
    assert program.json()["code"] == "web.not-found"
    assert Page(world.visitor("zh").get(address).text).headings == ["没有这个页面"]


def test_a_wrong_method_is_said_in_the_same_shape_with_the_right_ones(world: World) -> None:
    response = world.visitor().post("/policy", headers={"Accept": "application/json"})
    assert response.status_code == 405
    assert response.headers["allow"] == "GET"
    assert response.json()["status"] == 405


def test_what_the_framework_finds_wrong_never_repeats_what_was_sent(world: World) -> None:
    failing(world, ValueError())
    response = world.visitor().get(f"/number?n={SECRET}", headers={"Accept": "application/json"})
    assert response.status_code == 422
    assert response.json()["code"] == "web.input"
    assert SECRET not in response.text


def test_an_unexpected_failure_shows_no_details_and_logs_no_personal_data(world: World) -> None:
    failing(world, ValueError(f"UNIQUE constraint failed: {SECRET}"))
    lin = world.signed_in(LIN_PHONE)
    with structlog.testing.capture_logs() as logs:
        page, program = lin.get(f"/failing?who={SECRET}"), lin.get("/failing", headers={"Accept": "application/json"})
    assert page.status_code == program.status_code == 500
    assert Page(page.text).headings == ["Something went wrong"]
    assert "It is our fault" in page.text
    assert program.json()["code"] == "web.unexpected"
    for text in (page.text.replace(f"/failing?who={SECRET.replace('@', '%40')}", ""), program.text, repr(logs)):
        assert "UNIQUE" not in text
        assert SECRET not in text
        assert LIN_PHONE not in text
    assert [entry["error"] for entry in logs] == ["ValueError"] * 2
    assert logs[0]["route"] == "/failing"
    assert any(place.startswith("failures.py:") for place in logs[0]["where"])
    assert page.headers["content-security-policy"], "the headers are there even then"


def test_a_failure_after_the_answer_is_logged_and_changes_nothing_for_the_person(world: World) -> None:
    failing(world, ValueError(SECRET))
    with structlog.testing.capture_logs() as logs:
        response = world.visitor().get("/failing-later")
    assert (response.status_code, response.text) == (200, "done")
    assert [entry["error"] for entry in logs] == ["ValueError"]
    assert SECRET not in repr(logs)


def test_when_even_the_own_database_is_gone_there_is_a_page_in_the_visitors_language(world: World) -> None:
    nowhere = sa.create_engine("sqlite:////nowhere/at/all.db")
    world.web.state.application = replace(world.app, engine=nowhere)
    response = world.visitor("zh").get("/")
    assert response.status_code == 503
    assert Page(response.text).headings == ["暂时无法使用"]
    assert "nowhere" not in response.text


def test_without_a_policy_pages_still_say_what_is_the_matter(world: World) -> None:
    with world.app.begin() as work:
        work.db.execute(sa.delete(version))
    response = world.visitor().get("/policy")
    assert response.status_code == 422
    assert "No privacy policy has been published yet" in response.text
    assert world.visitor().get("/").status_code == 200
