"""A person's own requests: the list, one with its timeline, its package, taking it back."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests.machine import State
from troth.requests.kinds import Kind
from troth.requests.model import Request
from troth.requests.package import KEPT, available_until, read
from troth.requests.service import get, of_subject, recall, timeline
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.told import tell
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/requests")
def listed(visit: PersonVisit) -> Response:
    """Everything that the person asked for."""
    with visit.app.begin() as work:
        requests = [tell(visit.words, one, work.at) for one in of_subject(work, visit.subject)]
    return page(visit, "portal/requests.html", requests=requests)


@router.get("/requests/{request_id}")
def show(visit: PersonVisit, request_id: str) -> Response:
    """One request of the person: where it stands, its deadlines, what happened."""
    with visit.app.begin() as work:
        request = own(work, visit, request_id)
        told = tell(visit.words, request, work.at, timeline(work, request.id))
        until = available_until(work, request.id)
    shown_until = visit.words.moment(until) if until else None
    return page(visit, "portal/request.html", request=told, ready=_ready(request), until=shown_until)


@router.get("/requests/{request_id}/received")
def received(visit: PersonVisit, request_id: str) -> Response:
    """The confirmation that a request was received, with its reference and what happens next."""
    with visit.app.begin() as work:
        request = own(work, visit, request_id)
        told = tell(visit.words, request, work.at)
    return page(visit, "portal/received.html", request=told, kind=request.kind, days=KEPT.days)


@router.get("/requests/{request_id}/package")
def package(visit: PersonVisit, request_id: str) -> Response:
    """The copy of the person's data as a ZIP file, while it is kept for them."""
    with visit.app.begin() as work:
        request = own(work, visit, request_id)
        if not _ready(request):
            raise MissingError
        content = read(work, visit.app.vault, request.id)
    return Response(
        content,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{request.reference}.zip"'},
    )


@router.post("/requests/{request_id}/recall")
def take_back(visit: PersonVisit, request_id: str) -> Response:
    """Take a request back while it is cooling off."""
    with visit.app.begin() as work:
        recall(work, visit.app.vault, own(work, visit, request_id).id)
    return go(f"/requests/{request_id}")


def own(work: Work, visit: Visit, request_id: str) -> Request:
    """The person's own request.

    Raises:
        MissingError: there is none with that id, or it is somebody else's: the two are not told apart.
    """
    try:
        request = get(work, request_id)
    except InputError:
        raise MissingError from None
    if request.subject != visit.subject:
        raise MissingError
    return request


def _ready(request: Request) -> bool:
    return request.kind is Kind.COPY and request.state is State.FULFILLED
