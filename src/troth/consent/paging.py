"""A person's history by the page, for those who have much of it."""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.work import Work
from troth.consent import tables
from troth.consent.ledger import event_of
from troth.consent.model import Event


def history_page(work: Work, subject: str, after: int, limit: int) -> tuple[Event, ...]:
    """Up to `limit` choices of a person that come after entry `after` of the journal, oldest first."""
    c = tables.event.c
    query = sa.select(tables.event).where(c.subject == subject, c.entry > after).order_by(c.entry).limit(limit)
    return tuple(event_of(row) for row in work.db.execute(query))
