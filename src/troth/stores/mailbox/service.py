"""Tasks: made once for each errand, answered by somebody, kept no longer than the errand."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.outbox import Outbox
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.datamap.model import Person, StoreMap
from troth.datamap.read import from_value
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.clauses import clause
from troth.stores.mailbox import tables
from troth.stores.mailbox.answers import Rows
from troth.stores.mailbox.model import Act, Count, Counts, Mail, Outcome, Task, check, due
from troth.stores.model import Errand
from troth.subjects import service as subjects
from troth.subjects.vault import Vault
from troth.versions import service as versions

LEASE = timedelta(minutes=10)
"""How long a mail that could not be sent waits; also the lease of a worker that is sending it."""

_LONGEST_REASON = 2000
_c = tables.task.c
_OUTBOX = Outbox(_c.id, _c.retry_at, _c.outcome.is_(None), LEASE)


@dataclass(frozen=True)
class Asked:
    """What a task is about: how the person is found, and for a correction the new values by item."""

    identifiers: tuple[tuple[str, Sensitive[str]], ...]
    values: Mapping[str, Sensitive[str]]


def ask(
    work: Work,
    vault: Vault,
    found: StoreMap,
    errand: Errand,
    act: Act,
    *,
    address: str,
    person: Person,
    values: Mapping[str, Sensitive[str]],
    after: Task | None = None,
) -> Task:
    """The task of that kind for the errand; made if there is none, or anew `after` one whose answer did not do."""
    round_ = after.round + 1 if after else 0
    one_writer(work)
    made = latest(work, errand.id, found.name, act, person.subject)
    if made is not None and made.round >= round_:
        return made
    kinds = {kind for dataset in found.datasets.values() for kind in dataset.identifies}
    plain = {
        "identifiers": [[kind, value.reveal()] for kind, value in person.identifiers if kind in kinds],
        "values": {item: value.reveal() for item, value in values.items()},
    }
    id_ = work.new_id("tsk")
    entry = journal.append(
        work, "task.opened", {"task": id_, "request": errand.id, "store": found.name, "act": act, "round": round_}
    )
    row = {
        "id": id_,
        "store": found.name,
        "errand": errand.id,
        "act": act,
        "round": round_,
        "subject": person.subject,
        "version": errand.version,
        "reference": errand.reference,
        "address": address,
        "made_at": work.at,
        "due_at": due(work.at, errand.due_at),
        "sealed": _sealed(work, vault, person.subject, id_, plain),
        "entry": entry.index,
    }
    work.db.execute(sa.insert(tables.task).values(**row))
    return find(work, id_)


def latest(work: Work, errand: str, store: str, act: Act, subject: str) -> Task | None:
    """The last task of that kind that was made for the errand about one person."""
    mine = sa.select(tables.task).where(_c.errand == errand, _c.store == store, _c.act == act, _c.subject == subject)
    row = work.db.execute(mine.order_by(_c.round.desc()).limit(1)).one_or_none()
    return None if row is None else _task(row)


def find(work: Work, task_id: str) -> Task:
    """One task. Raises InputError `tasks.unknown`."""
    row = work.db.execute(sa.select(tables.task).where(_c.id == task_id)).one_or_none()
    if row is None:
        raise InputError("tasks.unknown", f"`{task_id[:40]}` is no task", hint="`troth task list` shows them")
    return _task(row)


def listing(work: Work, *, everything: bool = False, limit: int = 200) -> tuple[Task, ...]:
    """The tasks that wait for somebody, or all there ever were, the one that is due first first."""
    chosen = sa.select(tables.task).order_by(_c.due_at, _c.entry).limit(limit)
    rows = work.db.execute(chosen if everything else chosen.where(_open()))
    return tuple(_task(row) for row in rows)


def map_of(work: Work, task: Task) -> StoreMap:
    """The data map of the task's store, as the errand's version has it."""
    return from_value(versions.get(work, task.version).maps[task.store])


def asked(work: Work, vault: Vault, task: Task) -> Asked:
    """What finds the person; empty once the errand is over, or the person's key is destroyed."""
    sealed = work.db.scalar(sa.select(_c.sealed).where(_c.id == task.id))
    if sealed is None or subjects.is_shredded(work, task.subject):
        return Asked((), {})
    plain = json.loads(subjects.unseal(work, vault, task.subject, bytes(sealed), context=f"task:{task.id}"))
    identifiers = tuple((kind, Sensitive(value)) for kind, value in plain["identifiers"])
    return Asked(identifiers, {item: Sensitive(value) for item, value in plain["values"].items()})


def rows(work: Work, vault: Vault, task: Task) -> Rows:
    """The rows that were sent as the answer. Raises as `subjects.unseal` does."""
    sealed = work.db.scalar(sa.select(_c.answer).where(_c.id == task.id))
    if sealed is None:
        return {}
    found: Rows = json.loads(subjects.unseal(work, vault, task.subject, bytes(sealed), context=f"answer:{task.id}"))
    return found


