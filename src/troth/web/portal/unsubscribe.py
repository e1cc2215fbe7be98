"""Unsubscribing by the link of a mail: a page with one button, and the same address for mail programs (RFC 8058)."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.base.text import said
from troth.base.work import Work
from troth.requests.telling import unsubscribing
from troth.requests.telling.unsubscribing import Link
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

PREFIX: Final = "/unsubscribe/"
"""No cookie counts under it, and the address itself is the proof: mail programs send the form from nowhere."""


@router.get("/unsubscribe/{end}")
def show(visit: PublicVisit, end: str) -> Response:
    """What the button ends. Looking at the page changes nothing: programs look at every link of a mail."""
    with visit.app.begin() as work:
        return _shown(visit, _link(work, visit, end), end, done=False)


@router.post("/unsubscribe/{end}")
def end_it(visit: PublicVisit, end: str) -> Response:
    """End it, by the button or by a mail program's one post."""
    with visit.app.begin() as work:
        link = _link(work, visit, end)
        unsubscribing.unsubscribe(
            work, visit.app.vault, visit.published, link, language=visit.words.language, jobs=visit.app.jobs
        )
    return _shown(visit, link, end, done=True)


def _link(work: Work, visit: Visit, end: str) -> Link:
    try:
        return unsubscribing.read(work, visit.app.vault, end)
    except InputError:
        raise MissingError from None


def _shown(visit: Visit, link: Link, end: str, *, done: bool) -> Response:
    purpose = visit.published.policy.purposes.get(link.purpose)
    name = said(purpose.label, visit.words.language) if purpose else link.purpose
    return page(visit, "portal/unsubscribe.html", end=end, purpose=name, done=done)
