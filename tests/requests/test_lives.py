"""Lives of requests at random: whatever people, staff, workers and time do, four laws hold after each step.

The fold of the journal equals the tables; nothing is done after a cancellation or any other end; no deadline is late
silently; and every path ends.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import timedelta
from typing import ClassVar

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.requests.lives import ACTS, asked, furnished, kept, missed, told
from tests.requests.test_fulfil import fresh
from tests.requests.world import Crash, World, crashing
from tests.support.databases import Databases
from troth.base.errors import TrothError
from troth.requests import service, tables
from troth.requests.fulfilment import package
from troth.requests.machine import AWAITS_PERSON, FINAL, Event, State
from troth.requests.model import Request
from troth.requests.record import steps

KINDS = ("copy", "erasure", "close_account", "complaint", "restriction")
BY_SOMEBODY = [one for one in Event if one in ACTS and one not in {Event.LAPSE, Event.ELAPSE, Event.BLOCK}]
"""What is done to one request; the others come with time and with stores that are down."""


class Lives(RuleBasedStateMachine):
    """One person's requests, and everybody who has to do with them."""

    databases: ClassVar[Databases]
    own: ClassVar[str] = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world: World = furnished(self.stack.enter_context(fresh(self.databases, self.own)))
        self.opened: dict[str, Request] = {}
        self.ended: dict[str, tuple[object, ...]] = {}

    def teardown(self) -> None:
        try:
            self._every_path_ends()
        finally:
            self.stack.close()

    @initialize(kind=st.sampled_from(KINDS))
    def begin_with(self, kind: str) -> None:
        self.ask(kind, by_agent=False)

    @rule(kind=st.sampled_from(KINDS), by_agent=st.booleans())
    def ask(self, kind: str, *, by_agent: bool) -> None:
        with suppress(TrothError):
            request = asked(self.world, kind, self.world.begin, by_agent=by_agent, text="x" * (kind == "complaint"))
            self.opened[request.id] = request

    @precondition(lambda self: self.opened)
    @rule(which=st.integers(0, 9), event=st.sampled_from(BY_SOMEBODY))
    def act(self, which: int, event: Event) -> None:
        """Somebody does something, fitting or not: what does not fit is refused and changes nothing."""
        request = self._one(which)
        before = self.world.get(request)
        if event is Event.REFUSE and before.state is State.IN_PROGRESS:
            return  # the key is destroyed only where a life ends
        try:
            ACTS[event](self.world, self.world.begin, before)
        except TrothError:
            assert self.world.get(request) == before

    @rule(days=st.sampled_from([1, 7, 20, 50]))
    def time_goes_on(self, days: int) -> None:
        self.world.clock.advance(timedelta(days=days))

    @rule(name=st.sampled_from(["shop", "push"]))
    def a_store_goes_down(self, name: str) -> None:
        self.world.company.stores[name].on = False

    @rule(at=st.integers(0, 14), before=st.booleans())
    def pulse_and_work(self, at: int, *, before: bool) -> None:
        """A pulse, and a worker that dies somewhere on the way."""
        for request_id in self.world.pulse():
            dying, _ = crashing(self.world.begin, at, before_commit=before)
            with suppress(Crash):
                self.world.run(self.opened[request_id], dying)

    @invariant()
    def the_journal_tells_the_same_as_the_tables(self) -> None:
        assert told(self.world) == kept(self.world)
        in_journal, in_tables = missed(self.world)
        assert in_journal == in_tables

    @invariant()
    def nothing_is_done_after_an_end(self) -> None:
        for request in map(self.world.get, self.opened.values()):
            if request.state in FINAL:
                now = self._done(request)
                assert self.ended.setdefault(request.id, now) == now
                assert request.closed_at is not None
            if request.state is State.RECALLED:
                assert self._untouched(request)

    @invariant()
    def no_deadline_is_late_silently(self) -> None:
        """A limit that is over is shown as late at once, and after the next pulse it is written down."""
        with self.world.begin() as work:
            shown = {(one.request.id, one.deadline.clause) for one in service.overdue(work)}
            over = {
                (one.id, limit.clause)
                for one in (service.get(work, name) for name in self.opened)
                for limit in one.deadlines
                if not one.closed and limit.running and limit.due_at < work.at
            }
        assert shown == over

    @rule()
    def a_pulse_writes_down_what_is_late(self) -> None:
        self.world.pulse()
        with self.world.begin() as work:
            assert all(one.deadline.missed_at for one in service.overdue(work))

    def _one(self, which: int) -> Request:
        return list(self.opened.values())[which % len(self.opened)]

    def _done(self, request: Request) -> tuple[object, ...]:
        """All that there is of a request that has ended."""
        with self.world.begin() as work:
            moves = [one for one in steps(work, request.id) if one.event in list(Event)]
        return request, tuple(moves)

    def _untouched(self, request: Request) -> bool:
        """Nothing of what was taken back was carried out."""
        with self.world.begin() as work:
            made = package.available_until(work, request.id), service.certificate(work, request.id)
            erased = sa.select(tables.request_store.c.store).where(
                tables.request_store.c.request == request.id, tables.request_store.c.outcome.is_not(None)
            )
            return made == (None, None) and work.db.execute(erased).first() is None

    def _every_path_ends(self) -> None:
        """The stores come back, holds are lifted, somebody answers, and the pulse goes on: then nothing stays open."""
        for store in self.world.company.stores.values():
            store.on = True
        for _ in range(20):
            waiting = [one for one in map(self.world.get, self.opened.values()) if not one.closed]
            if not waiting:
                return
            for one in waiting:
                with suppress(TrothError):
                    self._ending(one)
            self.world.pulse()  # which ends what is open of a person whose key was destroyed
        raise AssertionError({one.state for one in map(self.world.get, self.opened.values())})

    def _ending(self, request: Request) -> None:
        if request.state in AWAITS_PERSON:
            event = Event.LAPSE
        elif request.state is State.IN_REVIEW:
            event = Event.PROCEED if request.kind.value != "complaint" else Event.COMPLETE
        else:
            event = {State.HELD: Event.RELEASE, State.COOLING_OFF: Event.ELAPSE}.get(request.state, Event.RETRY)
        ACTS[event](self.world, self.world.begin, request)


def lives(databases: Databases, own: str, examples: int, steps_: int) -> None:
    machine = type("Lives", (Lives,), {"databases": databases, "own": own})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps_,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_everybody_does_the_laws_hold(databases: Databases) -> None:
    lives(databases, "sqlite", 8, 12)


@pytest.mark.long
@pytest.mark.parametrize("own", ["sqlite", "postgresql"])
def test_whatever_everybody_does_for_a_night_the_laws_hold(databases: Databases, own: str) -> None:
    lives(databases, own, 120, 30)
