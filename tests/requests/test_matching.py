"""Data points: compared in constant time by a worker, alike for somebody unknown, and never tried often."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tests.requests.proofs import NOBODY, RIGHT, WRONG, ask_for, asker, held, match, send_in, tiered
from tests.requests.world import MINE, OTHER, VAULT, World
from tests.support.databases import Databases
from troth.base.errors import ConflictError, InputError, RefusedError
from troth.datamap.read import from_value
from troth.requests import record
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.proof import evidence, identity, matching, points
from troth.requests.proof.points import askable, matched, normal


@pytest.fixture(params=["sqlite"])
def engine(request: pytest.FixtureRequest, databases: Databases) -> Iterator[sa.Engine]:
    """One database is enough here; what happens at once is tried on both in `test_tries`."""
    assert request.param == "sqlite"
    yield from databases.sqlite()


@pytest.fixture
def world(company: World) -> World:
    return tiered(company)


def steps(world: World, request: Request) -> list[str]:
    with world.begin() as work:
        return [str(one.event) for one in record.steps(work, request.id)]


def test_only_what_is_harmless_is_asked(world: World) -> None:
    asked = {one.item for one in askable(world.version)}
    assert asked == {"account.nickname", "order.record", "device.imei"}
    secret = {
        field.item
        for value in world.version.maps.values()
        for dataset in from_value(value).datasets.values()
        for field in dataset.fields.values()
        if not field.disclose
    }
    assert not asked & secret
    assert not any(world.version.policy.items[name].sensitive for name in asked)


@pytest.mark.parametrize("name", ["account.password", "card.number", "pay.bank", "secret.answer", "iban", "login.pin"])
def test_passwords_and_money_are_never_asked_for(name: str) -> None:
    assert points._NEVER.search(name)


@pytest.mark.parametrize("name", ["account.nickname", "spinning", "order.record", "pinboard.topic", "address.city"])
def test_other_things_may_be(name: str) -> None:
    assert not points._NEVER.search(name)


def test_the_right_points_are_one_proof_and_are_deleted(world: World) -> None:
    request = world.open("copy")
    send_in(world, request, RIGHT)
    assert held(world, "request_evidence") == 1
    assert match(world) == 1
    with world.begin() as work:
        assert identity.missing(work, request.id) == ("declaration",)
    assert held(world, "request_evidence") == 0
    assert steps(world, request)[-3:] == ["submit", "discard", "show"]


@pytest.mark.parametrize("typed", [WRONG, {**RIGHT, "account.nickname": "阿青"}, {**RIGHT, "order.record": "plug"}])
def test_one_wrong_point_is_as_good_as_none_and_which_is_never_said(world: World, typed: Mapping[str, str]) -> None:
    request = world.open("copy")
    send_in(world, request, typed)
    assert match(world) == 1
    with world.begin() as work:
        assert identity.missing(work, request.id) == ("points", "declaration")
        (told,) = [one for one in record.steps(work, request.id) if one.event == "mismatch"]
    assert told.code is None
    assert held(world, "request_evidence") == 0


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"account.nickname": "小林 <b>&"},
        {**RIGHT, "device.imei": "imei-a"},
        {"account.phone": MINE, "account.nickname": "x"},
        {"account.nickname": "x", "order.record": "  "},
        {"account.nickname": "x" * 300, "order.record": "lamp"},
    ],
)
def test_as_many_points_are_given_as_are_needed(world: World, typed: Mapping[str, str]) -> None:
    request = world.open("copy")
    with pytest.raises(InputError) as unfit:
        send_in(world, request, typed)
    assert unfit.value.code == "identity.points-missing"
    with world.begin() as work:
        assert identity.tries_left(work, request.id) == identity.TRIES


def test_a_point_is_tried_three_times_and_no_more(world: World) -> None:
    request = world.open("copy")
    for _ in range(identity.TRIES):
        send_in(world, request, WRONG)
        with pytest.raises(ConflictError):
            send_in(world, request, RIGHT)
        match(world)
    with pytest.raises(RefusedError) as over:
        send_in(world, request, RIGHT)
    assert over.value.code == "identity.no-tries"
    assert match(world) == 0
    assert world.get(request).state is State.IDENTIFYING


def test_one_person_is_tried_for_a_few_times_a_day_however_many_ask(world: World) -> None:
    left = matching.PER_PERSON
    for number in range(3):
        request = ask_for(world, "self", MINE, by=asker(world, f"a{number}@mail.example"))
        for _ in range(identity.TRIES):
            send_in(world, request, {"device.imei": "imei-x", "order.record": "none", "account.nickname": "none"})
            match(world)
            left -= 1
    assert left < 0
    late = ask_for(world, "self", MINE, by=asker(world, "late@mail.example"))
    send_in(world, late, {**RIGHT, "device.imei": "imei-a"})
    match(world)
    with world.begin() as work:
        assert "points" in identity.missing(work, late.id), "even the right ones count no more today"
    world.clock.advance(matching.WINDOW + timedelta(minutes=1))
    assert matching.forget(world.begin) > 0
    send_in(world, late, {**RIGHT, "device.imei": "imei-a"})
    match(world)
    with world.begin() as work:
        assert "points" not in identity.missing(work, late.id)


def test_everybody_together_is_limited_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "OVERALL", 1)
    request = world.open("copy")
    send_in(world, request, WRONG)
    match(world)
    with pytest.raises(RefusedError) as busy:
        send_in(world, request, WRONG)
    assert busy.value.code == "identity.busy"


@contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """Every statement that is sent to any store."""
    sent: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    for engine in world.company.engines.values():
        sa.event.listen(engine, "before_cursor_execute", note)
    yield sent
    for engine in world.company.engines.values():
        sa.event.remove(engine, "before_cursor_execute", note)


def test_the_same_is_asked_of_the_stores_whether_anybody_is_known(world: World) -> None:
    typed = {"device.imei": "imei-x", "order.record": "none", "account.nickname": "none"}
    sent: dict[str, list[str]] = {}
    told: dict[str, list[str]] = {}
    for named in (MINE, NOBODY, OTHER):
        request = ask_for(world, "self", named)
        with counted(world) as statements:
            send_in(world, request, typed)
            assert statements == [], "the page that takes them asks no store"
            match(world)
        sent[named], told[named] = list(statements), steps(world, request)
    assert sent[MINE] == sent[NOBODY] == sent[OTHER] != []
    assert told[MINE] == told[NOBODY] == told[OTHER]


def test_a_store_that_is_down_keeps_the_points_waiting(world: World) -> None:
    request = world.open("copy")
    send_in(world, request, RIGHT)
    world.company.stores["push"].on = False
    assert match(world) == 0
    world.company.stores["push"].on = True
    assert match(world) == 1
    with world.begin() as work:
        assert identity.missing(work, request.id) == ("declaration",)


def test_points_for_a_request_that_has_ended_are_only_deleted(world: World) -> None:
    request = world.open("copy")
    send_in(world, request, RIGHT)
    world.recall(request)
    assert match(world) == 0
    assert evidence.forget(world.begin) == 1
    assert held(world, "request_evidence") == 0


@given(st.text(max_size=30))
def test_how_a_value_is_written_does_not_matter(text: str) -> None:
    assert normal(f" {text.upper()}. ") == normal(text.upper())
    assert normal(normal(text)) == normal(text)


@given(
    st.dictionaries(st.sampled_from("abc"), st.text(min_size=1, max_size=8), min_size=1),
    st.dictionaries(st.sampled_from("abc"), st.lists(st.text(max_size=8), max_size=4)),
)
def test_the_comparison_agrees_with_the_obvious_one(typed: Mapping[str, str], held_: Mapping[str, list[str]]) -> None:
    plain = sum(
        any(normal(one) == normal(text) and len(normal(one)) >= 3 for one in held_.get(item, ()))
        for item, text in typed.items()
    )
    assert matched(VAULT, "salt", typed, held_) == plain
