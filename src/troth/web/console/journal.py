"""The journal: how long it is, what was signed last, and a button that verifies all of it."""

from __future__ import annotations

import structlog
from fastapi import APIRouter
from starlette.responses import Response

from troth.app.keyring.signing import sign
from troth.base.errors import IntegrityError
from troth.journal.model import Verified
from troth.journal.service import latest_checkpoint, size, verify
from troth.web.access import DeclaredRoute, StaffVisit
from troth.web.pages import page
from troth.web.visit import Visit

_log = structlog.get_logger("troth.web")
router = APIRouter(route_class=DeclaredRoute)


@router.get("/console/journal")
def journal(visit: StaffVisit) -> Response:
    """Size, latest checkpoint and the key to check it with."""
    return _show(visit)


@router.post("/console/journal/verify")
def check(visit: StaffVisit) -> Response:
    """Derive the whole journal anew, from every leaf up to the signed checkpoint, and say what came of it."""
    try:
        sign(visit.app)
        with visit.app.begin() as work:
            found = verify(work, visit.app.believed_keys)
    except IntegrityError as fault:
        _log.error("journal.does-not-verify", code=fault.code)
        return _show(visit, fault=fault)
    return _show(visit, verified=found)


def _show(visit: Visit, *, verified: Verified | None = None, fault: IntegrityError | None = None) -> Response:
    with visit.app.begin() as work:
        length, note = size(work), latest_checkpoint(work)
    return page(
        visit,
        "console/journal.html",
        size=length,
        note=note,
        vkey=visit.app.signer.vkey,
        verified=verified,
        fault=fault,
    )
