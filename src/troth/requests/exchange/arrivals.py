"""Packages that other controllers sent us, sealed with the person's key until somebody of the staff takes them in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from troth.base.errors import ConflictError, InputError, IntegrityError, RefusedError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.journal import note
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.journal.model import Signer
from troth.requests import tables
from troth.requests.exchange import controllers, transfer
from troth.requests.exchange.controllers import Controller
from troth.requests.exchange.transfer import Letter
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.vault import Vault

KEPT: Final = timedelta(days=30)
"""How long a package waits for somebody to take it in."""

FRESH: Final = timedelta(days=1)
"""How old, or how far ahead, the time in a note may be."""

_ID: Final = re.compile(r"trf-[a-z0-9]{8,36}")
_MOST_IDENTIFIERS: Final = 50
_c = tables.arrival.c


class UnknownSenderError(RefusedError):
    """Nobody that is written down here signed it, for us, now."""

    status = 401

    def __init__(self) -> None:
        hint = "see the page on transfers; the receiver writes its senders down by their keys"
        super().__init__("transfers.unknown-sender", "the package is not signed by a known sender for us", hint=hint)


@dataclass(frozen=True)
class Arrival:
    """One package. `ended_at`: it was taken in, by `taken_by`, or its time was over."""

    id: str
    controller: str
    subject: str
    digest: str
    arrived_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    taken_by: str | None


def take(work: Work, vault: Vault, signer: Signer, signed: str, body: bytes) -> str:
    """Keep a package that a known controller sent, and give our receipt; the same once more gives the same one.

    Raises:
        UnknownSenderError: `transfers.unknown-sender`.
        InputError: `transfers.not-read`, `transfers.nobody-named`; an identifier of no known form.
        ConflictError: `transfers.differs` for another document under the same id; `subjects.two-people`.
        RefusedError: `subjects.shredded`.
    """
    sender, letter = _believed(work, signer, signed, body)
    one_writer(work)
    mine = sa.and_(_c.id == letter.id, _c.controller == sender.id)
    before = work.db.execute(sa.select(tables.arrival).where(mine)).one_or_none()
    if before is not None:
        if before.digest != letter.digest:
            hint = "send another package under an id of its own"
            raise ConflictError("transfers.differs", "another package came under that id", hint=hint)
        return str(before.receipt)
    subject = subjects.register(work, vault, _people(body))
    sealed = subjects.seal(work, vault, subject, body, context=_context(sender.id, letter.id))
    receipt = transfer.receipt(signer, letter.id, letter.digest, work.at)
    values = {"id": letter.id, "controller": sender.id, "subject": subject, "digest": letter.digest, "sealed": sealed}
    times = {"arrived_at": work.at, "expires_at": work.at + KEPT}
    work.db.execute(sa.insert(tables.arrival).values(**values, **times, receipt=receipt))
    refs = {"transfer": letter.id, "controller": sender.id, "digest": letter.digest}
    journal.append(work, "transfer.arrived", refs | {"subject": subjects.commitment(work, vault, subject, subject)})
    return receipt


def listed(work: Work) -> tuple[Arrival, ...]:
    """The packages that wait to be taken in, the oldest first."""
    waiting = sa.select(tables.arrival).where(_c.sealed.is_not(None)).order_by(_c.arrived_at, _c.id)
    return tuple(_arrival(row) for row in work.db.execute(waiting))


def take_in(work: Work, vault: Vault, id_: str, *, by: str) -> Sensitive[bytes]:
    """The package, for whoever puts it where it belongs; Troth keeps it no longer. Journaled.

    Raises InputError `transfers.unknown`, RefusedError `subjects.shredded`.
    """
    one_writer(work)
    found = next((one for one in listed(work) if one.id == id_), None)
    if found is None:
        hint = "`troth arrival list` shows them"
        raise InputError("transfers.unknown", f"no package `{id_[:40]}` waits here", hint=hint)
    mine = sa.and_(_c.id == found.id, _c.controller == found.controller)
    sealed = work.db.execute(sa.select(_c.sealed).where(mine)).scalar_one()
    context = _context(found.controller, found.id)
    plain = subjects.unseal(work, vault, found.subject, bytes(sealed), context=context)
    work.db.execute(sa.update(tables.arrival).where(mine).values(sealed=None, ended_at=work.at, taken_by=by[:254]))
    journal.append(work, "transfer.taken-in", {"transfer": found.id, "controller": found.controller})
    return Sensitive(plain)


def expire(work: Work) -> int:
    """Delete what nobody took in; gives how many packages."""
    over = sa.and_(_c.sealed.is_not(None), _c.expires_at <= work.at)
    return work.db.execute(sa.update(tables.arrival).where(over).values(sealed=None, ended_at=work.at)).rowcount


def _believed(work: Work, signer: Signer, signed: str, body: bytes) -> tuple[Controller, Letter]:
    known = {one.verifier: one for one in controllers.listed(work)}
    try:
        text, by = note.verify(signed, tuple(known))
        letter = transfer.read_letter(text)
    except IntegrityError:
        raise UnknownSenderError from None
    stale = abs(work.at - letter.at) > FRESH
    if (
        stale
        or letter.receiver != signer.origin
        or letter.digest != transfer.digest(body)
        or not _ID.fullmatch(letter.id)
    ):
        raise UnknownSenderError
    return known[by[0]], letter


def _people(body: bytes) -> tuple[Identifier, ...]:
    try:
        value: Any = json.loads(body)
        named = [(str(one["kind"]), str(one["value"])) for one in value["person"]]
        whole = value["troth-transfer"] == 1 and isinstance(value["data"], list)
    except (ValueError, RecursionError, KeyError, TypeError):
        named, whole = [], False
    if not whole:
        hint = "see the page on transfers"
        raise InputError("transfers.not-read", "the package is not of the form that is taken", hint=hint)
    if not 0 < len(named) <= _MOST_IDENTIFIERS:
        raise InputError("transfers.nobody-named", "the package does not say whose it is", hint="name the person")
    return tuple(identifier(kind, value) for kind, value in named)


def _context(sender: str, id_: str) -> str:
    return f"arrival:{sender}:{id_}"


def _arrival(row: sa.Row[Any]) -> Arrival:
    return Arrival(
        row.id, row.controller, row.subject, row.digest, row.arrived_at, row.expires_at, row.ended_at, row.taken_by
    )
