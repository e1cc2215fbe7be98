"""Whoever is killed, wherever: the request stands where it stood or where it was going, and the same act completes it.

The walk has a way into every state and an act for every line of the table; a new one without them fails here. Most
kills are crashes inside the process, in every unit of work; some are real ones, of real processes.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.requests.killed_act import MARK
from tests.requests.lives import ACTS, INTO, OPENING, furnished, kept, missed, standing, told
from tests.requests.test_fulfil import fresh
from tests.requests.world import Crash, World, crashing
from tests.support.databases import Databases
from tests.support.waiting import until
from troth.base.errors import ConflictError, RefusedError
from troth.requests.machine import OPEN, TRANSITIONS, Event, State
from troth.requests.model import Request
from troth.requests.record import steps

LINES = [(state, event) for state, event in TRANSITIONS if event not in OPENING]


def test_every_state_has_a_way_into_it_and_every_line_an_act() -> None:
    assert set(INTO) == OPEN
    assert {event for _, event in TRANSITIONS} == set(ACTS) | OPENING
    assert not set(ACTS) & OPENING


@contextmanager
def life(databases: Databases, state: State, event: Event, own: str = "sqlite") -> Iterator[tuple[World, Request]]:
    """A world of its own with a request that stands in `state`."""
    with fresh(databases, own) as company:
        world = furnished(company)
        request = standing(world, state, event)
        assert world.get(request).state is state
        yield world, world.get(request)


def happened(world: World, request: Request) -> list[str]:
    with world.begin() as work:
        return [str(step.event) for step in steps(work, request.id)]


def undisturbed(databases: Databases, state: State, event: Event) -> tuple[int, State, list[str]]:
    """How many units of work the act has, where it leads, and all that is told of the request then."""
    with life(databases, state, event) as (world, request):
        counting, opened = crashing(world.begin, 10**6, before_commit=False)
        ACTS[event](world, counting, request)
        return len(opened), world.get(request).state, happened(world, request)


def again(world: World, request: Request, event: Event) -> None:
    """Whoever heard nothing does the same once more; what was done already is refused and changes nothing."""
    with suppress(ConflictError, RefusedError):
        ACTS[event](world, world.begin, world.get(request))


def agreed(world: World) -> None:
    """The journal tells the same as the tables."""
    assert told(world) == kept(world)
    in_journal, in_tables = missed(world)
    assert in_journal == in_tables


@pytest.mark.parametrize(("state", "event"), LINES)
def test_a_kill_in_an_act_leaves_the_old_state_or_the_new_and_the_act_done_again_completes_it(
    databases: Databases, state: State, event: Event, request: pytest.FixtureRequest
) -> None:
    units, reached, story = undisturbed(databases, state, event)
    assert event.value in story
    everywhere = "long" in (request.config.option.markexpr or "").replace("not long", "", 1)
    for at in range(units) if everywhere else sorted({0, units - 1}):
        with life(databases, state, event) as (world, one):
            dying, _ = crashing(world.begin, at, before_commit=True)
            with pytest.raises(Crash):
                ACTS[event](world, dying, one)
            agreed(world)
            again(world, one, event)
            agreed(world)
            assert world.get(one).state is reached
            assert happened(world, one) == story
            again(world, one, event)
            assert happened(world, one) == story, "who hears nothing and repeats it does it once"


REAL = [
    (State.IN_REVIEW, Event.COMPLETE, "sqlite"),
    (State.IN_PROGRESS, Event.COMPLETE, "sqlite"),
    (State.IN_PROGRESS, Event.COMPLETE, "postgresql"),
]
EVERY = [(state, event, own) for state, event in LINES for own in ("sqlite", "postgresql")]


@pytest.mark.parametrize(
    ("state", "event", "own"),
    [*REAL, *(pytest.param(*one, marks=pytest.mark.long) for one in EVERY if one not in REAL)],
)
def test_a_process_killed_in_an_act_leaves_the_old_state_or_the_new_and_another_completes_it(
    databases: Databases, state: State, event: Event, own: str
) -> None:
    units, reached, story = undisturbed(databases, state, event)
    with life(databases, state, event, own) as (world, one):
        _killed_in(world, one, event, units // 2)
        agreed(world)
        again(world, one, event)
        agreed(world)
        assert world.get(one).state is reached
        assert happened(world, one) == story


def _killed_in(world: World, request: Request, event: Event, at: int) -> None:
    """Have a process of its own do the act, and kill it where nobody can know that it will be."""
    with world.begin() as work:
        own = work.db.engine.url.render_as_string(hide_password=False)
    folder = world.company.folder
    command = [sys.executable, "-m", "tests.requests.killed_act", own, str(folder), request.id, event.value, str(at)]
    with subprocess.Popen([*command, world.clock.now().isoformat()], cwd=Path(__file__).parents[2]) as process:
        try:
            until(lambda: (folder / MARK).exists() or process.poll() is not None, seconds=60)
            assert process.poll() is None, "it ended before it could be killed"
            os.kill(process.pid, signal.SIGKILL)
        finally:
            process.kill()
