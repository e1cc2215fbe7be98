"""Carries out `troth drill`, and prints what it showed."""

from __future__ import annotations

import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from troth.app.drills.rehearsal import rehearse as rehearse_folder
from troth.base.text import said
from troth.cli.session import opened
from troth.drill.model import DrillRun, Result


def rehearse(folder: Path, only: Collection[str]) -> DrillRun:
    """Rehearse, with a line of progress on the terminal where there is one."""
    columns = (TextColumn("rehearsing {task.fields[promise]}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=Console(file=sys.stderr), transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task("", total=len(only) or None, promise="")

        def told(result: Result) -> None:
            progress.update(task, advance=1, promise=result.promise.id)

        return rehearse_folder(opened(), folder, only, told)


def lines(run: DrillRun) -> list[str]:
    """One line a promise with its evidence, then the counts."""
    counts = run.counts
    return [
        *(
            f"{one.state:<9}{one.promise.id}  {said(one.promise.says, 'en')}\n         {one.evidence}"
            for one in run.results
        ),
        f"{counts['kept']} kept, {counts['broken']} broken, {counts['unproven']} unproven",
    ]


def value(run: DrillRun) -> dict[str, Any]:
    """The same for a program."""
    return {
        "ok": not run.counts["broken"],
        "policy": run.policy,
        "version_hash": run.version_hash,
        "at": run.at,
        "counts": run.counts,
        "results": [
            {
                "id": one.promise.id,
                "clauses": list(one.promise.clauses),
                "control": one.promise.control,
                "state": one.state,
                "evidence": one.evidence,
            }
            for one in run.results
        ],
    }
