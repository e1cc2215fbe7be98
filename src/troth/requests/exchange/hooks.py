"""Webhooks: other systems of the company are told what happened to requests, consents and policies.

What is told is the journal's own entries, so nothing of it is personal: ids, states and commitments. It is
level-triggered: each webhook knows how far of the journal it has been told, and whatever lies beyond becomes messages.
A message keeps its id for ever, so that a receiver that is told twice knows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa

from troth.base.canonical import canonical
from troth.base.errors import InputError
from troth.base.outbox import Outbox, pause
from troth.base.work import Work
from troth.journal import service as journal
from troth.journal.lock import one_writer
from troth.journal.model import Entry
from troth.requests import tables

KINDS: Final = ("request.*", "consent.*", "policy.*")
"""What a webhook may be told of, and is told of where it names nothing itself."""

GIVEN_UP_AFTER: Final = timedelta(days=5)
LEASE: Final = timedelta(minutes=2)
_PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
"""Between the attempts of one message, as Standard Webhooks proposes; the last one again and again."""

_LONGEST_REST: Final = timedelta(minutes=10)
_AT_ONCE: Final = 500
_KIND: Final = re.compile(r"(request|consent|policy)\.(\*|[a-z][a-z0-9-]{0,30})")
_LONGEST: Final = 500
_h, _m = tables.webhook.c, tables.webhook_message.c
_OUTBOX: Final = Outbox(_m.id, _m.retry_at, sa.and_(_m.sent_at.is_(None), _m.dead_at.is_(None)), LEASE)


@dataclass(frozen=True)
class Webhook:
    """Somewhere that is told. `secret` is a reference; `waiting` and `dead` count its messages."""

    id: str
    url: str
    secret: str
    kinds: tuple[str, ...]
    added_at: datetime
    waiting: int
    dead: int


@dataclass(frozen=True)
class Message:
    """One message that is due, with what signs it and where it goes."""

    id: str
    webhook: str
    url: str
    secret: str
    number: int
    attempts: int


def add(work: Work, url: str, secret: str, kinds: Sequence[str] = ()) -> Webhook:
    """Have `url` told from now on; what was before is not told. Journaled, without the address.

    Raises:
        InputError: `webhooks.bad-url`, `webhooks.bad-secret`, `webhooks.unknown-kind`.
    """
    _check(url, secret, kinds)
    one_writer(work)
    id_ = work.new_id("hook")
    values = {
        "id": id_,
        "url": url,
        "secret": secret,
        "kinds": " ".join(dict.fromkeys(kinds or KINDS)),
        "added_at": work.at,
        "seen": journal.size(work),
        "failures": 0,
    }
    work.db.execute(sa.insert(tables.webhook).values(**values))
    journal.append(work, "webhook.added", {"webhook": id_})
    return find(work, id_)


def remove(work: Work, webhook_id: str) -> None:
    """Tell it nothing more, of what is waiting neither. Raises InputError `webhooks.unknown`."""
    find(work, webhook_id)
    one_writer(work)
    end(work, webhook_id)
    journal.append(work, "webhook.removed", {"webhook": webhook_id})


def end(work: Work, webhook_id: str) -> None:
    """It is told no more, and what was waiting for it is dropped."""
    work.db.execute(sa.update(tables.webhook).where(_h.id == webhook_id).values(ended_at=work.at))
    mine = sa.delete(tables.webhook_message).where(_m.webhook == webhook_id, _m.sent_at.is_(None))
    work.db.execute(mine)


def listed(work: Work) -> tuple[Webhook, ...]:
    """All that are told, the first added first."""
    rows = work.db.execute(_selected().where(_h.ended_at.is_(None)).order_by(_h.added_at, _h.id))
    return tuple(_webhook(row) for row in rows)


def find(work: Work, webhook_id: str) -> Webhook:
    """One that is told. Raises InputError `webhooks.unknown`."""
    row = work.db.execute(_selected().where(_h.id == webhook_id, _h.ended_at.is_(None))).one_or_none()
    if row is None:
        hint = "`troth webhook list` shows them"
        raise InputError("webhooks.unknown", f"`{webhook_id[:40]}` is no webhook", hint=hint)
    return _webhook(row)


def again(work: Work, webhook_id: str) -> int:
    """Try what was given up once more; gives how many. Raises InputError `webhooks.unknown`."""
    find(work, webhook_id)
    dead = sa.update(tables.webhook_message).where(_m.webhook == webhook_id, _m.dead_at.is_not(None))
    revived = work.db.execute(dead.values(dead_at=None, made_at=work.at, attempts=0, retry_at=None)).rowcount
    work.db.execute(sa.update(tables.webhook).where(_h.id == webhook_id).values(rest_until=None, failures=0))
    return revived


def queue(work: Work) -> int:
    """Make messages of what the journal has that a webhook was not told yet; gives how many."""
    last = journal.size(work)
    behind = work.db.execute(sa.select(_h.id, _h.kinds, _h.seen).where(_h.ended_at.is_(None), _h.seen < last)).all()
    return sum(_queue(work, row.id, row.kinds.split(), row.seen) for row in behind)


def due(work: Work) -> tuple[Message, ...]:
    """For every webhook that is not resting, the messages to be sent now, the oldest first."""
    joined = tables.webhook_message.join(tables.webhook, _h.id == _m.webhook)
    awake = sa.or_(_h.rest_until.is_(None), _h.rest_until <= work.at)
    chosen = sa.select(_m.id, _m.webhook, _h.url, _h.secret, _m.number, _m.attempts).select_from(joined)
    rows = work.db.execute(
        chosen.where(_h.ended_at.is_(None), awake, _OUTBOX.due(work.at)).order_by(_m.number, _m.id).limit(_AT_ONCE)
    )
    return tuple(Message(*row) for row in rows)


def claim(work: Work, message_id: str) -> bool:
    """Take a message to send; False when another worker has it. It is free again after `LEASE`."""
    return work.db.execute(_OUTBOX.take(message_id, work.at)).rowcount == 1


def sent(work: Work, message: Message) -> None:
    """It was taken."""
    work.db.execute(sa.update(tables.webhook_message).where(_m.id == message.id).values(sent_at=work.at, failed=None))
    work.db.execute(sa.update(tables.webhook).where(_h.id == message.webhook).values(failures=0, rest_until=None))


def failed(work: Work, message: Message, why: str) -> None:
    """It was not taken: it waits, longer each time, and is given up after `GIVEN_UP_AFTER`; the webhook rests."""
    mine = _m.id == message.id
    made_at: datetime = work.db.execute(sa.select(_m.made_at).where(mine)).scalar_one()
    values = {
        "attempts": message.attempts + 1,
        "failed": why[:40],
        "retry_at": work.at + _PAUSES[min(message.attempts, len(_PAUSES) - 1)],
        "dead_at": work.at if work.at - made_at >= GIVEN_UP_AFTER else None,
    }
    work.db.execute(sa.update(tables.webhook_message).where(mine).values(**values))
    failures = 1 + (work.db.scalar(sa.select(_h.failures).where(_h.id == message.webhook)) or 0)
    rest = pause(failures, timedelta(seconds=2), _LONGEST_REST)
    resting = sa.update(tables.webhook).where(_h.id == message.webhook)
    work.db.execute(resting.values(failures=failures, rest_until=work.at + rest))


def content(work: Work, number: int) -> bytes:
    """What a message says: the kind, the time and the references of one entry, and where in the journal it stands."""
    (entry,) = journal.entries(work, number, 1)
    leaf: dict[str, Any] = json.loads(entry.leaf)
    return canonical({"type": entry.kind, "timestamp": leaf["at"], "data": {**leaf["refs"], "entry": number}})


def dead(work: Work) -> int:
    """How many messages were given up, of the webhooks there are."""
    joined = tables.webhook_message.join(tables.webhook, _h.id == _m.webhook)
    counted = sa.select(sa.func.count()).select_from(joined).where(_h.ended_at.is_(None), _m.dead_at.is_not(None))
    return work.db.scalar(counted) or 0


def _queue(work: Work, webhook_id: str, kinds: Sequence[str], seen: int) -> int:
    entries = journal.entries(work, seen, _AT_ONCE)
    # By compare-and-set: of two pulses at the same moment, one makes the messages.
    mine = sa.update(tables.webhook).where(_h.id == webhook_id, _h.seen == seen)
    if not entries or work.db.execute(mine.values(seen=seen + len(entries))).rowcount != 1:
        return 0
    told = [one for one in entries if _is_of(one, kinds)]
    rows = [
        {"id": work.new_id("msg"), "webhook": webhook_id, "number": one.index, "made_at": work.at, "attempts": 0}
        for one in told
    ]
    if rows:
        work.db.execute(sa.insert(tables.webhook_message), rows)
    return len(rows)


def _is_of(entry: Entry, kinds: Sequence[str]) -> bool:
    return any(entry.kind == kind or (kind.endswith("*") and entry.kind.startswith(kind[:-1])) for kind in kinds)


def _selected() -> sa.Select[Any]:
    def number(condition: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count()).where(_m.webhook == _h.id, condition).correlate(tables.webhook).scalar_subquery()
        )

    waiting = number(_OUTBOX.waits)
    return sa.select(tables.webhook, waiting.label("waiting"), number(_m.dead_at.is_not(None)).label("dead"))


def _webhook(row: sa.Row[Any]) -> Webhook:
    return Webhook(row.id, row.url, row.secret, tuple(row.kinds.split()), row.added_at, row.waiting, row.dead)


def _check(url: str, secret: str, kinds: Sequence[str]) -> None:
    try:
        parts = urlsplit(url)
        bad = (
            parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.fragment
        )
    except ValueError:
        bad = True
    if bad or len(url) > _LONGEST or not url.isascii() or not url.isprintable():
        hint = "give it as https://host/path, without a name, a password or a fragment"
        raise InputError("webhooks.bad-url", "the address is not one that can be told", hint=hint)
    if not secret.startswith(("env:", "file:")):
        hint = "write `env:NAME` or `file:PATH`; there lies `whsec_` and the base64 of 24 to 64 random bytes"
        raise InputError("webhooks.bad-secret", "the secret is given by value", hint=hint)
    for kind in kinds:
        if not _KIND.fullmatch(kind):
            hint = f"use {', '.join(KINDS)}, or one kind such as `request.fulfilled`"
            raise InputError("webhooks.unknown-kind", f"`{kind[:40]}` is nothing that is told", hint=hint)
