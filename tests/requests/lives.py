"""Every line of the table walked in a world: a way into each state, and an act for each line that leaves it.

The acts are what people, staff, workers and the pulse do; each opens its own units of work, so that a test can kill
whoever acts in any of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa

from tests.requests.world import POLICY, Crash, World, crashing, week
from troth.base.work import Begin
from troth.journal import service as journal
from troth.policy.read import parse
from troth.requests import holds, pulse, service, tables
from troth.requests.deciding import correction_review, doubts, fees, review
from troth.requests.details import Details
from troth.requests.machine import IDENTIFIES, Event, State
from troth.requests.model import Request
from troth.requests.proof import identity, parties, proving
from troth.subjects import service as subjects
from troth.versions import service as versions

OFFICER = "officer@kaiconn.example"
PRICE = fees.Charge("20", "CNY", "repeated")
WHO = "    who: [self, agent, guardian, close-relative]\n"
FULL = (
    POLICY.replace("    after: identity.verified\n", f"    after: identity.verified\n{WHO}")
    .replace("    within: 30 working days\n    backups", f"{WHO}    within: 30 working days\n    backups")
    .replace(
        "requests:\n  within: 30 working days\n",
        """requests:
  within: 30 working days
  fee: {first: free, repeated: cost}
  refuse:
    repeated: {label: {zh: 无理重复, en: repeated without reason}}
""",
    )
    .replace("updated: 2022-10-01", "updated: 2022-11-01")
)
"""The company's policy with everything in it that a line of the table needs."""

Act = Callable[[World, Begin, Request], object]


def furnished(company: World) -> World:
    """The company under `FULL`."""
    with company.begin() as work:
        company.version = versions.publish(work, parse({"policy.yaml": FULL}), company.company.maps, by="test")
    return company


def asked(world: World, kind: str, begin: Begin, *, by_agent: bool = False, text: str = "") -> Request:
    """A request of the person, or of an agent for them."""
    with begin() as work:
        return service.open_request(
            work,
            world.vault,
            world.version,
            world.subject,
            kind,
            language="en",
            channel="portal",
            jobs=world.jobs,
            details=Details(text=text),
            party=parties.party("agent", "Ada Example", "ada@agents.example") if by_agent else None,
        )


def _received(world: World) -> Request:
    return asked(world, "erasure", world.begin)


def _identifying(world: World) -> Request:
    return asked(world, "erasure", world.begin, by_agent=True)


def _in_review(world: World) -> Request:
    return asked(world, "complaint", world.begin, text="the lamp talks")


def _weighed(world: World) -> Request:
    """A copy that was asked for too often to go on by itself."""
    for _ in range(2):
        asked(world, "copy", world.begin)
        world.run_all()
    return asked(world, "copy", world.begin)


def _clarifying(world: World) -> Request:
    return after(world, _in_review(world), Event.ASK)


def _priced(world: World) -> Request:
    return after(world, _weighed(world), Event.PRICE)


def _deciding(world: World) -> Request:
    """A new number that nothing shows to be theirs, and a nickname beside it."""
    return _correcting(world, ("account.phone", "+8619900000009"), ("account.nickname", "Lin"))


def _undone(world: World) -> Request:
    """The new number alone: nothing of it is done before somebody has looked."""
    return _correcting(world, ("account.phone", "+8619900000009"))


def _correcting(world: World, *wanted: tuple[str, str]) -> Request:
    with world.begin() as work:
        request = service.open_request(
            work,
            world.vault,
            world.version,
            world.subject,
            "correction",
            language="en",
            channel="portal",
            jobs=world.jobs,
            details=Details(changes=wanted),
        )
    return world.run(request)


def _cooling_off(world: World) -> Request:
    return asked(world, "close_account", world.begin)


def _in_progress(world: World) -> Request:
    """Begun, and then nobody went on."""
    request = _received(world)
    while world.get(request).state is State.RECEIVED:
        dying, opened = crashing(world.begin, 2, before_commit=False)
        with suppress(Crash):
            world.run(request, dying)
        assert len(opened) == 3, "it would have been done"
    return world.get(request)


def _blocked(world: World) -> Request:
    return after(world, _received(world), Event.BLOCK)


def _held(world: World) -> Request:
    return after(world, _received(world), Event.HOLD)


def _doubted(world: World) -> Request:
    return after(world, _held(world), Event.DOUBT)


INTO: Mapping[State, Callable[[World], Request]] = {
    State.RECEIVED: _received,
    State.IDENTIFYING: _identifying,
    State.IN_REVIEW: _in_review,
    State.CLARIFYING: _clarifying,
    State.PRICED: _priced,
    State.DECIDING: _deciding,
    State.COOLING_OFF: _cooling_off,
    State.IN_PROGRESS: _in_progress,
    State.HELD: _held,
    State.BLOCKED: _blocked,
    State.DOUBTED: _doubted,
}
"""A request that stands in each of the states that are open."""


def after(world: World, request: Request, event: Event) -> Request:
    """The request after an act."""
    ACTS[event](world, world.begin, request)
    return world.get(request)


