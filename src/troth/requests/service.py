"""Use cases of requests: open, recall, look, list, and the pulse that finds what should run and does not.

The pulse is level-triggered: it compares what should be with what is. Whatever was lost (a message, a worker, a
machine) is found by the next one, because nothing but the rows of the requests themselves says what is to be done.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.text import LANGUAGES
from troth.base.work import Work
from troth.consent.service import binding_version
from troth.requests import admission, deadline, package, record, tables
from troth.requests.certificate import certificate_of
from troth.requests.machine import FINAL, OPEN, START, Event, State
from troth.requests.model import Certificate, Kind, Late, Request, Step, kind_of, reference
from troth.requests.ports import Jobs
from troth.subjects import facts
from troth.subjects.vault import Vault
from troth.versions.service import Version

LEASE = timedelta(minutes=2)
"""How long a worker that was asked to run a request is left alone before the pulse asks again.

Every step of a run renews it. When a run outlasts it, two runs of one request may overlap: that is wasteful but
safe, because every step is idempotent and every move is compare-and-set.
"""

PAGE = 50
_MOST = 500


def open_request(
    work: Work,
    vault: Vault,
    version: Version,
    subject: str,
    kind: str,
    *,
    language: str,
    channel: str,
    jobs: Jobs,
) -> Request:
    """Record what a person asks for, and have it run in the same transaction.

    It is kept by the version that holds for the person when `version` is in force, as their audience reads it. An
    open request of the same kind by the same person is returned as it is, not opened twice. Where the policy
    gives a cooling-off period, nothing runs before its end and the person may recall it until then.

    Raises:
        InputError: `requests.unknown-kind`, `requests.unknown-language`.
        RefusedError: `requests.condition-missing` where the policy's clause asks for something first (a copy always
            for a verified identity); `subjects.shredded` for a person whose key is destroyed.
        ConflictError: `requests.closing` while the closing of the account is being carried out.
    """
    wanted = kind_of(kind)
    if language not in LANGUAGES:
        raise InputError(
            "requests.unknown-language", f"`{language}` is not a language", hint=f"use {' or '.join(LANGUAGES)}"
        )
    already = _open_one(work, subject, wanted)
    if already is not None:
        return already
    version = binding_version(work, version, subject)
    admission.check(work, version, subject, wanted)
    try:
        with work.db.begin_nested():
            request = record.add(work, vault, _new(work, version, subject, wanted, language=language, channel=channel))
    except sa.exc.IntegrityError:
        already = _open_one(work, subject, wanted)  # the same person opened it at the same moment
        if already is None:
            raise
        return already
    return _set_going(work, vault, request, jobs)


def recall(work: Work, vault: Vault, request_id: str) -> Request:
    """Take a request back during its cooling-off period; nothing has been done and nothing will be.

    Raises:
        InputError: `requests.unknown`.
        ConflictError: `requests.too-late` once the period is over, `requests.not-possible` in any other state.
    """
    request = record.load(work, request_id)
    if request.state is State.COOLING_OFF and not request.recallable(work.at):
        raise ConflictError(
            "requests.too-late",
            "the cooling-off period is over and the request takes effect",
            hint="register again if you want to come back",
        )
    recalled = record.advance(work, vault, request, Event.RECALL)
    facts.change(work, request.subject, remove=("account.closing",))
    return recalled


def get(work: Work, request_id: str) -> Request:
    """The request with that id. Raises InputError `requests.unknown`."""
    return record.load(work, request_id)


def by_reference(work: Work, name: str) -> Request:
    """The request that people call `K-7F3Q-2M`; case does not matter. Raises InputError `requests.unknown`."""
    chosen = sa.select(tables.request.c.id).where(tables.request.c.reference == name.strip().upper())
    return record.load(work, work.db.execute(chosen).scalar() or "")


def of_subject(work: Work, subject: str) -> tuple[Request, ...]:
    """Everything that a person asked for, the newest first."""
    return _selected(work, _newest_first().where(tables.request.c.subject == subject))


def listing(
    work: Work, *, state: str | None = None, after: str | None = None, limit: int = PAGE
) -> tuple[Request, ...]:
    """One page of all requests, the newest first; `after` is the id of the last one of the page before.

    Raises:
        InputError: `requests.unknown-state`, or `requests.unknown` for an `after` that names none.
    """
    chosen = _newest_first().limit(min(limit, _MOST))
    if state is not None:
        if state not in list(State):
            raise InputError(
                "requests.unknown-state", f"`{state}` is not a state", hint=f"use one of {', '.join(State)}"
            )
        chosen = chosen.where(tables.request.c.state == state)
    if after is not None:
        last = record.load(work, after)
        chosen = chosen.where(
            sa.tuple_(tables.request.c.opened_at, tables.request.c.id)
            < sa.tuple_(sa.literal(last.opened_at, tables.request.c.opened_at.type), last.id)
        )
    return _selected(work, chosen)


def due_soonest(work: Work, *, limit: int = PAGE) -> tuple[Request, ...]:
    """Open requests, the one whose strictest deadline ends first on top."""
    table = tables.request.c
    chosen = (
        sa.select(tables.request)
        .where(table.closed_at.is_(None))
        .order_by(table.due_at.is_(None), table.due_at, table.id)
        .limit(min(limit, _MOST))
    )
    return _selected(work, chosen)


def overdue(work: Work) -> tuple[Late, ...]:
    """Every deadline that an open request has passed, the longest passed first: late is computed, never silent."""
    late = sa.select(tables.request_deadline.c.request).where(tables.request_deadline.c.due_at < work.at)
    chosen = sa.select(tables.request).where(tables.request.c.closed_at.is_(None), tables.request.c.id.in_(late))
    found = (
        Late(request, one, work.at - one.due_at)
        for request in _selected(work, chosen)
        for one in request.deadlines
        if one.due_at < work.at
    )
    return tuple(sorted(found, key=lambda one: (one.deadline.due_at, one.request.id, one.deadline.clause)))


def timeline(work: Work, request_id: str) -> tuple[Step, ...]:
    """What happened to a request, first to last. Raises InputError `requests.unknown`."""
    record.load(work, request_id)
    return record.steps(work, request_id)


def certificate(work: Work, request_id: str) -> Certificate | None:
    """The certificate of an erasure, once it is made."""
    return certificate_of(work, request_id)


def runnable(work: Work) -> tuple[str, ...]:
    """Ids of the requests that a run would carry on, oldest first; blocked ones as well, whenever they are due."""
    return _ids(work, _may_run(work))


def pulse(work: Work, jobs: Jobs) -> int:
    """Have run what should run and is not running; drop packages whose time is over. Gives the number of runs.

    A blocked request is asked for at once after its first failure and then at growing intervals (`fulfil.pause`).
    """
    package.expire(work)
    table = tables.request.c
    due = sa.or_(table.retry_at.is_(None), table.retry_at <= work.at)
    return sum(_ask(work, one, jobs) for one in _ids(work, sa.and_(_may_run(work), _idle(work), due)))


def _new(work: Work, version: Version, subject: str, kind: Kind, *, language: str, channel: str) -> Request:
    return Request(
        id=work.new_id("req"),
        reference=_fresh_reference(work, version.name),
        subject=subject,
        kind=kind,
        state=START,
        version=version.id,
        language=language,
        channel=channel,
        opened_at=work.at,
        act_at=deadline.cooling_off_end(version.policy, kind, work.at),
        blocked=None,
        closed_at=None,
        deadlines=deadline.deadlines(version.policy, kind, work.at),
        audience=version.audience,
    )


def _set_going(work: Work, vault: Vault, request: Request, jobs: Jobs) -> Request:
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, add=("account.closing",))
    if request.act_at is not None:
        return record.advance(work, vault, request, Event.WAIT)
    _ask(work, request.id, jobs)
    return request


def _fresh_reference(work: Work, policy: str) -> str:
    while True:
        name = reference(policy[0], work.entropy(8))
        taken = sa.select(sa.literal(1)).where(tables.request.c.reference == name)
        if work.db.execute(taken).first() is None:
            return name


def _ask(work: Work, request_id: str, jobs: Jobs) -> bool:
    """Enqueue, unless somebody else did in the meantime: the lease is taken by compare-and-set."""
    taken = work.db.execute(
        sa.update(tables.request).where(tables.request.c.id == request_id, _idle(work)).values(asked_at=work.at)
    )
    if taken.rowcount != 1:
        return False
    jobs.enqueue(work, request_id)
    return True


def _may_run(work: Work) -> sa.ColumnElement[bool]:
    table = tables.request.c
    begun = [state.value for state in OPEN - {State.COOLING_OFF}]
    over = sa.and_(table.state == State.COOLING_OFF.value, table.act_at <= work.at)
    return sa.or_(table.state.in_(begun), over)


def _idle(work: Work) -> sa.ColumnElement[bool]:
    table = tables.request.c
    return sa.or_(table.asked_at.is_(None), table.asked_at <= work.at - LEASE)


def _ids(work: Work, condition: sa.ColumnElement[bool]) -> tuple[str, ...]:
    table = tables.request.c
    return tuple(work.db.execute(sa.select(table.id).where(condition).order_by(table.opened_at, table.id)).scalars())


def _open_one(work: Work, subject: str, kind: Kind) -> Request | None:
    table = tables.request.c
    chosen = sa.select(tables.request).where(
        table.subject == subject, table.kind == kind.value, table.state.not_in([state.value for state in FINAL])
    )
    return next(iter(_selected(work, chosen)), None)


def _newest_first() -> sa.Select[Any]:
    return sa.select(tables.request).order_by(tables.request.c.opened_at.desc(), tables.request.c.id.desc())


def _selected(work: Work, chosen: sa.Select[Any]) -> tuple[Request, ...]:
    return record.assemble(work, work.db.execute(chosen).mappings().all())
