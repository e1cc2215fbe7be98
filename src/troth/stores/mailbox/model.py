"""What a task is, when it is due, and what may be answered. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from troth.base.errors import InputError, UnavailableError
from troth.datamap.model import StoreMap

Act = Literal["look", "access", "erase", "correct"]
"""Say how many rows are held, send them, erase them, or put other values in."""

Outcome = Literal["done", "refused", "dropped"]
Mail = Literal["task", "reminder", "late"]
MAILS: tuple[Mail, ...] = get_args(Mail)

WITHOUT_DEADLINE = timedelta(days=14)
"""How long somebody has for a task of an errand without a deadline."""

_SHARE = 2 / 3
"""Of the time until the errand's deadline; the rest is left for what comes after the answer."""

_LAST_QUARTER = 0.75
_WORD = re.compile(r"[A-Za-z0-9._-]{1,120}")


class WaitsError(UnavailableError):
    """Somebody has to answer first; nothing to do but to wait for them, or to remind them."""

    def __init__(self, store: str) -> None:
        hint = "`troth task list` shows what is asked; it goes on when it is answered"
        super().__init__("stores.waits-for-task", f"somebody has to answer for store `{store}` first", hint=hint)


class TaskRefusedError(UnavailableError):
    """Whoever was asked said that they cannot; staff look into it."""

    def __init__(self, store: str) -> None:
        hint = "see `troth task list --all`, settle it, then record the answer with `troth task done`"
        super().__init__("stores.task-refused", f"the task for store `{store}` was refused", hint=hint)


@dataclass(frozen=True)
class Count:
    """Rows of one dataset: so many `done` (held, sent, erased or changed), so many `kept` for a ground."""

    done: int = 0
    kept: int = 0
    ground: str | None = None


Counts = Mapping[str, Count]


@dataclass(frozen=True)
class Task:
    """One task. `told` is the last mail about it; `counts` what was answered, by dataset; None: not answered."""

    id: str
    store: str
    errand: str
    act: Act
    round: int
    subject: str
    version: str
    reference: str
    address: str
    made_at: datetime
    due_at: datetime
    told: Mail | None
    outcome: Outcome | None
    done_at: datetime | None
    by: str | None
    counts: Counts | None

    def late(self, at: datetime) -> bool:
        """Whether it should have been answered by `at` and was not."""
        return self.outcome in (None, "refused") and self.due_at <= at

    def mail(self, at: datetime) -> Mail | None:
        """The mail that should have been sent about it by `at`, if it was not: each once, and the last one only."""
        if self.outcome is not None:
            return None
        near = self.made_at + (self.due_at - self.made_at) * _LAST_QUARTER
        wanted: Mail = "late" if self.due_at <= at else "reminder" if near <= at else "task"
        behind = self.told is None or MAILS.index(self.told) < MAILS.index(wanted)
        return wanted if behind else None


def due(at: datetime, deadline: datetime | None) -> datetime:
    """When a task that is made at `at` should be answered: before the deadline of what it is for."""
    if deadline is None:
        return at + WITHOUT_DEADLINE
    return at + max(deadline - at, timedelta()) * _SHARE


def check(act: Act, found: StoreMap, counts: Counts) -> Counts:
    """The counts, if they can be the answer to such a task.

    Raises:
        InputError: `tasks.unknown-dataset`, `tasks.bad-count`, `tasks.no-ground`.
    """
    for name, lines in counts.items():
        if name not in found.datasets:
            hint = f"use one of {', '.join(found.datasets)}"
            raise InputError("tasks.unknown-dataset", f"store `{found.name}` has no dataset `{name[:80]}`", hint=hint)
        if lines.done < 0 or lines.kept < 0 or (lines.kept and act != "erase"):
            hint = "numbers of rows are 0 or more, and only an erasure keeps some"
            raise InputError("tasks.bad-count", f"`{name}` has a number of rows that cannot be", hint=hint)
        if lines.kept and not (lines.ground and _WORD.fullmatch(lines.ground)):
            hint = "name the clause of the policy, such as `retention.invoices`"
            raise InputError("tasks.no-ground", f"rows of `{name}` are kept without a ground", hint=hint)
    return counts
