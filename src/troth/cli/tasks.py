"""`troth task`: what somebody is asked to do in a store that has no machine interface, and their answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from troth.cli.options import Json
from troth.cli.output import show

if TYPE_CHECKING:
    from troth.stores.mailbox.model import Count, Task

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="the task's id (tsk-…)")]
By = Annotated[str, typer.Option("--by", metavar="WHO", help="who wrote the answer down")]


@app.command("list")
def list_(
    everything: Annotated[bool, typer.Option("--all", help="also those that are answered")] = False,
    as_json: Json = False,
) -> None:
    """List the tasks that wait for somebody, the one that is due first first; exit 3 if one is late."""
    from troth.cli.output import finish
    from troth.cli.session import opened
    from troth.stores.mailbox import service

    with opened().begin() as work:
        found, now = service.listing(work, everything=everything), work.at
    show(as_json, {"ok": True, "tasks": [_value(one) for one in found]}, [_line(one) for one in found] or ["no task"])
    finish(3 if any(one.late(now) for one in found) else 0)


@app.command("show")
def show_(task: TaskArgument, as_json: Json = False) -> None:
    """Show one task, with what finds the person: it is personal data on your screen."""
    from troth.cli.session import opened
    from troth.stores.mailbox import service

    running = opened()
    with running.begin() as work:
        found = service.find(work, task)
        asked = service.asked(work, running.vault, found)
        datasets, reason = list(service.map_of(work, found).datasets), service.reason(work, running.vault, found)
    person = [f"{kind}:{value.reveal()}" for kind, value in asked.identifiers]
    values = {item: value.reveal() for item, value in asked.values.items()}
    whole = {**_value(found), "person": person, "values": values, "datasets": datasets, "reason": reason}
    lines = [_line(found), f"datasets {' '.join(datasets)}", *(f"person {one}" for one in person)]
    lines += [f"new value {item}: {value}" for item, value in values.items()] + (
        [f"refused: {reason}"] if reason else []
    )
    show(as_json, {"ok": True, "task": whole}, lines)


@app.command()
def done(
    task: TaskArgument,
    nothing: Annotated[bool, typer.Option("--nothing", help="nothing is held of the person")] = False,
    rows: Annotated[
        Path | None, typer.Option("--rows", metavar="FILE", help="their rows: JSON, or CSV of one dataset")
    ] = None,
    dataset: Annotated[str | None, typer.Option("--dataset", help="of which the CSV is")] = None,
    count: Annotated[
        list[str] | None, typer.Option("--count", metavar="DATASET=N", help="rows held, erased or changed")
    ] = None,
    kept: Annotated[
        list[str] | None, typer.Option("--kept", metavar="DATASET=N:CLAUSE", help="rows that stay, and by which clause")
    ] = None,
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Record the answer; what waited for it goes on."""
    from troth.cli.answers import counts, sent
    from troth.cli.session import opened
    from troth.requests.fulfilment import errands
    from troth.stores.mailbox import service

    running = opened()
    with running.begin() as work:
        found = service.map_of(work, service.find(work, task))
        held = sent(found, rows, dataset)
        told = counts(found, count or (), kept or (), held, nothing=nothing)
        answered = errands.done(work, running.vault, running.jobs, task, told, by=by, sent=held)
    show(as_json, {"ok": True, "task": _value(answered)}, [_line(answered)])


@app.command()
def refuse(
    task: TaskArgument,
    reason: Annotated[str, typer.Argument(metavar="TEXT", help="why it cannot be done")],
    by: By = "cli",
    as_json: Json = False,
) -> None:
    """Record that whoever was asked cannot do it; staff settle it, then it is answered."""
    from troth.cli.session import opened
    from troth.requests.fulfilment import errands

    running = opened()
    with running.begin() as work:
        refused = errands.refuse(work, running.vault, running.jobs, task, reason, by=by)
    show(as_json, {"ok": True, "task": _value(refused)}, [_line(refused)])


def _value(one: Task) -> dict[str, Any]:
    counts: dict[str, Count] = dict(one.counts or {})
    return {
        "id": one.id, "store": one.store, "request": one.errand, "reference": one.reference, "act": one.act,
        "made_at": one.made_at, "due_at": one.due_at, "told": one.told, "outcome": one.outcome, "by": one.by,
        "counts": {name: {"rows": c.done, "kept": c.kept, "ground": c.ground} for name, c in counts.items()},
    }  # fmt: skip


def _line(one: Task) -> str:
    return f"{one.id}  {one.store}  {one.act}  {one.reference}  due {one.due_at:%Y-%m-%d}  {one.outcome or 'waits'}"
