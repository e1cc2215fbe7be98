"""Keeps what rehearsals showed, so that it can stand beside the sentences of the notice."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.work import Work
from troth.drill import tables
from troth.drill.model import DrillRun, Promise, Result
from troth.journal.service import append


def record(work: Work, run: DrillRun) -> None:
    """Write a run, its results and its entry."""
    run_id = work.new_id("drl")
    work.db.execute(tables.run.insert().values(id=run_id, policy=run.policy, version_hash=run.version_hash, at=run.at))
    if run.results:
        work.db.execute(tables.result.insert(), [_row(run_id, place, one) for place, one in enumerate(run.results)])
    counts = {str(state): number for state, number in run.counts.items()}
    append(work, "drill.run", {"drill": run_id, "version": run.version_hash, **counts})


def latest(work: Work, policy: str) -> DrillRun | None:
    """The newest run of a policy, or None if it was never rehearsed."""
    newest = sa.select(tables.run).where(tables.run.c.policy == policy).order_by(tables.run.c.at.desc()).limit(1)
    found = work.db.execute(newest).first()
    if found is None:
        return None
    results = work.db.execute(
        sa.select(tables.result).where(tables.result.c.run == found.id).order_by(tables.result.c.place)
    )
    return DrillRun(found.policy, found.version_hash, found.at, tuple(_result(row) for row in results))


def _row(run_id: str, place: int, result: Result) -> dict[str, object]:
    promise = result.promise
    return {
        "run": run_id,
        "place": place,
        "promise": promise.id,
        "topic": promise.topic,
        "says": dict(promise.says),
        "clauses": list(promise.clauses),
        "control": promise.control,
        "parameters": dict(promise.parameters),
        "rehearsal": dict(promise.rehearsal),
        "kind": promise.kind,
        "state": result.state,
        "evidence": result.evidence,
    }


def _result(row: sa.Row[tuple[object, ...]]) -> Result:
    promise = Promise(
        row.promise, row.topic, row.says, tuple(row.clauses), row.control, row.parameters, row.rehearsal, row.kind
    )
    return Result(promise, row.state, row.evidence)
