"""What people show to be identified: data points, a signed declaration, documents. Sealed, used for that, and deleted.

It serves to identify whoever asks and nothing else: it lies in one table that nothing else reads. Data points go when
they have been compared, documents when it is decided, both at the latest after a time of their own; a signed
declaration stays as long as California wants records of requests kept. Every deletion is in the journal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, RefusedError
from troth.base.work import Begin, Work
from troth.journal.lock import one_writer
from troth.requests import record, tables
from troth.requests.machine import IDENTIFIES
from troth.requests.model import Request
from troth.requests.proof.sniff import MediaType, sniff
from troth.subjects import service as subjects
from troth.subjects.vault import Vault

Sort = Literal["points", "declaration", "document"]

KEPT: Final[dict[Sort, timedelta]] = {
    "points": timedelta(days=1),
    "document": timedelta(days=30),
    "declaration": timedelta(days=731),
}
"""How long each is kept at the most: points until the stores answer, documents until staff decide, declarations for the
24 months that California has records of requests kept (11 CCR § 7101)."""

MOST_DOCUMENTS: Final = 5
LARGEST: Final = 5 * 1024 * 1024
"""Bytes of one document: a photograph of a card in good quality, a letter of some pages."""

_CODES: Final[dict[Sort, str]] = {
    "points": "evidence.points",
    "document": "evidence.document",
    "declaration": "evidence.declaration",
}
_AT_ONCE = 200
_UNTIL_DECIDED: tuple[Sort, ...] = ("points", "document")
_c = tables.request_evidence.c


@dataclass(frozen=True)
class Evidence:
    """One thing that was shown; what it says is sealed."""

    id: str
    request: str
    sort: Sort
    media_type: MediaType | None
    size: int
    at: datetime
    expires_at: datetime


def keep(work: Work, vault: Vault, request: Request, sort: Sort, content: bytes) -> Evidence:
    """Keep what somebody shows for a request that waits for it; a new one of the same sort takes the old one's place.

    Several documents may be shown.

    Raises ConflictError `requests.not-possible` where nothing has to be shown any more.
    """
    one_writer(work)
    _waiting(work, request)
    if sort != "document":
        _delete(work, [one.id for one in of(work, request.id) if one.sort == sort])
    return _add(work, vault, request, sort, content)


def keep_document(work: Work, vault: Vault, request: Request, content: bytes) -> Evidence:
    """Keep a document.

    Raises:
        InputError: `evidence.too-large`, and as `sniff` does.
        RefusedError: `evidence.too-many`.
        ConflictError: `requests.not-possible`.
    """
    if len(content) > LARGEST:
        hint = f"send at most {LARGEST // 1024 // 1024} MB; a photograph of lower quality does"
        raise InputError("evidence.too-large", "the document is too large", hint=hint)
    media_type = sniff(content)
    one_writer(work)
    _waiting(work, request)
    if sum(one.sort == "document" for one in of(work, request.id)) >= MOST_DOCUMENTS:
        hint = "take one back before you send another"
        raise RefusedError("evidence.too-many", f"there are {MOST_DOCUMENTS} documents already", hint=hint)
    return _add(work, vault, request, "document", content, media_type=media_type)


def take_back(work: Work, request: Request, evidence_id: str) -> None:
    """Delete what was shown, because whoever showed it wants it back. Raises InputError `evidence.unknown`."""
    one_writer(work)
    _discard(work, [_known(work, request.id, evidence_id)])


def of(work: Work, request_id: str) -> tuple[Evidence, ...]:
    """What was shown for a request and is still kept, first to last."""
    chosen = sa.select(tables.request_evidence).where(_c.request == request_id).order_by(_c.at, _c.id)
    return tuple(_evidence(row) for row in work.db.execute(chosen))


def read(work: Work, vault: Vault, request: Request, evidence_id: str) -> bytes:
    """What was shown, in the open. The caller sees to it that this is written down.

    Raises:
        InputError: `evidence.unknown`, also once it was deleted.
        RefusedError: `subjects.shredded`.
    """
    _known(work, request.id, evidence_id)
    sealed = work.db.execute(sa.select(_c.sealed).where(_c.id == evidence_id)).scalar_one()
    return subjects.unseal(work, vault, request.subject, bytes(sealed), context=_context(evidence_id))


def waiting(work: Work, limit: int) -> tuple[Evidence, ...]:
    """Data points that wait to be compared, first come first."""
    chosen = sa.select(tables.request_evidence).where(_c.sort == "points", _c.expires_at > work.at)
    return tuple(_evidence(row) for row in work.db.execute(chosen.order_by(_c.at, _c.id).limit(limit)))


def discard(work: Work, request_id: str, sorts: Collection[Sort] = _UNTIL_DECIDED) -> None:
    """Delete what has served: by default everything that is kept only until it is decided."""
    one_writer(work)
    _discard(work, [one for one in of(work, request_id) if one.sort in sorts])


def hand_over(work: Work, vault: Vault, request: Request, to: str) -> None:
    """Seal what is kept with the key of the person whom the request turned out to be about."""
    for one in of(work, request.id):
        plain = read(work, vault, request, one.id)
        sealed = subjects.seal(work, vault, to, plain, context=_context(one.id))
        work.db.execute(sa.update(tables.request_evidence).where(_c.id == one.id).values(sealed=sealed))


def forget(begin: Begin) -> int:
    """The sweep: delete what has expired, or was decided on, and give its number."""
    with begin() as work:
        if not _due(work):
            return 0
    with begin() as work:
        one_writer(work)
        due = _due(work)
        _discard(work, due)
        return len(due)


def _due(work: Work) -> Sequence[Evidence]:
    """What has expired, and what was decided on: two looks, each by an index of its own."""
    r = tables.request.c
    joined = tables.request_evidence.join(tables.request, r.id == _c.request)
    expired = sa.select(tables.request_evidence).where(_c.expires_at <= work.at)
    served = sa.select(tables.request_evidence).select_from(joined)
    served = served.where(_c.sort.in_(_UNTIL_DECIDED), r.state.not_in([state.value for state in IDENTIFIES]))
    found = [_evidence(row) for one in (expired, served) for row in work.db.execute(one.limit(_AT_ONCE))]
    return list({one.id: one for one in found}.values())


def _waiting(work: Work, request: Request) -> None:
    if record.load(work, request.id).state not in IDENTIFIES:
        hint = "look at the request: it has gone on, or it is closed"
        raise ConflictError("requests.not-possible", "nothing has to be shown any more", hint=hint)


def _add(
    work: Work, vault: Vault, request: Request, sort: Sort, content: bytes, *, media_type: MediaType | None = None
) -> Evidence:
    made = Evidence(work.new_id("evd"), request.id, sort, media_type, len(content), work.at, work.at + KEPT[sort])
    sealed = subjects.seal(work, vault, request.subject, content, context=_context(made.id))
    work.db.execute(sa.insert(tables.request_evidence).values(**vars(made), sealed=sealed))
    record.note(work, request, "submit", code=_CODES[sort])
    return made


def _discard(work: Work, found: Sequence[Evidence]) -> None:
    """Delete, and say so in each request's timeline and in the journal."""
    _delete(work, [one.id for one in found])
    for one in found:
        record.note(work, record.load(work, one.request), "discard", code=_CODES[one.sort])


def _delete(work: Work, ids: Sequence[str]) -> None:
    work.db.execute(sa.delete(tables.request_evidence).where(_c.id.in_(ids)))


def _known(work: Work, request_id: str, evidence_id: str) -> Evidence:
    for one in of(work, request_id):
        if one.id == evidence_id:
            return one
    raise InputError("evidence.unknown", "there is no such document", hint="it may have been deleted already")


def _evidence(row: sa.Row[tuple[object, ...]]) -> Evidence:
    return Evidence(row.id, row.request, row.sort, row.media_type, row.size, row.at, row.expires_at)


def _context(evidence_id: str) -> str:
    return f"evidence:{evidence_id}"
