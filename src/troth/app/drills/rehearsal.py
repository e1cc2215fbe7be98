"""A drill of a policy's folder: sandboxes are made, promises rehearsed, the results kept."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from troth.app.application import Application
from troth.app.drills.folder import read_folder
from troth.app.drills.practice import read_promises, read_sample
from troth.app.drills.sandbox import sandboxes
from troth.base.errors import InputError
from troth.drill.model import DrillRun, Promise
from troth.drill.run import Told
from troth.drill.run import rehearse as rehearse_all
from troth.drill.service import record


def rehearse(app: Application, folder: Path, only: Collection[str], told: Told) -> DrillRun:
    """Rehearse the promises of `folder` (those named in `only`, if any), record the run and return it.

    Raises:
        InputError: the folder cannot be read, or `only` names an unknown promise.
    """
    source = read_folder(folder)
    chosen = _chosen(read_promises(folder, source.policy), only)
    with sandboxes(source, read_sample(folder), app.clock.now()) as make_sandbox:
        results = rehearse_all(chosen, make_sandbox, told)
    run = DrillRun(source.policy.name, source.policy.hash, app.clock.now(), results)
    with app.begin() as work:
        record(work, run)
    return run


def _chosen(promises: tuple[Promise, ...], only: Collection[str]) -> tuple[Promise, ...]:
    unknown = set(only) - {promise.id for promise in promises}
    if unknown:
        named = ", ".join(sorted(unknown))
        raise InputError(
            "drill.unknown-promise", f"`{named}` is in no promises.yaml", hint="`troth drill` without --only lists them"
        )
    return tuple(promise for promise in promises if not only or promise.id in only)
