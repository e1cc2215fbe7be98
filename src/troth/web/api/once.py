"""The same request is done once: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

What was written under a key is answered again with the very answer it had, for a day. A request that was refused wrote
nothing and keeps no key: it is looked at anew.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import sqlalchemy as sa
from starlette.requests import Request

from troth.base.errors import ConflictError, InputError
from troth.base.work import Work
from troth.subjects.vault import Vault
from troth.web.api import tables

KEPT_FOR: Final = timedelta(hours=24)

_HEADER: Final = "idempotency-key"
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True)
class Once:
    """A key of one program, and what was sent under it; both as keyed hashes, for a body may name a person."""

    found_by: bytes
    request: bytes


@dataclass(frozen=True)
class Answer:
    """What a program is told: an HTTP status and JSON."""

    status: int
    body: str


def once(request: Request, vault: Vault, body: bytes) -> Once | None:
    """The key of a request, if it has one. Raises InputError `web.idempotency-key`."""
    key = request.headers.get(_HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        hint = "use up to 200 printable ASCII characters, such as a UUID, a fresh one for each request"
        raise InputError("web.idempotency-key", "the `Idempotency-Key` cannot be kept", hint=hint)
    program: str = request.state.program
    return Once(vault.lookup("idempotency", program, key), vault.lookup("idempotent", body.decode("latin-1")))


def answers(work: Work, asked: Collection[Once]) -> Mapping[bytes, tuple[bytes, Answer]]:
    """What was answered under these keys in the last day: the request that it answered, and the answer."""
    if not asked:
        return {}
    c = tables.answer.c
    query = sa.select(tables.answer).where(c.found_by.in_([one.found_by for one in asked]), c.at > work.at - KEPT_FOR)
    rows = work.db.execute(query)
    return {bytes(row.found_by): (bytes(row.request), Answer(row.status, row.body)) for row in rows}


def keep(work: Work, given: Mapping[Once, Answer]) -> None:
    """Keep answers, and forget those that are older than a day."""
    work.db.execute(tables.answer.delete().where(tables.answer.c.at <= work.at - KEPT_FOR))
    rows = [
        {"found_by": one.found_by, "request": one.request, "status": said.status, "body": said.body, "at": work.at}
        for one, said in given.items()
    ]
    work.db.execute(tables.answer.insert(), rows)


def other_request() -> ConflictError:
    """The error of a key that was used for something else."""
    hint = "use a fresh key for each request"
    return ConflictError("web.idempotency-other", "the `Idempotency-Key` was used for another request", hint=hint)
