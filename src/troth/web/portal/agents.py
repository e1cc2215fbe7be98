"""Somebody says that they ask for the person: the person confirms it here, signed in, or says that it is not so."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.work import Work
from troth.requests.drp.exercise import confirm, waiting
from troth.requests.model import Request
from troth.requests.proof import parties, proving
from troth.requests.service import get
from troth.subjects.service import identifiers
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/agents")
def listed(visit: PersonVisit) -> Response:
    """Requests that somebody makes in the person's name, for them to confirm."""
    with visit.app.read() as work:
        found = [get(work, one) for one in _naming(work, visit)]
        parties_ = [parties.of(work, visit.app.vault, one) for one in found]
    asked = [
        (one.id, one.kind.value, by.name.reveal(), by.contact.reveal(), visit.words.moment(one.opened_at))
        for one, by in zip(found, parties_, strict=True)
        if by is not None
    ]
    return page(visit, "portal/agents.html", asked=asked)


@router.post("/agents/{request_id}/confirm")
def confirm_named(visit: PersonVisit, request_id: str) -> Response:
    """Confirm that this agent asks for the person: it goes on as if they had asked themselves."""
    with visit.app.begin() as work:
        proving.confirm(work, visit.app.vault, _named(work, visit, request_id), jobs=visit.app.jobs)
    return go(f"/requests/{request_id}" if _is_theirs(visit, request_id) else "/requests")


@router.post("/agents/{request_id}/deny")
def deny_named(visit: PersonVisit, request_id: str) -> Response:
    """Say that nobody asks for the person: the request ends."""
    with visit.app.begin() as work:
        proving.deny(work, visit.app.vault, _named(work, visit, request_id))
    return go("/agents")


@router.get("/agents/requests/{request_id}")
def explain(visit: PersonVisit, request_id: str) -> Response:
    """What an agent asks for in the person's name, for them to confirm."""
    with visit.app.read() as work:
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
    return go(f"/requests/{request.id}" if _is_theirs(visit, request.id) else "/requests")


def _naming(work: Work, visit: Visit) -> tuple[str, ...]:
    return parties.naming(work, visit.app.vault, identifiers(work, visit.app.vault, visit.subject))


def _named(work: Work, visit: Visit, request_id: str) -> str:
    """Raises MissingError, also where the request names somebody else: the two are not told apart."""
    if request_id not in _naming(work, visit):
        raise MissingError
    return request_id


def _is_theirs(visit: Visit, request_id: str) -> bool:
    """Whether the request became the person's; it ends where they have the same under way."""
    with visit.app.begin() as work:
        return get(work, request_id).subject == visit.subject


def _mine(work: Work, visit: Visit, request_id: str) -> Request:
    """Raises MissingError, also where the request is somebody else's: the two are not told apart."""
    request = waiting(work, visit.app.vault, request_id, visit.subject)
    if request is None:
        raise MissingError
    return request
