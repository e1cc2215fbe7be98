"""The front page: what a person can do here."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from troth.requests.proof import parties
from troth.requests.service import of_subject
from troth.subjects.service import identifiers
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.pages import page
from troth.web.portal.signal import heard
from troth.web.sessions import Kind
from troth.web.told import line

router = APIRouter(route_class=DeclaredRoute)


@router.get("/")
def home(visit: PublicVisit) -> Response:
    """The personal data centre; for somebody who is not signed in, what it is."""
    if Kind.PERSON not in visit.sessions:
        return page(visit, "portal/welcome.html")
    signal = heard(visit)
    with visit.app.read() as work:
        requests = of_subject(work, visit.subject)
        running = [line(visit.words, one, work.at) for one in requests if not one.closed]
        asked = bool(parties.naming(work, visit.app.vault, identifiers(work, visit.app.vault, visit.subject)))
    return page(visit, "portal/home.html", running=running, signal=signal, asked=asked)
