"""What somebody showed to be identified, for those who decide: given out as a file, and that it was is written down."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError
from troth.requests import record
from troth.requests.proof import evidence
from troth.web.access import DecidingVisit, DeclaredRoute
from troth.web.console.request import known
from troth.web.console.seeing import me
from troth.web.failures import MissingError

router = APIRouter(route_class=DeclaredRoute)

_ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@router.post("/console/requests/{request_id}/evidence/{evidence_id}")
def download(visit: DecidingVisit, request_id: str, evidence_id: str) -> Response:
    """One document, or a declaration; never shown as a page of ours, whatever it holds."""
    with visit.app.begin() as work:
        request = known(work, request_id)
        found = [one for one in evidence.of(work, request.id) if one.id == evidence_id and one.sort != "points"]
        if not found:
            raise MissingError
        try:
            content = evidence.read(work, visit.app.vault, request, evidence_id)
        except InputError:
            raise MissingError from None
        record.note(work, request, "read", by=me(visit))
    kind = found[0].media_type
    name = f"{request.reference}-{found[0].id}.{_ENDINGS.get(kind or '', 'json')}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind or "application/json", headers=headers)
