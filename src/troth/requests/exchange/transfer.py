"""A package on its way to another controller: asked for with the request, packed, sent, or left to be fetched.

What is sent, and how it is signed, is written down in `docs/reference/transfers.md`.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import sqlalchemy as sa

from troth.base.canonical import canonical
from troth.base.errors import ConflictError, InputError, IntegrityError, UnavailableError
from troth.base.outbox import Outbox, pause
from troth.base.work import Work
from troth.datamap.read import from_value
from troth.journal import note
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.journal.model import Signer, Verifier
from troth.requests import record, tables
from troth.requests.exchange import controllers
from troth.requests.exchange.controllers import Controller
from troth.requests.fulfilment import disclosures, package
from troth.requests.machine import FINAL
from troth.requests.model import Request
from troth.subjects import service as subjects
from troth.subjects.vault import Vault
from troth.versions.model import Version

State = Literal["asked", "packed", "sent", "refused", "failed"]
SETTLED: Final[frozenset[State]] = frozenset({"sent", "refused", "failed"})

GIVEN_UP_AFTER: Final = timedelta(days=3)
"""How long a receiver is tried that does not answer; then the person fetches the package themselves."""

IN_TIME: Final = timedelta(days=1)
"""So long before the request's deadline it is given up, too."""

LEASE: Final = timedelta(minutes=5)
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of data that are sent; more is not feasible in one message, and the person fetches it."""

_LONGEST_PAUSE: Final = timedelta(hours=4)
_DATA: Final = "data/"
_FIRST: Final = "troth-transfer/1"
_FIRST_OF_RECEIPT: Final = "troth-receipt/1"
_LINES: Final = 6
_c = tables.transfer.c
_OUTBOX: Final = Outbox(_c.id, _c.retry_at, _c.state == "packed", LEASE)


class WaitsForReceiverError(UnavailableError):
    """The package is made and on its way."""

    def __init__(self) -> None:
        hint = "nothing to do: it goes on when the receiver answered or was given up"
        super().__init__("requests.waits-for-receiver", "another controller has not taken the package yet", hint=hint)


@dataclass(frozen=True)
class Transfer:
    """One package and where it goes. `why` is what the last attempt came to, `receipt` what the receiver signed."""

    id: str
    request: str
    controller: str
    state: State
    packed_at: datetime | None
    attempts: int
    why: str | None
    receipt: str | None
    ended_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """What the note of a transfer says: who sends what to whom, and when."""

    id: str
    sender: str
    receiver: str
    digest: str
    at: datetime

    @property
    def text(self) -> str:
        """As it is signed."""
        lines = (_FIRST, self.id, f"from {self.sender}", f"to {self.receiver}", self.digest, self.at.isoformat())
        return "".join(f"{line}\n" for line in lines)


def ask(work: Work, request: Request, controller: str) -> None:
    """Have the package of the request sent there. Raises InputError `transfers.unknown-receiver`."""
    known = {one.id for one in controllers.receiving(work)}
    if controller not in known:
        hint = f"use one of {', '.join(sorted(known)) or 'none: nobody is written down'}"
        raise InputError("transfers.unknown-receiver", "packages are not sent there", hint=hint)
    values = {"request": request.id, "id": work.new_id("trf"), "controller": controller, "state": "asked"}
    work.db.execute(sa.insert(tables.transfer).values(**values, attempts=0))


def of(work: Work, request_id: str) -> Transfer | None:
    """The transfer of a request; None where nothing is sent to anybody."""
    row = work.db.execute(sa.select(tables.transfer).where(_c.request == request_id)).one_or_none()
    return None if row is None else _transfer(row)


def pack(work: Work, request_id: str) -> bool:
    """The package is made and is to be sent; False where nothing is sent to anybody."""
    mine = sa.update(tables.transfer).where(_c.request == request_id, _c.state == "asked")
    return work.db.execute(mine.values(state="packed", packed_at=work.at)).rowcount == 1


def settle(work: Work, request_id: str) -> None:
    """Let the request be closed, if nothing of it is on its way any more. Raises WaitsForReceiverError."""
    found = of(work, request_id)
    if found is not None and found.state not in SETTLED:
        raise WaitsForReceiverError


def due(work: Work) -> tuple[Transfer, ...]:
    """The transfers that are to be tried now."""
    joined = tables.transfer.join(tables.request, tables.request.c.id == _c.request)
    open_ = tables.request.c.state.not_in([state.value for state in FINAL])
    chosen = (
        sa.select(tables.transfer).select_from(joined).where(_OUTBOX.due(work.at), open_).order_by(_c.packed_at, _c.id)
    )
    return tuple(_transfer(row) for row in work.db.execute(chosen))


def claim(work: Work, one: Transfer) -> bool:
    """Take a transfer to try; False when another worker has it."""
    return work.db.execute(_OUTBOX.take(one.id, work.at)).rowcount == 1


def content(work: Work, vault: Vault, one: Transfer) -> bytes:
    """The package as the one JSON document that is sent.

    Raises:
        ConflictError: `transfers.too-large`, and what `package.content` raises.
    """
    request = record.load(work, one.request)
    version = record.promised(work, request)
    known = subjects.identifiers(work, vault, request.subject)
    return canonical(
        {
            "troth-transfer": 1,
            "id": one.id,
            "reference": request.reference,
            "from": dict(version.policy.controller.name),
            "policy": {"version": version.id, "hash": version.hash},
            "language": request.language,
            "person": [{"kind": who.kind, "value": who.value.reveal()} for who in known],
            "data": _data(package.content(work, vault, request)),
        }
    )


def letter(work: Work, one: Transfer, signer: Signer, to: Controller, body: bytes) -> str:
    """The signed note that goes with the document."""
    return note.sign(Letter(one.id, signer.origin, to.verifier.name, digest(body), work.at).text, signer)


def sent(work: Work, vault: Vault, one: Transfer, body: bytes, receipt: str) -> None:
    """The receiver has it, and signed for it; the person's record of disclosures says so, too."""
    if not _end(work, one, "sent", digest=digest(body), receipt=receipt, why=None):
        return
    refs = {"request": one.request, "transfer": one.id, "controller": one.controller, "digest": digest(body)}
    journal.append(work, "transfer.sent", refs)
    request = record.load(work, one.request)
    version = record.promised(work, request)
    disclosures.sent_on(work, vault, version, request.subject, one.controller, items=_items(version, body))


