"""One act on many requests: each is done by itself, and one that fails keeps no other from being done."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest

from tests.requests.world import POLICY, World, under
from troth.base.errors import InputError
from troth.requests.deciding import proposals
from troth.requests.desk import bulk, counting, lists
from troth.requests.details import Details
from troth.requests.machine import State
from troth.requests.model import Request

OFFICER = "li@kaiconn.example"
MATTER = Details(text="Your letters come twice.")


@pytest.fixture
def grounded(company: World) -> World:
    grounds = "requests:\n  refuse: {repeated: {label: {zh: 重复, en: repeated}}}\n  within"
    under(company, POLICY.replace("requests:\n  within", grounds))
    return company


def do(
    world: World, ids: Collection[str], act: str, given: Mapping[str, str], two_pairs: Collection[str] = ()
) -> tuple[bulk.Done, ...]:
    return bulk.carry_out(world.begin, world.vault, tuple(ids), bulk.order(act, given), by=OFFICER, two_pairs=two_pairs)


def complaints(world: World) -> list[Request]:
    """Two that may be answered or refused, and one that is carried out by a worker and is not refused by words."""
    mine = world.open("complaint", details=MATTER, channel="email")
    theirs = world.open("complaint", details=MATTER, channel="email", subject=world.other)
    return [mine, theirs, world.run(world.open("erasure"))]


def test_each_is_done_and_of_what_failed_the_reason_is_told(grounded: World) -> None:
    made = complaints(grounded)
    done = do(grounded, [one.id for one in made], "refuse", {"ground": "repeated", "reason": "See our letter."})
    assert [one.request.state for one in done] == [State.REFUSED, State.REFUSED, State.FULFILLED]
    assert [one.error.code if one.error else None for one in done] == [None, None, "requests.not-possible"]


def test_where_two_people_must_agree_each_is_proposed(grounded: World) -> None:
    first, second, _ = complaints(grounded)
    given = {"ground": "repeated", "reason": "See our letter."}
    done = do(grounded, [first.id, second.id, first.id], "refuse", given, two_pairs=("refuse",))
    assert [(one.request.state, one.proposed) for one in done] == [(State.IN_REVIEW, True)] * 2
    with grounded.begin() as work:
        assert [one.act for one in proposals.waiting(work, first.id)] == ["refuse"]


def test_many_are_given_to_somebody_and_acknowledged(grounded: World) -> None:
    made = [one.id for one in complaints(grounded)]
    assert [one.error is None for one in do(grounded, made, "assign", {"to": OFFICER})] == [True, True, False]
    do(grounded, made, "acknowledge", {})
    with grounded.begin() as work:
        assert lists.assignees(work, made) == dict.fromkeys(made[:2], OFFICER)


def test_more_time_is_taken_only_where_something_allows_it(grounded: World) -> None:
    under(grounded, POLICY.replace("regimes: [cn]", "regimes: [eu]"))
    request = grounded.open("explanation", details=MATTER)
    other = grounded.open("complaint", details=MATTER)
    done = do(grounded, [request.id, other.id], "extend", {"reason": "It concerns many records."})
    assert [one.error.code if one.error else None for one in done] == [None, "requests.no-extension"]


@pytest.mark.parametrize(
    ("ids", "code"),
    [
        ((), "requests.none-chosen"),
        (("req-nothing",), "requests.unknown"),
        (tuple(map(str, range(201))), "requests.too-many"),
    ],
)
def test_what_cannot_be_chosen_is_refused_before_anything_is_done(
    company: World, ids: tuple[str, ...], code: str
) -> None:
    with pytest.raises(InputError) as wrong:
        do(company, ids, "assign", {"to": OFFICER})
    assert wrong.value.code == code


def test_only_some_acts_are_done_to_many() -> None:
    with pytest.raises(InputError) as wrong:
        bulk.order("answer", {})
    assert wrong.value.code == "requests.unknown-act"


def test_what_would_be_touched_is_counted_and_nothing_is_changed(company: World) -> None:
    request = company.open("erasure")
    found = counting.count(company.begin, company.vault, company.stores, request.id)
    assert {(one.store, one.dataset): (one.held, one.due) for one in found} == {
        ("shop", "member"): (1, 1),
        ("shop", "orders"): (2, 2),
        ("shop", "invoice"): (1, 0),
        ("push", "device"): (2, 2),
    }
    assert company.company.stores["shop"].erasures == 0
    assert company.get(request).state is State.RECEIVED
