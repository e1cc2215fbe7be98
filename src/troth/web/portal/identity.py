"""Showing who one is, or that one may ask for somebody else: what is still missing, one task after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.errors import TrothError
from troth.base.text import said
from troth.base.work import Work
from troth.requests import record
from troth.requests.machine import IDENTIFIES
from troth.requests.model import Request
from troth.requests.proof import evidence, identity, matching, parties, proving
from troth.requests.proof.parties import Proof
from troth.requests.proof.points import askable
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.pages import go, page
from troth.web.portal.own import own
from troth.web.sign_in import slow_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_Answers = Annotated[tuple[str, ...], Form()]


@dataclass(frozen=True)
class Tasks:
    """What is to be shown for a request, and how far that has come."""

    missing: Sequence[Proof]
    points: int
    tries: int
    checking: bool
    failed: bool
    documents: Sequence[evidence.Evidence]

    @property
    def by_document(self) -> bool:
        """Whether documents are looked at: for whoever asks for another, or when points cannot be matched."""
        of_party = any(one not in {"points", "declaration"} for one in self.missing)
        return of_party or ("points" in self.missing and not self.tries and not self.checking)


@router.get("/requests/{request_id}/identity")
def show(visit: PersonVisit, request_id: str) -> Response:
    """What is still to be shown before the request goes on."""
    return _tasks(visit, request_id)


@router.post("/requests/{request_id}/points")
def match(visit: PersonVisit, request_id: str, item: _Answers = (), value: _Answers = ()) -> Response:
    """Take answers that only the person is likely to know; they are compared in a moment."""
    slow_down(visit)
    typed = dict(zip(item, value, strict=False))
    try:
        with visit.app.begin() as work:
            request = own(work, visit, request_id)
            matching.send_in(work, visit.app.vault, record.promised(work, request), request, typed)
    except TrothError as error:
        return _again(visit, request_id, error)
    return go(f"/requests/{request_id}/identity")


@router.post("/requests/{request_id}/declaration")
def declare(visit: PersonVisit, request_id: str, name: Annotated[str, Form()] = "") -> Response:
    """Take a declaration that was signed by typing one's name."""
    app, language = visit.app, visit.words.language
    try:
        with app.begin() as work:
            request = own(work, visit, request_id)
            proving.declare(work, app.vault, request.id, name, language=language, jobs=app.jobs)
    except TrothError as error:
        return _again(visit, request_id, error)
    return go(f"/requests/{request_id}/identity")


def tasks(work: Work, request: Request) -> Tasks:
    """What is to be shown for a request."""
    shown = evidence.of(work, request.id)
    return Tasks(
        missing=identity.missing(work, request.id),
        points=identity.points(work, request.id),
        tries=identity.tries_left(work, request.id),
        checking=any(one.sort == "points" for one in shown),
        failed=any(step.event == "mismatch" for step in record.steps(work, request.id)),
        documents=[one for one in shown if one.sort == "document"],
    )


def _again(visit: Visit, request_id: str, error: TrothError) -> Response:
    """The same page, with what was wrong; what has no words of its own is shown as every error is."""
    fault = visit.words.member("identity.fault", error.code)
    if fault is None:
        raise error
    return _tasks(visit, request_id, fault=fault, status=422)


def _tasks(visit: Visit, request_id: str, *, fault: str | None = None, status: int = 200) -> Response:
    with visit.app.begin() as work:
        request = own(work, visit, request_id)
        if request.state not in IDENTIFIES:
            return go(f"/requests/{request_id}")
        todo = tasks(work, request)
        party = parties.of(work, visit.app.vault, request)
        version = record.promised(work, request)
    questions = [(one.item, said(one.label, visit.words.language)) for one in askable(version)]
    return page(
        visit,
        "portal/identity.html",
        status=status,
        request=request,
        todo=todo,
        who=party.who if party else None,
        ways=[said(one, visit.words.language) for one in parties.ways(version.policy).values()],
        questions=questions if len(questions) >= todo.points else [],
        declaration=proving.declaration(request, visit.words.language),
        purpose=version.policy.requests.use_of_proof,
        fault=fault,
    )