def refused(work: Work, one: Transfer, why: str) -> None:
    """The receiver will not have it, or it cannot be sent: the person fetches it."""
    _fail(work, one, "refused", why)


def not_sent(work: Work, one: Transfer, why: str) -> None:
    """The receiver did not answer: it is tried again, after longer each time, or given up."""
    request = record.load(work, one.request)
    over = one.packed_at is not None and work.at - one.packed_at >= GIVEN_UP_AFTER
    late = request.due is not None and request.due.due_at - work.at <= IN_TIME
    if over or late:
        _fail(work, one, "failed", why)
        return
    again = work.at + pause(one.attempts + 1, timedelta(seconds=5), _LONGEST_PAUSE)
    values = {"attempts": one.attempts + 1, "why": why[:80], "retry_at": again}
    work.db.execute(sa.update(tables.transfer).where(_c.id == one.id).values(**values))


def digest(body: bytes) -> str:
    """What notes call a document by."""
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


def read_letter(text: str) -> Letter:
    """What a note of a transfer says. Raises IntegrityError `transfers.bad-note`."""
    lines = text.splitlines()
    if len(lines) != _LINES or lines[0] != _FIRST:
        raise _bad_note()
    try:
        at = datetime.fromisoformat(lines[5])
    except ValueError:
        raise _bad_note() from None
    if at.tzinfo is None:
        raise _bad_note()
    return Letter(lines[1], lines[2].removeprefix("from "), lines[3].removeprefix("to "), lines[4], at)


def receipt(signer: Signer, id_: str, digest_: str, at: datetime) -> str:
    """The signed note by which a receiver says that it has a document."""
    return note.sign(f"{_FIRST_OF_RECEIPT}\n{id_}\n{digest_}\n{at.isoformat()}\n", signer)


def check_receipt(signed: str, by: Verifier, one: Transfer, body: bytes) -> None:
    """Raise IntegrityError unless the receiver signed for this document; `transfers.bad-receipt`, `journal.…`."""
    text, _ = note.verify(signed, [by])
    if text.splitlines()[:3] != [_FIRST_OF_RECEIPT, one.id, digest(body)]:
        hint = "speak to whoever runs the other system"
        raise IntegrityError("transfers.bad-receipt", "the receipt is for something else", hint=hint)


def _data(archive: bytes) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        wanted = [one for one in opened.infolist() if one.filename.startswith(_DATA) and one.filename.endswith(".json")]
        if sum(one.file_size for one in wanted) > LARGEST:
            hint = "the person fetches the package"
            raise ConflictError("transfers.too-large", "the data are too many for one message", hint=hint)
        return [json.loads(opened.read(one)) for one in wanted]


def _items(version: Version, body: bytes) -> frozenset[str]:
    """The items of which the document says something."""
    found = set[str | None]()
    for one in json.loads(body)["data"]:
        fields = from_value(version.maps[one["store"]]).datasets[one["dataset"]].fields
        held = {column for row in one["rows"] for column, value in row.items() if value is not None}
        found |= {fields[column].item for column in held}
    return frozenset(item for item in found if item is not None)


def _fail(work: Work, one: Transfer, state: State, why: str) -> None:
    if _end(work, one, state, why=why[:80]):
        refs = {"request": one.request, "transfer": one.id, "controller": one.controller, "code": why}
        journal.append(work, "transfer.failed", refs)


def _end(work: Work, one: Transfer, state: State, **values: object) -> bool:
    """Whether this ended it: another worker may have been faster, once the lease was over."""
    one_writer(work)
    ended = sa.update(tables.transfer).where(_c.id == one.id, _c.state == "packed")
    return work.db.execute(ended.values(state=state, ended_at=work.at, retry_at=None, **values)).rowcount == 1


def _transfer(row: sa.Row[Any]) -> Transfer:
    return Transfer(
        row.id, row.request, row.controller, row.state, row.packed_at, row.attempts, row.why, row.receipt, row.ended_at
    )


def _bad_note() -> IntegrityError:
    hint = "see the page on transfers"
    return IntegrityError("transfers.bad-note", "the note does not say what is sent to whom", hint=hint)
