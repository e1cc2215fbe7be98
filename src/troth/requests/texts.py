"""What is said in a request: what is asked for, questions and replies, reasons and answers. All of it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from troth.base.errors import InputError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.requests import tables
from troth.requests.details import NONE, Details
from troth.requests.details import read as read_details
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

Role = Literal["details", "question", "reply", "reason", "evidence", "answer", "remedy"]

LONGEST = 10_000
"""Characters of one text: some pages; longer ones come as documents."""


@dataclass(frozen=True)
class Said:
    """One text of a request."""

    number: int
    role: Role
    at: datetime
    text: Sensitive[str]


def say(work: Work, vault: Vault, request: Request, role: Role, text: str) -> None:
    """Keep a text under the person's key.

    Raises:
        InputError: `requests.empty-text`, `requests.long-text`.
        RefusedError: `subjects.shredded`.
    """
    spoken = text.strip()
    if not spoken:
        raise InputError("requests.empty-text", f"the {role} says nothing", hint="write at least a sentence")
    if len(spoken) > LONGEST:
        hint = f"write at most {LONGEST} characters"
        raise InputError("requests.long-text", f"the {role} has {len(spoken)} characters", hint=hint)
    number = 1 + _count(work, request.id)
    sealed = subjects.seal(work, vault, request.subject, spoken.encode(), context=context(request.id, number))
    values = {"request": request.id, "number": number, "role": role, "at": work.at, "sealed": sealed}
    work.db.execute(sa.insert(tables.request_text).values(values))


def texts(work: Work, vault: Vault, request: Request) -> tuple[Said, ...]:
    """Everything that was said, first to last; nothing any more of a person whose key is destroyed."""
    if subjects.is_shredded(work, request.subject):
        return ()
    table = tables.request_text
    rows = work.db.execute(sa.select(table).where(table.c.request == request.id).order_by(table.c.number))
    return tuple(Said(row.number, row.role, row.at, _opened(work, vault, request, row)) for row in rows)


def asked(work: Work, vault: Vault, request: Request) -> Details:
    """What exactly was asked for at first."""
    found = next((one for one in texts(work, vault, request) if one.role == "details"), None)
    return NONE if found is None else read_details(found.text.reveal())


def hand_over(work: Work, vault: Vault, request: Request, to: str) -> None:
    """Seal everything that was said with the key of another subject: it turned out whom the request is about."""
    table = tables.request_text
    for one in texts(work, vault, request):
        spoken, sealed_for = one.text.reveal().encode(), context(request.id, one.number)
        sealed = subjects.seal(work, vault, to, spoken, context=sealed_for)
        here = sa.and_(table.c.request == request.id, table.c.number == one.number)
        work.db.execute(sa.update(table).where(here).values(sealed=sealed))


def _opened(work: Work, vault: Vault, request: Request, row: sa.Row[tuple[object, ...]]) -> Sensitive[str]:
    sealed, sealed_for = bytes(row.sealed), context(request.id, row.number)
    return Sensitive(subjects.unseal(work, vault, request.subject, sealed, context=sealed_for).decode())


def _count(work: Work, request_id: str) -> int:
    table = tables.request_text
    counted = sa.select(sa.func.count()).select_from(table).where(table.c.request == request_id)
    return work.db.scalar(counted) or 0


def context(request_id: str, number: int) -> str:
    """What the seal of a text is bound to, beside the person."""
    return f"request:{request_id}:{number}"
