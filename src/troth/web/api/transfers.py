"""`/api/v1/transfers`: other controllers send us the data of people who chose us; see `docs/reference/transfers.md`."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from troth.app.application import Application
from troth.app.sending.transfers import HEADER
from troth.requests.exchange import arrivals
from troth.requests.exchange.arrivals import UnknownSenderError
from troth.web.api.routes import ProgramRoute, refuse_other_types
from troth.web.crowd import count

PATH: Final = "/api/v1/transfers"
LARGEST_TRANSFER: Final = 48 * 1024 * 1024
"""Bytes: the largest data that are sent, and what stands around them."""


async def receive(request: Request) -> Response:
    """Take the package of a person from another controller, which signed it, and give a signed receipt."""
    app: Application = request.app.state.application
    count(request, request.app.state.by_address)
    refuse_other_types(request)
    try:
        signed = base64.b64decode(request.headers.get(HEADER, ""), validate=True).decode()
    except (binascii.Error, ValueError):
        raise UnknownSenderError from None
    body = await request.body()
    return JSONResponse({"receipt": await run_in_threadpool(_take, app, signed, body)}, 201)


def install_transfers(web: Starlette) -> None:
    """Give the application this address."""
    web.router.routes.append(ProgramRoute(PATH, receive, "program", known_by=_by_signature))


def _by_signature(_request: Request) -> str:
    """Who calls is known by what they signed, which is read with the package."""
    return ""


def _take(app: Application, signed: str, body: bytes) -> str:
    with app.begin() as work:
        return arrivals.take(work, app.vault, app.signer, signed, body)
