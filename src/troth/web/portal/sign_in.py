"""Signing in as a person: by a code to one's mobile phone or mailbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.app.application import Application
from troth.base.work import Work
from troth.subjects.facts import change, facts
from troth.subjects.identifier import Identifier
from troth.subjects.service import find
from troth.web import sign_in
from troth.web.access import DeclaredRoute, PublicVisit
from troth.web.sessions import Kind

router = APIRouter(route_class=DeclaredRoute)


def _known(app: Application, work: Work, who: Identifier) -> Mapping[str, str] | None:
    subject = find(work, app.vault, who)
    return {"subject": subject} if subject else None


def _sends(app: Application, work: Work, who: Identifier) -> bool:
    return find(work, app.vault, who) is not None


def verified(work: Work, who: Identifier, holds: Mapping[str, str]) -> None:
    """Note that somebody has shown that the identifier is theirs."""
    fact = f"verified.{who.kind}"
    if fact not in facts(work, holds["subject"]):
        change(work, holds["subject"], add=[fact])


DOOR: Final = sign_in.Door(
    address="/sign-in",
    home="/",
    template="portal",
    aim="portal",
    waiting=Kind.PERSON_CODE,
    opens=Kind.PERSON,
    accepts=frozenset({"phone", "email"}),
    sends=_sends,
    known=_known,
    verified=verified,
)


@router.get("/sign-in")
def show(visit: PublicVisit, next: str = "/") -> Response:  # noqa: A002  # the name in the address
    """Ask for a mobile number or an e-mail address."""
    return sign_in.show_form(visit, DOOR, next)


@router.post("/sign-in")
def ask(visit: PublicVisit, identifier: Annotated[str, Form()] = "", onward: Annotated[str, Form()] = "/") -> Response:
    """Send a code to it, if it is somebody's."""
    return sign_in.ask(visit, DOOR, identifier, onward)


sign_in.code_routes(router, DOOR)


@router.post("/sign-out")
def leave(visit: PublicVisit) -> Response:
    """Sign out."""
    return sign_in.leave(visit, DOOR)
