"""Act seven: closing the account."""

from __future__ import annotations

from datetime import timedelta

from troth.demo import naive
from troth.demo.acts_sign_up import LANGUAGE
from troth.demo.world import EMAIL, World
from troth.drill.model import expect
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.service import certificate, open_request, recall

_FIRST, _RECALLED, _SECOND = timedelta(days=3), timedelta(days=6), timedelta(days=10)
_MOMENT = timedelta(seconds=1)


def close(world: World) -> None:
    """Close, recall within the cooling-off period, close again; look at the tables before and after."""
    if not world.asked("close_account"):
        _count(world)
        world.at(_FIRST)
        first = _open(world)
        world.say(f"      {first.reference}: takes effect on {first.act_at:%Y-%m-%d}, can be recalled until then")
    _recalled(world)
    last = _opened_again(world)
    assert last.act_at is not None
    world.clock.set(last.act_at - _MOMENT)
    world.run_due()
    if world.asked("close_account")[-1].state is State.COOLING_OFF:
        expect(_left(world) == int(world.state.kept["theirs"]), "rows went before the cooling-off period was over")
    world.clock.set(last.act_at)
    world.run_due()
    _look_again(world, world.asked("close_account")[-1])


def _recalled(world: World) -> None:
    first = world.asked("close_account")[0]
    if first.state is State.COOLING_OFF:
        world.at(_RECALLED)
        with world.app.begin() as work:
            first = recall(work, world.app.vault, first.id)
    expect(first.state is State.RECALLED, f"the first closing is {first.state}")
    world.say(f"      {first.reference}: recalled after three days, nothing was touched")


def _opened_again(world: World) -> Request:
    if len(world.asked("close_account")) == 1:
        world.at(_SECOND)
        _open(world)
    return world.asked("close_account")[-1]


def _look_again(world: World, request: Request) -> None:
    expect(request.state is State.FULFILLED, f"the closing is {request.state}, blocked by {request.blocked}")
    with world.app.begin() as work:
        proof = certificate(work, request.id)
    expect(proof is not None, "there is no certificate")
    assert proof is not None
    left, wanted = _left(world), int(world.state.kept["before"]) - int(world.state.kept["theirs"])
    total = sum(naive.sizes(world.company).values())
    expect(left == 0, f"{left} rows are left")
    expect(total == wanted, f"the company has {total} rows, {wanted} are other people's")
    tables = len(naive.sizes(world.company))
    theirs = world.state.kept["theirs"]
    world.say(f"      {request.reference}: seven days later {theirs} rows in {tables} tables are erased")
    world.say(f"      looked again: 0 rows left, all {total:,} rows of others are there; {proof.digest[:19]}…")


def _open(world: World) -> Request:
    version = world.version()
    with world.app.begin() as work:
        return open_request(
            work,
            world.app.vault,
            version,
            world.subject,
            "close_account",
            language=LANGUAGE,
            channel="portal",
            jobs=world.app.jobs,
        )


def _count(world: World) -> None:
    world.keep("theirs", str(_left(world)))
    world.keep("before", str(sum(naive.sizes(world.company).values())))


def _left(world: World) -> int:
    return sum(map(len, naive.ids(world.company, EMAIL).values()))
