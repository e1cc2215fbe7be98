"""A second look by a human being at a decision that a computer made, and its remedy (GDPR art. 22(3), PIPL art. 24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError
from troth.base.work import Work
from troth.requests import record, tables, texts
from troth.requests.deciding import linked
from troth.requests.kinds import Kind
from troth.requests.machine import Event
from troth.requests.model import Request
from troth.subjects.vault import Vault

Verdict = Literal["upheld", "overturned"]

CODES = {"upheld": "verdict.upheld", "overturned": "verdict.overturned"}
"""What the timeline says of each verdict."""

_CONTESTED = frozenset({Kind.EXPLANATION, Kind.COMPLAINT})
_c = tables.request_verdict.c


@dataclass(frozen=True)
class Decided:
    """What came of the second look; the reasons and the remedy are among the texts of the request."""

    verdict: Verdict
    at: datetime


def owed(work: Work, request: Request) -> bool:
    """Whether a verdict is owed: an explanation that is about an earlier explanation contests it."""
    about = linked.about(work, request.id)
    return request.kind is Kind.EXPLANATION and any(one.kind is Kind.EXPLANATION for one in about)


def verdict_of(work: Work, request_id: str) -> Decided | None:
    """The verdict on a request, once there is one."""
    row = work.db.execute(sa.select(tables.request_verdict).where(_c.request == request_id)).one_or_none()
    return None if row is None else Decided(row.verdict, row.at)


def decide(
    work: Work, vault: Vault, request_id: str, verdict: str, *, reasons: str, remedy: str = "", by: str
) -> Request:
    """Uphold or overturn what is contested, with reasons that the person is told; what is overturned is remedied.

    Raises:
        InputError: `requests.unknown`, `requests.unknown-verdict`, `requests.empty-text` without reasons, or without a
            remedy for what is overturned.
        ConflictError: `requests.not-contested` for a kind that contests nothing, `requests.not-possible`.
    """
    request = record.load(work, request_id)
    if verdict not in CODES:
        hint = f"use {' or '.join(get_args(Verdict))}"
        raise InputError("requests.unknown-verdict", f"`{verdict[:40]}` is no verdict", hint=hint)
    if request.kind not in _CONTESTED:
        raise ConflictError("requests.not-contested", "this request contests nothing", hint="answer or refuse it")
    texts.say(work, vault, request, "answer", reasons)
    if verdict == "overturned" or remedy.strip():
        texts.say(work, vault, request, "remedy", remedy)
    done = record.advance(work, vault, request, Event.COMPLETE, code=CODES[verdict], by=by)
    values = {"request": request.id, "verdict": verdict, "at": work.at, "by": by}
    work.db.execute(sa.insert(tables.request_verdict).values(values))
    return done