def done(work: Work, vault: Vault, task_id: str, counts: Counts, *, by: str, sent: Rows | None = None) -> Task:
    """Write the answer down: the numbers of rows by dataset, none where nothing is held, and what was `sent`.

    Raises:
        InputError: `tasks.unknown`, what `model.check` raises, `policy.unknown-clause` for a ground that is none,
            `tasks.rows-missing` where rows are asked for and only their number is given.
        ConflictError: `tasks.answered`.
        RefusedError: `subjects.shredded`.
    """
    task = _open_task(work, task_id)
    version = versions.get(work, task.version)
    check(task.act, map_of(work, task), counts)
    for lines in counts.values():
        if lines.kept and lines.ground:
            clause(version.policy, lines.ground)
    if task.act == "access" and {name: len(of) for name, of in (sent or {}).items() if of} != {
        name: lines.done for name, lines in counts.items() if lines.done
    }:
        hint = "send them as JSON or CSV, or say that nothing is held"
        raise InputError("tasks.rows-missing", "the rows themselves are asked for", hint=hint)
    answer = None if sent is None else _sealed_answer(work, vault, task, sent)
    return _end(work, task, "done", by, counts={name: asdict(one) for name, one in counts.items()}, answer=answer)


def refuse(work: Work, vault: Vault, task_id: str, reason: str, *, by: str) -> Task:
    """Write down that whoever was asked cannot do it, and why; it can still be answered.

    Raises InputError `tasks.unknown`, `tasks.no-reason`; ConflictError `tasks.answered`.
    """
    task = _open_task(work, task_id)
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        hint = f"say why in at most {_LONGEST_REASON} characters"
        raise InputError("tasks.no-reason", "the reason is missing or too long", hint=hint)
    answer = _sealed_answer(work, vault, task, {"reason": reason.strip()})
    return _end(work, task, "refused", by, answer=answer)


def reason(work: Work, vault: Vault, task: Task) -> str | None:
    """Why it was refused, while that is kept."""
    if task.outcome != "refused" or subjects.is_shredded(work, task.subject):
        return None
    return str(dict(rows(work, vault, task)).get("reason", "")) or None


def to_mail(work: Work) -> tuple[tuple[Task, Mail], ...]:
    """The tasks about which a mail is due, with which one."""
    waiting = work.db.execute(sa.select(tables.task).where(_OUTBOX.due(work.at)).order_by(_c.due_at, _c.entry))
    tasks = [_task(row) for row in waiting]
    return tuple((one, mail) for one in tasks if (mail := one.mail(work.at)) is not None)


def claim(work: Work, task: Task) -> bool:
    """Take a task to write about; False when another worker has it."""
    return work.db.execute(_OUTBOX.take(task.id, work.at)).rowcount == 1


def told(work: Work, task: Task, mail: Mail) -> None:
    """The mail was handed over."""
    work.db.execute(sa.update(tables.task).where(_c.id == task.id).values(told=mail, retry_at=None))


def errands(work: Work) -> tuple[str, ...]:
    """The errands of whose tasks anything sealed is kept, or that still wait for an answer."""
    kept = sa.or_(_open(), _c.sealed.is_not(None), _c.answer.is_not(None))
    return tuple(work.db.scalars(sa.select(_c.errand).where(kept).distinct().order_by(_c.errand)))


def over(work: Work, errands_: Collection[str]) -> None:
    """These errands are over: nobody has to answer any more, and what was sealed for them is deleted."""
    mine = _c.errand.in_(list(errands_))
    dropped = sa.update(tables.task).where(mine, _open()).values(outcome="dropped", done_at=work.at)
    work.db.execute(dropped)
    work.db.execute(sa.update(tables.task).where(mine).values(sealed=None, answer=None))


def _open_task(work: Work, task_id: str) -> Task:
    one_writer(work)
    task = find(work, task_id)
    if task.outcome in ("done", "dropped"):
        hint = "nothing to do" if task.outcome == "done" else "the request that it was for is over"
        raise ConflictError("tasks.answered", "the task waits for nobody any more", hint=hint)
    return task


def _end(work: Work, task: Task, outcome: Outcome, by: str, **values: Any) -> Task:
    ended = sa.update(tables.task).where(_c.id == task.id)
    work.db.execute(ended.values(outcome=outcome, done_at=work.at, by=by[:254], **values))
    refs = {"task": task.id, "request": task.errand, "store": task.store, "outcome": outcome}
    journal.append(work, "task.answered", refs)
    return find(work, task.id)


def _open() -> sa.ColumnElement[bool]:
    return sa.or_(_c.outcome.is_(None), _c.outcome == "refused")


def _sealed(work: Work, vault: Vault, subject: str, id_: str, plain: object) -> bytes:
    text = json.dumps(plain, ensure_ascii=False).encode()
    return subjects.seal(work, vault, subject, text, context=f"task:{id_}")


def _sealed_answer(work: Work, vault: Vault, task: Task, plain: object) -> bytes:
    text = json.dumps(plain, ensure_ascii=False).encode()
    return subjects.seal(work, vault, task.subject, text, context=f"answer:{task.id}")


def _task(row: sa.Row[Any]) -> Task:
    counts = None if row.counts is None else {name: Count(**one) for name, one in row.counts.items()}
    return Task(
        row.id, row.store, row.errand, row.act, row.round, row.subject, row.version, row.reference, row.address,
        row.made_at, row.due_at, row.told, row.outcome, row.done_at, row.by, counts,
    )  # fmt: skip
