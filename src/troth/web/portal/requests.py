"""A person's own requests: the list, one with its timeline, its package, taking it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests.kinds import WAYS, Way
from troth.requests.machine import State
from troth.requests.model import Request
from troth.requests.package import KEPT, available_until, read
from troth.requests.review import reply
from troth.requests.service import get, of_subject, recall, timeline
from troth.requests.texts import Said, texts
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
        spoken = _spoken(visit, texts(work, visit.app.vault, request))
    shown_until = visit.words.moment(until) if until else None
    return page(visit, "portal/request.html", request=told, ready=_ready(request), until=shown_until, spoken=spoken)


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


@router.post("/requests/{request_id}/reply")
def answer_question(visit: PersonVisit, request_id: str, text: Annotated[str, Form()] = "") -> Response:
    """Answer a question that was asked about the request."""
    with visit.app.begin() as work:
        reply(work, visit.app.vault, own(work, visit, request_id).id, text)
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
    return WAYS[request.kind] is Way.PACKAGE and request.state is State.FULFILLED


def _spoken(visit: Visit, said: tuple[Said, ...]) -> list[dict[str, str]]:
    """What was asked and answered, for the person to read; what they asked for at first is not repeated to them."""
    shown = [one for one in said if one.role in {"question", "reply", "reason", "answer"}]
    return [{"role": one.role, "at": visit.words.moment(one.at), "text": one.text.reveal()} for one in shown]
