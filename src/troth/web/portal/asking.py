"""Asking for a copy, and for the closing of the account: what happens, check, send."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.sensitive import Sensitive
from troth.base.text import LANGUAGES, said
from troth.base.work import Work
from troth.consent.service import binding_version
from troth.policy.model import Right
from troth.requests.kinds import Kind
from troth.requests.service import of_subject
from troth.subjects.identifier import Identifier
from troth.subjects.service import identifiers
from troth.versions.model import Version
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.pages import page
from troth.web.portal.sending import send
from troth.web.told import Told, tell
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)


@router.get("/copy")
def explain_copy(visit: PersonVisit) -> Response:
    """What a copy contains and how long it takes."""
    return page(visit, "portal/copy.html", open=_open(visit, Kind.COPY), languages_of_copy=LANGUAGES)


@router.get("/copy/check")
def check_copy(visit: PersonVisit, language: str = "") -> Response:
    """Check the answers before the request is sent."""
    chosen = language if language in LANGUAGES else visit.words.language
    return page(visit, "portal/copy_check.html", language=chosen, identities=_identities(visit))


@router.post("/copy")
async def ask_copy(visit: PersonVisit, language: Annotated[str, Form()] = "") -> Response:
    """Send the request for a copy."""
    chosen = language if language in LANGUAGES else visit.words.language
    return await send(visit, Kind.COPY, chosen)


@router.get("/close")
def explain_close(visit: PersonVisit) -> Response:
    """What closing the account does, and until when it can be taken back."""
    right, language = _closing(visit), visit.words.language
    effects = [said(effect, language) for effect in right.effects.values()] if right else []
    return page(
        visit,
        "portal/close.html",
        open=_open(visit, Kind.CLOSE_ACCOUNT),
        cooling_off=_cooling_off(visit),
        effects=effects,
    )


@router.get("/close/check")
def check_close(visit: PersonVisit) -> Response:
    """Check once more before the request is sent."""
    return page(visit, "portal/close_check.html", identities=_identities(visit), cooling_off=_cooling_off(visit))


@router.post("/close")
async def ask_close(visit: PersonVisit) -> Response:
    """Send the request to close the account."""
    return await send(visit, Kind.CLOSE_ACCOUNT, visit.words.language)


def masked(who: Identifier) -> str:
    """Enough of an identifier for its owner to know it again, not enough for somebody who looks over the shoulder."""
    value: Sensitive[str] = who.value
    name, at, domain = value.reveal().rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    return f"{domain[:3]} ••• {domain[-4:]}"


def _version(work: Work, visit: Visit) -> Version:
    """The version whose rights the person has: under explicit acceptance the one that they accepted."""
    return binding_version(work, visit.published, visit.subject)


def _closing(visit: Visit) -> Right | None:
    with visit.app.read() as work:
        return _version(work, visit).policy.rights.get(Kind.CLOSE_ACCOUNT)


def _open(visit: Visit, kind: Kind) -> Told | None:
    """The request of that kind that is under way: a second one would change nothing."""
    with visit.app.read() as work:
        running = [one for one in of_subject(work, visit.subject) if one.kind is kind and not one.closed]
        return tell(visit.words, running[0], work.at) if running else None


def _identities(visit: Visit) -> list[str]:
    with visit.app.read() as work:
        return [masked(one) for one in identifiers(work, visit.app.vault, visit.subject)]


def _cooling_off(visit: Visit) -> str | None:
    right = _closing(visit)
    return right.cooling_off.words(visit.words.language) if right and right.cooling_off else None
