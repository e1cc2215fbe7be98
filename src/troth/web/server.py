"""The web application: joins the portal, the console and what they share to a running system."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from re import Pattern
from typing import Final

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.telemetry import TelemetryConfig
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.app.application import Application
from troth.app.grouped.openings import open_desk
from troth.base.errors import RefusedError
from troth.web.access import DeclaredRoute, anybody
from troth.web.api import authzen
from troth.web.api.banner import PREFIX as FROM_OTHER_SITES
from troth.web.api.banner import install_banner
from troth.web.api.consents import install_consents
from troth.web.api.drp.routes import PREFIX as FROM_AGENTS
from troth.web.api.drp.routes import install_agents
from troth.web.api.joining import install_joining
from troth.web.api.openapi import install_openapi
from troth.web.api.replicas import Replicas
from troth.web.api.routes import LARGEST_BODY
from troth.web.api.store import install_store
from troth.web.api.transfers import LARGEST_TRANSFER, install_transfers
from troth.web.api.transfers import PATH as TRANSFERS
from troth.web.assets import read_assets
from troth.web.console import routes as console
from troth.web.console.tasks import LARGEST_ANSWER
from troth.web.console.tasks import PREFIX as TASKS
from troth.web.crowd import strangers
from troth.web.failures import MissingError, Unexpected, answer, install
from troth.web.limits import Limit
from troth.web.portal import routes as portal
from troth.web.portal.documents import LARGEST_UPLOAD
from troth.web.portal.documents import PREFIX as DOCUMENTS
from troth.web.portal.prints import Prints
from troth.web.portal.unsubscribe import PREFIX as FROM_MAILS
from troth.web.security import SecurityHeaders, ShortBodies, forged, origins

_LARGEST_FORM: Final = 64 * 1024  # bytes; our largest form is two short fields
_LARGEST_BODIES: Final = {
    TRANSFERS: LARGEST_TRANSFER,  # before the others: the first that fits counts
    **dict.fromkeys(("/access/", "/api/"), LARGEST_BODY),  # what programs send
    DOCUMENTS: LARGEST_UPLOAD,
    TASKS: LARGEST_ANSWER,
}
# The framework would tell of requests and of errors with their messages wherever the environment says; both may hold
# what is personal, and what may leave is written to our own log (docs/adr/0007-logs-allow-list.md).
_TELL_NOBODY: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
_FOR_GOOD: Final = "public, max-age=31536000, immutable"

shared = APIRouter(route_class=DeclaredRoute)


def create(app: Application) -> FastAPI:
    """The web application over a running system; any ASGI server can serve it."""
    web = FastAPI(
        title="Troth", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_running, telemetry=_TELL_NOBODY
    )
    web.state.application = app
    web.state.by_address = Limit(burst=30, every=timedelta(seconds=4))
    web.state.by_identifier = Limit(burst=5, every=timedelta(minutes=3))
    web.state.by_stranger = strangers()
    web.state.by_anybody = Limit(burst=300, every=timedelta(seconds=1))
    web.state.replicas = Replicas(app)
    web.state.prints = Prints(app.settings.fonts)
    web.state.openings = open_desk(app)
    web.router.routes.extend(authzen.ROUTES)
    for router in (shared, *portal.ROUTERS, *console.ROUTERS):
        web.router.routes.extend(router.routes)  # they have no prefix, and including would build each anew
    web.state.pages = _pages(web)
    install_consents(web, app)
    install_banner(web)
    install_joining(web)
    install_agents(web)
    install_store(web, app)
    install_transfers(web)
    install_openapi(web)
    install(web)
    # The last added is the outermost.
    web.add_middleware(ShortBodies, most=_LARGEST_FORM, longer=_LARGEST_BODIES)
    web.add_middleware(_OwnForms)
    web.add_middleware(Unexpected)
    web.add_middleware(SecurityHeaders, https=app.settings.secure_cookies)
    return web


@asynccontextmanager
async def _running(web: FastAPI) -> AsyncIterator[None]:
    """At the end, what was taken in is written before the server goes."""
    yield
    await run_in_threadpool(web.state.openings.stop)
    await run_in_threadpool(web.state.consents.stop)


def _pages(web: FastAPI) -> tuple[Pattern[str], ...]:
    """What the addresses of pages look like."""
    found = (str(route.path) for route in iter_route_contexts(web.routes) if "GET" in (route.methods or ()))
    return tuple(compile_path(path)[0] for path in found)


@shared.get("/static/{name}", dependencies=[Depends(anybody)])
def static(name: str) -> Response:
    """The style sheet and the mark; the name changes with the content, so browsers keep it for good."""
    for asset in read_assets().values():
        if asset.name == name:
            return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": _FOR_GOOD})
    raise MissingError


class _OwnForms:
    """Refuses what another site's page caused; see `forged`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._forged(scope):
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        refused = RefusedError(
            "web.forged", "the form was not sent from our own page", hint="open the page and send it from there"
        )
        await answer(request, refused)(scope, receive, send)

    def _forged(self, scope: Scope) -> bool:
        if scope["path"].startswith((FROM_OTHER_SITES, FROM_AGENTS, FROM_MAILS, TRANSFERS)):
            return False  # no cookie counts there, and each address checks where a call comes from
        headers = Headers(scope=scope)
        base_url = scope["app"].state.application.settings.base_url
        return forged(scope["method"], headers, origins(scope["scheme"], headers.get("host", ""), base_url))
