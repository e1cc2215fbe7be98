"""The banner's addresses: its script and style for any site, and its questions and answers for the sites we know.

No cookie is ever set or read here. A site's script keeps the visitor's pseudonym on the site itself and sends it in the
body, so a browser that blocks third-party cookies loses nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Annotated, Any, Final, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.app.application import Application
from troth.base.errors import InputError, RefusedError
from troth.base.text import Language
from troth.consent.model import VALID, Status
from troth.consent.optouts.signal import gpc
from troth.versions.service import current
from troth.web.api.routes import ProgramRoute, body
from troth.web.banner.choosing import Answer, Word, take
from troth.web.banner.configuration import Configuration, Layer, configuration
from troth.web.banner.visitor import Stand, stand
from troth.web.crowd import count
from troth.web.limits import Limit

PREFIX: Final = "/banner/"
"""Where the addresses lie that other sites' pages call; they check themselves where a call comes from."""

_MOST_CHOICES: Final = 100
_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_FOR_ALL_SITES: Final = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
_TYPES: Final = {"banner.js": "text/javascript; charset=utf-8", "banner.css": "text/css; charset=utf-8"}


class Told(BaseModel):
    """Whose choices a script speaks of."""

    model_config = ConfigDict(extra="forbid", strict=True)

    profile: Annotated[str, Field(pattern=r"^brw-[a-z2-7]{16}$")] | None = None
    audience: Annotated[str, Field(max_length=60)] | None = None


class Chosen(Told):
    """What a script sends after a visitor chose."""

    choices: Annotated[dict[str, Word], Field(max_length=_MOST_CHOICES)] = Field(default_factory=dict)
    layer: Layer = "each"
    language: Language
    shown: Annotated[str, Field(max_length=100)] | None = None
    gpc: bool = False


_Shape = TypeVar("_Shape", bound=Told)


def install_banner(web: FastAPI) -> None:
    """Add the addresses, and let the pages of the sites in the settings read the answers."""
    app: Application = web.state.application
    web.state.by_visitor = Limit(burst=40, every=timedelta(seconds=1))
    web.routes.extend(ROUTES)
    web.add_middleware(OtherSites, origins=app.settings.banner_origins)


class OtherSites:
    """Tells browsers that the pages of these sites may read the answers, and no others."""

    def __init__(self, app: ASGIApp, *, origins: tuple[str, ...]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app, allow_origins=origins, allow_methods=("GET", "POST"), allow_headers=("Content-Type",), max_age=_HOUR
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers where other sites' pages call."""
        theirs = scope["type"] == "http" and scope["path"].startswith(PREFIX)
        await (self._shared if theirs else self._app)(scope, receive, send)


async def script(request: Request) -> Response:
    """The banner's script, for a tag in the pages of a website."""
    return _file(request, "banner.js")


async def style(request: Request) -> Response:
    """The banner's style sheet, which the script loads."""
    return _file(request, "banner.css")


async def questions(request: Request) -> Response:
    """What the banner asks about under one policy, in which words, and what it clears when the answer is no."""
    asked = await run_in_threadpool(_asked, request, request.query_params.get("audience"))
    return _cached(request, JSONResponse(asked.value), asked.hash, seconds=_MINUTE)


async def standing(request: Request) -> Response:
    """Where the choices of a profile stand, and what it is still to be asked."""
    _from_known_site(request)
    told = _read(Told, await body(request))
    return await run_in_threadpool(_look, request, told)


async def choices(request: Request) -> Response:
    """Take what a visitor chose into the ledger."""
    _from_known_site(request)
    chosen = _read(Chosen, await body(request))
    return await run_in_threadpool(_take, request, chosen)


ROUTES: Final = (
    ProgramRoute("/banner.js", script, "public", methods=("GET",)),
    ProgramRoute("/banner.css", style, "public", methods=("GET",)),
    ProgramRoute("/banner/v1/{policy}", questions, "public", methods=("GET",)),
    ProgramRoute("/banner/v1/{policy}/standing", standing, "public"),
    ProgramRoute("/banner/v1/{policy}/choices", choices, "public"),
)


def _asked(request: Request, audience: str | None) -> Configuration:
    app: Application = request.app.state.application
    with app.begin() as work:
        version = current(work, request.path_params["policy"])
    return configuration(version, audience, app.settings.base_url)


def _look(request: Request, told: Told) -> Response:
    app, asked = request.app.state.application, _asked(request, told.audience)
    with app.begin() as work:
        found = stand(work, app.vault, asked, told.profile)
    return JSONResponse(_told(asked, found))


def _take(request: Request, chosen: Chosen) -> Response:
    app, asked = request.app.state.application, _asked(request, chosen.audience)
    signal = chosen.gpc or gpc(request.headers.getlist("sec-gpc"))
    answer = Answer(chosen.profile, chosen.choices, chosen.layer, chosen.language, chosen.shown, signal)
    with app.begin() as work:
        taken = take(work, app.vault, asked, answer)
    return JSONResponse(_told(asked, taken))


def _told(asked: Configuration, found: Stand) -> dict[str, Any]:
    return {
        "profile": found.profile,
        "version": asked.version.id,
        "hash": asked.hash,
        "states": {name: _word(status) for name, status in found.states.items()},
        "ask": list(found.ask),
        "receipts": {name: event.id for name, event in found.events.items() if name in asked.questions},
        "gpc": {"processed": found.signal, "matters": list(asked.signalled) if found.signal else []},
    }


def _word(status: Status) -> str:
    return "given" if status in VALID else status.name.lower()


def _from_known_site(request: Request) -> None:
    """Refuse what no page of a site in the settings sent: browsers say where a call comes from, and cannot lie."""
    app: Application = request.app.state.application
    if request.headers.get("origin") not in app.settings.banner_origins:
        hint = "name the website's origin in TROTH_BANNER_ORIGINS"
        raise RefusedError("banner.origin", "the call comes from a website that is not known here", hint=hint)
    limit: Limit = request.app.state.by_visitor
    count(request, limit)


def _read(shape: type[_Shape], given: Mapping[str, Any]) -> _Shape:
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        # The framework's own message repeats what was sent; ours names the place only.
        places = sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]} & set(shape.model_fields))
        hint = f"look at {', '.join(f'`{one}`' for one in places)}" if places else "send only what the address takes"
        raise InputError("banner.malformed", "the answer is not of the form that is taken here", hint=hint) from None


@cache
def _content(name: str) -> bytes:
    return (resources.files("troth.web.banner") / name).read_bytes()


def _file(request: Request, name: str) -> Response:
    content = _content(name)
    answer = Response(content, media_type=_TYPES[name], headers=_FOR_ALL_SITES)
    return _cached(request, answer, hashlib.sha256(content).hexdigest(), seconds=_HOUR)


def _cached(request: Request, answer: Response, mark: str, *, seconds: int) -> Response:
    """The answer with a mark by which a browser asks later whether it still stands, or that it does."""
    etag = f'"{mark}"'
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={seconds}"}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    answer.headers.update(headers)
    return answer
