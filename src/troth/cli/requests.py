"""Carries out what `troth request` was asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from troth.base.errors import InputError
from troth.cli.session import opened
from troth.cli.session import subject as find_subject
from troth.requests.details import Details
from troth.requests.fulfilment.package import read
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.requests.proof.parties import party
from troth.requests.service import get, listing, open_request, recall, timeline
from troth.versions.service import current

_NAME_MATTERS = frozenset({Kind.WITHDRAWAL, Kind.OPT_OUT, Kind.OPT_IN})
"""The kinds that name what was agreed to, or what is opted out of; an objection names purposes."""


def details_of(kind: str, about: Sequence[str], sets: Sequence[str], text: str) -> Details:
    """What exactly is asked for. Raises InputError `requests.bad-change` for what is no `ITEM=VALUE`."""
    if kind == Kind.PORTABILITY:
        return Details(text=text, to=next(iter(about), ""))
    if kind in _NAME_MATTERS:
        return Details(matters=tuple(about), text=text)
    return Details(purposes=tuple(about), text=text, changes=tuple(map(_change, sets)))


def _change(word: str) -> tuple[str, str]:
    item, sign, value = word.partition("=")
    if not sign or not item:
        hint = "write `--set account.nickname=VALUE`, or `--set account.nickname=-` to type the value"
        raise InputError("requests.bad-change", "what should be set is not written as `ITEM=VALUE`", hint=hint)
    return item, sys.stdin.readline().rstrip("\r\n") if value == "-" else value


def opened_request(
    subject: str,
    kind: str,
    policy: str | None,
    language: str,
    channel: str,
    *,
    told: Details,
    asks: tuple[str, str, str] | None,
) -> Request:
    """Open one; `told` is what exactly is asked for; `asks` is who asks for them, if not they."""
    app = opened()
    with app.begin() as work:
        found = find_subject(app, work, subject)
        return open_request(
            work,
            app.vault,
            current(work, policy),
            found,
            kind,
            language=language,
            channel=channel,
            jobs=app.jobs,
            details=told,
            party=party(*asks) if asks else None,
        )


def listed(state: str | None, after: str | None, limit: int) -> Sequence[Request]:
    """One page."""
    app = opened()
    with app.begin() as work:
        return listing(work, state=state, after=after, limit=limit)


def details(request_id: str) -> tuple[dict[str, Any], list[str]]:
    """One with its timeline, as a value and as lines."""
    app = opened()
    with app.begin() as work:
        request, steps = get(work, request_id), timeline(work, request_id)
    happened = [{"at": step.at, "event": step.event, "state": step.state} for step in steps]
    lines = [
        summary(request),
        *(f"  {step['at']:%Y-%m-%d %H:%M} {step['event']} → {step['state']}" for step in happened),
    ]
    return value(request) | {"timeline": happened}, lines


def run_due(request_id: str | None) -> Sequence[Request]:
    """Run a worker until nothing is left that could run; the named request, or all that are still open."""
    app = opened()
    app.worker().drain()
    with app.begin() as work:
        if request_id:
            return (get(work, request_id),)
        return [one for one in listing(work, limit=500) if one.closed_at is None]


def recalled(request_id: str) -> Request:
    """Recall one."""
    app = opened()
    with app.begin() as work:
        return recall(work, app.vault, request_id)


def write_package(request_id: str, out: Path) -> int:
    """Write the ZIP with mode 0600; returns its size in bytes."""
    app = opened()
    with app.begin() as work:
        content = read(work, app.vault, request_id)
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    return len(content)


def summary(request: Request) -> str:
    """One line."""
    why = f", blocked: {request.blocked}" if request.blocked else ""
    due = f", due {request.due.due_at:%Y-%m-%d}" if request.due and not request.closed_at else ""
    return f"{request.id} {request.reference} {request.kind} {request.state}{due}{why}"


def value(request: Request) -> dict[str, Any]:
    """The same for a program."""
    return {
        "id": request.id,
        "reference": request.reference,
        "subject": request.subject,
        "kind": request.kind,
        "state": request.state,
        "version": request.version,
        "opened_at": request.opened_at,
        "act_at": request.act_at,
        "blocked": request.blocked,
        "closed_at": request.closed_at,
        "deadlines": [
            {
                "source": one.source,
                "at": one.due_at,
                "clause": one.clause,
                "period": one.period,
                "provisional": one.provisional,
            }
            for one in request.deadlines
        ],
    }
