"""Legal holds: nothing is erased while one is on, and releasing the last one resumes what it blocked."""

from __future__ import annotations

import pytest

from tests.requests.world import MINE, World
from troth.base.errors import ConflictError, InputError
from troth.journal.service import entries, size
from troth.requests import holds
from troth.requests.machine import State

OFFICER = "officer@kaiconn.example"


def place(world: World, reason: str = "file 12 of the district court") -> holds.Hold:
    with world.begin() as work:
        return holds.place(work, world.vault, world.subject, reason, by=OFFICER)


def release(world: World, hold: holds.Hold) -> holds.Hold:
    with world.begin() as work:
        return holds.release(work, world.vault, hold.id, by=OFFICER, jobs=world.jobs)


def test_a_hold_blocks_an_erasure_and_the_last_release_resumes_it(company: World) -> None:
    first, second = place(company), place(company, "audit of the tax office")
    request = company.open("erasure")
    before = company.mine_left()
    held = company.run(request)
    assert (held.state, held.blocked) == (State.HELD, "requests.held")
    assert company.mine_left() == before, "nothing was touched"
    assert company.run(request).state is State.HELD
    assert company.pulse() == [], "a hold is not tried again and again"
    release(company, first)
    assert company.get(request).state is State.HELD
    company.asked.clear()
    release(company, second)
    assert company.asked == [request.id]
    assert company.get(request).state is State.IN_PROGRESS
    assert company.run(request).state is State.FULFILLED
    assert company.mine_left() != before


def test_a_hold_does_not_keep_a_person_from_their_copy(company: World) -> None:
    place(company)
    assert company.run(company.open("copy")).state is State.FULFILLED


def test_holds_are_listed_journaled_and_released_once(company: World) -> None:
    hold = place(company)
    with company.begin() as work:
        assert [one.id for one in holds.holds_on(work, company.subject)] == [hold.id]
    assert release(company, hold).released_at is not None
    with company.begin() as work:
        assert holds.holds_on(work, company.subject) == ()
        leaves = [entry for entry in entries(work, 0, size(work)) if entry.kind.startswith("hold.")]
    assert [entry.kind for entry in leaves] == ["hold.placed", "hold.released"]
    assert not any(MINE.encode() in entry.leaf or b"court" in entry.leaf for entry in leaves)
    with pytest.raises(ConflictError) as twice:
        release(company, hold)
    assert twice.value.code == "requests.released"


@pytest.mark.parametrize(("reason", "code"), [("  ", "requests.empty-text"), ("x" * 501, "requests.long-text")])
def test_a_hold_needs_a_short_reason(company: World, reason: str, code: str) -> None:
    with pytest.raises(InputError) as unfit:
        place(company, reason)
    assert unfit.value.code == code
