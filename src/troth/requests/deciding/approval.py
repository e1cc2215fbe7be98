"""Acts of the staff, done at once or, where two pairs of eyes are set, proposed by one person and done by a second."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from troth.base.work import Work
from troth.requests import record
from troth.requests.deciding import proposals, review
from troth.requests.deciding.eyes import OF_WORKERS, Act, needed
from troth.requests.deciding.partial import Refusal
from troth.requests.model import Request
from troth.requests.ports import Jobs
from troth.requests.proof import proving
from troth.subjects.vault import Vault

_Given = Mapping[str, str]


def act(
    work: Work, vault: Vault, request_id: str, what: Act, given: _Given, *, by: str, two_pairs: Collection[str]
) -> proposals.Proposal | None:
    """Do it, or propose it where a second person must agree; the proposal is given back.

    What could not be done cannot be proposed either. Raises as the act itself, and as `proposals.add`.
    """
    request = record.load(work, request_id)
    if not needed(two_pairs, request.kind, what):
        _DO[what](work, vault, request_id, given, by)
        return None
    trial = work.db.begin_nested()
    try:
        _DO[what](work, vault, request_id, given, by)
    finally:
        trial.rollback()
    return proposals.add(work, vault, request_id, what, given, by=by)


def let(work: Work, vault: Vault, request_id: str, what: Act, *, by: str) -> proposals.Proposal:
    """Be the first of two people to let a worker do what it waits with. Raises as `proposals.add`."""
    return proposals.add(work, vault, request_id, what, {}, by=by)


def approve(work: Work, vault: Vault, proposal_id: str, *, by: str, jobs: Jobs) -> Request:
    """Be the second person: what was proposed is done now, or the worker goes on.

    Raises as `proposals.decide` and as the act itself.
    """
    proposal = proposals.decide(work, proposal_id, "approved", by=by)
    if proposal.act in OF_WORKERS:
        jobs.enqueue(work, proposal.request)
    else:
        _DO[proposal.act](work, vault, proposal.request, proposals.given(work, vault, proposal), by)
    return record.load(work, proposal.request)


def decline(work: Work, proposal_id: str, *, by: str) -> Request:
    """Do not agree; nothing is done. Whoever proposed it may take it back so. Raises as `proposals.decide`."""
    return record.load(work, proposals.decide(work, proposal_id, "declined", by=by).request)


def _refuse(work: Work, vault: Vault, request_id: str, given: _Given, by: str) -> None:
    ground, evidence = given.get("ground", ""), given.get("evidence", "")
    review.refuse(work, vault, request_id, ground, reason=given.get("reason", ""), evidence=evidence, by=by)


def _keep(work: Work, vault: Vault, request_id: str, given: _Given, by: str) -> None:
    part, ground, evidence = given.get("part", ""), given.get("ground", ""), given.get("evidence", "")
    review.refuse_part(work, vault, request_id, Refusal(part, ground, given.get("reason", ""), evidence), by=by)


def _reject(work: Work, vault: Vault, request_id: str, given: _Given, by: str) -> None:
    proving.reject(work, vault, request_id, given.get("reason", ""), by=by, failed=given.get("proof") or None)


def _answer(work: Work, vault: Vault, request_id: str, given: _Given, by: str) -> None:
    review.answer(work, vault, request_id, given.get("text", ""), by=by)


def _extend(work: Work, vault: Vault, request_id: str, given: _Given, by: str) -> None:
    review.extend(work, vault, request_id, given.get("reason", ""), by=by)


_DO: Mapping[Act, Callable[[Work, Vault, str, _Given, str], None]] = {
    "refuse": _refuse,
    "keep": _keep,
    "reject": _reject,
    "answer": _answer,
    "extend": _extend,
}
