"""One request on one page: where it stands, what is due, what was found and done, and every act that is possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from troth.base.errors import InputError, RefusedError
from troth.base.work import Work
from troth.requests import record
from troth.requests.desk.counting import Counted
from troth.requests.desk.lists import get, timeline
from troth.requests.fulfilment.certificate import certificate_of
from troth.requests.fulfilment.progress import progress
from troth.requests.machine import RUNS, State
from troth.requests.model import Certificate, Request
from troth.requests.telling import letters
from troth.subjects import service as subjects
from troth.subjects.identifier import Identifier
from troth.web.access import DeclaredRoute, StaffVisit
from troth.web.console.acts import acts
from troth.web.console.deciding import deciding
from troth.web.console.seeing import decides, masked, sees_names
from troth.web.console.stores import certified_lines, in_words, store_lines
from troth.web.failures import MissingError
from troth.web.pages import page
from troth.web.told import tell
from troth.web.visit import Visit

router = APIRouter(route_class=DeclaredRoute)

_CHOSEN: Final = frozenset({"part", "ground", "proof", "why", "amount", "currency", "verdict"})
"""Fields of forms that are chosen and not written."""


@dataclass(frozen=True)
class More:
    """What a page shows beside the request itself: what went wrong with a form, what was asked to be shown.

    `typed` is what stood in the form, by the names of its fields.
    """

    fault: RefusedError | InputError | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    revealed: Sequence[Identifier] | None = None
    counted: Sequence[Counted] | None = None


@router.get("/console/requests/{request_id}")
def show(visit: StaffVisit, request_id: str) -> Response:
    """One request with everything about it; whose it is, is hidden until somebody asks."""
    with visit.app.read() as work:
        return shown(visit, work, known(work, request_id))


def known(work: Work, request_id: str) -> Request:
    """The request. Raises MissingError where there is none."""
    try:
        return get(work, request_id)
    except InputError:
        raise MissingError from None


def shown(visit: Visit, work: Work, request: Request, more: More | None = None) -> Response:
    """The page of the request."""
    more = more or More()
    told = tell(visit.words, request, work.at, timeline(work, request.id))
    evidence = certificate_of(work, request.id)
    lines = certified_lines(evidence) if evidence else store_lines(progress(work, request.id))
    maps = record.promised(work, request).maps
    return page(
        visit,
        "console/request.html",
        status=more.fault.status if more.fault else 200,
        request=told,
        latest=told.steps[-1],
        details=_details(visit, request),
        lines=in_words(lines, maps, visit.words.language),
        certificate=_certificate(evidence),
        letters=letters.of(work, request.id),
        moving=request.state in RUNS and request.state is not State.BLOCKED,
        last=record.stand(work, request.id),
        revealed=more.revealed is not None,
        names=sees_names(visit),
        acts=acts(visit, work, request),
        deciding=deciding(work, request, visit.words.language, decides=decides(visit)),
        people=_people(visit, work, request, more.revealed),
        fault=_said(visit, more.fault),
        typed=[text for name, text in more.typed.items() if name not in _CHOSEN and text.strip()],
        sent=visit.request.url.path.rpartition("/")[2] if more.fault else "",
        kept=more.typed,
        counted=None if more.counted is None else in_words(more.counted, maps, visit.words.language),
    )


def _people(
    visit: Visit, work: Work, request: Request, revealed: Sequence[Identifier] | None
) -> Sequence[tuple[str, str]] | None:
    """What the person is known by: kinds only for those who do not answer people, and hidden until it is asked for.

    None of a person whose key is destroyed; nothing of one who has yet to show who they are.
    """
    if subjects.is_shredded(work, request.subject):
        return None
    if revealed is not None:
        return [(one.kind, one.value.reveal()) for one in revealed]
    found = subjects.identifiers(work, visit.app.vault, request.subject)
    return [(one.kind, masked(one) if decides(visit) else "") for one in found]


def _details(visit: Visit, request: Request) -> dict[str, str]:
    """The plain facts of a request; whose it is, is not among them. What the channel is called, staff choose."""
    channel = visit.words.member("channel", request.channel) or request.channel
    return {"id": request.id, "version": request.version, "channel": channel, "language": request.language}


def _certificate(evidence: Certificate | None) -> dict[str, Any] | None:
    return None if evidence is None else {"digest": evidence.digest, "body": evidence.body, "made_at": evidence.made_at}


def _said(visit: Visit, fault: RefusedError | InputError | None) -> str | None:
    if fault is None:
        return None
    return visit.words.member("console.fault", fault.code) or visit.words("console.fault.other")
