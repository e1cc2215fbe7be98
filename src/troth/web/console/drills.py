"""What the last rehearsal of the policy's promises showed."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from troth.drill.service import latest
from troth.web.access import DeclaredRoute, StaffVisit
from troth.web.pages import page

router = APIRouter(route_class=DeclaredRoute)

_WORST_FIRST: Final = ("broken", "unproven", "kept")


@router.get("/console/drills")
def drills(visit: StaffVisit) -> Response:
    """Each promise with its control, what became of it, and the evidence; what is broken comes first."""
    version = visit.published
    with visit.app.read() as work:
        run = latest(work, version.name)
    results = sorted(run.results, key=lambda one: _WORST_FIRST.index(one.state)) if run else []
    return page(
        visit,
        "console/drills.html",
        run=run,
        results=results,
        of_this_version=run is not None and run.version_hash == version.hash,
    )
