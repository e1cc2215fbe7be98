"""Tries are counted exactly, whoever tries and compares at the same moment, on each kind of database."""

from __future__ import annotations

import threading

import pytest

from tests.requests.proofs import RIGHT, WRONG, held, match, send_in, tiered
from tests.requests.world import World
from troth.base.errors import TrothError
from troth.requests.proof import evidence, identity, matching


@pytest.fixture
def world(company: World) -> World:
    return tiered(company)


def test_attempts_never_exceed_the_limit_whoever_tries_at_once(world: World) -> None:
    request, outcomes = world.open("copy"), list[str]()

    def one() -> None:
        for _ in range(3):
            try:
                send_in(world, request, WRONG)
                outcomes.append("taken")
            except TrothError as error:
                outcomes.append(error.code)
            match(world)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    match(world)
    assert outcomes.count("taken") <= identity.TRIES
    assert set(outcomes) <= {"taken", "identity.checking", "identity.no-tries"}
    assert held(world, "identity_try") == outcomes.count("taken")


def test_two_workers_compare_once(world: World) -> None:
    request = world.open("copy")
    send_in(world, request, RIGHT)
    with world.begin() as work:
        (one,) = evidence.waiting(work, 10)
    assert matching._compare(world.begin, world.vault, world.stores, world.jobs, one)
    with world.begin() as work:
        whose = world.vault.lookup("identity", world.subject)
        assert not matching._conclude(work, world.vault, one, whose, world.jobs, right=True)
    assert not matching._compare(world.begin, world.vault, world.stores, world.jobs, one), "found, then compared"
    assert held(world, "identity_try") == 1
