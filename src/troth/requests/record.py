"""The rows of requests: read them, and move them. A move, its line in the timeline and its journal entry are one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, RefusedError, TrothError
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.regimes.model import Pause
from troth.requests import limits, tables
from troth.requests.kinds import Kind
from troth.requests.machine import AWAITS_PERSON, FINAL, Event, State, move
from troth.requests.model import Deadline, Note, Request, Step
from troth.requests.telling import letters
from troth.subjects import service as subjects
from troth.subjects.vault import Vault
from troth.versions import service as versions
from troth.versions.model import Version

_JOURNALED: Mapping[Event, str] = {
    Event.COMPLETE: "request.fulfilled",
    Event.RECALL: "request.recalled",
    Event.REFUSE: "request.refused",
    Event.LAPSE: "request.lapsed",
}
"""Journal kinds of the events that close a request; every other event is `request.moved`."""

OPENED = "request.opened"

_NOTED: Mapping[Note, str] = {
    "open": OPENED,
    "read": "request.read",
    "show": "request.shown",
    "acknowledge": "request.acknowledged",
    "extend": "request.extended",
    "miss": "request.late",
    "submit": "request.evidence",
    "mismatch": "request.mismatch",
    "discard": "request.evidence-deleted",
    "assign": "request.assigned",
    "reveal": "request.revealed",
    "propose": "request.proposed",
    "approve": "request.approved",
    "decline": "request.declined",
    "expire": "request.expired",
    "keep": "request.kept",
    "announce": "request.lift-announced",
    "lift": "request.lifted",
    "pay": "request.paid",
}


_WAITED_FOR: Mapping[State, Pause] = {
    State.IDENTIFYING: "identity",
    State.DOUBTED: "identity",
    State.CLARIFYING: "clarification",
    State.PRICED: "fee",
}
"""What the person owes while it is their turn, in the words in which laws let time stand still."""


_LOOKED: tuple[Note, ...] = ("read", "reveal", "miss")
"""Steps that change nothing for whoever decides."""


def journaled(event: Event) -> str:
    """The journal's kind of entry for a move."""
    return _JOURNALED.get(event, "request.moved")


def add(work: Work, vault: Vault, request: Request) -> Request:
    """Write a new request with its deadlines; journaled as `request.opened`.

    Raises:
        RefusedError: `subjects.shredded` for a person whose key is destroyed.
    """
    subject = subjects.commitment(work, vault, request.subject, request.subject)
    one_writer(work)
    work.db.execute(sa.insert(tables.request).values(row(request)))
    limits.begin(work, request.id, request.deadlines)
    entry = journal.append(work, OPENED, refs(request, request.state, subject=subject))
    _write(work, request.id, "open", request.state, entry=entry.index)
    return request


def row(request: Request) -> dict[str, object]:
    """The row of a new request."""
    return {
        "id": request.id,
        "reference": request.reference,
        "subject": request.subject,
        "kind": request.kind.value,
        "state": request.state.value,
        "version": request.version,
        "audience": request.audience,
        "language": request.language,
        "channel": request.channel,
        "opened_at": request.opened_at,
        "act_at": request.act_at,
        "attempts": 0,
    }


def load(work: Work, request_id: str) -> Request:
    """The request with that id.

    Raises:
        InputError: `requests.unknown`.
    """
    row = work.db.execute(sa.select(tables.request).where(tables.request.c.id == request_id)).mappings().one_or_none()
    if row is None:
        raise InputError("requests.unknown", "there is no such request", hint="check the id or the reference")
    return assemble(work, [row])[0]


def promised(work: Work, request: Request) -> Version:
    """The version that the request is kept by, as the person's audience read it when they asked."""
    return versions.get(work, request.version).for_audience(request.audience)


def assemble(work: Work, rows: Sequence[Mapping[Any, Any]]) -> tuple[Request, ...]:
    """Requests of their rows, in the same order; their deadlines are fetched at once."""
    running = limits.of(work, [row["id"] for row in rows])
    return tuple(_request(row, running.get(row["id"], ())) for row in rows)


