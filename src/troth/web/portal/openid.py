"""Signing in to the portal with an account elsewhere, for those whom the provider vouches for."""

from __future__ import annotations

import base64
import hmac
from typing import Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from troth.app.openid import Attempt, Known, OpenId
from troth.base.errors import RefusedError
from troth.base.work import Work
from troth.subjects.facts import change
from troth.subjects.identifier import Identifier, identifier
from troth.subjects.service import find
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.failures import MissingError
from troth.web.pages import SEE_OTHER, go
from troth.web.sessions import Kind, end_session, open_session
from troth.web.sign_in import local, slow_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

BACK: Final = "/sign-in/openid/done"
_SECRET_BYTES: Final = 32


@router.get("/sign-in/openid")
def begin(visit: PublicVisit, next: str = "/") -> Response:  # noqa: A002  # the name in the address
    """Send the browser to the provider."""
    slow_down(visit)
    provider = _provider(visit)
    with visit.app.begin() as work:
        attempt = Attempt(_secret(work), _secret(work), _secret(work))
        kept = {"state": attempt.state, "nonce": attempt.nonce, "verifier": attempt.verifier}
        token = open_session(work, Kind.PERSON_OPENID, {**kept, "onward": local(next, "/")})
    response = RedirectResponse(provider.address(attempt, _back(visit)), SEE_OTHER)
    visit.cookies.set_session(response, Kind.PERSON_OPENID, token)
    return response


@router.get(BACK)
def done(visit: PublicVisit, state: str = "", code: str = "") -> Response:
    """The browser comes back; whoever the provider vouches for and we know is signed in."""
    slow_down(visit)
    provider, waiting = _provider(visit), visit.sessions.get(Kind.PERSON_OPENID)
    if waiting is None or not hmac.compare_digest(waiting["state"].encode(), state.encode()):
        raise RefusedError("openid.refused", "this sign-in was not begun here", hint="sign in once more")
    attempt = Attempt(waiting["state"], waiting["nonce"], waiting["verifier"])
    with visit.app.begin() as work:
        end_session(work, waiting)  # a try is used once, whatever comes of it
        now = work.at
    known = provider.redeem(code, attempt, _back(visit), now)
    with visit.app.begin() as work:
        token = open_session(work, Kind.PERSON, {"subject": _subject(work, visit, known)})
    response = go(waiting["onward"])
    visit.cookies.drop_session(response, Kind.PERSON_OPENID)
    visit.cookies.set_session(response, Kind.PERSON, token)
    return response


def _subject(work: Work, visit: Visit, known: Known) -> str:
    """The person of that address or number. Raises RefusedError `openid.unknown`: they have shown that it is theirs."""
    for one in _identifiers(known):
        subject = find(work, visit.app.vault, one)
        if subject is not None:
            change(work, subject, add=[f"verified.{one.kind}"])
            return subject
    raise RefusedError("openid.unknown", "nobody is known here by that account", hint="sign in with a code instead")


def _identifiers(known: Known) -> list[Identifier]:
    given = (("email", known.email), ("phone", known.phone))
    return [identifier(kind, value.reveal()) for kind, value in given if value is not None]


def _provider(visit: Visit) -> OpenId:
    provider = visit.app.openid
    if provider is None:
        raise MissingError
    return provider


def _back(visit: Visit) -> str:
    return visit.app.settings.base_url.rstrip("/") + BACK


def _secret(work: Work) -> str:
    return base64.urlsafe_b64encode(work.entropy(_SECRET_BYTES)).decode().rstrip("=")
