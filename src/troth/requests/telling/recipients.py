"""Recipients are told what a person asked for, answer that they did it, and are reminded until they do.

Told are those that received data of the person: by a flow that needs no consent, by one that they consented to, or by a
recorded disclosure. What a recipient is sent names the person only by what it got itself to know them by; where that is
nothing, staff tell it by hand. What it is sent is destroyed as soon as it has answered.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import sqlalchemy as sa

from troth.base.errors import InputError, RefusedError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.consent.matter import matter_of
from troth.consent.model import Kind as Choice
from troth.consent.service import history
from troth.datamap.model import Person
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.policy.flows import flows
from troth.policy.model import Policy, Recipient
from troth.requests import tables
from troth.requests.fulfilment import parcels
from troth.requests.fulfilment.disclosures import PASSING, recorded
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.subjects.vault import Vault
from troth.versions.model import Version

Answer = Literal["done", "nothing-held", "refused"]
"""What a recipient says: it did what was asked, it holds nothing of the person, or the law lets it decline."""

ANSWERS: tuple[Answer, ...] = get_args(Answer)

_EUROPE = frozenset({Kind.ERASURE, Kind.CLOSE_ACCOUNT, Kind.CORRECTION, Kind.RESTRICTION})
_BY_LAW: Mapping[str, frozenset[Kind]] = {
    "eu": _EUROPE,  # GDPR art. 19
    "uk": _EUROPE,
    "us-ca": frozenset(
        {Kind.ERASURE, Kind.CLOSE_ACCOUNT, Kind.CORRECTION, Kind.OPT_OUT}
    ),  # § 1798.105(c); §§ 7023, 7026
}
"""The laws that have recipients told, and of what. A policy may promise more (`tell_recipients`)."""

_AS_IN = {Kind.CLOSE_ACCOUNT: Kind.ERASURE}
"""Where the right itself says nothing, what it includes does."""

_SALES = frozenset({Kind.OPT_OUT})
_UNREACHED = frozenset({"public", "authority", "successor"})
"""Kinds of recipients that nobody can call back what they were told from."""

_TOKEN_BYTES = 32
_c = tables.recipient_notice.c


@dataclass(frozen=True)
class Notice:
    """One recipient and one request: when it was told and what it answered; `answer` None: nothing yet.

    `by_hand` says that staff tell it, because it has no address or nothing that it would know the person by.
    """

    id: str
    request: str
    recipient: str
    items: tuple[str, ...]
    asked_at: datetime
    told_at: datetime | None
    reminders: int
    answer: Answer | None
    answered_at: datetime | None
    by_hand: bool


def concerned(
    work: Work, version: Version, request: Request, purposes: Collection[str] = ()
) -> Mapping[str, tuple[str, ...]]:
    """Who is to be told of the request, and which items each of them got; nobody where nothing has them told."""
    policy = version.policy
    if not _to_be_told(policy, request.kind):
        return {}
    given = {one.function for one in history(work, request.subject) if one.kind in {Choice.GIVEN, Choice.RENEWED}}
    got: dict[str, set[str]] = {}
    for flow in flows(policy):
        reached = flow.recipient is not None and flow.action in PASSING
        agreed = flow.basis != "consent" or matter_of(flow) in given
        meant = (not purposes or flow.purpose in purposes) and (request.kind not in _SALES or flow.action == "sell")
        if reached and agreed and meant:
            got.setdefault(flow.recipient or "", set()).add(flow.item)
    for one in recorded(work, request.subject):
        if (not purposes or one.purpose in purposes) and (request.kind not in _SALES or one.sale):
            got.setdefault(one.recipient, set()).update(one.items)
    known = policy.recipients
    return {
        name: tuple(sorted(items))
        for name, items in sorted(got.items())
        if name in known and known[name].kind not in _UNREACHED
    }


def tell(
    work: Work,
    vault: Vault,
    version: Version,
    request: Request,
    person: Person,
    *,
    purposes: Collection[str] = (),
    values: Mapping[str, Sensitive[str]] | None = None,
) -> None:
    """Have every recipient that is concerned told, in the caller's transaction; once for a request.

    `person` is as the stores knew them: what was carried out may have removed it everywhere else. `values` are what
    items should be from now on: then only those that got one of these items are told, and what it should be.
    """
    asked = {one.recipient for one in of(work, request.id)}
    for name, items in concerned(work, version, request, purposes).items():
        meant = items if values is None else tuple(item for item in items if item in values)
        if meant and name not in asked:
            right = {item: values[item] for item in meant} if values else {}
            got = _Got(version.policy.recipients[name], meant, right)
            _ask(work, vault, request, got, _known_by(version, items, person))


@dataclass(frozen=True)
class _Got:
    """A recipient and what it got."""

    recipient: Recipient
    items: tuple[str, ...]
    values: Mapping[str, Sensitive[str]]


def of(work: Work, request_id: str) -> tuple[Notice, ...]:
    """The recipients of a request, by name."""
    chosen = sa.select(tables.recipient_notice).where(_c.request == request_id).order_by(_c.recipient)
    return tuple(_notice(row) for row in work.db.execute(chosen))


def answered(work: Work, vault: Vault, request_id: str, recipient: str, answer: str, *, by: str) -> Notice:
    """Staff take down what a recipient answered.

    Raises InputError `recipients.unknown`, `recipients.bad-answer`; RefusedError `recipients.answered` once it did.
    """
    found = next((one for one in of(work, request_id) if one.recipient == recipient), None)
    if found is None:
        hint = f"use one of {', '.join(one.recipient for one in of(work, request_id)) or 'none'}"
        raise InputError("recipients.unknown", f"no recipient `{recipient[:100]}` was told of it", hint=hint)
    return _take_down(work, vault, found, answer, by=by)


def by_token(work: Work, token: str) -> Notice | None:
    """The notice whose link ends so. It is looked up by its hash, so the time taken tells nothing about any other."""
    row = work.db.execute(sa.select(tables.recipient_notice).where(_c.token == hashed(token))).one_or_none()
    return None if row is None else _notice(row)


def confirmed(work: Work, vault: Vault, token: str, answer: str) -> Notice:
    """The recipient itself answers by its link. Raises as `answered`."""
    found = by_token(work, token)
    if found is None:
        raise InputError("recipients.unknown", "there is no such notice", hint="use the whole link of the mail")
    return _take_down(work, vault, found, answer, by=None)


def _to_be_told(policy: Policy, kind: Kind) -> bool:
    by_law = any(kind in _BY_LAW.get(name, ()) for name in policy.regimes)
    rights = (policy.rights.get(name) for name in (kind, _AS_IN.get(kind, kind)))
    return by_law or any(right is not None and right.tell_recipients for right in rights)


def _ask(work: Work, vault: Vault, request: Request, got: _Got, who: Mapping[str, str]) -> None:
    one_writer(work)
    made = work.new_id("rcp")
    token, parcel = "", None
    if who and got.recipient.contact is not None:
        values = {item: value.reveal() for item, value in got.values.items()}
        token = urlsafe_b64encode(work.entropy(_TOKEN_BYTES)).decode().rstrip("=")
        parcel = parcels.pack(work, vault, json.dumps({"who": dict(who), "token": token, "values": values}))
    refs = {"notice": made, "request": request.id, "recipient": got.recipient.id}
    entry = journal.append(work, "recipient.asked", refs)
    row = {"id": made, "request": request.id, "recipient": got.recipient.id, "items": list(got.items)}
    when = {"asked_at": work.at, "next_at": work.at if parcel else None, "reminders": 0}
    sealed = {"parcel": parcel, "token": hashed(token) if parcel else None}
    work.db.execute(sa.insert(tables.recipient_notice).values(**row, **when, **sealed, entry=entry.index))


def _known_by(version: Version, items: Collection[str], person: Person) -> dict[str, str]:
    """What the recipient knows the person by: an identifier of a kind that it got itself, and no other."""
    known = version.policy.items
    kinds = {known[name].tells for name in items if name in known}
    return {kind: value.reveal() for kind, value in person.identifiers if kind in kinds}


def _take_down(work: Work, vault: Vault, notice: Notice, answer: str, *, by: str | None) -> Notice:
    if answer not in ANSWERS:
        hint = f"use one of {', '.join(ANSWERS)}"
        raise InputError("recipients.bad-answer", f"`{answer[:40]}` is no answer of a recipient", hint=hint)
    one_writer(work)
    values = {"answer": answer, "answered_at": work.at, "by": by, "next_at": None}
    here = sa.update(tables.recipient_notice).where(_c.id == notice.id, _c.answer.is_(None))
    if work.db.execute(here.values(values)).rowcount != 1:
        raise RefusedError("recipients.answered", "the recipient has answered before", hint="there is nothing to do")
    parcel = work.db.scalar(sa.select(_c.parcel).where(_c.id == notice.id))
    if parcel is not None:
        parcels.destroy(work, vault, [parcel])
    journal.append(work, "recipient.answered", {"notice": notice.id, "request": notice.request, "answer": answer})
    return next(one for one in of(work, notice.request) if one.id == notice.id)


def _notice(row: sa.Row[tuple[object, ...]]) -> Notice:
    return Notice(
        row.id,
        row.request,
        row.recipient,
        tuple(row.items),
        row.asked_at,
        row.told_at,
        row.reminders,
        row.answer,
        row.answered_at,
        by_hand=row.parcel is None,
    )


def hashed(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()
