"""A person's form is handed in; forms that come at the same time are written together, and each is answered alone."""

from __future__ import annotations

from starlette.responses import Response

from troth.app.grouped.openings import Openings
from troth.requests.details import NONE, Details
from troth.requests.intake import Asked
from troth.requests.kinds import Kind
from troth.web.pages import go
from troth.web.visit import Visit


async def send(visit: Visit, kind: Kind, language: str, details: Details = NONE) -> Response:
    """Have the request opened; leads to its confirmation once it is on disk.

    Raises as `troth.requests.opening.open_request` does, and UnavailableError where too much is waiting.
    """
    state = visit.request.app.state
    openings: Openings = state.openings
    asked = Asked(visit.published, visit.subject, kind.value, language, "portal", details)
    request = await state.deliveries.of(openings.submit(asked))
    return go(f"/requests/{request.id}/received")
