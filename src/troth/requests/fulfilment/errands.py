"""What requests ask of stores where somebody answers: for which request, all at once, and on when it is answered."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from troth.base.work import Work
from troth.datamap.model import Person
from troth.requests import record, tables
from troth.requests.kinds import WAYS, Way
from troth.requests.machine import FINAL, State
from troth.requests.model import Request
from troth.requests.ports import Jobs, OpenStores, Stores
from troth.requests.pulse import ask_for
from troth.stores.mailbox import service as tasks
from troth.stores.mailbox.answers import Rows
from troth.stores.mailbox.model import Act, Counts, Task, WaitsError
from troth.stores.model import Asking, Errand
from troth.subjects.vault import Vault
from troth.versions.model import Version


def on_errand(stores: OpenStores, request: Request) -> OpenStores:
    """The same stores; those where somebody answers know for which request."""
    due = request.due
    errand = Errand(
        request.id, request.reference, request.version, due.due_at if due else None, WAYS[request.kind] is Way.ERASE
    )

    def opened(version: Version) -> Stores:
        found = stores(version)
        return {name: one.on(errand) if isinstance(one, Asking) else one for name, one in found.items()}

    return opened


def ask(stores: Stores, act: Act, people: Sequence[Person]) -> None:
    """Have everybody asked who answers for a store, before the first answer is waited for.

    Raises:
        UnavailableError: `stores.waits-for-task` while somebody has not answered.
    """
    waiting = [name for name, one in sorted(stores.items()) if isinstance(one, Asking) and not one.ask(act, people)]
    if waiting:
        raise WaitsError(waiting[0])


def parted(stores: Stores) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the stores that answer by themselves, and of those where somebody does."""
    asked = {name for name, one in stores.items() if isinstance(one, Asking)}
    return tuple(sorted(stores.keys() - asked)), tuple(sorted(asked))


def done(
    work: Work, vault: Vault, jobs: Jobs, task_id: str, counts: Counts, *, by: str, sent: Rows | None = None
) -> Task:
    """Write an answer down and have the request go on. Raises as `tasks.done` does."""
    task = tasks.done(work, vault, task_id, counts, by=by, sent=sent)
    go_on(work, jobs, task.errand)
    return task


def refuse(work: Work, vault: Vault, jobs: Jobs, task_id: str, reason: str, *, by: str) -> Task:
    """Write down that it cannot be done; the request says so at its next run. Raises as `tasks.refuse` does."""
    task = tasks.refuse(work, vault, task_id, reason, by=by)
    go_on(work, jobs, task.errand)
    return task


def tidy(work: Work) -> int:
    """Drop the tasks of requests that are over, and what was sealed for them; gives of how many requests."""
    known = tasks.errands(work)
    table = tables.request.c
    closed = [state.value for state in FINAL]
    ended = work.db.scalars(sa.select(table.id).where(table.id.in_(known), table.state.in_(closed))).all()
    if ended:
        tasks.over(work, ended)
    return len(ended)


def go_on(work: Work, jobs: Jobs, request_id: str) -> None:
    """Have a blocked request run at once, without the pause that it has grown."""
    if record.load(work, request_id).state is State.BLOCKED:
        table = tables.request
        free = sa.update(table).where(table.c.id == request_id).values(retry_at=None, asked_at=None)
        work.db.execute(free)
        ask_for(work, request_id, jobs)
