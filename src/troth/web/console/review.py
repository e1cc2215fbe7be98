"""What staff do with one request: read what was written, ask, answer, refuse, extend, acknowledge, hold.

What a person wrote is shown only when somebody asks for it; that is written down, in the timeline and the journal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.work import Work
from troth.requests import holds, parties, proving, record, review
from troth.requests.details import read as read_details
from troth.requests.model import Request
from troth.requests.service import get
from troth.requests.texts import Said, texts
from troth.web.access import DecidingVisit, DeclaredRoute, OfficerVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.sessions import Kind
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_Text = Annotated[str, Form()]


@router.post("/console/requests/{request_id}/read")
def read(visit: DecidingVisit, request_id: str) -> Response:
    """What was written, in the open; who read it, and when, is written down."""
    with visit.app.begin() as work:
        request = _known(work, request_id)
        record.note(work, request, "read", by=_by(visit))
        spoken = [_shown(visit, one) for one in texts(work, visit.app.vault, request)]
        party = parties.of(work, visit.app.vault, request)
    return page(visit, "console/texts.html", request=request, spoken=spoken, party=party)


@router.post("/console/requests/{request_id}/ask")
def ask(visit: DecidingVisit, request_id: str, text: _Text = "") -> Response:
    """Ask the person what they mean."""
    return _do(visit, request_id, lambda work, one: review.ask(work, visit.app.vault, one, text, by=_by(visit)))


@router.post("/console/requests/{request_id}/answer")
def answer(visit: DecidingVisit, request_id: str, text: _Text = "") -> Response:
    """Write the answer, which ends the request."""
    return _do(visit, request_id, lambda work, one: review.answer(work, visit.app.vault, one, text, by=_by(visit)))


@router.post("/console/requests/{request_id}/prove")
def prove(visit: DecidingVisit, request_id: str, seen: Annotated[tuple[str, ...], Form()] = ()) -> Response:
    """Say which proofs were seen; with the last one the request goes on."""
    app = visit.app
    return _do(
        visit, request_id, lambda work, one: proving.prove(work, app.vault, one, seen, by=_by(visit), jobs=app.jobs)
    )


@router.post("/console/requests/{request_id}/reject")
def reject(visit: DecidingVisit, request_id: str, reason: _Text = "") -> Response:
    """End it, because it could not be shown who asks or that they may."""
    return _do(visit, request_id, lambda work, one: proving.reject(work, visit.app.vault, one, reason, by=_by(visit)))


@router.post("/console/requests/{request_id}/refuse")
def refuse(
    visit: DecidingVisit, request_id: str, ground: _Text = "", reason: _Text = "", evidence: _Text = ""
) -> Response:
    """Refuse it on a ground of the policy."""
    return _do(
        visit,
        request_id,
        lambda work, one: review.refuse(
            work, visit.app.vault, one, ground, reason=reason, evidence=evidence, by=_by(visit)
        ),
    )


@router.post("/console/requests/{request_id}/extend")
def extend(visit: DecidingVisit, request_id: str, reason: _Text = "") -> Response:
    """Take longer, and say why."""
    return _do(visit, request_id, lambda work, one: review.extend(work, visit.app.vault, one, reason, by=_by(visit)))


@router.post("/console/requests/{request_id}/acknowledge")
def acknowledge(visit: DecidingVisit, request_id: str) -> Response:
    """Say that the person was told that the request arrived."""
    return _do(visit, request_id, lambda work, one: review.acknowledge(work, one, by=_by(visit)))


@router.post("/console/requests/{request_id}/hold")
def hold(visit: OfficerVisit, request_id: str, reason: _Text = "") -> Response:
    """Forbid for now that anything of the person is erased."""
    with visit.app.begin() as work:
        holds.place(work, visit.app.vault, _known(work, request_id).subject, reason, by=_by(visit))
    return _back(request_id)


@router.post("/console/requests/{request_id}/release/{hold_id}")
def release(visit: OfficerVisit, request_id: str, hold_id: str) -> Response:
    """Lift a hold; what it blocked goes on by itself."""
    with visit.app.begin() as work:
        held = holds.holds_on(work, _known(work, request_id).subject)
        if hold_id not in {one.id for one in held}:
            raise MissingError
        holds.release(work, visit.app.vault, hold_id, by=_by(visit), jobs=visit.app.jobs)
    return _back(request_id)


def _do(visit: Visit, request_id: str, act: Callable[[Work, str], Request]) -> Response:
    with visit.app.begin() as work:
        act(work, _known(work, request_id).id)
    return _back(request_id)


def _back(request_id: str) -> Response:
    return go(f"/console/requests/{request_id}")


def _known(work: Work, request_id: str) -> Request:
    try:
        return get(work, request_id)
    except InputError:
        raise MissingError from None


def _by(visit: Visit) -> str:
    return visit.sessions[Kind.STAFF]["email"]


def _shown(visit: Visit, one: Said) -> dict[str, str]:
    text = one.text.reveal()
    if one.role == "details":
        held = read_details(text)
        text = "\n".join(part for part in (", ".join((*held.purposes, *held.matters)), held.text) if part)
    return {"role": one.role, "at": visit.words.moment(one.at), "text": text}
