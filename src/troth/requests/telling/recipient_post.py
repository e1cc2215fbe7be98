"""What is sent to recipients: what is due, by whom it is taken, and when each is reminded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from troth.base.outbox import Outbox
from troth.base.text import Text
from troth.base.work import Work
from troth.journal import service as journal
from troth.requests import record, tables
from troth.requests.fulfilment import parcels
from troth.requests.kinds import Kind
from troth.subjects.vault import Vault

EVERY = timedelta(days=14)
MOST_REMINDERS = 3
PAUSE = timedelta(minutes=10)
"""How long a notice that could not be sent waits; also the lease of a worker that is sending it."""

_c = tables.recipient_notice.c
_OUTBOX = Outbox(_c.id, _c.next_at, _c.next_at.is_not(None), PAUSE)


@dataclass(frozen=True)
class Due:
    """A notice that is to be sent now: to whom, about whom, and the end of the link for the answer."""

    id: str
    request: str
    reference: str
    kind: Kind
    recipient: Text
    to: str
    who: Mapping[str, str] = field(repr=False)
    items: tuple[Text, ...]
    token: str = field(repr=False)
    reminder: bool


def due(work: Work, vault: Vault, limit: int = 50) -> tuple[Due, ...]:
    """The notices to be sent now, the oldest first."""
    chosen = sa.select(tables.recipient_notice).where(_OUTBOX.due(work.at)).order_by(_c.next_at, _c.id).limit(limit)
    found = (_due(work, vault, row) for row in work.db.execute(chosen).all())
    return tuple(one for one in found if one is not None)


def claim(work: Work, notice_id: str) -> bool:
    """Take a notice to send; False when another worker has it."""
    return work.db.execute(_OUTBOX.take(notice_id, work.at)).rowcount == 1


def told(work: Work, notice_id: str) -> None:
    """It was handed over: from now on the recipient is reminded until it answers, or `MOST_REMINDERS` times."""
    row = work.db.execute(sa.select(tables.recipient_notice).where(_c.id == notice_id)).one()
    reminders = row.reminders + (row.told_at is not None)
    values = {"told_at": row.told_at or work.at, "reminders": reminders}
    again = work.at + EVERY if reminders < MOST_REMINDERS else None
    here = sa.update(tables.recipient_notice).where(_c.id == notice_id)
    work.db.execute(here.values(**values, next_at=again))
    kind = "recipient.told" if row.told_at is None else "recipient.reminded"
    journal.append(work, kind, {"notice": notice_id, "request": row.request})


def _due(work: Work, vault: Vault, row: sa.Row[tuple[object, ...]]) -> Due | None:
    request = record.load(work, row.request)
    policy = record.promised(work, request).policy
    recipient = policy.recipients[row.recipient]
    content = parcels.read(work, vault, row.parcel)
    if content is None or recipient.contact is None:  # it waited too long
        work.db.execute(sa.update(tables.recipient_notice).where(_c.id == row.id).values(next_at=None))
        return None
    held = json.loads(content)
    items = tuple(
        _told(policy.items[name].label, held["values"].get(name)) for name in row.items if name in policy.items
    )
    return Due(
        row.id,
        request.id,
        request.reference,
        request.kind,
        recipient.name,
        recipient.contact,
        held["who"],
        items,
        held["token"],
        reminder=row.told_at is not None,
    )


def _told(label: Text, value: str | None) -> Text:
    """An item, and what it should be from now on where that was corrected."""
    return label if value is None else {language: f"{word}: {value}" for language, word in label.items()}
