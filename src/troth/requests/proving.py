"""Identity and authority are shown, or not: the request goes on, or it ends."""

from __future__ import annotations

from collections.abc import Collection

from troth.base.work import Work
from troth.requests import deadline, limits, parties, record, texts
from troth.requests.details import NONE, Details, read
from troth.requests.machine import Event
from troth.requests.model import Request
from troth.requests.opening import set_going
from troth.requests.ports import Jobs
from troth.subjects.vault import Vault


def prove(work: Work, vault: Vault, request_id: str, proofs: Collection[str], *, by: str, jobs: Jobs) -> Request:
    """Say which proofs were seen. With the last one the request goes on as if the person had asked it themselves.

    Raises:
        InputError: `requests.unknown`, `requests.unknown-proof`.
        ConflictError: `requests.not-possible` where nothing has to be shown any more.
    """
    request = record.load(work, request_id)
    if parties.seen(work, request_id, proofs):
        record.note(work, request, "show", by=by)
        return record.load(work, request_id)
    shown = record.advance(work, vault, request, Event.PROVE, by=by)
    _begin_late_limits(work, shown)
    return set_going(
        work, vault, record.promised(work, shown), record.load(work, request_id), _asked(work, vault, shown), jobs=jobs
    )


def reject(work: Work, vault: Vault, request_id: str, reason: str, *, by: str) -> Request:
    """End a request whose sender could not show who they are, or that they may ask; the reason is told.

    Raises:
        InputError: `requests.unknown`, `requests.empty-text`.
        ConflictError: `requests.not-possible`.
    """
    request = record.load(work, request_id)
    texts.say(work, vault, request, "reason", reason)
    return record.advance(work, vault, request, Event.REFUSE, code="requests.not-proved", by=by)


def _begin_late_limits(work: Work, request: Request) -> None:
    """What the policy counts from the proof begins now."""
    policy = record.promised(work, request).policy
    running = {one.clause for one in request.deadlines}
    now = deadline.deadlines(policy, request.kind, work.at)
    limits.begin(work, request.id, [one for one in now if one.clause not in running])


def _asked(work: Work, vault: Vault, request: Request) -> Details:
    said = [one for one in texts.texts(work, vault, request) if one.role == "details"]
    return read(said[0].text.reveal()) if said else NONE