def advance(
    work: Work,
    vault: Vault,
    request: Request,
    event: Event,
    *,
    code: str | None = None,
    attempts: int = 0,
    retry_at: datetime | None = None,
    act_at: datetime | None = None,
    by: str | None = None,
) -> Request:
    """Move `request` through the table, if it still stands where the caller saw it. `by` names who of the staff did.

    Raises:
        ConflictError: `requests.not-possible` where the table has no such line, `requests.moved-meanwhile` where
            somebody else was first.
    """
    after = move(request.state, event)
    one_writer(work)  # before the row: every transaction takes its locks in this order
    moved = work.db.execute(
        sa.update(tables.request)
        .where(tables.request.c.id == request.id, tables.request.c.state == request.state.value)
        .values(
            state=after.value,
            blocked=code,
            attempts=attempts,
            retry_at=retry_at,
            asked_at=work.at if after is State.IN_PROGRESS else None,
            closed_at=work.at if after in FINAL else None,
            act_at=act_at or request.act_at,
            waits_since=work.at if after in AWAITS_PERSON else None,
        )
    )
    if moved.rowcount != 1:
        raise ConflictError(
            "requests.moved-meanwhile", "the request has moved in the meantime", hint="look at it again"
        )
    # A request that was open when its person's key was destroyed still ends, but nothing can say whose it was.
    subject = _commitment(work, vault, request.subject)
    entry = journal.append(work, journaled(event), refs(request, after, subject=subject, code=code))
    _write(work, request.id, event.value, after, code=code, by=by, entry=entry.index)
    _time(work, request, after)
    partly = event is Event.COMPLETE and _partly(work, request.id)
    told = letters.news(event, request.kind, partly=partly)
    if told is not None:
        letters.write(work, request, told)
    return load(work, request.id)


def _commitment(work: Work, vault: Vault, subject: str) -> str | None:
    """What stands for the person in the journal; None once their key is destroyed. One statement, for all wait."""
    key = subjects.open_keys(work, vault, [subject])[subject]
    if isinstance(key, RefusedError):
        return None
    if isinstance(key, TrothError):
        raise key
    return key.commitment(subject)


def note(work: Work, request: Request, what: Note, *, code: str | None = None, by: str | None = None) -> None:
    """Tell of something that moves no state, in the timeline and in the journal."""
    one_writer(work)
    entry = journal.append(work, _NOTED[what], refs(request, request.state, code=code))
    _write(work, request.id, what, request.state, code=code, by=by, entry=entry.index)


def stand(work: Work, request_id: str) -> int:
    """The number of the last step that whoever decides on the request must have seen; looking at it is none."""
    event = tables.request_event.c
    chosen = sa.select(sa.func.max(event.number)).where(event.request == request_id, event.event.not_in(_LOOKED))
    return work.db.scalar(chosen) or 0


def seen(work: Work, request_id: str, last: int) -> None:
    """Let somebody act who saw the request up to its step `last`; two who decide at once cannot both.

    Raises:
        ConflictError: `requests.moved-meanwhile`.
    """
    one_writer(work)
    if stand(work, request_id) != last:
        raise ConflictError(
            "requests.moved-meanwhile", "the request has moved in the meantime", hint="look at it again"
        )


def _partly(work: Work, request_id: str) -> bool:
    kept = sa.exists().where(tables.request_kept.c.request == request_id)
    change = tables.request_change.c
    stays = sa.exists().where(change.request == request_id, change.state == "refused")
    return bool(work.db.scalar(sa.select(sa.or_(kept, stays))))


def _time(work: Work, before: Request, after: State) -> None:
    """Where it is the person's turn, time stands still as far as the law lets it; a closed request owes nothing."""
    if before.state in AWAITS_PERSON:
        limits.resume(work, before.id)
    if after in FINAL:
        limits.meet(work, before.id)
    elif after in AWAITS_PERSON:
        limits.pause(work, before.id, _WAITED_FOR[after])


def steps(work: Work, request_id: str) -> tuple[Step, ...]:
    """What happened to the request, first to last."""
    event = tables.request_event.c
    rows = work.db.execute(sa.select(tables.request_event).where(event.request == request_id).order_by(event.number))
    return tuple(
        Step(
            row.number,
            row.at,
            row.event if row.event in get_args(Note) else Event(row.event),
            State(row.state),
            row.code,
            row.entry,
            row.by,
        )
        for row in rows
    )


def _write(
    work: Work, request_id: str, event: str, state: State, *, entry: int, code: str | None = None, by: str | None = None
) -> None:
    seen = sa.select(sa.func.count()).where(tables.request_event.c.request == request_id).scalar_subquery()
    work.db.execute(
        sa.insert(tables.request_event).values(
            request=request_id,
            number=seen + 1,
            at=work.at,
            event=event,
            state=state.value,
            code=code,
            by=by,
            entry=entry,
        )
    )


def refs(request: Request, state: State, **others: str | None) -> dict[str, str | int]:
    """What the journal says of a step of a request that led to `state`."""
    said = {
        "request": request.id,
        "kind": request.kind.value,
        "state": state.value,
        "version": request.version,
    } | others
    return {key: value for key, value in said.items() if value is not None}


def _request(row: Mapping[Any, Any], deadlines: tuple[Deadline, ...]) -> Request:
    return Request(
        id=row["id"],
        reference=row["reference"],
        subject=row["subject"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        version=row["version"],
        language=row["language"],
        channel=row["channel"],
        opened_at=row["opened_at"],
        act_at=row["act_at"],
        blocked=row["blocked"],
        closed_at=row["closed_at"],
        deadlines=deadlines,
        audience=row["audience"],
    )
