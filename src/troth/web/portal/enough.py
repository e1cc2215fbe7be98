"""Who has shown enough of who they are to see what is held; the others show more in a request, and get it there."""

from __future__ import annotations

from typing import Final

from starlette.responses import Response

from troth.consent.service import binding_version
from troth.requests.admission import granted
from troth.requests.kinds import Kind
from troth.requests.proof.identity import need
from troth.subjects.facts import facts
from troth.web.pages import page
from troth.web.portal.ask import offered
from troth.web.visit import Visit

_SHOW: Final = (Kind.ACCESS, Kind.KNOW, Kind.COPY)
"""The rights that show people what is held about them."""


def kept_back(visit: Visit) -> Response | None:
    """The page that is shown in place of what is held; None for whoever has shown enough by signing in."""
    with visit.app.read() as work:
        version = binding_version(work, visit.published, visit.subject)
        known = facts(work, visit.subject)
    rights = [kind for kind in _SHOW if granted(version, kind)]
    if not any(need(version.policy, kind, known, "portal").proofs for kind in rights):
        return None
    return page(visit, "portal/kept_back.html", kinds=offered(rights))
