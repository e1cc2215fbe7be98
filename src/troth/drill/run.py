"""Rehearses promises, one after the other, each in a world of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from troth.base.errors import RefusedError, TrothError, UnavailableError
from troth.drill.controls import CONTROLS
from troth.drill.model import BrokenError, Promise, Result
from troth.drill.sandbox import MakeSandbox

Told = Callable[[Result], None]
"""Called after each promise, so that somebody who waits sees it going on."""


def rehearse(promises: Iterable[Promise], make_sandbox: MakeSandbox, told: Told) -> tuple[Result, ...]:
    """The state of each promise, in the order given."""
    results = []
    for promise in promises:
        results.append(_rehearse(promise, make_sandbox))
        told(results[-1])
    return tuple(results)


def _rehearse(promise: Promise, make_sandbox: MakeSandbox) -> Result:
    control = CONTROLS[promise.control]
    if control.rehearse is None:
        return Result(promise, "unproven", "the control that would keep it is not built yet")
    try:
        with make_sandbox() as sandbox:
            world = replace(sandbox, audience=promise.audience)
            return Result(promise, "kept", control.rehearse(promise, world))
    except BrokenError as seen:
        return Result(promise, "broken", str(seen))
    except UnavailableError as error:
        return Result(promise, "unproven", f"the sandbox failed: {error.message} [{error.code}]")
    except TrothError as error:
        kind = "refused" if isinstance(error, RefusedError) else "failed"
        return Result(promise, "broken", f"the rehearsal was {kind}: {error.message} [{error.code}]")
