"""Two pairs of eyes: somebody proposes, somebody else approves or declines."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests import record
from troth.requests.deciding import approval, proposals
from troth.requests.deciding.eyes import OF_WORKERS
from troth.web.access import DecidingVisit, DeclaredRoute
from troth.web.console.request import known
from troth.web.console.review import do
from troth.web.console.seeing import me
from troth.web.failures import MissingError
from troth.web.pages import page

router = APIRouter(route_class=DeclaredRoute)


@router.post("/console/requests/{request_id}/let/{act}")
def let(visit: DecidingVisit, request_id: str, act: str) -> Response:
    """Be the first of two to let a worker carry the request out."""
    allowed = [one for one in OF_WORKERS if one == act]
    if not allowed:
        raise MissingError
    return do(
        visit,
        request_id,
        None,
        {},
        lambda work: approval.let(work, visit.app.vault, request_id, allowed[0], by=me(visit)),
    )


@router.post("/console/requests/{request_id}/proposals/{proposal_id}")
def proposed(visit: DecidingVisit, request_id: str, proposal_id: str) -> Response:
    """What goes with a proposal, in the open, with the two answers to it; that it was read is written down."""
    with visit.app.begin() as work:
        request = known(work, request_id)
        one = _of(work, request_id, proposal_id)
        record.note(work, request, "read", by=me(visit))
        given = proposals.given(work, visit.app.vault, one)
    return page(visit, "console/proposal.html", request=request, proposal=one, given=given, mine=one.by == me(visit))


@router.post("/console/requests/{request_id}/proposals/{proposal_id}/approve")
def approve(visit: DecidingVisit, request_id: str, proposal_id: str) -> Response:
    """Agree: it is done now."""
    app, by = visit.app, me(visit)

    def agree(work: Work) -> None:
        _of(work, request_id, proposal_id)
        approval.approve(work, app.vault, proposal_id, by=by, jobs=app.jobs)

    return do(visit, request_id, None, {}, agree)


@router.post("/console/requests/{request_id}/proposals/{proposal_id}/decline")
def decline(visit: DecidingVisit, request_id: str, proposal_id: str) -> Response:
    """Do not agree, or take back what one proposed oneself."""

    def refuse(work: Work) -> None:
        _of(work, request_id, proposal_id)
        approval.decline(work, proposal_id, by=me(visit))

    return do(visit, request_id, None, {}, refuse)


def _of(work: Work, request_id: str, proposal_id: str) -> proposals.Proposal:
    """The proposal, if it is of that request. Raises MissingError."""
    try:
        found = proposals.get(work, proposal_id)
    except InputError:
        raise MissingError from None
    if found.request != request_id:
        raise MissingError
    return found
