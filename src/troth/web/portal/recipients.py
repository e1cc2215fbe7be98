"""Where a recipient answers what it was told: by the link of its mail, without signing in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.text import said
from troth.base.work import Work
from troth.requests import record
from troth.requests.telling import recipients
from troth.requests.telling.recipients import ANSWERS, Notice
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/recipients/{token}")
def show(visit: PublicVisit, token: str) -> Response:
    """What was asked of the recipient; it names nobody, the mail did."""
    with visit.app.read() as work:
        return _shown(visit, work, _known(work, token), token, answered=False)


@router.post("/recipients/{token}")
def answer(visit: PublicVisit, token: str, answer: Annotated[str, Form()] = "") -> Response:
    """Take down what it answers."""
    with visit.app.begin() as work:
        found = _known(work, token)
        if answer not in ANSWERS:
            return _shown(visit, work, found, token, answered=False, problem=True)
        if found.answer is None:
            found = recipients.confirmed(work, visit.app.vault, token, answer)
        return _shown(visit, work, found, token, answered=True)


def _known(work: Work, token: str) -> Notice:
    found = recipients.by_token(work, token)
    if found is None:
        raise MissingError
    return found


def _shown(visit: Visit, work: Work, notice: Notice, token: str, *, answered: bool, problem: bool = False) -> Response:
    request = record.load(work, notice.request)
    policy = record.promised(work, request).policy
    language = visit.words.language
    return page(
        visit,
        "portal/recipient.html",
        status=422 if problem else 200,
        token=token,
        recipient=said(policy.recipients[notice.recipient].name, language),
        reference=request.reference,
        kind=request.kind.value,
        items=[said(policy.items[one].label, language) for one in notice.items if one in policy.items],
        answers=ANSWERS,
        answer=notice.answer,
        just_now=answered,
        problem=problem,
    )
