"""Guests: who showed an address to ask for something, and has no account. Who then asks for nothing is forgotten.

They are told apart by a fact about them that ends by itself, so that nobody is who was there before, and nobody once
anything else is known of them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import sqlalchemy as sa

from troth.base.work import Begin, Work
from troth.consent import tables as consent_tables
from troth.journal.lock import one_writer
from troth.requests import tables
from troth.subjects import facts
from troth.subjects import service as subjects
from troth.subjects import tables as subject_tables
from troth.subjects.facts import Expiry
from troth.subjects.identifier import Identifier
from troth.subjects.vault import Vault

GUEST: Final = "guest"
"""The fact that nothing but an address is known of somebody, which they showed themselves."""

WAITED_FOR: Final = timedelta(days=1)
"""How long a guest may take to ask: longer than any session lasts."""

_SHOWN: Final = frozenset({GUEST, "verified.phone", "verified.email"})
_AT_ONCE: Final = 200
_LEFT_BY: Final = (
    tables.request.c.subject,
    tables.request_party.c.asker,
    tables.disclosure.c.subject,
    tables.hold.c.subject,
    tables.arrival.c.subject,
    consent_tables.event.c.subject,
    consent_tables.acceptance.c.subject,
    subject_tables.passkey.c.subject,
)
"""Where somebody stands of whom more is known than an address."""


def come_in(work: Work, vault: Vault, who: Identifier) -> str:
    """The subject whom the address finds that somebody showed; a guest where it finds nobody."""
    one_writer(work)
    known = subjects.find(work, vault, who)
    if known is not None and GUEST not in facts.facts(work, known):
        return known
    subject = subjects.register(work, vault, [who])
    facts.change(work, subject, add=[GUEST])
    facts.expire_at(work, subject, GUEST, work.at + WAITED_FOR)
    return subject


def forget(begin: Begin, vault: Vault) -> int:
    """The sweep: destroy the keys of guests who asked for nothing, and give their number; the others are none now."""
    with begin() as work:
        if not _due(work):
            return 0
    with begin() as work:
        one_writer(work)
        return sum(_end(work, vault, one.subject) for one in _due(work))


def _due(work: Work) -> tuple[Expiry, ...]:
    c = subject_tables.expiry.c
    over = sa.select(c.subject, c.fact, c.at).where(c.fact == GUEST, c.at <= work.at).order_by(c.at).limit(_AT_ONCE)
    return tuple(Expiry(*row) for row in work.db.execute(over))


def _end(work: Work, vault: Vault, subject: str) -> bool:
    known = facts.facts(work, subject) - _SHOWN
    facts.change(work, subject, remove=[GUEST])
    if known or any(work.db.execute(sa.select(c).where(c == subject).limit(1)).first() for c in _LEFT_BY):
        return False
    facts.change(work, subject, remove=sorted(_SHOWN))
    subjects.shred(work, vault, subject)
    return True
