"""Who may call a route. Each declares it by the visit that it takes; one that does not is refused to everybody."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from typing import Annotated, Any, Final, Protocol

from fastapi import Depends
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from troth.app.settings import Role
from troth.base.errors import RefusedError
from troth.web.crowd import count
from troth.web.sessions import Kind
from troth.web.visit import Visit, arrive


class SignInNeededError(RefusedError):
    """Nobody is signed in, or no longer; a page leads to the sign-in, a program gets 401."""

    status = 401

    def __init__(self, sign_in: str) -> None:
        super().__init__("web.sign-in-needed", "nobody is signed in", hint="sign in and try again")
        self.sign_in = sign_in


def public(request: Request) -> Visit:
    """Anybody, as often as somebody reads; see `crowd`."""
    count(request, request.app.state.by_stranger)
    return arrive(request)


def anybody(request: Request) -> None:
    """Anybody, for files that are the same for all: nobody's session is looked up."""
    count(request, request.app.state.by_stranger)


def person(request: Request) -> Visit:
    """The person who is signed in, for what is theirs."""
    visit = arrive(request)
    if Kind.PERSON not in visit.sessions:
        raise SignInNeededError("/sign-in")
    return visit


def staff(request: Request) -> Visit:
    """Somebody whose e-mail address is among the settings' staff now; taking it out ends their sessions."""
    visit = arrive(request)
    session = visit.sessions.get(Kind.STAFF)
    if session is None or session["email"] not in visit.app.settings.roles:
        raise SignInNeededError("/console/sign-in")
    return visit


def deciding(request: Request) -> Visit:
    """Staff who answer people and see what they wrote: officers and agents."""
    return _of_role(request, DECIDE)


def reading(request: Request) -> Visit:
    """Staff who see who of their colleagues did what: all but engineers."""
    return _of_role(request, READ)


def officer(request: Request) -> Visit:
    """An officer."""
    return _of_role(request, frozenset({"officer"}))


DECIDE: Final[frozenset[Role]] = frozenset({"officer", "agent"})
READ: Final[frozenset[Role]] = DECIDE | {"auditor"}


def _of_role(request: Request, roles: frozenset[Role]) -> Visit:
    visit = staff(request)
    if visit.role not in roles:
        hint = f"ask somebody who is {' or '.join(sorted(roles))}"
        raise RefusedError("web.role", f"this is not for the role `{visit.role}`", hint=hint)
    return visit


DECLARED: Final[Mapping[object, str]] = {
    anybody: "public",
    public: "public",
    person: "person",
    staff: "staff",
    deciding: "staff: officer, agent",
    reading: "staff: officer, agent, auditor",
    officer: "staff: officer",
}

PublicVisit = Annotated[Visit, Depends(public)]
PersonVisit = Annotated[Visit, Depends(person)]
StaffVisit = Annotated[Visit, Depends(staff)]
DecidingVisit = Annotated[Visit, Depends(deciding)]
ReadingVisit = Annotated[Visit, Depends(reading)]
OfficerVisit = Annotated[Visit, Depends(officer)]


class _Declaring(Protocol):
    """The part of a route that says on what it depends."""

    @property
    def dependant(self) -> Any:
        """What FastAPI found in the signature."""
        ...


def declared(route: Any) -> str | None:
    """Who may call the route, in one word; None when it does not say or says it twice."""
    caller = getattr(getattr(route, "original_route", route), "caller", None)  # a route for programs
    return caller or _declared(route)


def _declared(route: _Declaring) -> str | None:
    names = [DECLARED[need.call] for need in route.dependant.dependencies if need.call in DECLARED]
    return names[0] if len(names) == 1 else None


class DeclaredRoute(APIRoute):
    """A route that answers only those whom it names, and nobody if it names nobody."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, or a refusal in its place."""
        return super().get_route_handler() if declared(self) else _refuse


async def _refuse(_request: Request) -> Response:
    raise RefusedError(
        "web.undeclared", "this address does not say who may call it", hint="declare it: see web/access.py"
    )
