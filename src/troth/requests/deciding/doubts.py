"""Reasonable doubt about who asks, once a request has begun: a document is asked for (GDPR art. 12(6)).

Nothing may have been handed out, erased or changed yet. The person is told why; where the law lets it, time stands
still until they have shown who they are. Then the request goes on where it stood, and otherwise it ends.
"""

from __future__ import annotations

import sqlalchemy as sa

from troth.base.errors import ConflictError
from troth.base.work import Work
from troth.journal.lock import one_writer
from troth.requests import record, tables, texts
from troth.requests.exchange import transfer
from troth.requests.fulfilment import package, progress
from troth.requests.kinds import Kind
from troth.requests.machine import Event
from troth.requests.model import Request
from troth.requests.proof import identity
from troth.subjects import facts
from troth.subjects.vault import Vault

CODE = "requests.doubted"
"""Why such a request waits."""


def doubt(work: Work, vault: Vault, request_id: str, reason: str, *, by: str) -> Request:
    """Ask for a document that shows who asks, and let nothing be done before; `reason` is what the person is told.

    Raises:
        InputError: `requests.unknown`, `requests.empty-text`.
        ConflictError: `requests.not-possible` in another state, or once something was done; `requests.shown-before`
            where a document was asked for already.
    """
    one_writer(work)
    request = record.load(work, request_id)
    moved = record.advance(work, vault, request, Event.DOUBT, code=CODE, by=by)
    if _is_begun(work, request_id):
        hint = "answer it, or refuse it on a ground of the policy"
        raise ConflictError("requests.not-possible", "something of the request is done already", hint=hint)
    identity.ask_for_document(work, request_id)
    texts.say(work, vault, request, "reason", reason)
    if request.kind is Kind.CLOSE_ACCOUNT:
        facts.change(work, request.subject, remove=("account.closing",))
    return moved


def _is_begun(work: Work, request_id: str) -> bool:
    """Whether stores were counted for an erasure, a change was carried out, or a package was made."""
    change = tables.request_change.c
    changed = sa.select(change.item).where(change.request == request_id, change.round.is_not(None)).limit(1)
    sent = transfer.of(work, request_id)
    return (
        bool(progress.progress(work, request_id))
        or work.db.execute(changed).first() is not None
        or package.available_until(work, request_id) is not None
        or (sent is not None and sent.state != "asked")
    )
