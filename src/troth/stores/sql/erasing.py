"""Runs a plan of erasure: what stands in the way, what is changed, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import sqlalchemy as sa

from troth.base.errors import InputError, IntegrityError
from troth.datamap.guards import Guard
from troth.datamap.plan import ErasurePlan, Step
from troth.stores.model import Erased
from troth.stores.sql.runs import Run


def rehearsed(run: Run, plan: ErasurePlan) -> tuple[Erased, ...]:
    """What erasing would do and say now. Raises InputError if rows stand in the way."""
    counts = run.counted(plan.due)
    number = len(plan.changing)
    found = _unhindered(plan.guards, counts)
    return (*_changed(plan.changing, found[:number]), *_kept(plan.kept, found[number:]))


def left(run: Run, plan: ErasurePlan) -> Mapping[str, int]:
    """By dataset, how many rows there still are to mask or to delete."""
    counts = run.counted(plan.left)
    return {step.dataset: number for step, number in zip((*plan.mask, *plan.delete), counts, strict=True)}


def chunk(run: Run, plan: ErasurePlan) -> Erased | None:
    """Delete some rows of what may go in chunks. Nothing goes where the rest could not: raises as `rehearsed`."""
    _unhindered(plan.guards, run.counted(plan.untold))
    for one in plan.chunks:
        (number,), _ = run.change((one.change,), None)
        if number:
            return Erased(one.dataset, number, number, 0, None, "delete")
    return None


def erased(run: Run, plan: ErasurePlan, store: str) -> tuple[Erased, ...]:
    """Change and delete rows, and look again.

    Raises:
        InputError: rows stand in the way; nothing was changed.
        IntegrityError: something is left; the transaction must be rolled back.
    """
    before = _unhindered(plan.guards, run.counted(plan.untold))
    untold = [step for step in plan.changing if not step.tells]
    known = dict(zip(untold, before, strict=False))
    if plan.detach:
        _, counts = run.change(_changes(plan.detach), plan.attached)
        _none_left(plan.detach, counts, store)
    changes = (*_changes(plan.mask), *plan.unlink, *_changes(plan.delete))
    met, counts = run.change(changes, plan.left)
    _none_left((*plan.mask, *plan.delete), counts, store)
    told = dict(zip(map(id, changes), met, strict=True))
    known |= {step: told[id(step.change)] for step in plan.changing if step.tells}
    return (
        *_changed(plan.changing, [known[step] for step in plan.changing]),
        *_kept(plan.kept, before[len(untold) :]),
    )


def _changes(steps: Sequence[Step]) -> tuple[sa.Update | sa.Delete, ...]:
    return tuple(step.change for step in steps if step.change is not None)


def _unhindered(guards: Sequence[Guard], counts: Sequence[int]) -> Sequence[int]:
    """The counts that follow on those of the guards, which must all be 0."""
    problems = tuple(guard.problem(found) for guard, found in zip(guards, counts, strict=False) if found)
    if problems:
        raise InputError.of(problems)
    return counts[len(guards) :]


def _changed(steps: Sequence[Step], counts: Sequence[int]) -> Iterator[Erased]:
    for step, number in zip(steps, counts, strict=True):
        if number or step.kind != "detach":
            yield Erased(step.dataset, number, number, 0, step.ground, step.kind)


def _kept(steps: Sequence[Step], counts: Sequence[int]) -> Iterator[Erased]:
    for step, number in zip(steps, counts, strict=True):
        if number:
            yield Erased(step.dataset, number, 0, number, step.ground, step.kind)


def _none_left(steps: Sequence[Step], counts: Sequence[int], store: str) -> None:
    """What a trigger or a rule of the database silently put back or held is not called erased."""
    remaining = [(step, number) for step, number in zip(steps, counts, strict=True) if number]
    if remaining:
        counted = ", ".join(f"{number} rows of `{step.dataset}`" for step, number in remaining)
        raise IntegrityError(
            "stores.not-erased",
            f"store `{store}` still holds {counted} after erasing; everything was rolled back",
            hint="a trigger, rule or row security of the database keeps them; let Troth's user change these rows",
        )
