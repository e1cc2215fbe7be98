"""Asking without an account: choose what, show an address by a code that is sent there, and go on as everybody does.

Nobody is looked up before the code is redeemed: every address is sent one, and the answers are the same for all.
Whoever redeems it has shown that the address is theirs, and is told what is held under it; no account is made or asked
for, and who asks for nothing is forgotten after a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.app.application import Application
from troth.base.work import Work
from troth.requests.admission import granted
from troth.requests.kinds import Kind as Asked
from troth.requests.proof.guests import come_in
from troth.subjects.identifier import Identifier
from troth.versions.model import Version
from troth.web import sign_in
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.pages import page
from troth.web.portal.ask import offered
from troth.web.portal.sign_in import verified
from troth.web.sessions import Kind

router = APIRouter(route_class=DeclaredRoute)

_ANY: Final = "/ask"


def _everybody(_app: Application, _work: Work, _who: Identifier) -> bool:
    return True


def _made_known(app: Application, work: Work, who: Identifier) -> Mapping[str, str]:
    return {"subject": come_in(work, app.vault, who)}


DOOR: Final = sign_in.Door(
    address="/request/start",
    home="/request",
    template="portal/guest",
    aim="request",
    waiting=Kind.GUEST_CODE,
    opens=Kind.PERSON,
    accepts=frozenset({"phone", "email"}),
    sends=_everybody,
    known=_made_known,
    verified=verified,
)


@router.get("/request")
def choose(visit: PublicVisit) -> Response:
    """What anybody may ask for, with or without an account."""
    version = visit.published
    kinds = offered(kind for kind in Asked if _open(version, kind))
    return page(visit, "portal/request_start.html", kinds=kinds)


@router.get("/request/start")
def show(visit: PublicVisit, next: str = _ANY) -> Response:  # noqa: A002  # the name in the address
    """Ask for a mobile number or an e-mail address."""
    return sign_in.show_form(visit, DOOR, next)


@router.post("/request/start")
def ask(visit: PublicVisit, identifier: Annotated[str, Form()] = "", onward: Annotated[str, Form()] = _ANY) -> Response:
    """Send a code to it, whoever it belongs to."""
    sign_in.slow_everybody_down(visit)
    return sign_in.ask(visit, DOOR, identifier, onward)


sign_in.code_routes(router, DOOR)


def _open(version: Version, kind: Asked) -> bool:
    """Whether it may be asked for without an account; California never lets one be demanded (11 CCR § 7060(c))."""
    right = version.policy.rights.get(kind.value)
    needs_account = right is not None and right.account_needed is True and "us-ca" not in version.policy.regimes
    return granted(version, kind) and not needs_account and kind is not Asked.CLOSE_ACCOUNT
