"""A person's own requests: the list, one with its timeline, its package, taking it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.text import said
from troth.base.work import Work
from troth.requests import record, restriction
from troth.requests.deciding.review import reply
from troth.requests.exchange import controllers, transfer
from troth.requests.fulfilment import changes
from troth.requests.fulfilment.package import KEPT, available_until, read
from troth.requests.kinds import FETCHED, WAYS, Way
from troth.requests.machine import State
from troth.requests.model import OF_STAFF, Request, Step
from troth.requests.proof import parties
from troth.requests.service import get, of_subject, recall, timeline
from troth.requests.texts import Said, texts
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.portal import outcome
from troth.web.portal.own import own
from troth.web.told import line, tell
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/requests")
def listed(visit: PersonVisit) -> Response:
    """Everything that the person asked for."""
    with visit.app.read() as work:
        mine = of_subject(work, visit.subject)
        others = [get(work, one) for one in parties.asked_by(work, visit.subject)]
        requests = [line(visit.words, one, work.at) for one in (*mine, *(one for one in others if one not in mine))]
    return page(visit, "portal/requests.html", requests=requests, for_others={one.id for one in others})


@router.get("/requests/{request_id}")
def show(visit: PersonVisit, request_id: str) -> Response:
    """One request of the person: where it stands, its deadlines, what happened."""
    with visit.app.read() as work:
        request = own(work, visit, request_id)
        told = tell(visit.words, request, work.at, _of_theirs(timeline(work, request.id)))
        until = available_until(work, request.id)
        passed = _passed_on(visit, work, request)
        spoken = _spoken(visit, texts(work, visit.app.vault, request))
        came = outcome.outcome(visit, work, request)
        restricts = restriction.stands(work, request)
        corrects = _corrects(visit, work, request)
    return page(
        visit,
        "portal/request.html",
        request=told,
        ready=_ready(request) or until is not None,
        passed=passed,
        until=visit.words.moment(until) if until else None,
        spoken=spoken,
        outcome=came,
        restricts=restricts,
        corrects=corrects,
    )


@router.get("/requests/{request_id}/received")
def received(visit: PersonVisit, request_id: str) -> Response:
    """The confirmation that a request was received, with its reference and what happens next."""
    with visit.app.read() as work:
        request = own(work, visit, request_id)
        told = tell(visit.words, request, work.at)
    return page(visit, "portal/received.html", request=told, kind=request.kind, days=KEPT.days)


@router.get("/requests/{request_id}/package")
def package(visit: PersonVisit, request_id: str) -> Response:
    """The copy of the person's data as a ZIP file, while it is kept for them."""
    with visit.app.begin() as work:
        request = own(work, visit, request_id)
        if not _ready(request) and available_until(work, request.id) is None:
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


@router.post("/requests/{request_id}/lift")
def lift(visit: PersonVisit, request_id: str) -> Response:
    """End a restriction that the person asked for."""
    with visit.app.begin() as work:
        restriction.end_own(work, own(work, visit, request_id).id)
    return go(f"/requests/{request_id}")


@router.post("/requests/{request_id}/reply")
def answer_question(visit: PersonVisit, request_id: str, text: Annotated[str, Form()] = "") -> Response:
    """Answer a question that was asked about the request."""
    with visit.app.begin() as work:
        reply(work, visit.app.vault, own(work, visit, request_id).id, text)
    return go(f"/requests/{request_id}")


def _of_theirs(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return tuple(one for one in steps if one.event not in OF_STAFF)


def _passed_on(visit: Visit, work: Work, request: Request) -> tuple[str, str] | None:
    """Where the package is sent, by name, and how that stands."""
    found = transfer.of(work, request.id)
    if found is None:
        return None
    names = {one.id: one.names for one in controllers.listed(work)}
    name = said(names[found.controller], visit.words.language) if found.controller in names else found.controller
    state = "waiting" if found.state not in transfer.SETTLED else "sent" if found.state == "sent" else "failed"
    return name, state


def _corrects(visit: Visit, work: Work, request: Request) -> list[tuple[str, str, str]]:
    """What they asked to have corrected: the item, what it should be, and how that stands."""
    if WAYS[request.kind] is not Way.CORRECT or request.subject != visit.subject:
        return []
    items, language = record.promised(work, request).policy.items, visit.words.language
    return [
        (
            said(items[one.item].label, language) if one.item in items else one.item,
            one.new.reveal(),
            visit.words.choice("changes.state", one.state),
        )
        for one in changes.of(work, visit.app.vault, request)
    ]


def _ready(request: Request) -> bool:
    return request.kind in FETCHED and request.state is State.FULFILLED


def _spoken(visit: Visit, said: tuple[Said, ...]) -> list[dict[str, str]]:
    """What was asked and answered, for the person to read; what they asked for at first is not repeated to them."""
    shown = [one for one in said if one.role in {"question", "reply", "reason", "answer", "remedy"}]
    return [{"role": one.role, "at": visit.words.moment(one.at), "text": one.text.reveal()} for one in shown]
