"""Documents that show who somebody is, or that they may ask: sent, taken back, and seen by staff until it is decided.

A document passes through memory only, sealed before it is written anywhere.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request as Called
from starlette.responses import Response

from troth.base.errors import InputError, TrothError
from troth.requests.machine import IDENTIFIES
from troth.requests.proof import evidence
from troth.web.access import DeclaredRoute, PersonVisit
from troth.web.pages import go, page
from troth.web.portal.identity import tasks
from troth.web.portal.own import own
from troth.web.sign_in import slow_down
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

PREFIX: Final = "/documents/"
LARGEST_UPLOAD: Final = evidence.LARGEST + 64 * 1024
"""Bytes of the whole form."""


class _InMemory(MultiPartParser):
    """Never writes to a temporary file what is not sealed yet."""

    spool_max_size = LARGEST_UPLOAD + 1


@router.get("/documents/{request_id}")
def show(visit: PersonVisit, request_id: str) -> Response:
    """What was sent, and a form to send more."""
    return _shown(visit, request_id)


@router.post("/documents/{request_id}")
async def send(visit: PersonVisit, request_id: str) -> Response:
    """Take a document."""
    content = await _uploaded(visit.request)
    return await run_in_threadpool(_take, visit, request_id, content)


@router.post("/documents/{request_id}/{document_id}/remove")
def take_back(visit: PersonVisit, request_id: str, document_id: str) -> Response:
    """Delete a document."""
    with visit.app.begin() as work:
        evidence.take_back(work, own(work, visit, request_id), document_id)
    return go(f"{PREFIX}{request_id}")


async def _uploaded(called: Called) -> bytes:
    """The content of the one file of the form; its name is not looked at."""
    try:
        form = await _InMemory(called.headers, called.stream(), max_files=1, max_fields=5).parse()
    except (MultiPartException, KeyError, AssertionError):
        raise InputError("evidence.no-file", "no document was sent", hint="choose a file and send it") from None
    try:
        file = form.get("document")
        return await file.read() if isinstance(file, UploadFile) else b""
    finally:
        await form.close()


def _take(visit: Visit, request_id: str, content: bytes) -> Response:
    slow_down(visit)
    try:
        with visit.app.begin() as work:
            evidence.keep_document(work, visit.app.vault, own(work, visit, request_id), content)
    except TrothError as error:
        fault = visit.words.member("document.fault", error.code)
        if fault is None:
            raise
        return _shown(visit, request_id, fault=fault, status=422)
    return go(f"{PREFIX}{request_id}")


def _shown(visit: Visit, request_id: str, *, fault: str | None = None, status: int = 200) -> Response:
    with visit.app.begin() as work:
        request = own(work, visit, request_id)
        if request.state not in IDENTIFIES:
            return go(f"/requests/{request_id}")
        todo = tasks(work, request)
    return page(
        visit,
        "portal/documents.html",
        status=status,
        request=request,
        missing=todo.missing,
        documents=[(one.id, one.media_type, one.size, visit.words.moment(one.at)) for one in todo.documents],
        most=evidence.MOST_DOCUMENTS,
        largest=evidence.LARGEST // 1024 // 1024,
        days=evidence.KEPT["document"].days,
        fault=fault,
    )
