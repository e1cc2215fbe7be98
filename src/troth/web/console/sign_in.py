"""Signing in as staff: by a code to a mailbox that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.app.application import Application
from troth.base.work import Work
from troth.subjects.identifier import Identifier
from troth.web import sign_in
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.sessions import Kind

router = APIRouter(route_class=DeclaredRoute)


def _known(app: Application, _work: Work, who: Identifier) -> Mapping[str, str] | None:
    email = who.value.reveal()
    return {"email": email} if email in app.settings.roles else None


def _sends(app: Application, work: Work, who: Identifier) -> bool:
    return _known(app, work, who) is not None


def _verified(_work: Work, _who: Identifier, _holds: Mapping[str, str]) -> None:
    """Nothing is kept of staff but the settings."""


DOOR: Final = sign_in.Door(
    address="/console/sign-in",
    home="/console",
    template="console",
    aim="console",
    waiting=Kind.STAFF_CODE,
    opens=Kind.STAFF,
    accepts=frozenset({"email"}),
    sends=_sends,
    known=_known,
    verified=_verified,
)


@router.get("/console/sign-in")
def show(visit: PublicVisit, next: str = "/console") -> Response:  # noqa: A002  # the name in the address
    """Ask for an e-mail address."""
    return sign_in.show_form(visit, DOOR, next)


@router.post("/console/sign-in")
def ask(
    visit: PublicVisit, identifier: Annotated[str, Form()] = "", onward: Annotated[str, Form()] = "/console"
) -> Response:
    """Send a code to it, if it is one of the staff."""
    return sign_in.ask(visit, DOOR, identifier, onward)


sign_in.code_routes(router, DOOR)


@router.post("/console/sign-out")
def leave(visit: PublicVisit) -> Response:
    """Sign out."""
    return sign_in.leave(visit, DOOR)
