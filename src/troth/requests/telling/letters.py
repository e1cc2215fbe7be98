"""News for a person about their request, and for staff about its limits: written with the move, sent by a worker.

A letter names the request and where to read more, never what it is about: it may be read by somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from troth.base.outbox import Outbox
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.requests import tables
from troth.requests.fulfilment import parcels
from troth.requests.kinds import Kind
from troth.requests.machine import Event
from troth.requests.model import Request
from troth.requests.proof import parties
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault

About = Literal[
    "open", "ask", "price", "complete", "partly", "closed", "refuse", "lapse", "extend", "hold", "lift", "doubt"
]

TOLD: Mapping[Event, About] = {
    Event.ASK: "ask",
    Event.PRICE: "price",
    Event.COMPLETE: "complete",
    Event.REFUSE: "refuse",
    Event.LAPSE: "lapse",
    Event.HOLD: "hold",
    Event.DOUBT: "doubt",
}
"""The moves that a person is told of; the others they see when they look."""


def news(event: Event, kind: Kind, *, partly: bool) -> About | None:
    """What the person is written about a move of a request of that kind; None: nothing."""
    if event is Event.COMPLETE and kind is Kind.CLOSE_ACCOUNT:
        return "closed"
    return "partly" if event is Event.COMPLETE and partly else TOLD.get(event)


PAUSE = timedelta(minutes=10)
"""How long a letter that could not be sent waits; also the lease of a worker that is sending it."""

_c = tables.letter.c
_OUTBOX = Outbox(_c.id, _c.retry_at, _c.sent_at.is_(None), PAUSE)


@dataclass(frozen=True)
class Letter:
    """One letter that is due. `language` is the one that the request was made in."""

    id: str
    request: str
    reference: str
    subject: str
    language: str
    about: About
    parcel: str | None


def write(work: Work, request: Request, about: About) -> None:
    """Have the person told, in the caller's transaction: what was decided and what is told are one."""
    values = {"id": work.new_id("ltr"), "request": request.id, "about": about, "at": work.at}
    work.db.execute(sa.insert(tables.letter).values(**values))


@dataclass(frozen=True)
class Written:
    """A letter as staff see it: what it tells of, since when it waits, and when it went out."""

    about: About
    at: datetime
    sent_at: datetime | None


def of(work: Work, request_id: str) -> tuple[Written, ...]:
    """The letters about a request, the oldest first."""
    chosen = sa.select(_c.about, _c.at, _c.sent_at).where(_c.request == request_id).order_by(_c.at, _c.id)
    return tuple(Written(*row) for row in work.db.execute(chosen))


def address(work: Work, vault: Vault, subject: str) -> Identifier | None:
    """Where a person is written to: by mail if they have an address; nowhere once their key is destroyed."""
    if subjects.is_shredded(work, subject):
        return None
    known = subjects.identifiers(work, vault, subject)
    return next((one for kind in ("email", "phone") for one in known if one.kind == kind), None)


def keep_address(work: Work, vault: Vault, subject: str) -> None:
    """Before the key of a person is destroyed: let what they were written before it still reach them."""
    to = address(work, vault, subject)
    if to is None:
        return
    p = tables.request_party.c
    others = sa.select(p.request).where(p.asker.is_not(None))
    mine = sa.select(tables.request.c.id).where(tables.request.c.subject == subject, tables.request.c.id.not_in(others))
    unsent = sa.select(_c.id).where(_c.request.in_(mine), _c.sent_at.is_(None), _c.parcel.is_(None)).order_by(_c.id)
    for letter_id in work.db.scalars(unsent).all():
        packed = parcels.pack(work, vault, f"{to.kind}:{to.value.reveal()}")
        work.db.execute(sa.update(tables.letter).where(_c.id == letter_id).values(parcel=packed))


def addressee(work: Work, vault: Vault, letter: Letter) -> Identifier | None:
    """Where a letter goes: what was kept for it, or what the person is known by now; None: nowhere any more.

    Until it is proved who is meant by whom an agent of the network names, it goes where the agent says that they are.
    """
    if letter.parcel is None:
        return address(work, vault, letter.subject) or parties.named(work, vault, letter.request, letter.subject)
    kept = parcels.read(work, vault, letter.parcel)
    if kept is None:
        return None
    kind, _, value = kept.partition(":")
    return Identifier(kind, Sensitive(value))


def due(work: Work, limit: int = 50) -> tuple[Letter, ...]:
    """The letters to be sent now, the oldest first."""
    r, p = tables.request.c, tables.request_party.c
    joined = tables.letter.join(tables.request, r.id == _c.request).outerjoin(tables.request_party, p.request == r.id)
    to = sa.func.coalesce(p.asker, r.subject)  # whoever asks for somebody else is written to themselves
    chosen = sa.select(_c.id, _c.request, r.reference, to, r.language, _c.about, _c.parcel).select_from(joined)
    rows = work.db.execute(chosen.where(_OUTBOX.due(work.at)).order_by(_c.at, _c.id).limit(limit))
    return tuple(Letter(*row) for row in rows)


def claim(work: Work, letter_id: str) -> bool:
    """Take a letter to send; False when another worker has it. Who dies with it leaves it to the next after `PAUSE`."""
    return work.db.execute(_OUTBOX.take(letter_id, work.at)).rowcount == 1


def sent(work: Work, vault: Vault, letter: Letter) -> None:
    """It was handed over; an address that was kept for it is destroyed."""
    work.db.execute(sa.update(tables.letter).where(_c.id == letter.id).values(sent_at=work.at, parcel=None))
    if letter.parcel is not None:
        parcels.destroy(work, vault, [letter.parcel])
