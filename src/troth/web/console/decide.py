"""What staff decide beside answering and refusing: prices, doubts, refused parts, verdicts, answers of recipients."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.requests import record
from troth.requests.deciding import doubts, explaining, fees, reviewing
from troth.requests.deciding.fees import Charge
from troth.requests.kinds import Kind
from troth.requests.telling import recipients
from troth.subjects import service as subjects
from troth.web.access import DecidingVisit, DeclaredRoute
from troth.web.console.request import More, known, shown
from troth.web.console.review import decide, do
from troth.web.console.seeing import me
from troth.web.pages import page

router = APIRouter(route_class=DeclaredRoute)

_Text = Annotated[str, Form()]
_Seen = Annotated[int | None, Form()]


@router.post("/console/requests/{request_id}/price")
def price(
    visit: DecidingVisit,
    request_id: str,
    *,
    amount: _Text = "",
    currency: _Text = "",
    why: _Text = "",
    reason: _Text = "",
    seen: _Seen = None,
) -> Response:
    """Tell the person what it will cost at the most, and wait until they agree."""
    charge = Charge(amount.strip(), currency.strip().upper(), why)
    return do(
        visit,
        request_id,
        seen,
        {"amount": charge.amount, "currency": charge.currency, "why": why, "reason": reason},
        lambda work: fees.price(work, visit.app.vault, request_id, charge, because=reason, by=me(visit)),
    )


@router.post("/console/requests/{request_id}/proceed")
def proceed(visit: DecidingVisit, request_id: str, seen: _Seen = None) -> Response:
    """Let it be carried out."""
    app = visit.app
    return do(
        visit, request_id, seen, {}, lambda work: fees.proceed(work, app.vault, request_id, jobs=app.jobs, by=me(visit))
    )


@router.post("/console/requests/{request_id}/paid")
def paid(visit: DecidingVisit, request_id: str) -> Response:
    """Take down that what it cost has been paid."""
    app = visit.app
    return do(
        visit, request_id, None, {}, lambda work: fees.paid(work, app.vault, request_id, jobs=app.jobs, by=me(visit))
    )


@router.post("/console/requests/{request_id}/doubt")
def doubt(visit: DecidingVisit, request_id: str, reason: _Text = "", seen: _Seen = None) -> Response:
    """Ask for a document that shows who asks, before anything is done."""
    return do(
        visit,
        request_id,
        seen,
        {"reason": reason},
        lambda work: doubts.doubt(work, visit.app.vault, request_id, reason, by=me(visit)),
    )


@router.post("/console/requests/{request_id}/keep")
def keep(
    visit: DecidingVisit,
    request_id: str,
    *,
    part: _Text = "",
    ground: _Text = "",
    reason: _Text = "",
    evidence: _Text = "",
    seen: _Seen = None,
) -> Response:
    """Refuse a part of it; the rest is done."""
    given = {"part": part, "ground": ground, "reason": reason, "evidence": evidence}
    return decide(visit, request_id, seen, "keep", given)


@router.post("/console/requests/{request_id}/verdict")
def verdict(
    visit: DecidingVisit,
    request_id: str,
    *,
    verdict: _Text = "",
    reason: _Text = "",
    remedy: _Text = "",
    seen: _Seen = None,
) -> Response:
    """Uphold or overturn what is contested."""
    return do(
        visit,
        request_id,
        seen,
        {"verdict": verdict, "reason": reason, "remedy": remedy},
        lambda work: reviewing.decide(
            work, visit.app.vault, request_id, verdict, reasons=reason, remedy=remedy, by=me(visit)
        ),
    )


@router.post("/console/requests/{request_id}/recipients/{recipient}")
def recipient(visit: DecidingVisit, request_id: str, recipient: str, answer: _Text = "") -> Response:
    """Take down what a recipient answered."""
    return do(
        visit,
        request_id,
        None,
        {},
        lambda work: recipients.answered(work, visit.app.vault, request_id, recipient, answer, by=me(visit)),
    )


@router.post("/console/requests/{request_id}/decisions")
def decisions(visit: DecidingVisit, request_id: str) -> Response:
    """The decisions about the person that were recorded; that somebody looked is written down."""
    with visit.app.begin() as work:
        request = known(work, request_id)
        if request.kind is not Kind.EXPLANATION or subjects.is_shredded(work, request.subject):
            return shown(visit, work, request, More())
        record.note(work, request, "read", by=me(visit))
        found = explaining.explained(work, visit.app.vault, request.subject, visit.words.language)
    return page(visit, "console/decisions.html", request=request, decisions=found)
