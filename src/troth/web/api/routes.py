"""Routes for programs: plain ones, with a declared caller, a bound on the body, and every failure as JSON."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from troth.base.errors import InputError, RefusedError, TrothError
from troth.web.api.keys import program
from troth.web.crowd import count
from troth.web.failures import as_json, log_failed, speak_json

LARGEST_BODY: Final = 1024 * 1024
"""Bytes that a program may send at once."""

Endpoint = Callable[[Request], Awaitable[Response]]
Caller = Literal["program", "public"]


class MalformedError(InputError):
    """The body is not what the address takes."""

    status = 400


class ProgramRoute(Route):
    """An address for programs. `caller` says who may call it: a program, which `known_by` names, or anybody.

    The endpoint finds the program's name in `request.state.program`. What it raises is answered as JSON.
    """

    def __init__(
        self,
        path: str,
        endpoint: Endpoint,
        caller: Caller,
        *,
        methods: Sequence[str] = ("POST",),
        known_by: Callable[[Request], str] = program,
    ) -> None:
        async def guarded(request: Request) -> Response:
            speak_json(request)
            try:
                request.state.program = _caller(request, known_by if caller == "program" else None)
                response = await endpoint(request)
            except TrothError as error:
                log_failed(request, error)
                response = as_json(error)
            except HTTPException as error:
                response = as_json(_refused(error), error.status_code)
            return _identified(request, response)

        guarded.__doc__ = endpoint.__doc__
        super().__init__(path, guarded, methods=list(methods))
        self.methods = set(methods)  # as the other routes here: no HEAD that nobody declared
        self.caller = caller


def _caller(request: Request, known_by: Callable[[Request], str] | None) -> str | None:
    """The program that calls; None where anybody may, though not without end."""
    if known_by is not None:
        return known_by(request)
    count(request, request.app.state.by_stranger)
    return None


async def body(request: Request) -> dict[str, Any]:
    """The JSON object that the request carries. Raises MalformedError `web.not-json`."""
    refuse_other_types(request)
    try:
        value = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise MalformedError("web.not-json", "the body is not JSON", hint="send one JSON object in UTF-8") from None
    if not isinstance(value, dict):
        raise MalformedError("web.not-json", "the body is not a JSON object", hint="send one JSON object")
    return value


def refuse_other_types(request: Request) -> None:
    """Raise MalformedError `web.not-json` for a body that is not declared as JSON."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise MalformedError("web.not-json", "the body is not declared as JSON", hint="send it as `application/json`")


def _refused(error: HTTPException) -> TrothError:
    return RefusedError(
        "web.not-accepted", "the request cannot be taken as it is", hint=f"see what {error.status_code} means in HTTP"
    )


def _identified(request: Request, response: Response) -> Response:
    """The answer under the identifier that the program gave its request, if it gave one."""
    given = request.headers.get("x-request-id")
    if given is not None:
        response.headers["X-Request-ID"] = given
    return response
