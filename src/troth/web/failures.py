"""Errors as people and programs see them: one page, one JSON shape, and nothing personal in the log."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.base.errors import InputError, RefusedError, TrothError
from troth.web.access import SignInNeededError
from troth.web.crowd import TooManyError
from troth.web.i18n import Words
from troth.web.pages import go, page
from troth.web.visit import Visit, arrive, language_of, zone_of

_log = structlog.get_logger("troth.web")

_FOR_PROGRAMS: Final = "troth.for-programs"

UNEXPECTED: Final = 500
UNFIT: Final = 422
SHOWN: Final = frozenset({401, 403, 404, 405, 409, 413, UNFIT, 429, UNEXPECTED, 503})
"""The statuses that the catalogues have words for; others are told as the nearest of them."""


class MissingError(TrothError):
    """There is no such page, or none that this person may know of: the two look the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__("web.not-found", "there is nothing at this address", hint="check the address")


def install(app: FastAPI) -> None:
    """Answer every kind of failure in the same shape."""
    app.add_exception_handler(TrothError, _troth)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def _troth(request: Request, error: Exception) -> Response:
    assert isinstance(error, TrothError)
    if isinstance(error, SignInNeededError) and not wants_json(request):
        return go(_sign_in(request, error.sign_in))
    log_failed(request, error)
    return answer(request, error)


def log_failed(request: Request, error: TrothError) -> None:
    """Say in the log that we failed, where it was us; what a caller did wrong is told to the caller only."""
    if error.status >= UNEXPECTED:
        _log.error("request.failed", code=error.code, route=_route(request), method=request.method)


def _sign_in(request: Request, address: str) -> str:
    # Only the path comes back after signing in: a query is never needed, and a form is not sent by itself.
    path = request.url.path
    return (
        f"{address}?{urlencode({'next': path})}"
        if request.method == "GET" and path not in {"/", "/console"}
        else address
    )


def _invalid(request: Request, _error: Exception) -> Response:
    # The framework's own message repeats what was sent; ours does not.
    return answer(
        request, InputError("web.input", "the form or the address is not complete", hint="go back and try again")
    )


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == MissingError.status:
        return answer(request, MissingError())
    other = RefusedError("web.not-accepted", "the request cannot be taken as it is", hint="check method, size and form")
    return answer(request, other, status=error.status_code, headers=error.headers)


def answer(
    request: Request, error: TrothError, *, status: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The failure as a page, or as JSON for programs that ask for it; `status` where it is not the error's own."""
    final = status or error.status
    response = as_json(error, final) if wants_json(request) else _page(request, error, final)
    response.headers.update({**_waits(error), **(headers or {})})
    return response


def as_json(error: TrothError, status: int | None = None) -> Response:
    """The failure for a program; `status` where it is not the error's own."""
    final = status or error.status
    return JSONResponse(told(error, final), final, headers=_waits(error))


def _waits(error: TrothError) -> dict[str, str]:
    """How long to wait before the next try, where that is what went wrong."""
    return {"Retry-After": str(error.seconds)} if isinstance(error, TooManyError) else {}


def told(error: TrothError, status: int) -> dict[str, object]:
    """The one shape in which programs are told of a failure."""
    problems = [{"code": one.code, "message": one.message, "hint": one.hint} for one in error.problems()]
    return {"status": status, "code": error.code, "message": error.message, "hint": error.hint, "problems": problems}


def _page(request: Request, error: TrothError, status: int) -> Response:
    visit = _visit(request, error)
    words, shown = visit.words, str(status if status in SHOWN else UNEXPECTED if status >= UNEXPECTED else UNFIT)
    reason = words.member("error.code", error.code) or words.choice("error.text", shown)
    return page(visit, "web/error.html", status=status, heading=words.choice("error.title", shown), reason=reason)


def _visit(request: Request, error: TrothError) -> Visit:
    """The visit that the failed request had, or one that knows nobody when even that cannot be found out.

    Who called too often is nobody either: finding out who it is costs more than the answer.
    """
    if not isinstance(error, TooManyError):
        try:
            return replace(arrive(request), failed=True)
        except Exception as fault:  # noqa: BLE001  # the page that says "it failed" must not fail
            log_unexpected(request, fault)
    words = Words(language_of(request, None), zone_of(None))
    return Visit(request.app.state.application, request, words, None, {}, failed=True)


def speak_json(request: Request) -> None:
    """Mark a request as a program's: whatever fails from here on is answered as JSON."""
    request.scope[_FOR_PROGRAMS] = True


def wants_json(request: Request) -> bool:
    """Whether a program calls, and not a browser."""
    if _FOR_PROGRAMS in request.scope:
        return True
    accepted = request.headers.get("accept", "")
    return "application/json" in accepted and "text/html" not in accepted


class Unexpected:
    """Catches what nothing else caught. The log gets the place, never the message: that may repeat personal data."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; if it fails, answer 500 where that is still possible."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # this is the last place that can
            if scope["type"] != "http":
                raise
            await self._answer(Request(scope, receive), error, watched, begun=begun)

    async def _answer(self, request: Request, error: Exception, send: Send, *, begun: bool) -> None:
        log_unexpected(request, error)
        if begun:
            return
        hidden = TrothError("web.unexpected", "something went wrong here", hint="try again later")
        await answer(request, hidden)(request.scope, request.receive, send)


def log_unexpected(request: Request, error: Exception) -> None:
    """Say in the log what failed and where in the code, without the error's own words."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "troth" in Path(frame.filename).parts] or frames[-1:]
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in ours]
    _log.error(
        "request.failed",
        code="web.unexpected",
        error=type(error).__name__,
        where=where,
        route=_route(request),
        method=request.method,
    )


def _route(request: Request) -> str:
    """The route's pattern, not the address that was called."""
    return str(getattr(request.scope.get("route"), "path", "(none)"))
