"""Signing in with a code that is sent to one's phone or mailbox; the portal and the console are two doors of it.

Whoever asks learns nothing: known and unknown identifiers get the same answers after the same work, and only a known
one is sent a code, after the answer has gone out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Form
from starlette.background import BackgroundTask
from starlette.responses import Response

from troth.app.application import Application
from troth.base.errors import InputError, RefusedError, TrothError
from troth.base.sensitive import Sensitive
from troth.base.work import Work
from troth.subjects.codes import issue, redeem
from troth.subjects.identifier import Identifier, identifier
from troth.web.access import PublicVisit
from troth.web.crowd import count
from troth.web.i18n import Words
from troth.web.pages import go, page
from troth.web.sessions import Kind, Session, end_session, open_session
from troth.web.visit import Visit

_log = structlog.get_logger("troth.web")
_CODE_DIGITS: Final = 6
_UNFIT: Final = 422


@dataclass(frozen=True)
class Door:
    """One way in. `known` gives what the session will hold, or None for somebody whom this door does not know.

    `sends` says whether a code is sent to them; `verified` takes note that somebody has shown that the identifier is
    theirs.
    """

    address: str
    home: str
    template: str
    aim: str
    waiting: Kind
    opens: Kind
    accepts: frozenset[str]
    sends: Callable[[Application, Work, Identifier], bool]
    known: Callable[[Application, Work, Identifier], Mapping[str, str] | None]
    verified: Callable[[Work, Identifier, Mapping[str, str]], None]


def code_routes(router: APIRouter, door: Door) -> None:
    """Add the addresses at which the code is asked for and taken."""

    @router.get(f"{door.address}/code")
    def show_code(visit: PublicVisit) -> Response:
        """Ask for the code."""
        return _code_form(visit, door) if door.waiting in visit.sessions else go(door.address)

    @router.post(f"{door.address}/code")
    def enter(visit: PublicVisit, code: Annotated[str, Form()] = "") -> Response:
        """Take the code and go on."""
        return _enter(visit, door, code)


def show_form(visit: Visit, door: Door, onward: str) -> Response:
    """Ask for the identifier."""
    return _form(visit, door, onward=local(onward, door.home))


def ask(visit: Visit, door: Door, typed: str, onward: str) -> Response:
    """Take the identifier and send a code, if it is somebody's; the answer is the same if it is nobody's."""
    onward = local(onward, door.home)
    slow_down(visit)
    try:
        found = _identifier(door, typed)
    except InputError:
        return _form(visit, door, onward=onward, typed=typed, fault="identifier", status=_UNFIT)
    _limit_identifier(visit, found)
    app = visit.app
    with app.begin() as work:
        code = issue(work, app.vault, found, aim=door.aim)
        known = door.sends(app, work, found)
        holds = {"kind": found.kind, "value": found.value.reveal(), "onward": onward}
        token = open_session(work, door.waiting, holds)
    response = go(f"{door.address}/code")
    visit.cookies.set_session(response, door.waiting, token)
    # Sending takes time that would tell a known identifier from an unknown one, so it happens after the answer.
    response.background = BackgroundTask(send_code, app, visit.words, found, Sensitive(code) if known else None)
    return response


def _enter(visit: Visit, door: Door, typed: str) -> Response:
    waiting = visit.sessions.get(door.waiting)
    if waiting is None:
        return go(door.address)
    slow_down(visit)
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    if not (code.isascii() and code.isdecimal() and len(code) == _CODE_DIGITS):
        return _code_form(visit, door, fault="shape", status=_UNFIT)
    with visit.app.begin() as work:
        # Caught inside the unit of work: the count of wrong tries is to be kept, not rolled back.
        try:
            return _open(work, visit, door, waiting, code)
        except RefusedError as error:
            fault = error.code
    return _code_form(visit, door, fault=fault, status=_UNFIT)


def leave(visit: Visit, door: Door) -> Response:
    """End the session."""
    response = go(door.home)
    session = visit.sessions.get(door.opens)
    if session is not None:
        with visit.app.begin() as work:
            end_session(work, session)
    visit.cookies.drop_session(response, door.opens)
    return response


def slow_down(visit: Visit) -> None:
    """Count one try of the caller's address.

    Raises:
        TooManyError: the address has tried too often.
    """
    count(visit.request, visit.request.app.state.by_address)


def slow_everybody_down(visit: Visit) -> None:
    """Count one try of anybody at all, where each try costs us something, whoever it is of.

    Raises:
        TooManyError: there were too many from everywhere.
    """
    count(visit.request, visit.request.app.state.by_anybody, "")


def local(address: str, home: str) -> str:
    """`address` if it is a page of our own, else `home`: a link to the sign-in must not lead to another site."""
    plain = address.isascii() and address.isprintable() and not {"\\", " "} & set(address)
    return address if plain and address.startswith("/") and not address.startswith("//") else home


def _open(work: Work, visit: Visit, door: Door, waiting: Session, code: str) -> Response:
    app, found = visit.app, Identifier(waiting["kind"], Sensitive(waiting["value"]))
    redeem(work, app.vault, found, code, aim=door.aim)
    holds = door.known(app, work, found)
    if holds is None:  # somebody whom nobody sent a code has guessed it
        raise RefusedError("subjects.code-wrong", "the code is not right", hint="ask for a new code")
    door.verified(work, found, holds)
    end_session(work, waiting)
    token = open_session(work, door.opens, holds)
    response = go(waiting["onward"])
    visit.cookies.drop_session(response, door.waiting)
    visit.cookies.set_session(response, door.opens, token)
    return response


def _identifier(door: Door, typed: str) -> Identifier:
    kind = "email" if "@" in typed else "phone"
    if kind not in door.accepts:
        raise InputError("web.identifier", "this door takes another kind of identifier", hint="see the form")
    return identifier(kind, typed)


def _limit_identifier(visit: Visit, found: Identifier) -> None:
    count(visit.request, visit.request.app.state.by_identifier, f"{found.kind}:{found.value.reveal()}")


def send_code(app: Application, words: Words, to: Identifier, code: Sensitive[str] | None) -> None:
    """Send it, if there is one to be sent."""
    if code is None:
        return
    try:
        if to.kind == "email":
            app.mail.send(to.value, words("code.mail.subject"), words("code.mail.body", code=code.reveal()))
        else:
            app.sms.send(to.value, words("code.sms", code=code.reveal()))
    except TrothError as error:
        # The answer has gone out; the page already says what to do when no code comes.
        _log.error("code.not-sent", code=error.code)


def _form(
    visit: Visit, door: Door, *, onward: str, typed: str = "", fault: str | None = None, status: int = 200
) -> Response:
    return page(
        visit, f"{door.template}/sign_in.html", status=status, door=door, onward=onward, typed=typed, fault=fault
    )


def _code_form(visit: Visit, door: Door, *, fault: str | None = None, status: int = 200) -> Response:
    to = visit.sessions[door.waiting]["value"]
    return page(visit, f"{door.template}/code.html", status=status, door=door, to=to, fault=fault)
