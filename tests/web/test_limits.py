"""The bucket agrees with a slow count, remembers only so many, and never holds whom it counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
from fastapi.routing import iter_route_contexts
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.event import listen

from tests.web.town import boundless
from tests.web.world import ORIGIN, World
from troth.base.schema import metadata
from troth.web.access import declared
from troth.web.limits import Limit

START = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(seconds=10)
TABLES = metadata.tables
STEPS = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 30)), max_size=60)


def allowed_slowly(burst: int, tries: list[tuple[str, int]]) -> list[bool]:
    """Obvious: refill each caller second by second, then take one whole token if there is one."""
    left: dict[str, float] = {}
    answers = []
    for who, pause in tries:
        for _ in range(pause):
            left = {name: min(burst, tokens + 0.1) for name, tokens in left.items()}
        left.setdefault(who, burst)
        answers.append(left[who] > 1 - 1e-9)
        left[who] -= answers[-1]
    return answers


@given(st.integers(1, 5), STEPS)
def test_a_caller_gets_through_exactly_when_a_slow_count_says_so(burst: int, tries: list[tuple[str, int]]) -> None:
    limit, at, answers = Limit(burst, EVERY), START, []
    for who, pause in tries:
        at += timedelta(seconds=pause)
        answers.append(not limit.wait(who, at) > timedelta(microseconds=10))
    assert answers == allowed_slowly(burst, tries)


@given(st.integers(1, 5), st.integers(0, 9))
def test_waiting_as_long_as_was_said_gets_through(burst: int, pause: int) -> None:
    limit = Limit(burst, EVERY)
    at = START
    for _ in range(burst):
        assert not limit.wait("a", at)
    at += timedelta(seconds=pause)
    wait = limit.wait("a", at)
    assert timedelta() < wait <= EVERY
    assert not limit.wait("a", at + wait + timedelta(microseconds=10))


def test_callers_do_not_wait_for_each_other() -> None:
    limit = Limit(1, EVERY)
    assert not limit.wait("a", START)
    assert limit.wait("a", START)
    assert not limit.wait("b", START)


def test_at_most_so_many_callers_are_remembered() -> None:
    limit = Limit(1, EVERY, callers=10)
    for number in range(50):
        limit.wait(str(number), START)
    assert len(limit) == 10
    assert limit.wait("49", START), "the newest is remembered"
    assert not limit.wait("0", START), "the one that was quiet for longest was forgotten"


def test_a_clock_that_goes_back_gives_nothing_away() -> None:
    limit = Limit(1, EVERY)
    assert not limit.wait("a", START)
    assert limit.wait("a", START - timedelta(days=1))


def test_nobody_can_be_read_out_of_it() -> None:
    limit = Limit(1, EVERY)
    limit.wait("lin@mail.example", START)
    assert "lin" not in repr(vars(limit))


def open_to_strangers(world: World) -> list[tuple[str, str]]:
    """Method and address of everything that is reached without having signed in, or with a token not yet looked at."""
    return [
        (method, re.sub(r"\{\w+\}", "1", str(route.path)))
        for route in iter_route_contexts(world.web.routes)
        for method in sorted(route.methods or ())
        if declared(route) in {"public", "agent"}
    ]


def called(world: World, method: str, path: str) -> httpx.Response:
    headers = {"Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    answer: httpx.Response = world.visitor().client.request(method, path, headers=headers, follow_redirects=False)
    return answer


def test_no_address_that_strangers_reach_can_be_called_without_end(world: World) -> None:
    found = open_to_strangers(world)
    boundless(world)  # the stricter limits of some of them have tests of their own
    assert len(found) > 25, "the walk itself must find them"
    for method, path in found:
        world.web.state.by_stranger = Limit(2, timedelta(hours=1))
        answers = [called(world, method, path) for _ in range(3)]
        assert [one.status_code == 429 for one in answers] == [False, False, True], (method, path)
        assert answers[2].headers["retry-after"] == "3600"


def test_what_strangers_send_is_limited_far_more_strictly_than_what_they_read(world: World) -> None:
    """Whatever a stranger's form would set going waits; leaving is free, and a code without a sign-in is no try."""
    world.web.state.by_address = world.web.state.by_agent = Limit(1, timedelta(hours=1))
    world.web.state.by_address.wait("203.0.113.7", world.clock.now())
    forms = [
        (method, str(route.path))
        for route in iter_route_contexts(world.web.routes)
        for method in sorted(route.methods or ())
        if declared(route) == "public" and method == "POST" and not str(route.path).startswith("/banner/")
    ]
    assert ("POST", "/sign-in") in forms
    before = rows(world)
    answers = {path: called(world, method, path).status_code for method, path in forms}
    assert set(answers.values()) <= {429, 303, 404, 415, 422}, answers
    assert answers["/sign-in"] == answers["/console/sign-in"] == 429
    assert rows(world) == before, "what was not limited did nothing"


def rows(world: World) -> dict[str, int]:
    """How many rows each table has."""
    with world.app.begin() as work:
        return {name: work.db.scalar(select(func.count()).select_from(one)) or 0 for name, one in TABLES.items()}


def test_who_calls_too_often_is_answered_without_the_database(world: World) -> None:
    world.web.state.by_stranger = Limit(1, timedelta(hours=1))
    statements: list[str] = []
    listen(world.app.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    world.visitor().get("/sign-in")
    assert statements
    statements.clear()
    assert world.visitor().get("/sign-in").status_code == 429
    assert statements == []


def test_a_reader_in_a_hurry_meets_no_limit(world: World) -> None:
    visitor = world.visitor()
    assert {visitor.get("/policy/compare.css").status_code for _ in range(200)} == {200}
