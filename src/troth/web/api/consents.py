"""`/api/v1/consents`: programs record what people chose, durably and many a second, and read it again.

Requests that arrive together are written together (`troth.app.grouped.group`): one transaction, one wait for the disk,
and each is answered after it. Whatever is refused is refused before anything of it is written.
"""

from __future__ import annotations

from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from troth.app.application import Application
from troth.app.grouped.deliveries import Deliveries
from troth.app.grouped.group import BusyError
from troth.base.errors import InputError
from troth.consent.model import Standing
from troth.consent.paging import history_page
from troth.consent.service import receipt as make_receipt
from troth.consent.service import state
from troth.subjects.service import is_shredded
from troth.web.api.choices import read_choices
from troth.web.api.once import once
from troth.web.api.recording import Desk, Sent, open_desk, written
from troth.web.api.routes import ProgramRoute, refuse_other_types
from troth.web.failures import as_json

PAGE: Final = 100
_MOST_INDEX: Final = 2**53


async def record(request: Request) -> Response:
    """Record a choice, or up to 500; answered when they are on disk."""
    app: Application = request.app.state.application
    desk: Desk = request.app.state.consents
    refuse_other_types(request)
    body = await request.body()
    read = read_choices(body)
    listed = isinstance(read, tuple)
    sent = Sent(read if isinstance(read, tuple) else (read,), listed, once(request, app.vault, body))
    try:
        answer = await request.app.state.deliveries.of(desk.submit(sent))
    except BusyError as busy:
        response = as_json(busy)
        response.headers["Retry-After"] = str(busy.seconds)
        return response
    return Response(answer.body, answer.status, media_type="application/json")


async def consents(request: Request) -> Response:
    """Where the choices of a person stand, and a page of their history."""
    app: Application = request.app.state.application
    subject = request.query_params.get("subject")
    if subject is None:
        raise InputError("web.no-subject", "nobody is named", hint="add `?subject=` with the id of a subject")
    after, limit = _number(request, "after", -1, _MOST_INDEX), _number(request, "limit", PAGE, PAGE)
    return JSONResponse(await run_in_threadpool(_consents, app, subject, after, limit))


async def receipt(request: Request) -> Response:
    """The receipt of one choice, in the language of the choice or in that of `?language=`."""
    app: Application = request.app.state.application
    event, language = request.path_params["event"], request.query_params.get("language", "")
    return JSONResponse(await run_in_threadpool(_receipt, app, event, language))


def install_consents(web: Starlette, app: Application) -> None:
    """Give the application these addresses, first of all: they are called most."""
    web.state.consents, web.state.deliveries = open_desk(app), Deliveries()
    web.router.routes[:0] = [
        ProgramRoute("/api/v1/consents", record, "program", methods=("POST",)),
        ProgramRoute("/api/v1/consents", consents, "program", methods=("GET",)),
        ProgramRoute("/api/v1/receipts/{event}", receipt, "program", methods=("GET",)),
    ]


def _consents(app: Application, subject: str, after: int, limit: int) -> dict[str, object]:
    with app.read() as work:
        is_shredded(work, subject)
        standings = state(work, subject, work.at)
        page = history_page(work, subject, after, limit + 1)
    shown = page[:limit]
    return {
        "subject": subject,
        "standings": {name: _standing(standing) for name, standing in standings.items()},
        "history": [
            {**written(event, app.settings.base_url), "language": event.language, "interface": event.interface}
            for event in shown
        ],
        "next": shown[-1].entry if len(page) > limit else None,
    }


def _standing(standing: Standing) -> dict[str, object]:
    return {
        "status": standing.status,
        "valid": standing.valid,
        "grade": standing.grade,
        "at": standing.at.isoformat(),
        "event": standing.event,
    }


def _receipt(app: Application, event: str, language: str) -> dict[str, Any]:
    with app.begin() as work:  # it signs the journal where that does not reach the event yet
        return make_receipt(work, app.signer, event, language)


def _number(request: Request, name: str, default: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > len(str(most)) or int(text) > most:
        raise InputError("web.bad-number", f"`{name}` is not a number up to {most}", hint="take it from `next`")
    return int(text)
