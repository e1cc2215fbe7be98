"""`/api/v1/store`: Troth as a store of another system, in the shape of the City of Helsinki's GDPR API.

GET gives what is held about one person as a tree, or 204; DELETE erases and gives 204, or 403 with reasons in both
languages; `dry_run=true` only asks. The person is named in the address by an identifier that tells nothing by itself,
and by any other in the header `Troth-Person`: addresses are written into logs on the way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from troth.app.application import Application
from troth.app.storekeeper import Method, Storekeeper
from troth.app.tokens import Issuer
from troth.base.errors import InputError, RefusedError, TrothError
from troth.stores.http.serve import Answer, refused
from troth.stores.http.store import PERSON_HEADER
from troth.subjects.identifier import Identifier, identifier
from troth.web.api.keys import KeyNeededError, known
from troth.web.api.routes import ProgramRoute

PATH: Final = "/api/v1/store"
_NAMED: Final = f"{PATH}/{{kind}}/{{value}}"
_OPAQUE: Final = frozenset({"account", "device", "cookie", "browser"})
_UNKNOWN, _FORBIDDEN, _UNFIT = 401, 403, 422


class ScopeMissingError(RefusedError):
    """The token is good, and does not allow this."""

    def __init__(self) -> None:
        hint = "see TROTH_STORE_CLAIM and TROTH_STORE_SCOPES"
        super().__init__("store.scope-missing", "the access token does not allow this", hint=hint)


async def read(request: Request) -> Response:
    """Everything that is held about one person, as a tree."""
    return await _answered(request, "GET", named=False)


async def erase(request: Request) -> Response:
    """Erase one person, or say why not; with `dry_run` only say what would be."""
    return await _answered(request, "DELETE", named=False)


async def read_named(request: Request) -> Response:
    """Everything that is held about whom the address names by an opaque identifier, as a tree."""
    return await _answered(request, "GET", named=True)


async def erase_named(request: Request) -> Response:
    """Erase whom the address names by an opaque identifier, or say why not; with `dry_run` only say what would be."""
    return await _answered(request, "DELETE", named=True)


def install_store(web: Starlette, app: Application) -> None:
    """Give the application these addresses."""
    settings = app.settings
    web.state.store_issuer = (
        Issuer(settings.store_issuer, settings.store_audience, settings.store_claim) if settings.store_issuer else None
    )
    for path, method, endpoint in (
        (PATH, "GET", read),
        (PATH, "DELETE", erase),
        (_NAMED, "GET", read_named),
        (_NAMED, "DELETE", erase_named),
    ):
        route = ProgramRoute(path, _in_shape(endpoint), "program", methods=(method,), known_by=_by_itself)
        web.router.routes.append(route)


def _in_shape(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Have what is refused before anybody is looked for told in this API's own shape."""

    async def told(request: Request) -> Response:
        try:
            return await endpoint(request)
        except TrothError as error:
            words = {_UNKNOWN: "unknown-caller", _FORBIDDEN: "not-allowed"}.get(error.status)
            if words is None:
                raise
            return _response(refused(error.status, {error.code: words}))

    told.__doc__ = endpoint.__doc__
    return told


def _by_itself(_request: Request) -> str:
    """Who calls is found out with whom they call about: a token speaks for one person only."""
    return ""


async def _answered(request: Request, method: Method, *, named: bool) -> Response:
    app: Application = request.app.state.application
    caller, subject = await run_in_threadpool(_caller, request, method)
    who = _in_address(request) if named else _in_header(request)
    if subject is not None and (who.kind, who.value.reveal()) != ("account", subject):
        return _response(refused(_FORBIDDEN, {"store.not-theirs": "not-allowed"}))
    dry_run = request.query_params.get("dry_run", "").lower() == "true"
    answer = await run_in_threadpool(Storekeeper(app, caller).answer, method, who, dry_run=dry_run)
    return _response(answer)


def _caller(request: Request, method: Method) -> tuple[str, str | None]:
    """Who calls, and the account that they speak for; None: a system that may ask about anybody.

    Raises KeyNeededError, TokenRefusedError, and UnavailableError where the issuer does not answer.
    """
    app: Application = request.app.state.application
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    system = known(app.settings.store_keys, token)
    if system is not None:
        return f"system:{system}", None
    issuer: Issuer | None = request.app.state.store_issuer
    if issuer is None or not token:
        raise KeyNeededError
    bearer = issuer.bearer(token, app.clock.now())
    read_scope, erase_scope = app.settings.store_scopes
    if (read_scope if method == "GET" else erase_scope) not in bearer.scopes:
        raise ScopeMissingError
    return "issuer", bearer.subject


def _in_address(request: Request) -> Identifier:
    kind = request.path_params["kind"]
    if kind not in _OPAQUE:
        hint = f"send it in the header `{PERSON_HEADER}`; addresses are written into logs on the way"
        raise InputError("store.person-in-address", "this kind of identifier is not taken in an address", hint=hint)
    return identifier(kind, request.path_params["value"])


def _in_header(request: Request) -> Identifier:
    kind, colon, value = request.headers.get(PERSON_HEADER, "").partition(":")
    if not colon:
        hint = f"send the header `{PERSON_HEADER}: kind:value`, the value percent-encoded"
        raise InputError("store.nobody-named", "nobody is named", hint=hint)
    return identifier(kind, unquote(value))


def _response(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    return JSONResponse(answer.body, answer.status, headers=dict(answer.headers))