def _prove(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        missing = identity.missing(work, request.id)
        proving.prove(work, world.vault, request.id, missing, by=OFFICER, jobs=world.jobs)


def _doubt(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        doubts.doubt(work, world.vault, request.id, "the address is new", by=OFFICER)


def _ask(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        review.ask(work, world.vault, request.id, "Which lamp?", by=OFFICER)


def _reply(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        review.reply(work, world.vault, request.id, "The one in the hall.")


def _price(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        fees.price(work, world.vault, request.id, PRICE, because="the third one", by=OFFICER)


def _accept(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        fees.accept(work, world.vault, request.id, jobs=world.jobs)


def _proceed(world: World, begin: Begin, request: Request) -> None:
    if request.state is State.DECIDING:
        with begin() as work:
            items = ["account.phone"]
            correction_review.accept(work, world.vault, request.id, items, by=OFFICER, jobs=world.jobs)
        return
    with begin() as work:
        fees.proceed(work, world.vault, request.id, jobs=world.jobs, by=OFFICER)


def _lapse(world: World, begin: Begin, _request: Request) -> None:
    world.clock.advance(pulse.PATIENCE + timedelta(days=1))
    with begin() as work:
        service.pulse(work, world.vault, world.jobs)


def _elapse(world: World, begin: Begin, request: Request) -> None:
    week(world)
    world.run(request, begin)


def _work(world: World, begin: Begin, request: Request) -> None:
    for store in world.company.stores.values():
        store.on = True
    world.run(request, begin)


def _recall(world: World, begin: Begin, request: Request) -> None:
    with begin() as work:
        service.recall(work, world.vault, request.id)


def _hold(world: World, begin: Begin, request: Request) -> None:
    if not _holds(world):
        with world.begin() as work:
            holds.place(work, world.vault, world.subject, "file 12", by=OFFICER)
    world.run(request, begin)


def _release(world: World, begin: Begin, _request: Request) -> None:
    with begin() as work:
        for one in holds.holds_on(work, world.subject):
            holds.release(work, world.vault, one.id, by=OFFICER, jobs=world.jobs)


def _holds(world: World) -> bool:
    with world.begin() as work:
        return bool(holds.holds_on(work, world.subject))


def _block(world: World, begin: Begin, request: Request) -> None:
    world.company.stores["shop"].on = False
    world.run(request, begin)


def _complete(world: World, begin: Begin, request: Request) -> None:
    if request.kind.value == "complaint":
        with begin() as work:
            review.answer(work, world.vault, request.id, "It is mended.", by=OFFICER)
    else:
        _work(world, begin, request)


def _refuse(world: World, begin: Begin, request: Request) -> None:
    if request.state is State.IN_PROGRESS:
        _refused_by_the_worker(world, begin, request)
    elif request.state in IDENTIFIES:
        with begin() as work:
            proving.reject(work, world.vault, request.id, "no paper came", by=OFFICER)
    else:
        with begin() as work:
            review.refuse(work, world.vault, request.id, "repeated", reason="the fifth time", by=OFFICER)


def _refused_by_the_worker(world: World, begin: Begin, request: Request) -> None:
    """The person's key is destroyed, so that nothing can be done for them any more."""
    with world.begin() as work:
        if not subjects.is_shredded(work, world.subject):
            subjects.shred(work, world.vault, world.subject)
    world.run(request, begin)


ACTS: Mapping[Event, Act] = {
    Event.PROVE: _prove,
    Event.DOUBT: _doubt,
    Event.ASK: _ask,
    Event.REPLY: _reply,
    Event.PRICE: _price,
    Event.ACCEPT: _accept,
    Event.PROCEED: _proceed,
    Event.LAPSE: _lapse,
    Event.BEGIN: _work,
    Event.ELAPSE: _elapse,
    Event.RECALL: _recall,
    Event.HOLD: _hold,
    Event.RELEASE: _release,
    Event.BLOCK: _block,
    Event.RETRY: _work,
    Event.COMPLETE: _complete,
    Event.REFUSE: _refuse,
}
"""What brings each event about."""

OPENING: frozenset[Event] = frozenset({Event.IDENTIFY, Event.REVIEW, Event.WAIT})
"""Events of the transaction that opens a request: outside of it nobody ever sees the state that they leave."""

WEIGHED: frozenset[Event] = frozenset({Event.PRICE, Event.PROCEED})
"""What happens in a review only to a request that may cost something."""


def standing(world: World, state: State, event: Event) -> Request:
    """A request in `state` to which `event` can happen."""
    if state is State.DECIDING and event is Event.DOUBT:
        return _undone(world)
    return _weighed(world) if state is State.IN_REVIEW and event in WEIGHED else INTO[state](world)


def told(world: World) -> dict[str, tuple[str, str, str]]:
    """Kind, state and version of every request, as the journal alone tells it."""
    found = {}
    with world.begin() as work:
        for one in journal.entries(work, 0, journal.size(work)):
            refs = json.loads(one.leaf)["refs"]
            if one.kind.startswith("request.") and "state" in refs:
                found[refs["request"]] = (refs["kind"], refs["state"], refs["version"])
    return found


def kept(world: World) -> dict[str, tuple[str, str, str]]:
    """The same as the tables have it."""
    with world.begin() as work:
        rows = work.db.execute(sa.select(tables.request)).all()
    return {row.id: (row.kind, row.state, row.version) for row in rows}


def missed(world: World) -> tuple[Counter[str], Counter[str]]:
    """How many limits of each request were missed: as the journal tells it, and as the tables have it."""
    with world.begin() as work:
        entries = journal.entries(work, 0, journal.size(work))
        limit = tables.request_deadline.c
        rows = work.db.execute(sa.select(limit.request).where(limit.missed_at.is_not(None))).scalars().all()
    late = (json.loads(one.leaf)["refs"]["request"] for one in entries if one.kind == "request.late")
    return Counter(late), Counter(rows)
