"""An agent asked for the person, and it was not shown who they are: they confirm it here, signed in, or leave it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.work import Work
from troth.requests import parties
from troth.requests.drp.exercise import confirm, waiting
from troth.requests.model import Request
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/agents/requests/{request_id}")
def explain(visit: PersonVisit, request_id: str) -> Response:
    """What an agent asks for in the person's name, for them to confirm."""
    with visit.app.begin() as work:
        request = _mine(work, visit, request_id)
        party = parties.of(work, visit.app.vault, request)
    name = party.name.reveal() if party else ""
    return page(visit, "portal/agent.html", id=request_id, kind=request.kind.value, name=name)


@router.post("/agents/requests/{request_id}")
def confirm_it(visit: PersonVisit, request_id: str) -> Response:
    """Confirm it: from now on it is carried out as if the person had asked themselves."""
    with visit.app.begin() as work:
        request = _mine(work, visit, request_id)
        confirm(work, visit.app.vault, request_id, visit.subject, jobs=visit.app.jobs)
    return go(f"/requests/{request.id}")


def _mine(work: Work, visit: Visit, request_id: str) -> Request:
    """Raises MissingError, also where the request is somebody else's: the two are not told apart."""
    request = waiting(work, request_id, visit.subject)
    if request is None:
        raise MissingError
    return request
