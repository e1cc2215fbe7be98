"""What somebody of the staff decides about single changes of a correction: each is accepted, or refused on a ground."""

from __future__ import annotations

from collections.abc import Collection

from troth.base.errors import ConflictError
from troth.base.work import Work
from troth.requests import record, texts
from troth.requests.deciding import review
from troth.requests.fulfilment import changes
from troth.requests.machine import Event, State
from troth.requests.model import Request
from troth.requests.ports import Jobs
from troth.subjects.vault import Vault


def accept(
    work: Work, vault: Vault, request_id: str, items: Collection[str], *, evidence: str = "", by: str, jobs: Jobs
) -> Request:
    """Let these be carried out; `evidence` says what shows that the new values are right.

    Raises:
        InputError: `requests.unknown`; `requests.unknown-detail`, `requests.detail-missing` for the items.
        ConflictError: `requests.not-possible`.
    """
    request = _in_review(work, request_id)
    found = changes.named(changes.of(work, vault, request), items)
    changes.accept(work, request, [one.item for one in found], by=by)
    if evidence.strip():
        texts.say(work, vault, request, "evidence", evidence)
    return _go_on(work, vault, request, by=by, jobs=jobs)


def refuse(
    work: Work,
    vault: Vault,
    request_id: str,
    items: Collection[str],
    ground: str,
    *,
    reason: str,
    evidence: str = "",
    by: str,
    jobs: Jobs,
) -> Request:
    """Leave these as they are, on a ground of the policy and with the reason that the person is told.

    Raises as `accept` and as `review.refuse`.
    """
    request = _in_review(work, request_id)
    found = changes.named(changes.of(work, vault, request), items)
    review.weigh(work, vault, request, ground, reason=reason, evidence=evidence)
    changes.refuse(work, request, [one.item for one in found], ground, by=by)
    return _go_on(work, vault, request, by=by, jobs=jobs)


def _in_review(work: Work, request_id: str) -> Request:
    request = record.load(work, request_id)
    if request.state is not State.DECIDING:
        raise ConflictError("requests.not-possible", "nothing waits for a decision", hint="look at the request again")
    return request


def _go_on(work: Work, vault: Vault, request: Request, *, by: str, jobs: Jobs) -> Request:
    """With the last decision the worker goes on, or, where everything was refused, the request ends."""
    found = changes.of(work, vault, request)
    if changes.waiting(found):
        return request
    if all(one.state == "refused" for one in found):
        return record.advance(work, vault, request, Event.REFUSE, code=found[-1].why, by=by)
    moved = record.advance(work, vault, request, Event.PROCEED, by=by)
    jobs.enqueue(work, request.id)  # the move took the lease
    return moved
