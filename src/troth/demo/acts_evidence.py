"""Acts eight and nine: proof and rehearsal."""

from __future__ import annotations

import itertools
from datetime import timedelta

from troth.app.drills.practice import read_promises
from troth.app.drills.rehearsal import rehearse
from troth.base.errors import RefusedError
from troth.demo.world import World
from troth.drill.model import BrokenError, Result, expect
from troth.journal.service import checkpoint
from troth.journal.service import verify as verify_log
from troth.subjects.service import seal


def verify(world: World) -> None:
    """Derive the log anew up to its signature; the person's key must be gone."""
    world.at(timedelta(days=18))
    with world.app.begin() as work:
        checkpoint(work, world.app.signer)
        found = verify_log(work, world.app.believed_keys)
    _expect_key_gone(world)
    world.say("      $ troth journal verify")
    world.say(f"      {found.size} entries verify up to the signed checkpoint; the person's key was destroyed")


def drill(world: World) -> None:
    """Rehearse every promise that the folder ties to a control, each in a sandbox of its own."""
    world.at(timedelta(days=19))
    total = len(read_promises(world.policy_folder, world.source().policy))
    told = itertools.count(1)
    run = rehearse(world.app, world.policy_folder, [], lambda result: _tell(world, result, next(told), total))
    world.going_on("")
    counts = run.counts
    expect(counts["broken"] == 0, f"{counts['broken']} promises are broken")
    expect(counts["kept"] > 0, "no promise was kept")
    world.say(f"      $ troth drill {world.policy_folder}")
    world.say(f"      {counts['kept']} kept, {counts['broken']} broken, {counts['unproven']} unproven")


def _tell(world: World, result: Result, number: int, total: int) -> None:
    world.going_on(f"      rehearsed {number} of {total}: {result.promise.id}")
    if result.state == "broken":
        world.say(f"      {result.promise.id} broken: {result.evidence}")


def _expect_key_gone(world: World) -> None:
    try:
        with world.app.begin() as work:
            seal(work, world.app.vault, world.subject, b"", context="story")
    except RefusedError:
        return
    raise BrokenError("something could still be sealed for the person")
