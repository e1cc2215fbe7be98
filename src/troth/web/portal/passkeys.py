"""Passkeys: add one after signing in, sign in by it, remove it. It takes a script; the code works without.

Each challenge lies in a session of its own that ends with its first use, whatever comes of it.
"""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form
from starlette.responses import Response

from troth.base.text import said
from troth.base.work import Work
from troth.subjects import passkeys
from troth.subjects.passkeys import CHALLENGE_BYTES, Site
from troth.subjects.service import identifiers
from troth.web.access import DeclaredRoute, PersonVisit, PublicVisit
from troth.web.failures import MissingError
from troth.web.pages import go, page
from troth.web.portal.asking import masked
from troth.web.sessions import Kind, Session, end_session, open_session
from troth.web.sign_in import local, slow_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_JSON: Final = "application/json"
_Answer = Annotated[str, Form()]


@router.get("/passkeys")
def listed(visit: PersonVisit) -> Response:
    """The person's passkeys, and a way to add one."""
    _site(visit)
    with visit.app.begin() as work:
        mine = passkeys.passkeys(work, visit.app.vault, visit.subject)
    shown = [
        (one.id, one.name, visit.words.moment(one.made_at), visit.words.moment(one.used_at) if one.used_at else None)
        for one in mine
    ]
    return page(visit, "portal/passkeys.html", passkeys=shown, most=passkeys.MOST)


@router.post("/passkeys/options")
def options(visit: PersonVisit) -> Response:
    """What the browser makes a new passkey by."""
    place = _site(visit)
    slow_down(visit)
    with visit.app.begin() as work:
        challenge = work.entropy(CHALLENGE_BYTES)
        called = masked(identifiers(work, visit.app.vault, visit.subject)[0])
        asked = passkeys.options_to_add(work, visit.app.vault, place, visit.subject, called=called, challenge=challenge)
        return _waiting(visit, work, Kind.PASSKEY_NEW, asked, {"challenge": challenge.hex(), "subject": visit.subject})


@router.post("/passkeys")
def add(visit: PersonVisit, answer: _Answer = "", name: _Answer = "") -> Response:
    """Take the new passkey."""
    place = _site(visit)
    waiting = _used(visit, Kind.PASSKEY_NEW)
    if waiting["subject"] != visit.subject:
        raise MissingError
    challenge = bytes.fromhex(waiting["challenge"])
    with visit.app.begin() as work:
        called = name.strip() or visit.words("passkeys.unnamed")
        passkeys.add(work, visit.app.vault, place, visit.subject, answer, challenge=challenge, name=called)
    response = go("/passkeys")
    visit.cookies.drop_session(response, Kind.PASSKEY_NEW)
    return response


@router.post("/passkeys/{passkey_id}/remove")
def remove(visit: PersonVisit, passkey_id: str) -> Response:
    """Let a passkey open nothing any more."""
    with visit.app.begin() as work:
        passkeys.remove(work, visit.app.vault, visit.subject, passkey_id)
    return go("/passkeys")


@router.post("/sign-in/passkey/options")
def sign_in_options(visit: PublicVisit) -> Response:
    """What the browser signs in by; the same for everybody."""
    place = _site(visit)
    slow_down(visit)
    with visit.app.begin() as work:
        challenge = work.entropy(CHALLENGE_BYTES)
        asked = passkeys.options_to_sign_in(place, challenge=challenge)
        return _waiting(visit, work, Kind.PASSKEY, asked, {"challenge": challenge.hex()})


@router.post("/sign-in/passkey")
def sign_in(visit: PublicVisit, answer: _Answer = "", onward: _Answer = "/") -> Response:
    """Sign in with the passkey."""
    place = _site(visit)
    slow_down(visit)
    challenge = bytes.fromhex(_used(visit, Kind.PASSKEY)["challenge"])
    with visit.app.begin() as work:
        subject = passkeys.sign_in(work, visit.app.vault, place, answer, challenge=challenge)
        token = open_session(work, Kind.PERSON, {"subject": subject})
    response = go(local(onward, "/"))
    visit.cookies.drop_session(response, Kind.PASSKEY)
    visit.cookies.set_session(response, Kind.PERSON, token)
    return response


def site_of(visit: Visit) -> Site | None:
    """Where passkeys hold; None where browsers give these pages none."""
    name = said(visit.version.policy.controller.name, visit.words.language) if visit.version else "Troth"
    return passkeys.site(visit.app.settings.base_url, name)


def _site(visit: Visit) -> Site:
    place = site_of(visit)
    if place is None:
        raise MissingError
    return place


def _waiting(visit: Visit, work: Work, kind: Kind, asked: str, holds: dict[str, str]) -> Response:
    response = Response(asked, media_type=_JSON)
    visit.cookies.set_session(response, kind, open_session(work, kind, holds))
    return response


def _used(visit: Visit, kind: Kind) -> Session:
    """The session that a challenge lies in, ended before anything is looked at: it answers once."""
    waiting = visit.sessions.get(kind)
    if waiting is None:
        raise MissingError
    with visit.app.begin() as work:
        end_session(work, waiting)
    return waiting
